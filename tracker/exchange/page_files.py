"""What a page lists as a file: a workbook, CSV tables in an archive, or JSON; the same rows."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from tracker import __version__
from tracker.domain.chain import instant
from tracker.domain.exports import ExportFormat
from tracker.domain.messages import N_
from tracker.domain.progress import Audience
from tracker.exchange.answers import reader_words
from tracker.exchange.columns import Column, Columns, Kind
from tracker.exchange.legend import (
    CODEBOOK_COLUMNS,
    codebook_entries,
    language_notes,
    write_codebook,
)
from tracker.exchange.marks import FileKind
from tracker.exchange.readme import WIDTHS
from tracker.exchange.table import Table
from tracker.exchange.tabular import objects, with_codes, write_csv
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Book, Sheet

OWN = N_(
    "With all answers in published reports of %(states)s, as its focal points and observers read "
    "them. Not to be passed on."
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One table: ``key`` names it in CSV and JSON, ``name`` as a sheet."""

    key: str
    name: str
    columns: Columns[Any]
    rows: Sequence[Any]
    in_view: int


@dataclass(frozen=True, slots=True)
class PageFile:
    """What a file of a page says.

    ``codes`` are its choices for scripts, ``facts`` in words. ``own`` are codes of States of which
    the reader reads more than others of this ``audience``; ``address`` is where the page stands.
    """

    kind: FileKind
    title: str
    audience: Audience
    own: Sequence[str]
    codes: Mapping[str, Any]
    facts: Sequence[tuple[str, str]]
    rules: Sequence[str]
    tables: Sequence[Listed]
    demonstration: bool
    data_version: int
    address: str


def write_page_file(
    target: BinaryIO, data: PageFile, form: ExportFormat, *, words: Words, made: Made
) -> None:
    """Write the file in this format."""
    write = {
        ExportFormat.XLSX: _write_workbook,
        ExportFormat.CSV: _write_archive,
        ExportFormat.JSON: _write_json,
    }[form]
    write(target, data, words, made)


def title_for(audience: Audience, title: str, words: Words) -> str:
    """The title, on every printed page too; before it for whom the file is, if not for all."""
    return title if audience is Audience.PUBLIC else f"{words.label(audience)} · {title}"


def reader_lines(audience: Audience, own: Sequence[str], words: Words) -> list[tuple[str, str]]:
    """For whom a file is, each sentence with the style that it has in a workbook."""
    narrow = audience is Audience.SECRETARIAT
    lines = [(words(reader_words(audience)), "alert" if narrow else "note")]
    if own:
        lines.append((words(OWN, states=", ".join(own)), "alert"))
    return lines


def _write_workbook(target: BinaryIO, data: PageFile, words: Words, made: Made) -> None:
    title = title_for(data.audience, data.title, words)
    with Book(target, words, made, title, streaming=True) as book:
        readme = book.sheet(words(N_("Read me")), WIDTHS)
        explained = []
        for listed in data.tables:
            sheet = book.sheet(words(listed.name), [column.width for column in listed.columns])
            sheet.pages_across(listed.in_view)
            table = Table(sheet, listed.columns, freeze_columns=listed.in_view)
            for row in listed.rows:
                table.add(row)
            if not table.finish():
                sheet.cell(0, words(N_("Nothing that you may read.")), "soft")
            explained.append((sheet.name, listed.columns))
        write_codebook(book, explained)
        _write_readme(readme, data, made)
        book.mark(data.kind)


def _write_readme(sheet: Sheet, data: PageFile, made: Made) -> None:
    words = sheet.book.words
    sheet.line(sheet.book.title, "title")
    if data.demonstration:
        sheet.line(words(N_("Demonstration data: the States here are invented.")), "alert")
    for text, style in reader_lines(data.audience, data.own, words):
        sheet.line(text, style)
    sheet.gap()
    for name, text in _facts(data, words):
        sheet.fact(name, text)
    sheet.fact(words(N_("Made")), f"{words.instant(made.at)}, {made.by}", "fact_typed")
    sheet.gap()
    for text in (*map(words, data.rules), words(N_("All times are UTC.")), *language_notes(words)):
        sheet.line(text, "note")


def _facts(data: PageFile, words: Words) -> list[tuple[str, str]]:
    return [
        *data.facts,
        (words(N_("Audience")), words.label(data.audience)),
        (words(N_("Language")), words.label(words.language)),
        (words(N_("The page")), data.address),
        (words(N_("Version of the data")), str(data.data_version)),
        (words(N_("Version of the tracker")), __version__),
    ]


def _write_json(target: BinaryIO, data: PageFile, words: Words, made: Made) -> None:
    """One object: what the file is, then each table."""
    content = {
        "format": data.kind.value,
        **data.codes,
        "audience": data.audience.value,
        "made_for": " ".join(text for text, _ in reader_lines(data.audience, data.own, words)),
        "demonstration": data.demonstration,
        "data_version": data.data_version,
        "language": words.language,
        "page": data.address,
        "made_at": instant(made.at),
        "made_by": made.by,
        **{one.key: list(objects(one.columns, one.rows, words)) for one in data.tables},
    }
    target.write(json.dumps(content, ensure_ascii=False, indent=1).encode())


def _write_archive(target: BinaryIO, data: PageFile, words: Words, made: Made) -> None:
    tables = [(one.key, with_codes(one.columns)) for one in data.tables]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for (key, columns), one in zip(tables, data.tables, strict=True):
            add_csv(archive, made, key, columns, one.rows, words)
        entries = codebook_entries(words, tables)
        add_csv(archive, made, "codebook", CODEBOOK_COLUMNS, entries, words)
        readers = [text for text, _ in reader_lines(data.audience, data.own, words)]
        facts = about(words, readers, _facts(data, words), made, demonstration=data.demonstration)
        add_csv(archive, made, "read_me", FACT_COLUMNS, facts, words)


def about(
    words: Words,
    readers: Iterable[str],
    facts: Iterable[tuple[str, str]],
    made: Made,
    *,
    demonstration: bool,
) -> list[tuple[str, str]]:
    """What an archive is, to be read beside its tables: for whom, of which day, what was chosen."""
    found = [(words(N_("Readers")), text) for text in readers]
    if demonstration:
        found.append(
            (words(N_("Data")), words(N_("Demonstration data: the States here are invented.")))
        )
    found += facts
    return [*found, (words(N_("Made")), f"{words.instant(made.at)}, {made.by}")]


FACT_COLUMNS: Columns[tuple[str, str]] = (
    Column("name", N_("Name"), Kind.CODE, 34, lambda fact: fact[0], ""),
    Column("said", N_("What it is"), Kind.CODE, 100, lambda fact: fact[1], ""),
)


def add_csv(
    archive: zipfile.ZipFile,
    made: Made,
    name: str,
    listed: Columns[Any],
    rows: Iterable[Any],
    words: Words,
) -> None:
    """A table of an archive, dated as the archive is."""
    content = BytesIO()
    write_csv(content, listed, rows, words)
    member = zipfile.ZipInfo(f"{name}.csv", made.at.timetuple()[:6])
    archive.writestr(member, content.getvalue(), zipfile.ZIP_DEFLATED)
