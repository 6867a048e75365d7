"""What is wrong with the figures of a return (it cannot be saved), and what is odd (it can)."""

from dataclasses import dataclass, replace

from tracker.domain.errors import Problem
from tracker.domain.indicator_values import Sums, sums_of_column, sums_together
from tracker.domain.indicators import Cell, Check, Figures, IndicatorDefinition, years_of

EXCESS = "figures-exceed"
SHORTFALL = "figures-fall-short"


@dataclass(frozen=True, slots=True)
class Checked:
    """``errors`` refuse the save; ``warnings`` are shown beside what was saved."""

    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def check(definition: IndicatorDefinition, figures: Figures) -> Checked:
    """Every check of the definition, in each year: column by column, then together.

    Values of the problems hold codes; ``indicators.in_words`` replaces them by labels.
    """
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for year in years_of(figures):
        errors += _counted_twice(definition, figures, year)
        for rule in _rules(definition):
            excess, gap = _apply(definition, figures, year, rule)
            places = {problem.place for problem in errors}
            errors += [problem for problem in excess if problem.place not in places]
            warnings += gap
    return Checked(tuple(errors), tuple(warnings))


def _rules(definition: IndicatorDefinition) -> tuple[Check, ...]:
    """Those of the formulas first: they name the fewest inputs, and one error a cell is enough."""
    formulas = (
        Check((*formula.numerator, *formula.where_known), formula.denominator)
        for formula in definition.formulas
    )
    return (*formulas, *definition.checks)


def _counted_twice(definition: IndicatorDefinition, figures: Figures, year: int) -> list[Problem]:
    """An input stands in the unsplit column or in the split ones: both would count it twice."""
    problems = []
    for entry in definition.inputs:
        unsplit = Cell(year, definition.unsplit or "", entry.code)
        split = tuple(c for c in definition.split if Cell(year, c, entry.code) in figures)
        if unsplit in figures and split:
            values = {
                "year": str(year),
                "input": entry.code,
                "unsplit": unsplit.category,
                "split": split,
            }
            problems.append(Problem("figure-counted-twice", unsplit.place, values))
    return problems


def _apply(
    definition: IndicatorDefinition, figures: Figures, year: int, rule: Check
) -> tuple[list[Problem], list[Problem]]:
    """Excess (errors) and shortfall (warnings) of one rule in one year."""
    inputs = (*rule.parts, *rule.whole)
    found = [
        _compare(rule, sums_of_column(figures, year, category.code, inputs), year, category.code)
        for category in definition.categories
    ]
    excess = [problem for problem in found if problem and problem.code == EXCESS]
    if not excess and _mixed(definition, figures, year, inputs):
        found.append(_compare_together(definition, figures, year, rule))
    excess = [problem for problem in found if problem and problem.code.startswith(EXCESS)]
    return excess, [problem for problem in found if problem and problem not in excess]


def _mixed(
    definition: IndicatorDefinition, figures: Figures, year: int, inputs: tuple[str, ...]
) -> bool:
    """Whether some of the inputs stand in the unsplit column and some in the others."""
    used = {c.category for c in figures if c.year == year and c.input in inputs}
    return definition.unsplit in used and bool(used.intersection(definition.split))


def _compare_together(
    definition: IndicatorDefinition, figures: Figures, year: int, rule: Check
) -> Problem | None:
    sums = sums_together(definition, figures, year, (*rule.parts, *rule.whole))
    problem = _compare(rule, sums, year, "")
    if problem is None:
        return None
    holding = min(cell for cell in figures if cell.year == year and cell.input in rule.whole)
    return replace(problem, code=f"{problem.code}-together", place=holding.place)


def _compare(rule: Check, sums: Sums, year: int, category: str) -> Problem | None:
    """Set the known parts against the whole; unknown parts can only add to them."""
    wholes = [sums.amounts[code] for code in rule.whole]
    if any(amount is None for amount in wholes):
        return None
    limit = sum(amount or 0 for amount in wholes)
    parts = tuple(code for code in rule.parts if sums.known[code] is not None)
    found = sum(sums.known[code] or 0 for code in parts)
    short = rule.adds_up and found < limit and all(sums.amounts[c] is not None for c in rule.parts)
    if found <= limit and not short:
        return None
    values = {
        "year": str(year),
        "category": category,
        "parts": parts,
        "sum": found,
        "whole": rule.whole,
        "limit": limit,
    }
    place = Cell(year, category, rule.whole[0]).place
    return Problem(SHORTFALL if short else EXCESS, place, values)
