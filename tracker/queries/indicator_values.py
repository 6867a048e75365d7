"""The values of States on an indicator as a reader sees them: by State, by group, by year."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.domain.indicator_counts import GroupCount, StateCount, group_count, state_count
from tracker.domain.indicator_sums import GroupValue, StateValue, group_value, state_value, value_of
from tracker.domain.indicator_tables import YearTable, year_table
from tracker.domain.indicator_values import Value
from tracker.domain.indicators import IndicatorDefinition, OverYears
from tracker.domain.progress import Audience
from tracker.domain.selection import areas_of
from tracker.domain.states import Area, StateStatus
from tracker.queries.indicators import ShownReturn, returns_by_state
from tracker.queries.states import StateRow, list_areas, list_reporting_states


@dataclass(frozen=True, slots=True)
class ValueChoice:
    """What a reader asks for; empty is all of it.

    ``area`` is the code of a group, region or sub-region, ``category`` that of a counted
    category, ``state`` an ISO code. A State goes before an area, whether or not it lies in it.
    """

    year: int | None = None
    area: str = ""
    category: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class StateLine:
    """One State that returned something: ``values`` by formula, ``counts`` by input counted.

    ``years`` are those behind it, ``cycles`` the ones in which they were reported.
    """

    row: StateRow
    member: bool
    years: tuple[int, ...]
    cycles: tuple[str, ...]
    values: tuple[StateValue, ...]
    counts: tuple[StateCount, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group or region, or all Member States where ``area`` is ``None``.

    ``values`` by formula, ``counts`` by input counted.
    """

    area: Area | None
    values: tuple[GroupValue, ...]
    counts: tuple[GroupCount, ...]


@dataclass(frozen=True, slots=True)
class TrendYear:
    """The States chosen in one year; ``values`` by formula, ``counts`` by input counted."""

    year: int
    values: tuple[GroupValue, ...]
    counts: tuple[GroupCount, ...]


@dataclass(frozen=True, slots=True)
class PathYear:
    """One year of one State, from inputs to ``values`` by formula; no table where withheld."""

    year: int
    cycle_slug: str
    table: YearTable | None
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class StatePath:
    """How the values of one State came about.

    ``pooled`` over its years by formula, ``counts`` by input counted.
    """

    row: StateRow
    years: tuple[PathYear, ...]
    pooled: tuple[StateValue, ...]
    counts: tuple[StateCount, ...]


@dataclass(frozen=True, slots=True)
class ReturnedValues:
    """All that a reader sees of one indicator, read once.

    ``rows`` are the States that report here and ``areas`` those in which a Member State counts.
    """

    definition: IndicatorDefinition
    rows: tuple[StateRow, ...]
    areas: tuple[Area, ...]
    returns: Mapping[int, tuple[ShownReturn, ...]]

    @property
    def years(self) -> tuple[int, ...]:
        """The years of which any State returned something, withheld or not."""
        return tuple(sorted({one.year for found in self.returns.values() for one in found}))


# What each State returned by row id: each year with its values by formula, ``None``: withheld.
Computed = Mapping[int, tuple[tuple[ShownReturn, tuple[Value | None, ...]], ...]]


@dataclass(frozen=True, slots=True)
class ShownValues:
    """What was chosen of it, computed.

    Where no year is chosen, years are put together as the definition says: pooled, or the latest.

    ``silent`` are the Member States chosen that returned nothing for the time chosen. The sums
    of ``groups`` hold whatever area or State is chosen.
    """

    choice: ValueChoice
    years: tuple[int, ...]
    states: tuple[StateLine, ...]
    silent: tuple[StateRow, ...]
    groups: tuple[GroupLine, ...]
    trend: tuple[TrendYear, ...]
    path: StatePath | None


def returned_values(
    session: Session, definition: IndicatorDefinition, *, audience: Audience
) -> ReturnedValues:
    """Read every return as the reader sees it; four statements."""
    rows = list_reporting_states(session)
    used = {code for row in rows if _is_member(row) for code in areas_of(row.state)}
    return ReturnedValues(
        definition=definition,
        rows=rows,
        areas=tuple(area for area in list_areas(session) if area.code in used),
        returns=returns_by_state(session, definition.slug, audience=audience),
    )


def shown_values(read: ReturnedValues, choice: ValueChoice) -> ShownValues:
    """Compute what was chosen.

    Sums take Member States only, each once, in the group and the regions in which it counts.
    """
    computed = _computed(read, choice.category)
    lines = _lines(read, computed, choice, choice.year)
    members = [row for row in read.rows if _is_member(row)]
    chosen = [row for row in read.rows if _is_chosen(row, choice)]
    return ShownValues(
        choice=choice,
        years=read.years,
        states=tuple(lines[row.id] for row in chosen if row.id in lines),
        silent=tuple(row for row in chosen if _is_member(row) and row.id not in lines),
        groups=tuple(
            GroupLine(area, *_sums(read.definition, _of_area(members, area), lines))
            for area in (None, *read.areas)
        ),
        trend=tuple(
            # A State by itself may be an observer; a sum takes Member States only.
            TrendYear(
                year,
                *_sums(
                    read.definition,
                    [row for row in chosen if choice.state or _is_member(row)],
                    _lines(read, computed, choice, year),
                ),
            )
            for year in read.years
        ),
        path=_path(read, choice, lines),
    )


def _is_member(row: StateRow) -> bool:
    return row.state.status is StateStatus.MEMBER


def _is_chosen(row: StateRow, choice: ValueChoice) -> bool:
    if choice.state:
        return row.state.iso3 == choice.state
    return not choice.area or choice.area in areas_of(row.state)


def _of_area(members: list[StateRow], area: Area | None) -> list[StateRow]:
    return [row for row in members if area is None or area.code in areas_of(row.state)]


def _computed(read: ReturnedValues, category: str) -> Computed:
    """Each year once, however often it is summed."""
    return {
        row_id: tuple((one, _values(read.definition, one, category)) for one in found)
        for row_id, found in read.returns.items()
    }


def _values(
    definition: IndicatorDefinition, one: ShownReturn, category: str
) -> tuple[Value | None, ...]:
    if one.figures is None:
        return (None,) * len(definition.formulas)
    return tuple(
        value_of(definition, formula, one.figures, one.year, category)
        for formula in definition.formulas
    )


def _lines(
    read: ReturnedValues, computed: Computed, choice: ValueChoice, year: int | None
) -> dict[int, StateLine]:
    """Every State that returned something for the year (``None``: for any), by row id."""
    found = {
        row.id: _line(read.definition, row, computed.get(row.id, ()), choice.category, year)
        for row in read.rows
    }
    return {row_id: line for row_id, line in found.items() if line}


def _line(
    definition: IndicatorDefinition,
    row: StateRow,
    every: Sequence[tuple[ShownReturn, tuple[Value | None, ...]]],
    category: str,
    year: int | None,
) -> StateLine | None:
    found = [pair for pair in every if year in (None, pair[0].year)]
    if definition.over_years is OverYears.LATEST:
        found = found[-1:]  # they come by year
    if not found:
        return None
    returns = [one for one, _ in found]
    figures = {one.year: one.figures for one in returns}
    return StateLine(
        row=row,
        member=_is_member(row),
        years=tuple(figures),
        cycles=tuple(sorted({returned.cycle_slug for returned in returns})),
        values=tuple(
            state_value({one.year: values[place] for one, values in found})
            for place, _ in enumerate(definition.formulas)
        ),
        counts=tuple(
            state_count(definition, code, figures, category) for code in definition.counts
        ),
    )


def _sums(
    definition: IndicatorDefinition, rows: Iterable[StateRow], lines: Mapping[int, StateLine]
) -> tuple[tuple[GroupValue, ...], tuple[GroupCount, ...]]:
    """The values and the counts of a group."""
    found = [lines.get(row.id) for row in rows]
    return (
        tuple(
            group_value(line.values[place] if line else None for line in found)
            for place, _ in enumerate(definition.formulas)
        ),
        tuple(
            group_count(line.counts[place] if line else None for line in found)
            for place, _ in enumerate(definition.counts)
        ),
    )


def _path(
    read: ReturnedValues, choice: ValueChoice, lines: Mapping[int, StateLine]
) -> StatePath | None:
    """The way of the State chosen; a State without returns has no years."""
    row = next((row for row in read.rows if row.state.iso3 == choice.state), None)
    if row is None:
        return None
    definition, line = read.definition, lines.get(row.id)
    return StatePath(
        row=row,
        years=tuple(
            PathYear(
                year=one.year,
                cycle_slug=one.cycle_slug,
                table=None
                if one.figures is None
                else year_table(definition, one.figures, one.year),
                values=tuple(
                    value_of(definition, formula, one.figures or {}, one.year, choice.category)
                    for formula in definition.formulas
                ),
            )
            for one in read.returns.get(row.id, ())
            if choice.year in (None, one.year)
        ),
        pooled=line.values if line else (),
        counts=line.counts if line else (),
    )
