"""From figures to values: numerator and denominator are summed, then divided once.

Rules that decide what a year's value covers:

- A category with no figure at all in a year is not reported: the value is computed over the
  categories that are, and ``Value.covers`` names them.
- An input is known over the counted categories where it stands in the unsplit category, or in
  every reported one.
- A figure in the unsplit category speaks of all counted categories. What is set against it must
  cover them all too, so there each of them is needed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from tracker.domain.indicators import Cell, Figures, Formula, IndicatorDefinition


class Hindrance(StrEnum):
    """Why there is no value. Not reported: the State gave no figure at all for the year."""

    NOT_REPORTED = "not_reported"
    MISSING_INPUT = "missing_input"
    ZERO_DENOMINATOR = "zero_denominator"


@dataclass(frozen=True, slots=True)
class Sums:
    """Inputs summed over categories.

    ``amounts`` holds ``None`` where a figure is missing; ``known`` is the sum of what is there,
    ``None`` where nothing is; ``covers`` are the categories that the sums speak of.
    """

    amounts: Mapping[str, int | None]
    known: Mapping[str, int | None]
    missing: tuple[Cell, ...]
    covers: tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """The value of one formula, with how it came about.

    ``terms`` and ``base_terms`` are the inputs of numerator and denominator with their sums.
    ``missing`` are the figures it needs and lacks, ``left_out`` those it can do without.

    It enters sums of many groups, so what follows from its terms is worked out once.
    """

    formula: str
    terms: tuple[tuple[str, int | None], ...] = ()
    base_terms: tuple[tuple[str, int | None], ...] = ()
    missing: tuple[Cell, ...] = ()
    left_out: tuple[Cell, ...] = ()
    covers: tuple[str, ...] = ()
    complete: bool = True

    @cached_property
    def numerator(self) -> int | None:
        """The sum above the line, a whole number, if every needed input is known."""
        lacking = {cell.input for cell in self.missing}
        if not self.covers or any(code in lacking for code, _ in self.terms):
            return None
        return _sum(amount for _, amount in self.terms)

    @cached_property
    def denominator(self) -> int | None:
        """The sum below the line, if every needed input is known."""
        if any(amount is None for _, amount in self.base_terms):
            return None
        return _sum(amount for _, amount in self.base_terms)

    @cached_property
    def hindrance(self) -> Hindrance | None:
        """Why there is no share, if there is none."""
        if not self.covers:
            return Hindrance.NOT_REPORTED
        if self.missing:
            return Hindrance.MISSING_INPUT
        return None if self.denominator else Hindrance.ZERO_DENOMINATOR

    @cached_property
    def share(self) -> Fraction | None:
        """Numerator ÷ denominator, exact, or ``None`` where it is not computable."""
        if self.hindrance or self.numerator is None or self.denominator is None:
            return None
        return Fraction(self.numerator, self.denominator)

    @property
    def partial(self) -> bool:
        """Whether there is a share, and it is over some of the counted categories only."""
        return self.share is not None and not self.complete


@dataclass(frozen=True, slots=True)
class Pooled:
    """Several values as one: ``used`` of ``of`` were computable and entered the sums."""

    numerator: int
    denominator: int
    used: int
    of: int

    @property
    def share(self) -> Fraction | None:
        """The summed numerators ÷ the summed denominators, or ``None`` without any."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


def _sum(amounts: Iterable[int | None]) -> int:
    return sum(amount or 0 for amount in amounts)


def sums_together(
    definition: IndicatorDefinition, figures: Figures, year: int, inputs: Iterable[str]
) -> Sums:
    """The inputs of one year summed over the counted categories, by the rules above."""
    inputs = tuple(inputs)
    split, unsplit = definition.split, definition.unsplit or ""
    reported = {cell.category for cell in figures if cell.year == year}
    given_unsplit = {code for code in inputs if Cell(year, unsplit, code) in figures}
    scope = tuple(code for code in split if code in reported)
    if given_unsplit:
        covers = split
    elif scope:
        covers = scope
    else:  # nothing by category, so what is missing is missing in the unsplit column
        covers = split if reported else ()
    places = {
        code: [Cell(year, unsplit, code)]
        if code in given_unsplit or not scope
        else [Cell(year, category, code) for category in covers]
        for code in inputs
    }
    if not covers:
        return Sums(dict.fromkeys(inputs), dict.fromkeys(inputs), (), ())
    return _add_up(figures, places, covers)


def sums_of_column(figures: Figures, year: int, category: str, inputs: Iterable[str]) -> Sums:
    """The inputs of one year in one category alone."""
    inputs = tuple(inputs)
    if not any(cell.year == year for cell in figures):
        return Sums(dict.fromkeys(inputs), dict.fromkeys(inputs), (), ())
    places = {code: [Cell(year, category, code)] for code in inputs}
    return _add_up(figures, places, (category,))


def _add_up(figures: Figures, places: Mapping[str, list[Cell]], covers: tuple[str, ...]) -> Sums:
    amounts: dict[str, int | None] = {}
    known: dict[str, int | None] = {}
    missing: list[Cell] = []
    for code, cells in places.items():
        lacking = [cell for cell in cells if cell not in figures]
        there = [figures[cell] for cell in cells if cell in figures]
        known[code] = sum(there) if there else None
        amounts[code] = None if lacking else sum(there)
        if len(lacking) == len(cells) > 1:  # known nowhere: named once
            lacking = [Cell(cells[0].year, "", code)]
        missing += lacking
    return Sums(amounts, known, tuple(missing), covers)


def compute(
    definition: IndicatorDefinition, formula: Formula, figures: Figures, year: int
) -> Value:
    """The value of one year over the counted categories."""
    found = sums_together(definition, figures, year, (*formula.needed, *formula.where_known))
    return _value(formula, found, complete=set(found.covers) == set(definition.split))


def compute_column(formula: Formula, figures: Figures, year: int, category: str) -> Value:
    """The value of one year in one category alone."""
    found = sums_of_column(figures, year, category, (*formula.needed, *formula.where_known))
    return _value(formula, found, complete=True)


def _value(formula: Formula, found: Sums, *, complete: bool) -> Value:
    optional = set(formula.where_known)
    return Value(
        formula=formula.code,
        terms=(
            *((code, found.amounts[code]) for code in formula.numerator),
            *((code, found.known[code]) for code in formula.where_known),
        ),
        base_terms=tuple((code, found.amounts[code]) for code in formula.denominator),
        missing=tuple(cell for cell in found.missing if cell.input not in optional),
        left_out=tuple(cell for cell in found.missing if cell.input in optional),
        covers=found.covers,
        complete=complete,
    )


def pool(values: Iterable[Value]) -> Pooled:
    """Sums of the computable values, of States or of years; percentages are never averaged."""
    every = tuple(values)
    used = [value for value in every if value.share is not None]
    return Pooled(
        numerator=_sum(value.numerator for value in used),
        denominator=_sum(value.denominator for value in used),
        used=len(used),
        of=len(every),
    )
