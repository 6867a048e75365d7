"""Cycles as one workbook, read and written State by State."""

from collections.abc import Callable
from typing import Any

from tracker.domain.messages import N_
from tracker.exchange.commitments import COMMITMENT_COLUMNS, commitment_lines
from tracker.exchange.entries import Entry, Read, entries_by_state
from tracker.exchange.legend import write_codebook
from tracker.exchange.long_tables import LongTable, long_tables
from tracker.exchange.matrix import STATE_COLUMNS, Matrix
from tracker.exchange.movement import Movement
from tracker.exchange.overview import overview_sheet, write_overview
from tracker.exchange.readme import WIDTHS, Tally, write_readme
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Book, Sheet, Table, Target
from tracker.queries.compiled import CompiledExport

Advance = Callable[[int, int], None]
"""Told after each State how many are done, of how many."""
NOTHING = N_("Nothing: no report in this file holds anything of this kind.")
COMMITMENTS = N_("Official text, and our titles, summaries and classification.")


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
        matrix = Matrix(book, data.document)
        tables = [_Growing(book, table) for table in long_tables(data, words)]
        tally = Tally()
        states = len(data.cycles[0].states)
        for number, entries in enumerate(entries_by_state(data, read), start=1):
            movement.add(entries)
            for entry in entries:
                tally.add(entry)
                matrix.add(entry)
                for table in tables:
                    table.add(entry)
            if progress:
                progress(number, states)
        write_overview(overview, data, movement)
        matrix.finish()
        for table in tables:
            table.finish()
        commitments = _commitments(book, data)
        explained = [
            (matrix.sheet.name, STATE_COLUMNS),
            *((table.sheet.name, table.columns) for table in tables),
            (commitments.name, COMMITMENT_COLUMNS),
        ]
        codebook = write_codebook(book, explained)
        grown = [table.sheet for table in tables]
        sheets = [overview, matrix.sheet, *grown, commitments, codebook]
        write_readme(readme, data, sheets, tally, made)


class _Growing:
    """The sheet of a long table."""

    def __init__(self, book: Book, table: LongTable) -> None:
        self.columns = table.columns
        self._lines = table.lines
        self._nothing = book.words(NOTHING)
        widths = [column.width for column in table.columns]
        self.sheet = book.sheet(table.name, widths, table.about)
        self._table: Table[Any] = Table(self.sheet, table.columns, freeze_columns=2)

    def add(self, entry: Entry) -> None:
        """The rows of one State in one cycle."""
        for line in self._lines(entry):
            self._table.add(line)

    def finish(self) -> None:
        """Put the filter on; an empty table says that it is empty."""
        if not self._table.finish():
            self.sheet.cell(0, self._nothing, "soft")


def _commitments(book: Book, data: CompiledExport) -> Sheet:
    widths = [column.width for column in COMMITMENT_COLUMNS]
    sheet = book.sheet(book.words(N_("Commitments")), widths, book.words(COMMITMENTS))
    table = Table(sheet, COMMITMENT_COLUMNS, freeze_columns=2)
    for line in commitment_lines(data.document, book.words):
        table.add(line)
    table.finish()
    return sheet
