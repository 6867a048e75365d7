"""What an uploaded template would change: each cell against what it was made from and what is now.

``base`` is what stood when the file was made, ``mine`` what the file says, ``theirs`` what
stands now. A cell that says what the base or the present says changes nothing; where the present
is still the base it is new or changed; otherwise somebody saved something else meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from tracker.domain.chain import tagged_hash
from tracker.domain.errors import Problem
from tracker.domain.filled import FilledRow, FilledSheet, PlacedProblem, SheetRole
from tracker.domain.indicators import Figures, IndicatorDefinition
from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.progress import Audience
from tracker.domain.responses import ResponseContent

EVERY = "*"
CONFLICT_TAG = "tracker/import-conflict/1"
T = TypeVar("T")


class Verdict(StrEnum):
    """What a cell would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    INVALID = "invalid"


class Choice(StrEnum):
    """How a conflict is settled: by what the file says, or by what was saved meanwhile."""

    MINE = "mine"
    THEIRS = "theirs"


Choices = Mapping[str, str]
"""Choices by the place of a cell; ``EVERY`` stands for all that are not named.

One made by a person is ``bound`` to the text that was seen online, and counts against no other.
"""


def bound(choice: str, against: str) -> str:
    """A choice that counts while ``PlannedCell.against`` is still this."""
    return f"{choice}:{against}"


def chosen(choices: Choices, place: str, against: str) -> str | None:
    """What was chosen for the conflict of this place, if it still stands against the same text."""
    choice, is_bound, seen = choices.get(place, choices.get(EVERY, "")).partition(":")
    return choice or None if not is_bound or seen == against else None


@dataclass(frozen=True, slots=True)
class Sides(Generic[T]):
    """One record: its present version (0: none) and content, and what the file was made from.

    ``known`` is false where the file names a version that there never was. Of a row that is new
    in the file, ``ended`` tells that it was saved before and removed since, ``elsewhere`` that
    its id is one of another report. ``laws_since`` are the titles of laws that an answer held at
    any time since the file was made, removed ones too. ``struck`` are the fields of ``base`` whose
    texts were struck out: it is empty there, and what the file says was made from those words.
    """

    version: int
    theirs: T
    base: T
    known: bool = True
    ended: bool = False
    elsewhere: bool = False
    laws_since: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Basis:
    """What the database says on everything that a file may change."""

    default_audience: Audience
    paragraphs: frozenset[int]
    last_year: int
    latest_day: date
    answers: Mapping[str, Sides[ResponseContent]]
    items: Mapping[Part, Mapping[str, Sides[Item | None]]]
    figures: Mapping[str, Sides[Figures]]
    indicators: Mapping[str, IndicatorDefinition]


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """One cell that would change something, clashes or is wrong.

    ``mine`` and ``theirs`` are as typed. ``apart`` is the verdict before a conflict was settled;
    a cell that is held back because another one of its record is wrong has no problem itself.
    ``against`` stands for what a conflict is with, ``struck`` for one with a strike, ``gone`` for
    one with the removal of the row.
    """

    role: SheetRole
    record: str
    field: str
    sheet: str
    cell: str
    verdict: Verdict
    mine: str
    theirs: str
    apart: Verdict
    problems: tuple[Problem, ...] = ()
    against: str = ""
    struck: bool = False
    gone: bool = False

    @property
    def place(self) -> str:
        """The name under which its conflict is settled."""
        return place_of(self.role, self.record, self.field)


def place_of(role: SheetRole, record: str, name: str) -> str:
    """The name of a cell, the same in every file that holds it."""
    return f"{role.value}/{record}/{name}"


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """One answer, item or return: its cells, and what it would say if they were applied.

    ``unchanged`` counts the cells that say what is said already. ``content`` is ``None``
    where an item would be removed; wrong and unsettled cells are left out of it.
    """

    role: SheetRole
    record: str
    version: int
    content: Any
    changes: bool
    cells: tuple[PlannedCell, ...]
    unchanged: int

    @property
    def removes(self) -> bool:
        """Whether an item would be removed."""
        return self.changes and self.content is None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a file would change, in the order of its sheets.

    ``fingerprint`` is another one when the file would do something else than before; how its
    conflicts are settled makes no difference. ``left_out`` are sheet and cell of texts that the
    secretariat struck out since the file was made.
    """

    records: tuple[RecordPlan, ...]
    problems: tuple[PlacedProblem, ...] = field(default=())
    fingerprint: str = ""
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def cells(self) -> tuple[PlannedCell, ...]:
        """Every cell but those that change nothing."""
        return tuple(cell for record in self.records for cell in record.cells)

    def count(self, verdict: Verdict) -> int:
        """How many cells have this verdict."""
        counted = sum(cell.verdict is verdict for cell in self.cells)
        if verdict is Verdict.UNCHANGED:
            counted += sum(record.unchanged for record in self.records)
        return counted

    @property
    def errors(self) -> tuple[PlacedProblem, ...]:
        """Everything that is wrong: what could not be read, then what cannot be saved."""
        wrong = (
            PlacedProblem(problem, cell.sheet, cell.cell, cell.role, cell.record, cell.field)
            for cell in self.cells
            for problem in cell.problems
        )
        return (*self.problems, *wrong)

    @property
    def wrong_cells(self) -> int:
        """How many cells are wrong, each counted once; what is wrong with a sheet counts as one."""
        placed = {(error.sheet, error.cell) for error in self.errors if error.cell}
        return len(placed) + sum(not error.cell for error in self.errors)

    @property
    def conflicts(self) -> tuple[PlannedCell, ...]:
        """The conflicts that are not settled."""
        return tuple(cell for cell in self.cells if cell.verdict is Verdict.CONFLICT)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong and nothing left to settle."""
        return not self.errors and not self.conflicts


def three_way(
    base: object, mine: object, theirs: object, *, first: bool = False, struck: bool = False
) -> Verdict:
    """The verdict on one value. Nothing there yet makes it new, as in the ``first`` version.

    Made from a text that was ``struck`` out since, it may hold those words: somebody decides.
    """
    if mine in (theirs, base):
        return Verdict.UNCHANGED
    if theirs != base or struck:
        return Verdict.CONFLICT
    return Verdict.NEW if first or not theirs else Verdict.CHANGED


@dataclass(slots=True)
class Draft:
    """The cells of one record while its plan is made."""

    role: SheetRole
    sheet: FilledSheet
    record: str
    choices: Choices
    cells: list[PlannedCell] = field(default_factory=list)
    unchanged: int = 0

    def judge(
        self, row: FilledRow, name: str, verdict: Verdict, mine: str, theirs: str,
        problems: Iterable[Problem] = (), column: str = "", whole: str = "", struck: bool = False,
        gone: bool = False,
    ) -> bool:  # fmt: skip
        """Note a cell, which stands in ``column`` or in the one of its name.

        ``whole`` is what the cell would write over, where ``theirs`` does not say all of it.
        Gives whether what it says is to be applied.
        """
        if verdict is Verdict.UNCHANGED:
            self.unchanged += 1
            return False
        clashes = verdict is Verdict.CONFLICT
        against = tagged_hash(CONFLICT_TAG, whole or theirs) if clashes else ""
        settled = self._settled(name, against) if clashes else verdict
        self.cells.append(
            PlannedCell(
                self.role, self.record, name, self.sheet.name, self.sheet.cell(row, column or name),
                settled, mine, theirs, verdict, tuple(problems), against, clashes and struck,
                clashes and gone,
            )
        )  # fmt: skip
        return settled in (Verdict.NEW, Verdict.CHANGED)

    def _settled(self, name: str, against: str) -> Verdict:
        choice = chosen(self.choices, place_of(self.role, self.record, name), against)
        if choice is None:
            return Verdict.CONFLICT
        return Verdict.CHANGED if choice == Choice.MINE else Verdict.UNCHANGED

    def leave(self) -> None:
        """Let every good cell count as unchanged: together they say nothing."""
        kept = [cell for cell in self.cells if cell.problems]
        self.unchanged += len(self.cells) - len(kept)
        self.cells = kept

    def refuse(self, names: Mapping[str, list[Problem]], *, also: frozenset[str]) -> None:
        """Mark the cells with problems as wrong, and those of ``also`` as held back by them."""
        for at, cell in enumerate(self.cells):
            held = cell.field in also and cell.verdict in (Verdict.NEW, Verdict.CHANGED)
            if cell.field in names or held:
                self.cells[at] = _wrong(cell, tuple(names.get(cell.field, ())))

    def plan(self, version: int, content: Any, *, changes: bool) -> RecordPlan:
        """The finished plan of the record."""
        return RecordPlan(
            self.role, self.record, version, content, changes, tuple(self.cells), self.unchanged
        )


def _wrong(cell: PlannedCell, problems: tuple[Problem, ...]) -> PlannedCell:
    return PlannedCell(
        cell.role, cell.record, cell.field, cell.sheet, cell.cell,
        Verdict.INVALID, cell.mine, cell.theirs, cell.apart, (*cell.problems, *problems),
        cell.against, cell.struck, cell.gone,
    )  # fmt: skip
