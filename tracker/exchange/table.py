"""A table on a sheet: a header with a filter, then one row after the other."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Generic, NamedTuple, TypeVar

from xlsxwriter.utility import xl_col_to_name

from tracker.exchange.cells import CELL_LIMIT, LINES_IN_ROW, height, lines, split_text
from tracker.exchange.columns import Column, Columns, Kind, renderer
from tracker.exchange.workbook import Sheet

Row = TypeVar("Row")
KIND_STYLES = {
    Kind.TYPED: "typed",
    Kind.NUMBER: "whole",
    Kind.SHARE: "percent",
    Kind.DAY: "day",
    Kind.INSTANT: "instant",
}
KNOWN_BY_VALUE = {Kind.LABEL, Kind.FLAG}  # what a word stands for, before it is looked up
WORDS_KEPT = 4096
Inner = Callable[[Any], Any]


class Cell(NamedTuple):
    """A value ready to be written in column ``at``; ``xml`` is wrapped around the row's number.

    ``lines`` is how many it takes, ``rest`` what did not fit into the cell.
    """

    at: int
    value: Any
    xml: tuple[str, str]
    lines: int
    rest: str


class Table(Generic[Row]):
    """A table with a filter in its header, in the row ``first``; one row after the other."""

    def __init__(self, sheet: Sheet, columns: Columns[Row], *, freeze_columns: int = 0) -> None:
        words = sheet.book.words
        self.sheet = sheet
        self.first = sheet.row
        self._columns = tuple(columns)
        self._makers = [_Maker(sheet, at, column) for at, column in enumerate(columns)]
        self._runs = [
            _run(inner, [maker for maker in self._makers if maker.at in places])
            for inner, places in _neighbours(self._columns)
        ]
        sheet.header([words(c.header) for c in columns], freeze_columns=freeze_columns)

    def add(self, row: Row) -> None:
        """One row; where a text does not fit into a cell, it goes on in the rows below."""
        cells = [cell for run in self._runs for cell in run(row)]
        if self._write(cells):
            self._continue(cells)

    def _write(self, cells: list[Cell]) -> bool:
        """One row of the sheet; whether there is a text that did not fit into it."""
        sheet = self.sheet
        longest = max([cell.lines for cell in cells], default=1)
        if sheet.book.streaming:
            number, end = str(sheet.row + 1), len(self._columns) - 1
            xml = "".join([number.join(cell.xml) for cell in cells])
            points = height(longest) if longest > 1 else None
            sheet.raw.put_row(sheet.row, xml, last_column=end, points=points)
        else:
            for cell in cells:
                self._makers[cell.at].write(sheet.row, cell.value)
            sheet.fit(longest)
        sheet.row += 1
        return longest > 1 and any([cell.rest for cell in cells])

    def _continue(self, cells: list[Cell]) -> None:
        repeated = {cell.at: cell for cell in cells if self._columns[cell.at].identifies}
        pieces = {cell.at: split_text(cell.rest) for cell in cells if cell.rest}
        for place in range(max(map(len, pieces.values()))):
            further = {
                at: self._makers[at].cell(texts[place])._replace(lines=LINES_IN_ROW)
                for at, texts in pieces.items()
                if place < len(texts)
            }
            self._write([cell for _, cell in sorted((repeated | further).items())])

    def finish(self) -> bool:
        """Put the filter and the lines between rows on, and say whether there is any row."""
        raw, end = self.sheet.raw, len(self._columns) - 1
        last = max(self.sheet.row - 1, self.first)
        raw.autofilter(self.first, 0, last, end)
        raw.print_area(0, 0, last, end)
        if last == self.first:
            return False
        # By condition, so that the empty cells of a row have the line too and cost nothing.
        line = {"type": "formula", "criteria": "=TRUE", "format": self.sheet.book.style("ruled")}
        raw.conditional_format(self.first + 1, 0, last, end, line)
        return True


class _Maker:
    """From the values of one column to its cells."""

    def __init__(self, sheet: Sheet, at: int, column: Column[Any]) -> None:
        self.at = at
        self._raw = sheet.raw
        self._words = sheet.book.words
        self._width = column.width
        self._style = sheet.book.style(KIND_STYLES.get(column.kind, "plain"))
        self._begins = f'<c r="{xl_col_to_name(at)}'
        self._column = column.through.column if column.through else column

    def maker(self) -> Callable[[Any], Cell | None]:
        """The cell of what the column is a column of; words that come again are made once."""
        column, make = self._column, self.cell
        render = renderer(column, self._words)
        if column.kind is Kind.TYPED:

            def typed(row: Any) -> Cell | None:
                text = render(row)
                return make(text) if text else None

            return typed

        key = column.value if column.kind in KNOWN_BY_VALUE else render
        known: dict[Any, Cell | None] = {None: None, "": None}

        def cell(row: Any) -> Cell | None:
            value = key(row)
            try:
                return known[value]
            except KeyError:
                shown = value if key is render else render(row)
                kept = len(known) < WORDS_KEPT
                found = None if shown is None or shown == "" else make(shown, comes_again=kept)
                if kept:
                    known[value] = found
                return found

        return cell

    def cell(self, value: Any, *, comes_again: bool = False) -> Cell:
        """One value; of a text as much as a cell holds."""
        rest, count = "", 1
        if isinstance(value, str):
            if len(value) > CELL_LIMIT // 2:
                value, *more = split_text(value)
                rest = "".join(more)
            if len(value) > self._width or "\n" in value:
                count = lines(value, self._width)
        xml = self._begins, self._raw.cell_xml(value, self._style, comes_again=comes_again)
        return Cell(self.at, value, xml, count, rest)

    def write(self, row: int, value: Any) -> None:
        """The same in a workbook that is kept in memory."""
        write = self._raw.write_string if isinstance(value, str) else self._raw.write
        write(row, self.at, value, self._style)


def _neighbours(columns: Columns[Any]) -> Iterator[tuple[Inner | None, list[int]]]:
    """Columns side by side that are columns of the same thing that a row holds."""
    numbered = enumerate(columns)
    inner = {at: column.through.inner if column.through else None for at, column in numbered}
    for found, group in groupby(inner, key=inner.__getitem__):
        yield found, list(group)


def _run(inner: Inner | None, makers: list[_Maker]) -> Callable[[Any], list[Cell]]:
    """The cells of some columns; made once while row after row holds the same thing."""
    parts = [maker.maker() for maker in makers]

    def made(row: Any) -> list[Cell]:
        return [found for cell in parts if (found := cell(row))]

    if inner is None:
        return made
    last: list[Any] = [None, []]

    def remembered(row: Any) -> list[Cell]:
        held = inner(row)
        if held is not last[0]:
            last[:] = held, [] if held is None else made(held)
        cells: list[Cell] = last[1]
        return cells

    return remembered
