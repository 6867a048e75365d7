"""Indicators: a definition as data, and the figures that a State returns on it.

A figure stands at year × category × input. Unknown is no figure at all, and never 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from tracker.domain.errors import Invalid, Problem
from tracker.domain.values import parse_count

FIRST_YEAR = 1990
MAX_YEARS = 30
PLACE = "figure"
SOURCE_LANGUAGE = "en"
LocalisedText = Mapping[str, str]


class Cell(NamedTuple):
    """Where a figure stands. Category ``""`` means the counted categories together."""

    year: int
    category: str
    input: str

    @property
    def place(self) -> str:
        """The name of its field in a form, and of its place in a problem."""
        return f"{PLACE}-{self.year}-{self.category}-{self.input}"


Figures = Mapping[Cell, int]


class OverYears(StrEnum):
    """What several years of one State make together.

    What happened in each year is summed; of what stands at the end of a year the latest holds,
    or the same people and things would be counted again every year.
    """

    SUM = "sum"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Source:
    """The text on which a definition rests; ``dated`` is an ISO date."""

    title: LocalisedText
    dated: str
    address: str


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of thing counted.

    What is not ``counted`` is recorded only. ``instead_of`` names the categories of which
    this one is the sum, for States that cannot split it.
    """

    code: str
    label: LocalisedText
    help: LocalisedText
    counted: bool
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """One figure asked for in each category and year: a whole number."""

    code: str
    label: LocalisedText
    help: LocalisedText


@dataclass(frozen=True, slots=True)
class Formula:
    """A value: sums of inputs, divided. ``where_known`` joins the numerator where it is known.

    It is a share: what stands above the line is part of what stands below it. Two figures of
    which neither is part of the other have no formula; they are counted side by side.
    """

    code: str
    label: LocalisedText
    words: LocalisedText
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    where_known: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The inputs without which there is no value."""
        return (*self.numerator, *self.denominator)


@dataclass(frozen=True, slots=True)
class Check:
    """Parts never exceed the whole; where all are known and ``adds_up``, they make it."""

    parts: tuple[str, ...]
    whole: tuple[str, ...]
    adds_up: bool = False


@dataclass(frozen=True, slots=True)
class IndicatorDefinition:
    """One indicator: what is asked, how values follow from it, what is checked.

    ``counts`` are the inputs whose sums are shown beside the values, ``commitments`` the keys of
    those it is about. ``own_reading``: the definition is ours, not that of a United Nations text.
    """

    slug: str
    code: str
    name: LocalisedText
    definition: LocalisedText
    scope: LocalisedText
    source: Source
    categories: tuple[Category, ...]
    inputs: tuple[Input, ...]
    formulas: tuple[Formula, ...]
    checks: tuple[Check, ...]
    counts: tuple[str, ...] = ()
    over_years: OverYears = OverYears.SUM
    own_reading: bool = False
    commitments: tuple[str, ...] = ()

    @property
    def one_column(self) -> bool:
        """Whether there is nothing to sum over: the one category is all of it."""
        return len(self.categories) == 1

    @property
    def cited(self) -> tuple[tuple[str, int], ...]:
        """The commitments as document and paragraph."""
        parts = (key.split("/") for key in self.commitments)
        return tuple((slug, int(paragraph)) for slug, _, paragraph in parts)

    @property
    def split(self) -> tuple[str, ...]:
        """The counted categories, the one that stands instead of them left out."""
        return tuple(c.code for c in self.categories if c.counted and not c.instead_of)

    @property
    def unsplit(self) -> str | None:
        """The category that holds the sum of ``split``, if the indicator has one."""
        return next((c.code for c in self.categories if c.instead_of), None)

    @property
    def texts(self) -> dict[str, LocalisedText]:
        """The label of every category, input and formula by its code."""
        parts: tuple[Category | Input | Formula, ...]
        parts = (*self.categories, *self.inputs, *self.formulas)
        return {part.code: part.label for part in parts}

    def labels(self, language: str) -> dict[str, str]:
        """The same in one language."""
        return {code: in_language(text, language) for code, text in self.texts.items()}


def in_language(text: LocalisedText, language: str) -> str:
    """The text in that language, or in the source language where there is none."""
    return text.get(language) or text.get(language[:2]) or text.get(SOURCE_LANGUAGE, "")


def definition_data(definition: IndicatorDefinition) -> dict[str, Any]:
    """The definition as plain data that JSON can hold."""
    return asdict(definition)


def definition_from(data: Mapping[str, Any]) -> IndicatorDefinition:
    """The definition again from what ``definition_data`` gave, also after a turn through JSON.

    What an earlier release did not write yet has its default.
    """
    return IndicatorDefinition(
        slug=data["slug"],
        code=data["code"],
        name=data["name"],
        definition=data["definition"],
        scope=data["scope"],
        source=Source(**data["source"]),
        categories=tuple(Category(**_frozen(row)) for row in data["categories"]),
        inputs=tuple(Input(**row) for row in data["inputs"]),
        formulas=tuple(Formula(**_frozen(row)) for row in data["formulas"]),
        checks=tuple(Check(**_frozen(row)) for row in data["checks"]),
        counts=tuple(data.get("counts", ())),
        over_years=OverYears(data.get("over_years", OverYears.SUM)),
        own_reading=data.get("own_reading", False),
        commitments=tuple(data.get("commitments", ())),
    )


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(part) if isinstance(part, list) else part for name, part in row.items()}


def years_of(figures: Iterable[Cell]) -> tuple[int, ...]:
    """The years in which anything was given, in order."""
    return tuple(sorted({cell.year for cell in figures}))


def cells_of(definition: IndicatorDefinition, years: Iterable[int]) -> tuple[Cell, ...]:
    """Every cell of these years, in the order of the definition."""
    return tuple(
        Cell(year, category.code, entry.code)
        for year in years
        for entry in definition.inputs
        for category in definition.categories
    )


def parse_year(raw: str | None, *, last: int, place: str) -> int:
    """A year from ``FIRST_YEAR`` to ``last``."""
    value = (raw or "").strip()
    year = int(value) if len(value) == 4 and value.isascii() and value.isdigit() else 0
    if not FIRST_YEAR <= year <= last:
        raise Invalid(
            Problem("not-a-year", place, {"value": value[:80], "first": FIRST_YEAR, "last": last})
        )
    return year


def parse_figures(
    definition: IndicatorDefinition, raw: Mapping[str, str | None], *, last_year: int
) -> dict[Cell, int]:
    """Read figures from typed texts by the ``place`` of their cell; empty is unknown.

    ``Invalid`` lists every problem, a place that the definition does not have included.
    """
    figures: dict[Cell, int] = {}
    problems: list[Problem] = []
    for place, typed in raw.items():
        try:
            cell = _parse_place(definition, place, last_year)
            number = parse_count(typed, place=place)
        except Invalid as error:
            problems.extend(error.problems)
            continue
        if number is not None:
            figures[cell] = number
    if len(years_of(figures)) > MAX_YEARS:
        problems.append(Problem("too-many-years", "", {"limit": MAX_YEARS}))
    if problems:
        raise Invalid(*problems)
    return figures


def _parse_place(definition: IndicatorDefinition, place: str, last_year: int) -> Cell:
    parts = place.split("-")
    if len(parts) == 4 and parts[0] == PLACE:
        year = parse_year(parts[1], last=last_year, place=place)
        cell = Cell(year, parts[2], parts[3])
        if cell in cells_of(definition, (year,)):
            return cell
    raise Invalid(Problem("no-such-figure", place, {"value": place[:80]}))


def in_words(definition: IndicatorDefinition, problem: Problem, language: str) -> Problem:
    """The problem with codes of categories and inputs in its values replaced by their labels."""
    labels = definition.labels(language)

    def word(value: object) -> object:
        if isinstance(value, tuple):
            return " + ".join(labels.get(part, str(part)) for part in value)
        return labels.get(value, value) if isinstance(value, str) else value

    return replace(problem, values={name: word(part) for name, part in problem.values.items()})
