"""Where the pages of a printed sheet end: what belongs together is not parted."""

from collections.abc import Iterator
from itertools import pairwise

from tracker.exchange.workbook import MARGIN, MARGIN_SIDE, Sheet

A4_WIDTH, A4_HEIGHT = 841.9, 595.3  # points, landscape
INCH = 72.0
USUAL_ROW = 15.0  # points of a row of which no height was set
SAFETY = 0.95  # fonts of other programs are a little higher


def print_whole(sheet: Sheet) -> None:
    """Print every row and column, with page breaks only where the sheet ``may_break``.

    What stands above the first such place is kept with it; a header that is repeated takes its
    room on each page. Where there is more between two places than fits on a page, the program
    that prints breaks it.
    """
    sheet.raw.print_area(0, 0, max(sheet.row - 1, 0), len(sheet.widths) - 1)
    header = _height(sheet, sheet.repeated) if sheet.repeated is not None else 0.0
    sheet.raw.set_h_pagebreaks(list(_breaks(sheet, _room(sheet), header)))


def _breaks(sheet: Sheet, room: float, header: float) -> Iterator[int]:
    used = 0.0
    for first, end in pairwise((0, *sheet.starts[1:], sheet.row)):
        needed = sum(_height(sheet, row) for row in range(first, end))
        if used and used + needed > room:
            yield first
            used = header
        used += needed


def _height(sheet: Sheet, row: int) -> float:
    return sheet.heights.get(row, USUAL_ROW)


def _room(sheet: Sheet) -> float:
    """Points of rows that fit on a page, at the scale at which all columns fit on it."""
    width = sum(width * 7 + 5 for width in sheet.widths) * 0.75  # pixels of the usual font
    scale = min(1.0, (A4_WIDTH - 2 * MARGIN_SIDE * INCH) / width)
    return (A4_HEIGHT - 2 * MARGIN * INCH) / scale * SAFETY
