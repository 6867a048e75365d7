"""Values of several years and several States put together: sums, and who stands outside them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.domain.indicator_values import Pooled, Value, compute, compute_column, pool
from tracker.domain.indicators import Figures, Formula, IndicatorDefinition
from tracker.domain.progress import Absence


@dataclass(frozen=True, slots=True)
class StateValue:
    """One formula for one State: its years pooled, or why there is nothing to show.

    ``years`` are the values behind it, by year.
    """

    pooled: Pooled
    absence: Absence | None
    years: Mapping[int, Value]

    @property
    def partial(self) -> tuple[int, ...]:
        """The years that entered it over some of the categories only."""
        return tuple(year for year, one in self.years.items() if one.partial)


@dataclass(frozen=True, slots=True)
class GroupValue:
    """One formula for a group: the sums, and how many of its States stand where.

    Computable, withheld, not computable and not reported add up to ``members``. ``partial`` are
    those computable in which a year holds some of the categories only.
    """

    pooled: Pooled
    computable: int
    partial: int
    withheld: int
    not_computable: int
    not_reported: int

    @property
    def members(self) -> int:
        """Every State counted."""
        return self.computable + self.withheld + self.not_computable + self.not_reported

    @property
    def absence(self) -> Absence | None:
        """Why there is no share: what its States that did report have in common, withheld first."""
        if self.computable:
            return None
        if self.withheld:
            return Absence.WITHHELD
        return Absence.NOT_COMPUTABLE if self.not_computable else Absence.NOT_REPORTED


def value_of(
    definition: IndicatorDefinition,
    formula: Formula,
    figures: Figures,
    year: int,
    category: str = "",
) -> Value:
    """The value of one year, over the counted categories or in one of them alone."""
    if category:
        return compute_column(formula, figures, year, category)
    return compute(definition, formula, figures, year)


def state_value(values: Mapping[int, Value | None]) -> StateValue:
    """One formula by the years returned; ``None`` for the value of a year withheld."""
    years = {year: value for year, value in values.items() if value is not None}
    pooled = replace(pool(years.values()), of=len(values))  # years withheld are years too
    absence = None
    if not pooled.used:
        withheld = len(years) < len(values)
        absence = Absence.WITHHELD if withheld else Absence.NOT_COMPUTABLE
    return StateValue(pooled, absence, years)


def group_value(values: Iterable[StateValue | None]) -> GroupValue:
    """One formula over a group; ``None`` for each State that returned nothing."""
    every: Sequence[StateValue | None] = tuple(values)
    there = [value for value in every if value is not None]
    absences = [value.absence for value in there]
    return GroupValue(
        pooled=pool(one for value in there for one in value.years.values()),
        computable=absences.count(None),
        partial=sum(bool(value.partial) for value in there),
        withheld=absences.count(Absence.WITHHELD),
        not_computable=absences.count(Absence.NOT_COMPUTABLE),
        not_reported=len(every) - len(there),
    )
