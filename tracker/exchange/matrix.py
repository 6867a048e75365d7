"""The matrix of a compiled workbook: one row a State and cycle, one column a commitment."""

from xlsxwriter.utility import xl_col_to_name

from tracker.domain.documents import OutcomeDocument
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Progress
from tracker.exchange.answers import entry_value
from tracker.exchange.cells import height
from tracker.exchange.columns import Column, renderer
from tracker.exchange.entries import IN_VIEW, NAMING, Entry
from tracker.exchange.workbook import Book

CELL_WIDTH = 11.5
TITLE_HEIGHT = 170
PAGES_ACROSS = 5
ABOUT = N_("Every State by every commitment, in words and colours; filter by group.")
VALUES: tuple[Progress | Absence, ...] = (*Progress, *Absence)

STATE_COLUMNS: tuple[Column[Entry], ...] = NAMING


class Matrix:
    """The sheet, written State by State."""

    def __init__(self, book: Book, document: OutcomeDocument) -> None:
        words = book.words
        self._commitments = document.commitments
        self._renderers = [renderer(column, words) for column in STATE_COLUMNS]
        widths: list[float] = [column.width for column in STATE_COLUMNS]
        widths += [CELL_WIDTH] * len(self._commitments)
        self.sheet = book.sheet(words(N_("Matrix")), widths, words(ABOUT))
        self._write_header()
        self._plain = book.style("boxed_middle")
        self._cells = {
            value: self.sheet.raw.cell_xml(words.label(value), book.style(f"is-{value}"))
            for value in VALUES
        }
        self._heads = [f'<c r="{xl_col_to_name(number)}' for number in range(len(widths))]

    def _write_header(self) -> None:
        sheet, words = self.sheet, self.sheet.book.words
        sheet.cell(0, words(N_("The short titles are ours.")), "soft")
        first = len(STATE_COLUMNS)
        for at, commitment in enumerate(self._commitments, start=first):
            sheet.cell(at, words.text(commitment.title), "header_up")
        sheet.raw.set_row(sheet.row, TITLE_HEIGHT)
        sheet.row += 1
        paragraphs = [words(N_("Para %(n)s"), n=c.paragraph) for c in self._commitments]
        sheet.header(
            [*(words(c.header) for c in STATE_COLUMNS), *paragraphs], freeze_columns=IN_VIEW
        )
        sheet.raw.repeat_rows(0, 1)
        sheet.raw.repeat_columns(0, IN_VIEW - 1)
        sheet.raw.fit_to_pages(PAGES_ACROSS, 0)

    def add(self, entry: Entry) -> None:
        """One State in one cycle."""
        raw, number, plain = self.sheet.raw, self.sheet.row + 1, self._plain
        cells = [raw.cell_xml(value or "", plain) for value in (r(entry) for r in self._renderers)]
        cells += [self._cells[entry_value(entry, c)] for c in self._commitments]
        xml = "".join(
            [f"{head}{number}{cell}" for head, cell in zip(self._heads, cells, strict=True)]
        )
        raw.put_row(self.sheet.row, xml, last_column=len(cells) - 1, points=height(2))
        self.sheet.row += 1

    def finish(self) -> None:
        """Put the filter on."""
        last = len(STATE_COLUMNS) + len(self._commitments) - 1
        self.sheet.raw.autofilter(1, 0, max(1, self.sheet.row - 1), last)
