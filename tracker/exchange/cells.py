"""What fits into a cell, and how much room it takes."""

import re
from math import ceil

from tracker.domain.values import utf16_units

CELL_LIMIT = 32_767  # UTF-16 units
ROW_LIMIT = 409.0  # points
LINE = 13.5
PADDING = 5.0
LINES_IN_ROW = int((ROW_LIMIT - PADDING) // LINE)
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")
_PER_WIDTH = 1.08  # characters of the usual size in one unit of width, words wrapped


def split_text(text: str, limit: int = CELL_LIMIT) -> tuple[str, ...]:
    """The text in pieces of at most ``limit`` UTF-16 units; joined, they are the text again.

    Cut after a line end or a blank where one stands in the last quarter of a piece.
    """
    pieces = []
    while utf16_units(text) > limit:
        end = _fitting(text, limit)
        cut = max(text.rfind("\n", end * 3 // 4, end), text.rfind(" ", end * 3 // 4, end)) + 1
        pieces.append(text[: cut or end])
        text = text[cut or end :]
    return (*pieces, text)


def _fitting(text: str, limit: int) -> int:
    units = 0
    for number, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > limit:
            return number
    return len(text)


def lines(text: str, width: float) -> int:
    """About how many lines a wrapped text takes in a cell ``width`` characters wide."""
    capacity = max(1.0, width * _PER_WIDTH)
    if "\n" not in text:
        return max(1, ceil(_length(text) / capacity))
    return sum(max(1, ceil(_length(line) / capacity)) for line in text.split("\n"))


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def height(count: int) -> float:
    """Points of a row of so many lines, at most what a row can have."""
    return min(ROW_LIMIT, count * LINE + PADDING)
