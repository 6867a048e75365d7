"""Rows of a report: boxes beside each other, as high as the longest text needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from tracker.exchange.cells import LINES_IN_ROW, height, lines
from tracker.exchange.workbook import Sheet

LINES_IN_MERGED_ROW = 10  # low, so that pages are filled and scrolling does not jump


@dataclass(frozen=True, slots=True)
class Box:
    """A text over the columns from ``first`` to ``last`` of a row."""

    first: int
    last: int
    text: str
    style: str


def lines_of(sheet: Sheet, boxes: Sequence[Box]) -> int:
    """How many lines the longest of them takes."""
    return max(lines(box.text, sheet.width(box.first, box.last)) for box in boxes)


def write_boxes(sheet: Sheet, boxes: Sequence[Box], needed: int) -> None:
    """One row, or as many merged rows as it takes to show ``needed`` lines."""
    rows = 1 if needed <= LINES_IN_ROW else ceil(needed / LINES_IN_MERGED_ROW)
    last = sheet.row + rows - 1
    for row in range(sheet.row, last + 1):
        sheet.tall(row, height(ceil(needed / rows)))
    for box in boxes:
        style = sheet.book.style(box.style)
        if rows > 1 or box.last > box.first:
            sheet.raw.merge_range(sheet.row, box.first, last, box.last, "", style)
        if box.text:
            sheet.raw.write_string(sheet.row, box.first, box.text, style)
        elif last == sheet.row and box.last == box.first:
            sheet.raw.write_blank(sheet.row, box.first, None, style)
    sheet.starts.extend(range(sheet.row + 1, last + 1))
    sheet.row += rows
