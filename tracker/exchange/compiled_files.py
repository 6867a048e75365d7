"""Compiled cycles in every format there is: the workbook, and its long tables as plain files."""

import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from tracker.domain.chain import instant
from tracker.domain.exports import ExportFormat
from tracker.exchange.answers import reader_words
from tracker.exchange.compiled import Advance, write_compiled
from tracker.exchange.entries import Read, entries_by_state
from tracker.exchange.legend import CODEBOOK_COLUMNS, codebook_entries
from tracker.exchange.long_tables import LongTable, long_tables
from tracker.exchange.page_files import FACT_COLUMNS, about, add_csv
from tracker.exchange.readme import compiled_facts
from tracker.exchange.tabular import CsvTable, objects, with_codes
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.queries.compiled import CompiledExport

FORMAT = "tracker-compiled-tables/1"
Add = Callable[[Any], None]


def write_compiled_file(
    target: BinaryIO,
    data: CompiledExport,
    read: Read,
    form: ExportFormat,
    *,
    translate: Translate,
    language: str,
    made: Made,
    progress: Advance | None = None,
) -> None:
    """Write the workbook, or every long table of it; arguments as of ``write_compiled``."""
    if form is ExportFormat.XLSX:
        write_compiled(
            target,
            data,
            read,
            translate=translate,
            language=language,
            made=made,
            progress=progress,
        )
        return
    words = Words(language, translate)
    with tempfile.TemporaryDirectory(prefix="tracker-export-") as folder:
        parts = [_Part(folder, table, form, words) for table in _tables(data, words, form)]
        try:
            _grow(parts, data, read, progress)
            if form is ExportFormat.CSV:
                _zip(target, parts, data, words, made)
            else:
                _join(target, parts, _about(data, words, made))
        finally:
            for part in parts:
                part.file.close()


def _tables(data: CompiledExport, words: Words, form: ExportFormat) -> list[LongTable]:
    """Those of the workbook, and the codebook that explains them.

    In CSV codes stand beside words in columns of their own, as ``objects`` gives them in JSON.
    """
    tables = list(long_tables(data, words))
    described = [(table.key, with_codes(table.columns)) for table in tables]
    if form is ExportFormat.CSV:
        tables = [replace(table, columns=with_codes(table.columns)) for table in tables]
    codebook = LongTable(
        "codebook", "", "", CODEBOOK_COLUMNS, closing=lambda: codebook_entries(words, described)
    )
    return [*tables, codebook]


class _Part:
    """One table, which waits in a file of its own while the States are read."""

    def __init__(self, folder: str, table: LongTable, form: ExportFormat, words: Words) -> None:
        self.table = table
        self.file: BinaryIO = open(Path(folder, table.key), "w+b")  # noqa: SIM115 - closed by the caller
        self._rows = 0
        self._words = words
        csv = CsvTable(self.file, table.columns, words) if form is ExportFormat.CSV else None
        self.add: Add = csv.add if csv else self._add_object

    def _add_object(self, row: Any) -> None:
        for found in objects(self.table.columns, [row], self._words):
            text = json.dumps(found, ensure_ascii=False)
            self.file.write((",\n" if self._rows else "\n").encode() + text.encode())
            self._rows += 1


def _grow(parts: list[_Part], data: CompiledExport, read: Read, progress: Advance | None) -> None:
    states = len(data.cycles[0].states)
    for number, entries in enumerate(entries_by_state(data, read), start=1):
        for entry in entries:
            for part in parts:
                for row in part.table.lines(entry):
                    part.add(row)
        if progress:
            progress(number, states)
    for part in parts:
        for row in part.table.closing():
            part.add(row)
        part.file.seek(0)


def _zip(
    target: BinaryIO, parts: list[_Part], data: CompiledExport, words: Words, made: Made
) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            name = zipfile.ZipInfo(f"{part.table.key}.csv", made.at.timetuple()[:6])
            name.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(name, "w") as member:
                shutil.copyfileobj(part.file, member)
        facts = about(
            words,
            [words(reader_words(data.audience))],
            compiled_facts(data, words),
            made,
            demonstration=data.demonstration,
        )
        add_csv(archive, made, "read_me", FACT_COLUMNS, facts, words)


def _join(target: BinaryIO, parts: list[_Part], about: dict[str, Any]) -> None:
    """One object: what the file is, then each table as a list of objects."""
    target.write(json.dumps(about, ensure_ascii=False, indent=1).encode().removesuffix(b"\n}"))
    for part in parts:
        target.write(f',\n "{part.table.key}": ['.encode())
        shutil.copyfileobj(part.file, target)
        target.write(b"]")
    target.write(b"\n}\n")


def _about(data: CompiledExport, words: Words, made: Made) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "cycles": list(data.slugs),
        "document": data.document.symbol,
        "audience": data.audience.value,
        "made_for": words(reader_words(data.audience)),
        "compared_with": instant(data.compared_with) if data.compared_with else None,
        "demonstration": data.demonstration,
        "data_version": data.data_version,
        "language": words.language,
        "made_at": instant(made.at),
        "made_by": made.by,
    }
