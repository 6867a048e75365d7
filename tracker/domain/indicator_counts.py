"""Inputs counted for themselves: over the years of a State, over the States of a group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker.domain.indicator_values import sums_of_column, sums_together
from tracker.domain.indicators import Figures, IndicatorDefinition
from tracker.domain.progress import Absence


@dataclass(frozen=True, slots=True)
class YearCount:
    """One input in one year; ``None`` is unknown. ``covers`` are the categories it speaks of."""

    amount: int | None
    covers: tuple[str, ...]
    complete: bool

    @property
    def partial(self) -> bool:
        """Whether it is known, and of some of the categories only."""
        return self.amount is not None and not self.complete


@dataclass(frozen=True, slots=True)
class StateCount:
    """One input over the years of a State: ``used`` of ``of`` are known and summed.

    ``absence`` says why there is no sum; not computable where the input is unknown in every year.
    """

    amount: int
    absence: Absence | None
    used: int
    of: int
    years: Mapping[int, YearCount]

    @property
    def partial(self) -> tuple[int, ...]:
        """The years that entered it over some of the categories only."""
        return tuple(year for year, one in self.years.items() if one.partial)


@dataclass(frozen=True, slots=True)
class GroupCount:
    """One input over a group: the sum of the States that know it, and where the others stand.

    ``partial`` are those that know it, in some year for some of the categories only.
    """

    amount: int
    known: int
    partial: int
    unknown: int
    withheld: int
    not_reported: int

    @property
    def members(self) -> int:
        """Every State counted."""
        return self.known + self.unknown + self.withheld + self.not_reported

    @property
    def absence(self) -> Absence | None:
        """Why there is no sum, withheld first."""
        if self.known:
            return None
        if self.withheld:
            return Absence.WITHHELD
        return Absence.NOT_COMPUTABLE if self.unknown else Absence.NOT_REPORTED


def year_count(
    definition: IndicatorDefinition, code: str, figures: Figures, year: int, category: str = ""
) -> YearCount:
    """One input in one year, over the counted categories or in one of them alone."""
    if category:
        column = sums_of_column(figures, year, category, (code,))
        return YearCount(column.amounts[code], column.covers, complete=True)
    found = sums_together(definition, figures, year, (code,))
    complete = set(found.covers) == set(definition.split)
    return YearCount(found.amounts[code], found.covers, complete)


def state_count(
    definition: IndicatorDefinition,
    code: str,
    returns: Mapping[int, Figures | None],
    category: str = "",
) -> StateCount:
    """One input over the years returned; ``None`` for the figures of a year withheld."""
    years = {
        year: year_count(definition, code, figures, year, category)
        for year, figures in returns.items()
        if figures is not None
    }
    known = [one.amount for one in years.values() if one.amount is not None]
    absence = None
    if not known:
        absence = Absence.WITHHELD if len(years) < len(returns) else Absence.NOT_COMPUTABLE
    return StateCount(sum(known), absence, len(known), len(returns), years)


def group_count(counts: Iterable[StateCount | None]) -> GroupCount:
    """One input over a group; ``None`` for each State that returned nothing."""
    every: Sequence[StateCount | None] = tuple(counts)
    there = [count for count in every if count is not None]
    absences = [count.absence for count in there]
    return GroupCount(
        amount=sum(count.amount for count in there),
        known=absences.count(None),
        partial=sum(bool(count.partial) for count in there),
        unknown=absences.count(Absence.NOT_COMPUTABLE),
        withheld=absences.count(Absence.WITHHELD),
        not_reported=len(every) - len(there),
    )
