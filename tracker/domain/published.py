"""Values of an indicator that others published: what a line of a file says, and what is kept.

They are shown beside the States' own figures and never enter a sum.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from tracker.domain.errors import Invalid, Problem
from tracker.domain.indicators import parse_year
from tracker.domain.values import SHORT_TEXT, parse_text

COLUMNS = ("iso3", "m49", "year", "value", "source", "footnote")
SOURCE_LIMIT = 300  # it is part of a key, and PostgreSQL limits the length of keys
M49_LENGTH = 3
FIRST_INVENTED_M49 = "900"  # M49 leaves 900 to 999, and ISO 3166 XAA to XZZ, to their users
_PERCENTAGE = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:[.,][0-9]{1,12})?")
_TWO_YEARS = re.compile(r"([0-9]{4})\s*[-\u2013]\s*([0-9]{4})")
Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One thing wrong in a file: line from 1, 0 for the whole file; ``column`` may be empty."""

    line: int
    column: str
    problem: Problem


class BadLines(Invalid):
    """A file from which nothing was taken; ``lines`` are all its problems, in their order."""

    def __init__(self, *lines: LineProblem) -> None:
        super().__init__(*(line.problem for line in lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """What one line says. ``value``: per cent as decimal text with a point, digits as given."""

    line: int
    iso3: str
    m49: str
    years: tuple[int, int]
    value: str
    source: str
    footnote: str


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """What a file says: the lines that could be read, and what is wrong with the others."""

    rows: tuple[PublishedRow, ...]
    problems: tuple[LineProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedChanges:
    """How many values of a file were new, changed and unchanged."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class PublishedValue:
    """One value as it is shown; ``iso3`` is empty for a region. ``value``: per cent, exact."""

    name: Mapping[str, str]
    iso3: str
    m49: str
    year_from: int
    year_to: int
    value: Decimal
    source: str
    footnote: str

    @property
    def pooled(self) -> bool:
        """Whether it is one value over two years."""
        return self.year_from != self.year_to


def chosen_values(
    values: Iterable[PublishedValue], places: Collection[str] | None, year: int | None
) -> tuple[PublishedValue, ...]:
    """Those of these States and regions, by ISO and M49 code (``None``: of all), and of a year."""
    return tuple(
        value
        for value in values
        if (places is None or (value.iso3 or value.m49) in places)
        and (year is None or value.year_from <= year <= value.year_to)
    )


def is_invented(*, iso3: str = "", m49: str = "") -> bool:
    """Whether a code is one of those that stand for invented States and regions."""
    return iso3.startswith("X") or m49 >= FIRST_INVENTED_M49


@dataclass(slots=True)
class _Line:
    """One line while it is read; problems gather instead of stopping at the first."""

    number: int
    cells: Mapping[str, str]
    problems: list[LineProblem] = field(default_factory=list)

    def read(self, column: str, parse: Callable[[str], Parsed], otherwise: Parsed) -> Parsed:
        try:
            return parse(self.cells[column].strip())
        except Invalid as error:
            self.problems += [LineProblem(self.number, column, p) for p in error.problems]
            return otherwise


def parse_row(
    line: int, cells: Mapping[str, str], *, last_year: int
) -> tuple[PublishedRow, tuple[LineProblem, ...]]:
    """Read the cells of one line, by column; the row counts only if there is no problem."""
    reading = _Line(line, cells)
    row = PublishedRow(
        line=line,
        iso3=cells["iso3"].strip().upper(),
        m49=_m49(cells["m49"].strip()),
        years=reading.read("year", lambda raw: _years(raw, last_year), (0, 0)),
        value=reading.read("value", _percentage, ""),
        source=reading.read("source", _source, ""),
        footnote=reading.read(
            "footnote", lambda raw: parse_text(raw, place="footnote", limit=SHORT_TEXT), ""
        ),
    )
    return row, tuple(reading.problems)


def _m49(raw: str) -> str:
    """Spreadsheets drop the zeros in front of a number."""
    return raw.zfill(M49_LENGTH) if raw.isascii() and raw.isdigit() else raw


def _years(raw: str, last: int) -> tuple[int, int]:
    _needed(raw, "year")
    pair = _TWO_YEARS.fullmatch(raw)
    first, final = pair.groups() if pair else (raw, raw)
    years = (
        parse_year(first, last=last, place="year"),
        parse_year(final, last=last, place="year"),
    )
    if pair and years[1] != years[0] + 1:
        raise Invalid(Problem("published-years", "year", {"value": raw[:80]}))
    return years


def _percentage(raw: str) -> str:
    _needed(raw, "value")
    text = raw.replace(",", ".")
    if not _PERCENTAGE.fullmatch(raw) or Decimal(text) > 100:
        raise Invalid(Problem("not-a-percentage", "value", {"value": raw[:80]}))
    return text


def _source(raw: str) -> str:
    _needed(raw, "source")
    return parse_text(raw, place="source", limit=SOURCE_LIMIT)


def _needed(raw: str, place: str) -> None:
    if not raw:
        raise Invalid(Problem("required", place))
