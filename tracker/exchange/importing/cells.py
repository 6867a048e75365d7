"""The cells of one sheet of an uploaded template, found by the keys of their columns."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xlsxwriter.utility import xl_col_to_name

from tracker.domain.errors import Problem
from tracker.domain.filled import REMOVE, TYPED, PlacedProblem, SheetRole
from tracker.domain.items import is_decimal
from tracker.domain.values import typed_decimal
from tracker.exchange.raw import CellKind, RawCell, RawSheet
from tracker.exchange.template_columns import SLOTS, Slot
from tracker.exchange.template_sheet import key_of
from tracker.exchange.template_words import CellWords

ROWS_SEARCHED = 50
MIDNIGHT = "T00:00:00"  # of a day that a calculation moved by a fraction of a second


@dataclass(slots=True)
class SheetReader:
    """One sheet: its columns wherever they are now, its rows, and what is wrong with it."""

    role: SheetRole
    raw: RawSheet
    cells: CellWords
    columns: dict[str, int] = field(default_factory=dict)
    first: int = 0
    problems: list[PlacedProblem] = field(default_factory=list)

    def find_columns(self) -> bool:
        """Find the row of keys; false where it, or the column that names the rows, is gone.

        Of a column that stands there twice none is read: either may be the one filled in.
        """
        found = self._columns_by_key()
        self.columns = {key: places[0] for key, places in found.items() if len(places) == 1}
        for slot in SLOTS[self.role]:
            header, places = self.cells.words(slot.header), found.get(slot.key, ())
            if not places:
                self.report(Problem("column-missing", "", {"column": header}))
            elif len(places) > 1:
                letters = ", ".join(xl_col_to_name(at - 1) for at in places)
                self.report(Problem("column-twice", "", {"column": header, "letters": letters}))
        return "id" in self.columns

    def _columns_by_key(self) -> dict[str, list[int]]:
        """Where each column stands, by the first row that names several; none without one."""
        keys = {key_of(self.role, slot): slot.key for slot in SLOTS[self.role]}
        for number in sorted(self.raw.rows)[:ROWS_SEARCHED]:
            found: dict[str, list[int]] = defaultdict(list)
            for at, cell in self.raw.rows[number].items():
                if cell.text in keys:
                    found[keys[cell.text]].append(at)
            if len(found) > 1:
                self.first = number
                return found
        return {}

    def rows(self) -> Iterator[tuple[int, Mapping[int, RawCell]]]:
        """The rows below the row of keys, without the header."""
        headers = {self.cells.words(slot.header) for slot in SLOTS[self.role] if slot.hidden}
        for number in sorted(number for number in self.raw.rows if number > self.first):
            row = self.raw.rows[number]
            if self.plain(row, "id") not in headers:
                yield number, row

    def letters(self) -> dict[str, str]:
        """The letter of each column."""
        return {key: xl_col_to_name(at - 1) for key, at in self.columns.items()}

    def address(self, number: int, key: str) -> str:
        """Where a column stands in a row."""
        at = self.columns.get(key)
        return f"{xl_col_to_name(at - 1)}{number}" if at else ""

    def report(
        self, problem: Problem, number: int = 0, key: str = "", record: str = "", name: str = ""
    ) -> None:
        """Note what is wrong with the sheet, or with one of its cells."""
        cell = self.address(number, key) if number else ""
        self.problems.append(
            PlacedProblem(problem, self.raw.name, cell, self.role, record, name or key)
        )

    def plain(self, row: Mapping[int, RawCell], key: str) -> str:
        """The text of a cell that names the row, without blanks around it."""
        at = self.columns.get(key)
        cell = row.get(at) if at else None
        return cell.text.strip() if cell else ""

    def texts(
        self, number: int, row: Mapping[int, RawCell], slots: tuple[Slot, ...]
    ) -> tuple[dict[str, str], dict[str, Problem]]:
        """What the row says by column as typed, and the cells that cannot be read."""
        said: dict[str, str] = {}
        wrong: dict[str, Problem] = {}
        for slot in slots:
            cell = row.get(self.columns.get(slot.key, 0))
            if cell is None:
                continue
            if cell.kind is CellKind.FORMULA:
                wrong[slot.key] = Problem("formula-in-cell", "", {TYPED: cell.text})
            elif cell.kind is CellKind.ERROR:
                wrong[slot.key] = Problem("error-in-cell", "", {"value": cell.text[:80]})
            else:
                text = self.cells.read(slot, self._text(slot, cell))
                if text == "" and not slot.clearable and slot.key != REMOVE:
                    wrong[slot.key] = Problem("cannot-be-cleared")
                elif text is not None:
                    said[slot.key] = text
        return said, wrong

    def _text(self, slot: Slot, cell: RawCell) -> str:
        """What a person means by a cell: a day that Excel made a date is that day, and the point
        of a number parts decimals.
        """
        if cell.kind is CellKind.DATE:
            return cell.text.removesuffix(MIDNIGHT)
        if cell.kind is not CellKind.NUMBER:
            return cell.text
        part, number = self.role.part, cell.text.removesuffix(".0")
        return typed_decimal(number) if part and is_decimal(part, slot.key) else number
