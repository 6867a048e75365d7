"""Figures of one year laid out as people read them: inputs down, categories across."""

from dataclasses import dataclass
from datetime import date

from tracker.domain.indicator_counts import YearCount, year_count
from tracker.domain.indicator_values import Value, compute, compute_column
from tracker.domain.indicators import (
    FIRST_YEAR,
    MAX_YEARS,
    Category,
    Cell,
    Figures,
    Formula,
    IndicatorDefinition,
    Input,
    years_of,
)
from tracker.domain.progress import Audience


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input: its cells and amounts (``None``: unknown) by category, and their sum."""

    input: Input
    cells: tuple[Cell, ...]
    amounts: tuple[int | None, ...]
    together: YearCount


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One formula: its value in each category (``None`` where not counted), and over all."""

    formula: Formula
    columns: tuple[Value | None, ...]
    together: Value


@dataclass(frozen=True, slots=True)
class YearTable:
    """Everything returned for one year, with the values that follow from it."""

    year: int
    categories: tuple[Category, ...]
    inputs: tuple[InputLine, ...]
    values: tuple[ValueLine, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the State gave no figure at all for this year."""
        return all(amount is None for line in self.inputs for amount in line.amounts)


def year_table(definition: IndicatorDefinition, figures: Figures, year: int) -> YearTable:
    """The table of one year."""
    return YearTable(
        year=year,
        categories=definition.categories,
        inputs=tuple(_input_line(definition, figures, year, entry) for entry in definition.inputs),
        values=tuple(
            ValueLine(
                formula=formula,
                columns=tuple(
                    compute_column(formula, figures, year, category.code)
                    if category.counted
                    else None
                    for category in definition.categories
                ),
                together=compute(definition, formula, figures, year),
            )
            for formula in definition.formulas
        ),
    )


@dataclass(frozen=True, slots=True)
class ReturnTable:
    """A whole return on one indicator, to be read: a table for each year with figures."""

    definition: IndicatorDefinition
    audience: Audience
    years: tuple[YearTable, ...]
    withheld: bool = False


def return_table(
    definition: IndicatorDefinition, audience: Audience, figures: Figures | None
) -> ReturnTable:
    """The return laid out by year; ``None`` for figures that the reader may not see."""
    years = years_of(figures or {})
    tables = tuple(year_table(definition, figures or {}, year) for year in years)
    return ReturnTable(definition, audience, tables, withheld=figures is None)


def _input_line(
    definition: IndicatorDefinition, figures: Figures, year: int, entry: Input
) -> InputLine:
    cells = tuple(Cell(year, category.code, entry.code) for category in definition.categories)
    return InputLine(
        input=entry,
        cells=cells,
        amounts=tuple(figures.get(cell) for cell in cells),
        together=year_count(definition, entry.code, figures, year),
    )


def years_asked(
    opens_on: date, period_from: date | None, period_to: date | None, *, last: int
) -> tuple[int, ...]:
    """The years of the period covered, none after ``last``; two years before opening without one.

    A period of more than ``MAX_YEARS`` years keeps its latest.
    """
    first, end = opens_on.year - 2, opens_on.year - 1
    if period_from and period_to:
        first, end = period_from.year, period_to.year
    years = range(max(first, FIRST_YEAR), min(end, last) + 1)
    return tuple(years)[-MAX_YEARS:]
