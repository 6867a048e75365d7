"""A comparison as a file: a workbook, CSV tables in an archive, or JSON; the same rows in each."""

import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from tracker import __version__
from tracker.domain.chain import instant
from tracker.domain.comparison import Column, GroupColumn, Only, Row
from tracker.domain.documents import OutcomeDocument
from tracker.domain.exports import ExportFormat
from tracker.domain.messages import N_
from tracker.domain.progress import Audience, Base
from tracker.domain.selection import Selection
from tracker.exchange.columns import Columns
from tracker.exchange.comparison_columns import (
    ASSISTANCE_LINE_COLUMNS,
    COMPARISON_COLUMNS,
    IN_VIEW,
    ComparisonLine,
    assistance_lines,
    comparison_lines,
)
from tracker.exchange.comparison_sheet import write_side_by_side
from tracker.exchange.cycle_files import filter_words
from tracker.exchange.legend import (
    CODEBOOK_COLUMNS,
    codebook_entries,
    language_notes,
    write_codebook,
)
from tracker.exchange.marks import FileKind
from tracker.exchange.page_files import FACT_COLUMNS, about, add_csv, reader_lines, title_for
from tracker.exchange.readme import document_version, write_vocabulary
from tracker.exchange.table import Table
from tracker.exchange.tabular import objects, with_codes
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Book, Sheet

FORMAT = "tracker-comparison/2"
TOLD_TWICE = N_(
    "In the rows of its group the answers of such a State count as others read them, those "
    "withheld from others as withheld."
)
CSV_COLUMNS = with_codes(COMPARISON_COLUMNS)
WIDTHS = (34, 100)
NAME = N_("Comparison")


@dataclass(frozen=True, slots=True)
class ComparisonExport:
    """What a file of a comparison says; ``before`` is the cycle compared with, ``""`` if none.

    ``own`` are codes of States of which the reader reads more than others of this ``audience``;
    ``address`` is where the page stands.
    """

    document: OutcomeDocument
    cycle: str
    before: str
    audience: Audience
    own: tuple[str, ...]
    base: Base
    selection: Selection
    only: tuple[Only, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    demonstration: bool
    data_version: int
    address: str


def write_comparison(
    target: BinaryIO, data: ComparisonExport, form: ExportFormat, *, words: Words, made: Made
) -> None:
    """Write the file in this format."""
    write = {
        ExportFormat.XLSX: _write_workbook,
        ExportFormat.CSV: _write_archive,
        ExportFormat.JSON: _write_json,
    }[form]
    write(target, data, words, made)


def _write_workbook(target: BinaryIO, data: ComparisonExport, words: Words, made: Made) -> None:
    compared = f"{words(NAME)}: {', '.join(words.text(column.name) for column in data.columns)}"
    title = title_for(data.audience, f"{compared} · {data.cycle}", words)
    with Book(target, words, made, title, streaming=True) as book:
        readme = book.sheet(words(N_("Read me")), WIDTHS)
        write_side_by_side(book, data.document, data.columns, data.rows, data.own)
        widths = [column.width for column in COMPARISON_COLUMNS]
        sheet = book.sheet(words(NAME), widths)
        sheet.pages_across(IN_VIEW)
        table = Table(sheet, COMPARISON_COLUMNS, freeze_columns=IN_VIEW)
        lines = list(comparison_lines(data.cycle, data.columns, data.rows, words))
        for line in lines:
            table.add(line)
        if not table.finish():
            sheet.cell(0, words(N_("There is no commitment of which this is true.")), "soft")
        needs = _write_assistance(book, lines)
        write_codebook(
            book, [(sheet.name, COMPARISON_COLUMNS), (needs.name, ASSISTANCE_LINE_COLUMNS)]
        )
        _write_readme(readme, data, made)
        book.mark(FileKind.COMPARISON)


def _write_assistance(book: Book, lines: Iterable[ComparisonLine]) -> Sheet:
    words = book.words
    columns = ASSISTANCE_LINE_COLUMNS
    sheet = book.sheet(words(N_("Needs and offers")), [column.width for column in columns])
    sheet.pages_across(IN_VIEW)
    table = Table(sheet, columns, freeze_columns=IN_VIEW)
    for line in assistance_lines(lines):
        table.add(line)
    if not table.finish():
        sheet.cell(0, words(N_("Nothing that you may read.")), "soft")
    return sheet


def _write_readme(sheet: Sheet, data: ComparisonExport, made: Made) -> None:
    words = sheet.book.words
    sheet.line(sheet.book.title, "title")
    if data.demonstration:
        sheet.line(words(N_("Demonstration data: the States here are invented.")), "alert")
    for text, style in _readers(data, words):
        sheet.line(text, style)
    sheet.gap()
    for name, text in _facts(data, words):
        sheet.fact(name, text)
    sheet.fact(words(N_("Made")), f"{words.instant(made.at)}, {made.by}", "fact_typed")
    sheet.gap()
    write_vocabulary(sheet)
    sheet.gap()
    for text in (*_rules(words), *language_notes(words)):
        sheet.line(text, "note")


def _readers(data: ComparisonExport, words: Words) -> list[tuple[str, str]]:
    lines = reader_lines(data.audience, data.own, words)
    groups = [column for column in data.columns if isinstance(column, GroupColumn)]
    if any(code in group.states for code in data.own for group in groups):
        lines.append((words(TOLD_TWICE), "note"))
    return lines


def _facts(data: ComparisonExport, words: Words) -> list[tuple[str, str]]:
    document = data.document
    compared = (f"{words.text(column.name)} ({column.code})" for column in data.columns)
    return [
        (words(N_("Compared")), words.listed(compared)),
        (words(N_("Outcome document")), f"{words.text(document.title)}, {document.source}"),
        (words(N_("Reporting cycle")), data.cycle),
        (words(N_("Movement since")), data.before or words(N_("There is no earlier cycle."))),
        (words(N_("Filters")), _filters(data, words)),
        (words(N_("Commitments")), str(len(data.rows))),
        (words(N_("Base")), _base(data, words)),
        (words(N_("Audience")), words.label(data.audience)),
        (words(N_("Language")), words.label(words.language)),
        (words(N_("The page")), data.address),
        (words(N_("Version of the document")), document_version(document)),
        (words(N_("Version of the data")), str(data.data_version)),
        (words(N_("Version of the tracker")), __version__),
    ]


def _filters(data: ComparisonExport, words: Words) -> str:
    found = filter_words(data.document, data.selection, words)
    found += [words.label(value) for value in data.only]
    return words.listed(found) or words(N_("None: all commitments."))


def _filter_codes(data: ComparisonExport) -> dict[str, Any]:
    chosen = data.selection
    found = {
        "section": chosen.section,
        "theme": chosen.theme,
        "level": chosen.level,
        "strength": list(chosen.strengths),
        "addressee": chosen.addressee,
        "only": list(data.only),
    }
    return {name: value for name, value in found.items() if value}


def _base(data: ComparisonExport, words: Words) -> str:
    if any(isinstance(column, GroupColumn) for column in data.columns):
        return words.label(data.base)
    return words(N_("None: no group is compared."))


def _rules(words: Words) -> list[str]:
    return [
        words(text)
        for text in (
            N_(
                "The sheet “Side by side” is laid out as the page: one row for each commitment, a "
                "block of columns for each State or group. Of long texts it shows the beginning."
            ),
            N_(
                "The sheet “Comparison”, like the CSV and JSON files, has one row for each State "
                "or group and commitment, in the order of the page, with every text whole."
            ),
            N_(
                "A withheld answer shows the word and nothing else of it: the other columns of the "
                "answer are empty."
            ),
            N_(
                "Of a State that did not report, what it said last is shown in columns of its own; "
                "it counts in no share and in no movement."
            ),
            N_("Movement counts only States that reported in both cycles."),
            N_("All times are UTC."),
        )
    ]


def _write_json(target: BinaryIO, data: ComparisonExport, words: Words, made: Made) -> None:
    """One object: what the file is, then the rows."""
    lines = list(comparison_lines(data.cycle, data.columns, data.rows, words))
    items = assistance_lines(lines)
    content = {
        "format": FORMAT,
        "compared": [column.code for column in data.columns],
        "cycle": data.cycle,
        "compared_with": data.before or None,
        "document": data.document.symbol,
        "document_version": document_version(data.document),
        "audience": data.audience.value,
        "made_for": " ".join(text for text, _ in _readers(data, words)),
        "filters": _filter_codes(data),
        "filters_in_words": _filters(data, words),
        "base": data.base.value,
        "demonstration": data.demonstration,
        "data_version": data.data_version,
        "language": words.language,
        "page": data.address,
        "made_at": instant(made.at),
        "made_by": made.by,
        "rows": list(objects(COMPARISON_COLUMNS, lines, words)),
        "assistance": list(objects(ASSISTANCE_LINE_COLUMNS, items, words)),
    }
    target.write(json.dumps(content, ensure_ascii=False, indent=1).encode())


def _write_archive(target: BinaryIO, data: ComparisonExport, words: Words, made: Made) -> None:
    """A zip with the rows, a codebook, and what the file is, as CSV files."""
    lines = list(comparison_lines(data.cycle, data.columns, data.rows, words))
    needs = with_codes(ASSISTANCE_LINE_COLUMNS)
    tables: list[tuple[str, Columns[Any]]] = [("comparison", CSV_COLUMNS), ("assistance", needs)]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        add_csv(archive, made, "comparison", CSV_COLUMNS, lines, words)
        add_csv(archive, made, "assistance", needs, assistance_lines(lines), words)
        entries = codebook_entries(words, tables)
        add_csv(archive, made, "codebook", CODEBOOK_COLUMNS, entries, words)
        readers = [text for text, _ in _readers(data, words)]
        facts = about(words, readers, _facts(data, words), made, demonstration=data.demonstration)
        add_csv(archive, made, "read_me", FACT_COLUMNS, facts, words)
