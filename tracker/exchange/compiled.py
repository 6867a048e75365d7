"""Cycles as one workbook, read and written State by State."""

from collections.abc import Callable
from typing import Any

from tracker.domain.messages import N_
from tracker.exchange.entries import IN_VIEW, Entry, Read, entries_by_state
from tracker.exchange.legend import write_codebook
from tracker.exchange.long_tables import LongTable, long_tables
from tracker.exchange.marks import FileKind
from tracker.exchange.matrix import STATE_COLUMNS, Matrix
from tracker.exchange.movement import Movement
from tracker.exchange.overview import overview_sheet, write_overview
from tracker.exchange.readme import WIDTHS, Tally, write_readme
from tracker.exchange.section_sheets import SectionSheets, explained_columns
from tracker.exchange.table import Table
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Book, Target
from tracker.queries.compiled import CompiledExport

Advance = Callable[[int, int], None]
"""Told after each State how many are done, of how many."""


def write_compiled(
    target: Target,
    data: CompiledExport,
    read: Read,
    *,
    translate: Translate,
    language: str,
    made: Made,
    progress: Advance | None = None,
) -> None:
    """Write the workbook; ``read`` is called once for every submission that is shown."""
    words = Words(language, translate)
    title = words(
        N_("Compiled reports, %(cycles)s, %(symbol)s"),
        cycles=", ".join(data.slugs),
        symbol=data.document.symbol,
    )
    with Book(target, words, made, title, streaming=True) as book:
        readme = book.sheet(words(N_("Read me")), WIDTHS)
        overview, movement = overview_sheet(book), Movement(data)
        matrix, sections = Matrix(book, data.document), SectionSheets(book, data.document)
        tables = [_Growing(book, table) for table in long_tables(data, words)]
        tally = Tally()
        states = len(data.cycles[0].states)
        for number, entries in enumerate(entries_by_state(data, read), start=1):
            movement.add(entries)
            for entry in entries:
                tally.add(entry)
                matrix.add(entry)
                sections.add(entry)
                for table in tables:
                    table.add(entry)
            if progress:
                progress(number, states)
        write_overview(overview, data, movement)
        matrix.finish()
        sections.finish()
        for table in tables:
            table.finish()
        explained = [
            (matrix.sheet.name, STATE_COLUMNS),
            (words(N_("Sheets by section")), explained_columns()),
            *((table.sheet.name, table.columns) for table in tables),
        ]
        codebook = write_codebook(book, explained)
        grown = [table.sheet for table in tables]
        sheets = [overview, matrix.sheet, *sections.sheets, *grown, codebook]
        write_readme(readme, data, sheets, tally, made)
        book.mark(FileKind.COMPILED)


class _Growing:
    """The sheet of a long table."""

    def __init__(self, book: Book, table: LongTable) -> None:
        self.columns = table.columns
        self._lines, self._closing = table.lines, table.closing
        self._nothing = book.words(table.nothing)
        widths = [column.width for column in table.columns]
        self.sheet = book.sheet(table.name, widths, table.about)
        self.sheet.pages_across(IN_VIEW)
        self._table: Table[Any] = Table(self.sheet, table.columns, freeze_columns=IN_VIEW)

    def add(self, entry: Entry) -> None:
        """The rows of one State in one cycle."""
        for line in self._lines(entry):
            self._table.add(line)

    def finish(self) -> None:
        """Write the closing rows and put the filter on; an empty table says that it is empty."""
        for line in self._closing():
            self._table.add(line)
        if not self._table.finish():
            self.sheet.cell(0, self._nothing, "soft")
