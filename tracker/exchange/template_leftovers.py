"""The sheet of a marked copy with the texts that stand in no row or column of the template."""

from collections.abc import Iterable

from tracker.domain.filled import Leftover
from tracker.domain.messages import N_
from tracker.exchange.cells import height, lines
from tracker.exchange.template_sheet import PROTECTION
from tracker.exchange.workbook import Sheet

LEFTOVERS = "leftovers"  # among the names of the sheets of a file
SHEET_NAME = N_("Not read")
COLUMNS = {
    "sheet": (N_("Sheet"), 24),
    "cell": (N_("Cell"), 9),
    "text": (N_("Text"), 70),
    "about": (N_("Notes of the check"), 60),
    "kind": (N_("Key"), 9),
}
WIDTHS = tuple(width for _, width in COLUMNS.values())
WRONG, ASIDE = "wrong", "aside"
MOVE = N_("This was not read. Move it to the place where it belongs, then empty this row.")
KEPT = N_("This is not part of the template. It is kept here as it stood; nothing is read from it.")


def column_key(name: str) -> str:
    """What names a column in the hidden first row."""
    return f"{LEFTOVERS}.{name}"


def write_leftovers(sheet: Sheet, left: Iterable[Leftover]) -> None:
    """One row for each cell: where it stood, what stood there, and what to do."""
    words, raw, style = sheet.book.words, sheet.raw, sheet.book.style
    for at, name in enumerate(COLUMNS):
        raw.write_string(0, at, column_key(name))
    raw.set_row(0, None, None, {"hidden": True})
    sheet.row = 1
    sheet.header([words(header) for header, _ in COLUMNS.values()])
    last = len(COLUMNS) - 1
    raw.set_column(last, last, WIDTHS[-1], None, {"hidden": True})
    for row, part in enumerate(left, start=2):
        entry = style("entry_error" if part.wrong else "entry")
        about = words(MOVE if part.wrong else KEPT)
        raw.write_string(row, 0, part.sheet, style("fixed"))
        raw.write_string(row, 1, part.cell, style("fixed"))
        raw.write_string(row, 2, part.text, entry)
        raw.write_string(row, 3, about, style("fixed"))
        raw.write_string(row, last, WRONG if part.wrong else ASIDE, style("fixed"))
        raw.set_row(row, height(max(lines(part.text, WIDTHS[2]), lines(about, WIDTHS[3]))))
    raw.protect("", PROTECTION)
