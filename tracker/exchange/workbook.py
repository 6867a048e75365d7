"""Writing a workbook with XlsxWriter: every text as text, never as formula, link or number."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from xlsxwriter import Workbook, xmlwriter
from xlsxwriter.format import Format

from tracker.domain.messages import N_
from tracker.exchange import styles
from tracker.exchange.cells import height, lines
from tracker.exchange.marks import MARK_SHEET, FileKind
from tracker.exchange.streaming import StreamedSheet
from tracker.exchange.words import Made, Words

Target = Path | BinaryIO
A4 = 9
MARGIN, MARGIN_SIDE = 0.6, 0.4  # inches
PAGE_WIDTH = 190  # characters across one page, small but legible
CREATOR = N_("Outcome document tracker")

# XlsxWriter escapes only the first of two sequences that share an underscore (_x005F_x0041_), so
# that readers undo the second one: every underscore that begins a sequence has to be escaped.
xmlwriter.re_control_chars_1 = re.compile(r"(_)(?=x[0-9a-fA-F]{4}_)")


class _Locking(Workbook):  # type: ignore[misc]  # the library ships no types
    """A workbook of which sheets can be kept from being added, removed, renamed and moved."""

    structure_locked = False

    def _write_book_views(self) -> None:
        if self.structure_locked:
            self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])
        super()._write_book_views()


class Book:
    """A workbook being written; leaving the ``with`` block finishes the file.

    ``streaming`` keeps memory constant, and asks for the rows of a sheet in order. After an
    exception nothing is written to the target.
    """

    def __init__(
        self, target: Target, words: Words, made: Made, title: str, *, streaming: bool = False
    ) -> None:
        self.words = words
        self.title = title
        self.streaming = streaming
        self._taken: set[str] = set()
        self._styles: dict[str, Format] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="tracker-export-")
        self.raw = _Locking(
            str(target) if isinstance(target, Path) else target,
            {
                "constant_memory": streaming,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "remove_timezone": True,
                "tmpdir": self._folder.name,
            },
        )
        self.raw.set_properties(
            {"title": title[:255], "author": words(CREATOR), "created": made.at}
        )

    def __enter__(self) -> "Book":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.raw.close()
            else:
                self._abandon()
        finally:
            self._folder.cleanup()

    def lock_structure(self) -> None:
        """Keep sheets from being added, removed, renamed and moved; without a password."""
        self.raw.structure_locked = True

    def _abandon(self) -> None:
        """Close the files in which the rows of a streamed workbook wait."""
        for sheet in self.raw.worksheets():
            if sheet.row_data_fh is not None:
                sheet.row_data_fh.close()

    def style(self, name: str) -> Format:
        """A style of ``styles``, made on first use."""
        if name not in self._styles:
            properties = styles.style(name)
            if self.words.right_to_left:
                properties = styles.mirrored(properties)
            self._styles[name] = self.raw.add_format(properties)
        return self._styles[name]

    def sheet(self, name: str, widths: Sequence[float], about: str = "") -> "Sheet":
        """A new sheet with columns of these widths; ``about`` says what it holds."""
        return Sheet(self, styles.sheet_name(name, self._taken), widths, about)

    def mark(self, kind: FileKind, *rows: Sequence[str]) -> None:
        """Say in a very hidden sheet what file this is; ``rows`` of texts below are the owner's."""
        sheet = self.raw.add_worksheet(MARK_SHEET)
        for number, row in enumerate(((kind.value,), *rows)):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
        sheet.very_hidden()


class Sheet:
    """One sheet, set up for reading and printing, written from the top.

    ``row`` is the next free row, ``heights`` the points of the rows that were given a height,
    ``repeated`` the row that stands on every printed page, ``starts`` the rows before which a
    page may end.
    """

    def __init__(self, book: Book, name: str, widths: Sequence[float], about: str) -> None:
        self.book = book
        self.name = name
        self.about = about
        self.widths = tuple(widths)
        self.row = 0
        self.heights: dict[int, float] = {}
        self.repeated: int | None = None
        self.starts: list[int] = []
        self.raw: StreamedSheet = book.raw.add_worksheet(name, StreamedSheet)
        for number, width in enumerate(widths):
            self.raw.set_column(number, number, width)
        if book.words.right_to_left:
            self.raw.right_to_left()
        self.raw.hide_gridlines(2)
        self.raw.set_landscape()
        self.raw.set_paper(A4)
        self.raw.set_margins(left=MARGIN_SIDE, right=MARGIN_SIDE, top=MARGIN, bottom=MARGIN)
        self.raw.fit_to_pages(1, 0)
        self._margins()

    def _margins(self) -> None:
        """Above each page the name of the sheet, below it what file it is and which page."""
        pages = self.book.words(N_("Page %(page)s of %(pages)s"), page="&P", pages="&N")
        title = self.book.title.replace("&", "&&")
        self.raw.set_header("&R&8&A")
        self.raw.set_footer(f"&L&8{title[:180]}&R&8{pages}")

    def cell(self, column: int, text: str, style: str) -> None:
        """One text in the present row."""
        self.raw.write_string(self.row, column, text, self.book.style(style))

    def line(self, text: str, style: str = "plain") -> None:
        """A text over the whole width of the sheet, as high as it needs."""
        if style in ("title", "heading", "soft"):
            self.cell(0, text, style)
            if style == "title":
                self.tall(self.row, 26)
        else:
            self.spread(0, len(self.widths) - 1, text, style)
            self.fit(lines(text, sum(self.widths)))
        self.row += 1

    def fact(self, name: str, text: str, style: str = "fact") -> None:
        """A name in the first column, and over all the others what it is."""
        self.cell(0, name, "name")
        self.spread(1, len(self.widths) - 1, text, style)
        self.fit(max(lines(text, sum(self.widths[1:])), lines(name, self.widths[0])))
        self.row += 1

    def row_of(self, texts: Sequence[str], style: str) -> None:
        """Texts side by side, the row as high as the longest needs."""
        for number, text in enumerate(texts):
            self.cell(number, text, style)
        self.fit(max(lines(t, w) for t, w in zip(texts, self.widths, strict=False)))
        self.row += 1

    def band(self, first: int, last: int, text: str) -> int:
        """A text over some columns of the present row; gives how many lines it needs."""
        self.spread(first, last, text, "band")
        return lines(text, self.width(first, last))

    def gap(self) -> None:
        """An empty row."""
        self.row += 1

    def fit(self, count: int) -> None:
        """Make the present row as high as ``count`` lines."""
        if count > 1:
            self.tall(self.row, height(count))

    def may_break(self) -> None:
        """Let a printed page end above the present row."""
        self.starts.append(self.row)

    def tall(self, row: int, points: float) -> None:
        """Give a row its height."""
        self.heights[row] = points
        self.raw.set_row(row, points)

    def spread(self, first: int, last: int, text: str, style: str) -> None:
        """One text in the present row, over the columns from ``first`` to ``last``."""
        if last > first:
            self.raw.merge_range(self.row, first, self.row, last, "", self.book.style(style))
        self.cell(first, text, style)

    def width(self, first: int, last: int) -> float:
        """Characters that fit side by side into these columns."""
        return sum(self.widths[first : last + 1])

    def link(self, column: int, text: str, sheet: str, style: str) -> None:
        """A text in the present row that leads to another sheet of the file."""
        self.raw.write_url(self.row, column, f"internal:'{sheet}'!A1", self.book.style(style), text)

    def pages_across(self, repeated: int) -> None:
        """Print on so many pages side by side that it stays legible, the first columns on each."""
        self.raw.repeat_columns(0, repeated - 1)
        self.raw.fit_to_pages(max(1, round(sum(self.widths) / PAGE_WIDTH)), 0)

    def fit_text(self, text: str, column: int) -> None:
        """Make the present row as high as a text in this column needs."""
        self.fit(lines(text, self.widths[column]))

    def header(self, texts: Sequence[str], *, freeze_columns: int = 0) -> None:
        """The header of a table: stays in view, and is repeated on paper."""
        self.repeated = self.row
        self.raw.repeat_rows(self.row)
        self.raw.freeze_panes(self.row + 1, freeze_columns)
        self.row_of(texts, "header")
