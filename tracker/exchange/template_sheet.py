"""One sheet of the offline template: cells to fill in, drop-downs, protection."""

from collections.abc import Sequence
from textwrap import shorten
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from tracker.domain.filled import VALUE, SheetRole
from tracker.domain.messages import N_
from tracker.domain.values import LARGEST_AMOUNT, LARGEST_COUNT, grouped
from tracker.exchange.cells import height, lines
from tracker.exchange.columns import Kind
from tracker.exchange.template_columns import CHECK_SLOTS, NOTES_SLOT, SLOTS, UNREAD_SLOT, Slot
from tracker.exchange.template_rows import TemplateRow
from tracker.exchange.template_unread import unread_cell
from tracker.exchange.template_words import CellWords
from tracker.exchange.workbook import Book, Sheet

LISTS_SHEET = "_lists"
KEYS_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 2
LONGEST_NUMBER = 15  # digits that a cell holds exactly
RIGHT_TO_LEFT = ("ar",)
TITLE_LIMIT, MESSAGE_LIMIT = 32, 255
PROTECTION = {
    "objects": True,
    "scenarios": True,
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "sort": True,
    "autofilter": True,
}


class Lists:
    """The hidden sheet with the words of every drop-down."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._columns: dict[tuple[str, ...], str] = {}
        sheet.hide()

    def source(self, choices: tuple[str, ...]) -> str:
        """Where these words stand, written there on first use."""
        if choices not in self._columns:
            column = len(self._columns)
            for row, word in enumerate(choices):
                self._sheet.write_string(row, column, word)
            name = xl_col_to_name(column)
            self._columns[choices] = f"='{LISTS_SHEET}'!${name}$1:${name}${len(choices)}"
        return self._columns[choices]


def key_of(role: SheetRole, slot: Slot) -> str:
    """What names a column in the hidden first row, wherever the column is moved."""
    return f"{role.value}.{slot.key}"


class TemplateSheet:
    """Writes the rows of one sheet; ``noted`` adds the notes of a check."""

    def __init__(
        self, book: Book, cells: CellWords, role: SheetRole, name: str, *, noted: bool
    ) -> None:
        self._book, self._cells, self._role = book, cells, role
        self._slots = (*SLOTS[role], *CHECK_SLOTS) if noted else SLOTS[role]
        self._sheet = Sheet(book, name, [slot.width for slot in self._slots], "")

    def write(self, rows: Sequence[TemplateRow], lists: Lists) -> None:
        """The header, the rows, then what holds for whole columns."""
        raw, words = self._sheet.raw, self._book.words
        for at, slot in enumerate(self._slots):
            raw.write_string(KEYS_ROW, at, key_of(self._role, slot))
            if slot.hidden:
                raw.set_column(at, at, slot.width, None, {"hidden": True})
        raw.set_row(KEYS_ROW, None, None, {"hidden": True})
        self._sheet.row = HEADER_ROW
        self._sheet.header([words(slot.header) for slot in self._slots], freeze_columns=1)
        for at, row in enumerate(rows, start=FIRST_ROW):
            self._row(at, row)
        last = max(FIRST_ROW, FIRST_ROW + len(rows) - 1)
        for at, slot in enumerate(self._slots):
            if slot.entry:
                self._validate(at, slot, last, lists)
        raw.autofilter(HEADER_ROW, 0, last, len(self._slots) - 1)
        raw.protect("", PROTECTION)

    def _row(self, at: int, row: TemplateRow) -> None:
        longest = 1 if self._role is SheetRole.FIGURES else 2
        for column, slot in enumerate(self._slots):
            text = self._cell(at, column, slot, row)
            if not slot.hidden and (len(text) > slot.width or "\n" in text):
                longest = max(longest, lines(text, slot.width))
        self._sheet.raw.set_row(at, height(longest))

    def _cell(self, at: int, column: int, slot: Slot, row: TemplateRow) -> str:
        """Write one cell; gives the text in it."""
        raw = self._sheet.raw
        fixed = slot.key in row.fixed or not (slot.entry or row.refused)
        text = self._text(slot, row)
        style = self._book.style(self._style(slot, row, fixed=fixed))
        if not text:
            raw.write_blank(at, column, None, style)
        elif slot.kind is Kind.NUMBER and _is_number(text):
            raw.write_number(at, column, int(text), style)
        else:
            raw.write_string(at, column, text, style)
        if slot.key in row.marks:
            raw.write_comment(at, column, row.marks[slot.key].text, {"x_scale": 2, "y_scale": 2})
        return text

    def _text(self, slot: Slot, row: TemplateRow) -> str:
        if slot.key in row.fixed:
            return str(row.fixed[slot.key])
        if slot is NOTES_SLOT:
            return self._notes(row)
        if slot is UNREAD_SLOT:
            return unread_cell(row.raw)
        if slot.key in row.raw:
            return row.raw[slot.key]
        text = row.texts.get(slot.key)
        return "" if text is None else self._cells.written(slot, text)

    def _notes(self, row: TemplateRow) -> str:
        """Every note of the row, each led by the header of its column."""
        words = self._book.words
        headers = {slot.key: words(slot.header) for slot in self._slots}
        notes = [words.named(headers[name], mark.text) for name, mark in row.marks.items()]
        return "\n".join([*notes, words(REFUSED)] if row.refused else notes)

    def _style(self, slot: Slot, row: TemplateRow, *, fixed: bool) -> str:
        mark = row.marks.get(slot.key)
        if mark is not None:
            return "entry_error" if mark.is_error else "entry_conflict"
        if fixed or slot in CHECK_SLOTS:
            return "fixed"
        if slot.key in row.raw or not slot.entry:
            return "entry"
        if slot.choices or slot.kind is Kind.FLAG:
            return "entry_choice"
        if slot.kind is Kind.NUMBER:
            return "entry_number"
        rtl = row.texts.get("narrative_language") in RIGHT_TO_LEFT
        return "entry_rtl" if rtl and slot.key in ("narrative", "reason") else "entry"

    def _validate(self, column: int, slot: Slot, last: int, lists: Lists) -> None:
        """A drop-down or a check of numbers, and our help while the cell is filled in."""
        words = self._book.words
        options: dict[str, Any] = {
            "validate": "any",
            "input_title": shorten(words(slot.header), TITLE_LIMIT, placeholder="…"),
            "input_message": shorten(words(slot.help), MESSAGE_LIMIT, placeholder="…"),
            "error_title": shorten(words(slot.header), TITLE_LIMIT, placeholder="…"),
        }
        if slot.choices or slot.kind is Kind.FLAG:
            options |= {
                "validate": "list",
                "source": lists.source(self._choices(slot)),
                "error_message": shorten(words(CHOOSE), MESSAGE_LIMIT, placeholder="…"),
            }
        elif slot.kind is Kind.NUMBER:
            options |= {
                "validate": "custom",
                "value": self._whole_number(column, LARGEST.get(slot.key)),
                "error_message": shorten(self._whole(slot), MESSAGE_LIMIT, placeholder="…"),
            }
        self._sheet.raw.data_validation(FIRST_ROW, column, last, column, options)

    def _choices(self, slot: Slot) -> tuple[str, ...]:
        codes = slot.choices or ("yes", "no")
        shown = tuple(self._cells.shown(slot, str(code)) for code in codes)
        return (*shown, self._cells.clear) if slot.clearable else shown

    def _whole(self, slot: Slot) -> str:
        largest = LARGEST.get(slot.key)
        words = self._book.words
        return words(WHOLE_TO, largest=grouped(largest)) if largest else words(WHOLE)

    def _whole_number(self, column: int, largest: int | None) -> str:
        """A number from 0 without fraction, or the word that empties the cell."""
        cell = xl_rowcol_to_cell(FIRST_ROW, column)
        word = self._cells.clear.lower().replace('"', '""')
        most = f",N({cell})<={largest}" if largest else ""
        number = f"AND(ISNUMBER({cell}),N({cell})>=0,N({cell})=INT(N({cell})){most})"
        return f'=OR({number},LOWER(TRIM({cell}))="{word}")'


REFUSED = N_("This row was not read. Correct it, or move its texts to their place and empty it.")
CHOOSE = N_("Choose one of the words of the list.")
WHOLE = N_("Write a whole number from 0, without decimals. Leave the cell empty if it is unknown.")
WHOLE_TO = N_(
    "Write a whole number from 0 to %(largest)s, without decimals. Leave the cell empty if it is "
    "unknown."
)
LARGEST = {"amount": LARGEST_AMOUNT, **dict.fromkeys(("women", "men", VALUE), LARGEST_COUNT)}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
