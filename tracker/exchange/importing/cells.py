"""The cells of one sheet of an uploaded template, found by the keys of their columns."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xlsxwriter.utility import xl_col_to_name

from tracker.domain.errors import Problem
from tracker.domain.filled import REMOVE, PlacedProblem, SheetRole
from tracker.domain.items import is_decimal
from tracker.domain.values import typed_decimal
from tracker.exchange.raw import CellKind, RawCell, RawSheet
from tracker.exchange.template_columns import CHECK_SLOTS, SLOTS, UNREAD_SLOT, Slot
from tracker.exchange.template_sheet import key_of
from tracker.exchange.template_unread import is_still
from tracker.exchange.template_words import CellWords

ROWS_SEARCHED = 50
MIDNIGHT = "T00:00:00"  # of a day that a calculation moved by a fraction of a second


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says by column as typed; ``unread`` is what stands in cells that cannot be read,
    ``wrong`` why.
    """

    texts: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, Problem] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.texts or self.unread)


@dataclass(slots=True)
class SheetReader:
    """One sheet: its columns wherever they are now, its rows, and what is wrong with it.

    ``beside`` are columns that no row is read from: our own notes in a marked copy. ``unsure``
    are those that would be read if the file were right. ``taken`` are the cells that were read.
    """

    role: SheetRole
    raw: RawSheet
    cells: CellWords
    columns: dict[str, int] = field(default_factory=dict)
    first: int = 0
    problems: list[PlacedProblem] = field(default_factory=list)
    beside: dict[str, int] = field(default_factory=dict)
    unsure: set[int] = field(default_factory=set)
    taken: set[tuple[int, int]] = field(default_factory=set)

    def find_columns(self) -> bool:
        """Find the row of keys; false where it, or the column that names the rows, is gone.

        Of a column that stands there twice none is read: either may be the one filled in.
        """
        found = self._columns_by_key()
        checks = {slot.key for slot in CHECK_SLOTS}
        self.beside = {key: found.pop(key)[0] for key in checks & found.keys()}
        self.columns = {key: places[0] for key, places in found.items() if len(places) == 1}
        for slot in SLOTS[self.role]:
            header, places = self.cells.words(slot.header), found.get(slot.key, ())
            if not places:
                self.report(Problem("column-missing", "", {"column": header}))
                self.unsure |= self._headed(header)
            elif len(places) > 1:
                self.unsure |= set(places)
                letters = ", ".join(xl_col_to_name(at - 1) for at in places)
                self.report(Problem("column-twice", "", {"column": header, "letters": letters}))
        return "id" in self.columns

    def _headed(self, header: str) -> set[int]:
        """The columns with this header that have lost their key."""
        row = next((self.raw.rows[n] for n in sorted(self.raw.rows) if n > self.first), {})
        return {at for at, cell in row.items() if cell.text.strip() == header}

    def _columns_by_key(self) -> dict[str, list[int]]:
        """Where each column stands, by the first row that names several; none without one."""
        slots = (*SLOTS[self.role], *CHECK_SLOTS)
        keys = {key_of(self.role, slot): slot.key for slot in slots}
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
        for number in sorted(number for number in self.raw.rows if number > self.first):
            row = self.raw.rows[number]
            if not self.is_header(row):
                yield number, row

    def is_header(self, row: Mapping[int, RawCell]) -> bool:
        """Whether it is the row of headers, wherever it was sorted to."""
        headers = {self.cells.words(slot.header) for slot in SLOTS[self.role] if slot.hidden}
        return self.plain(row, "id") in headers

    def take(self, number: int, *keys: str) -> None:
        """Note that what a row says in these columns was read."""
        self.taken |= {(number, self.columns[key]) for key in keys if key in self.columns}

    def leave(self, number: int, key: str) -> None:
        """Note that what a row says in this column was not read."""
        self.taken -= {(number, self.columns.get(key, 0))}

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

    def said(self, number: int, row: Mapping[int, RawCell], slots: tuple[Slot, ...]) -> Said:
        """What the row says, and the cells that cannot be read."""
        found = Said()
        unread = row.get(self.beside.get(UNREAD_SLOT.key, 0))
        for slot in slots:
            cell = row.get(self.columns.get(slot.key, 0))
            if cell is None:
                continue
            self.take(number, slot.key)
            kind = cell.kind
            if unread is not None and kind is CellKind.TEXT:
                kind = is_still(unread.text, slot.key, cell.text) or kind
            text, problem = self._read(slot, cell, kind)
            if problem is not None:
                found.unread[slot.key], found.wrong[slot.key] = cell.text, problem
            elif text is not None:
                found.texts[slot.key] = text
        return found

    def _read(self, slot: Slot, cell: RawCell, kind: CellKind) -> tuple[str | None, Problem | None]:
        """The typed text of a cell, or why it cannot be read."""
        if kind is CellKind.FORMULA:
            return None, Problem("formula-in-cell")
        if kind is CellKind.ERROR:
            return None, Problem("error-in-cell", "", {"value": cell.text[:80]})
        text = self.cells.read(slot, self._text(slot, cell))
        if text == "" and not slot.clearable and slot.key != REMOVE:
            return None, Problem("cannot-be-cleared")
        return text, None

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
