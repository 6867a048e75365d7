"""The values of States on an indicator as a reader sees them, and their sums by group."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from tracker.domain.indicator_values import Pooled, Value, compute, pool
from tracker.domain.indicators import Formula, IndicatorDefinition
from tracker.domain.progress import Absence, Audience
from tracker.domain.states import Area
from tracker.queries.indicators import ShownReturn, shown_returns
from tracker.queries.states import StateRow, list_areas, list_states


@dataclass(frozen=True, slots=True)
class StateValue:
    """One formula for one State: its years pooled, or why there is nothing to show.

    ``years`` are the values behind it, by year.
    """

    pooled: Pooled
    absence: Absence | None
    years: Mapping[int, Value]


@dataclass(frozen=True, slots=True)
class StateLine:
    """One State that returned something: ``values`` by formula, ``cycles`` it comes from."""

    row: StateRow
    member: bool
    cycles: tuple[str, ...]
    values: tuple[StateValue, ...]


@dataclass(frozen=True, slots=True)
class GroupValue:
    """One formula for a group: the sums, and how many of its States stand where.

    Computable, withheld, not computable and not reported add up to ``members``.
    """

    pooled: Pooled
    computable: int
    withheld: int
    not_computable: int
    not_reported: int

    @property
    def members(self) -> int:
        """Every Member State of the group."""
        return self.computable + self.withheld + self.not_computable + self.not_reported


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group, or all Member States where ``area`` is ``None``; ``values`` by formula."""

    area: Area | None
    values: tuple[GroupValue, ...]


@dataclass(frozen=True, slots=True)
class ShownValues:
    """What a reader sees of one indicator; ``year`` is ``None`` where all years are pooled."""

    year: int | None
    years: tuple[int, ...]
    states: tuple[StateLine, ...]
    groups: tuple[GroupLine, ...]


def shown_values(
    session: Session,
    definition: IndicatorDefinition,
    *,
    audience: Audience,
    year: int | None = None,
) -> ShownValues:
    """Every State's values and the sums of groups, of one year or of all years pooled.

    Sums take Member States only, each once, in the group in which it counts.
    """
    returns = shown_returns(session, definition.slug, audience=audience)
    by_state: dict[int, list[ShownReturn]] = defaultdict(list)
    for returned in returns:
        if year in (None, returned.year):
            by_state[returned.state_id].append(returned)
    members = {row.id: row for row in list_states(session, members_only=True)}
    lines = tuple(
        _state_line(definition, row, row.id in members, by_state[row.id])
        for row in list_states(session)
        if row.id in by_state
    )
    areas = [area for area in list_areas(session, "group") if _is_used(area, members.values())]
    known = {line.row.id: line for line in lines}
    return ShownValues(
        year=year,
        years=tuple(sorted({returned.year for returned in returns})),
        states=lines,
        groups=tuple(
            _group_line(definition, area, members.values(), known) for area in (None, *areas)
        ),
    )


def _is_used(area: Area, members: Iterable[StateRow]) -> bool:
    return any(row.state.group == area.code for row in members)


def _state_line(
    definition: IndicatorDefinition,
    row: StateRow,
    member: bool,
    returns: list[ShownReturn],
) -> StateLine:
    return StateLine(
        row=row,
        member=member,
        cycles=tuple(sorted({returned.cycle_slug for returned in returns})),
        values=tuple(_state_value(definition, formula, returns) for formula in definition.formulas),
    )


def _state_value(
    definition: IndicatorDefinition, formula: Formula, returns: list[ShownReturn]
) -> StateValue:
    years = {
        returned.year: compute(definition, formula, returned.figures, returned.year)
        for returned in returns
        if returned.figures is not None
    }
    pooled = replace(pool(years.values()), of=len(returns))  # years withheld are years too
    absence = None
    if not pooled.used:
        withheld = len(years) < len(returns)
        absence = Absence.WITHHELD if withheld else Absence.NOT_COMPUTABLE
    return StateValue(pooled, absence, years)


def _group_line(
    definition: IndicatorDefinition,
    area: Area | None,
    members: Iterable[StateRow],
    known: Mapping[int, StateLine],
) -> GroupLine:
    ids = [row.id for row in members if area is None or row.state.group == area.code]
    return GroupLine(
        area=area,
        values=tuple(
            _group_value([known[i].values[place] if i in known else None for i in ids])
            for place, _ in enumerate(definition.formulas)
        ),
    )


def _group_value(values: list[StateValue | None]) -> GroupValue:
    there = [value for value in values if value is not None]
    absences = [value.absence for value in there]
    return GroupValue(
        pooled=pool(one for value in there for one in value.years.values()),
        computable=absences.count(None),
        withheld=absences.count(Absence.WITHHELD),
        not_computable=absences.count(Absence.NOT_COMPUTABLE),
        not_reported=len(values) - len(there),
    )
