"""States and groups side by side, commitment by commitment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from tracker.domain.assistance import Assistance
from tracker.domain.documents import Commitment, LocalisedText
from tracker.domain.grid import Grid, count_moves, states_in_both
from tracker.domain.movement import Move, move
from tracker.domain.progress import Absence, Base, Distribution
from tracker.domain.responses import ResponseContent
from tracker.domain.states import Area, State

LEAST, MOST = 2, 6


class Only(StrEnum):
    """What leaves out commitments of a comparison by what is said on them."""

    DIFFERENCES = "differences"
    GOOD_PRACTICES = "good_practices"


@dataclass(frozen=True, slots=True)
class Source:
    """The submission that an answer stands in: of which cycle, and how old it is."""

    cycle: str
    number: int
    submitted_at: datetime
    published_at: datetime | None
    on_time: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as a reader may read it: ``content`` is ``None`` where it is withheld.

    ``is_struck``: the secretariat struck out a text of it.
    """

    content: ResponseContent | None
    is_struck: bool = False

    @property
    def value(self) -> str:
        """The word for it: a value of ``Progress`` or ``Absence``."""
        if self.content is None:
            return Absence.WITHHELD.value
        return (self.content.progress or Absence.NOT_ANSWERED).value


@dataclass(frozen=True, slots=True)
class Report:
    """What a State said in one cycle, by paragraph."""

    source: Source
    answers: Mapping[int, Said]
    assistance: tuple[Assistance, ...] = ()

    def value(self, paragraph: int) -> str:
        """The word for the answer to one paragraph."""
        found = self.answers.get(paragraph)
        return found.value if found else Absence.NOT_ANSWERED.value


@dataclass(frozen=True, slots=True)
class LastKnown:
    """What a State that did not report in the cycle said last; it counts nowhere."""

    source: Source
    said: Said


@dataclass(frozen=True, slots=True)
class StateCell:
    """One State on one commitment.

    ``said`` is ``None`` where there is no answer, ``move`` where there is no earlier report to
    compare with.
    """

    value: str
    source: Source | None = None
    said: Said | None = None
    assistance: tuple[Assistance, ...] = ()
    move: Move | None = None
    last_known: LastKnown | None = None

    @property
    def content(self) -> ResponseContent | None:
        """The answer, where there is one that may be read."""
        return self.said.content if self.said else None

    @property
    def shares(self) -> Mapping[str, Fraction]:
        """The whole of it is of one value."""
        return {self.value: Fraction(1)}


@dataclass(frozen=True, slots=True)
class GroupCell:
    """The States of a group on one commitment.

    ``moves`` is over the ``in_both`` States that reported in both cycles; ``None`` where there is
    no cycle to compare with.
    """

    distribution: Distribution
    base: Base
    moves: Counter[Move] | None = None
    in_both: int = 0

    @property
    def size(self) -> int:
        """States in the base."""
        return self.distribution.size(self.base)

    @property
    def shares(self) -> Mapping[str, Fraction]:
        """Share of the base by value, those that nobody said left out; nothing of no State."""
        return {
            key: Fraction(self.distribution[key], self.size)
            for key in self.distribution.keys(self.base)
            if self.distribution[key]
        }


NOT_ASKED = StateCell(Absence.NOT_ASKED.value)
"""Of everybody, on a commitment for the secretariat alone."""
Cell = StateCell | GroupCell


@dataclass(frozen=True, slots=True)
class StateColumn:
    """A State: its report in the cycle, in the one compared with, and the ones before the cycle.

    ``before`` is ``None`` where the State did not report in that cycle; ``compared_with`` is its
    short name, empty where there is none. ``earlier`` come the latest first.
    """

    state: State
    report: Report | None
    before: Report | None = None
    compared_with: str = ""
    earlier: Sequence[Report] = ()
    _cells: dict[str, StateCell] = field(default_factory=dict, repr=False, compare=False)

    @property
    def code(self) -> str:
        """What names it in an address."""
        return self.state.iso3

    @property
    def name(self) -> LocalisedText:
        """What it is called."""
        return self.state.name

    @property
    def lacks_before(self) -> bool:
        """Whether it reported in the cycle and not in the one compared with: nothing has moved."""
        return bool(self.report and self.compared_with) and self.before is None

    def cell(self, commitment: Commitment) -> StateCell:
        """What the State says on a commitment; worked out once."""
        found = self._cells.get(commitment.key)
        if found is None:
            found = self._cells[commitment.key] = self._cell(commitment)
        return found

    def _cell(self, commitment: Commitment) -> StateCell:
        if not commitment.asks_states:
            return NOT_ASKED
        paragraph = commitment.paragraph
        if self.report is None:
            last = self._last_known(paragraph)
            return StateCell(Absence.NOT_REPORTED.value, last_known=last)
        value = self.report.value(paragraph)
        said = self.report.answers.get(paragraph)
        return StateCell(
            value=value,
            source=self.report.source,
            said=said,
            assistance=tuple(a for a in self.report.assistance if paragraph in a.paragraphs),
            move=move(self.before.value(paragraph), value) if self.before else None,
        )

    def _last_known(self, paragraph: int) -> LastKnown | None:
        for report in self.earlier:
            said = report.answers.get(paragraph)
            if said and (said.content is None or said.content.says_something):
                return LastKnown(report.source, said)
        return None


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """The Member States of a group or region; ``grid`` and ``before`` hold all Member States."""

    area: Area
    states: tuple[str, ...]
    base: Base
    grid: Grid
    before: Grid | None = None

    @property
    def code(self) -> str:
        """What names it in an address."""
        return self.area.code

    @property
    def name(self) -> LocalisedText:
        """What it is called."""
        return self.area.name

    @property
    def reporting(self) -> int:
        """How many of its States reported."""
        return sum(iso3 in self.grid.answers for iso3 in self.states)

    def cell(self, commitment: Commitment) -> Cell:
        """What its States say on a commitment."""
        if not commitment.asks_states:
            return NOT_ASKED
        asked = (commitment.paragraph,)
        distribution = self.grid.distribution(self.states, asked)
        if self.before is None:
            return GroupCell(distribution, self.base)
        both = set(states_in_both(self.before, self.grid)).intersection(self.states)
        moves = count_moves(self.before, self.grid, self.states, asked)
        return GroupCell(distribution, self.base, moves, len(both))


Column = StateColumn | GroupColumn


@dataclass(frozen=True)
class Row:
    """One commitment beside the columns."""

    commitment: Commitment
    columns: Sequence[Column]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cell of each column, in their order."""
        return tuple(column.cell(self.commitment) for column in self.columns)

    @property
    def differs(self) -> bool:
        """Whether not all columns say the same: a State one value, a group its shares."""
        return any(cell.shares != self.cells[0].shares for cell in self.cells[1:])

    @property
    def has_good_practice(self) -> bool:
        """Whether a State offers its answer as a good practice, where that may be read."""
        contents = (cell.content for cell in self.cells if isinstance(cell, StateCell))
        return any(content is not None and content.good_practice for content in contents)


def compare(
    columns: Sequence[Column], commitments: Iterable[Commitment], only: Sequence[Only] = ()
) -> tuple[Row, ...]:
    """A row for each commitment, those left out that have nothing of what ``only`` names."""
    rows = (Row(one, columns) for one in commitments)
    return tuple(
        row
        for row in rows
        if (Only.DIFFERENCES not in only or row.differs)
        and (Only.GOOD_PRACTICES not in only or row.has_good_practice)
    )
