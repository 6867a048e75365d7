"""The columns of the tables of an explorer's file: States, sums, years, figures, published."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.domain.documents import LocalisedText
from tracker.domain.indicator_counts import GroupCount, StateCount
from tracker.domain.indicator_sums import GroupValue, StateValue
from tracker.domain.indicators import Cell, IndicatorDefinition, Input
from tracker.domain.messages import N_
from tracker.domain.progress import Absence
from tracker.domain.published import PublishedValue
from tracker.domain.states import Area
from tracker.exchange.columns import Column, Columns, Kind
from tracker.queries.indicator_values import StateLine
from tracker.queries.states import StateRow

NO_TEXT: LocalisedText = {}
IN_PART = N_(
    "Of the computable, Member States that gave figures for some of the categories only: these "
    "are what their figures hold."
)
# The M49 and ISO codes are text: a spreadsheet would drop the zeros in front of a number.


@dataclass(frozen=True, slots=True)
class StateFigure:
    """One value or count of one State; no ``line`` and none ``found`` where it returned nothing."""

    row: StateRow
    line: StateLine | None
    code: str
    name: LocalisedText
    found: StateValue | StateCount | None


@dataclass(frozen=True, slots=True)
class SumFigure:
    """One value or count of a group (``None``: all Member States), or of all chosen in a year."""

    area: Area | None
    place: LocalisedText
    year: int | None
    code: str
    name: LocalisedText
    found: GroupValue | GroupCount


@dataclass(frozen=True, slots=True)
class ReturnedFigure:
    """One figure that the State chosen returned for a year; no ``amount`` where it is unknown."""

    year: int
    cycle: str
    input: Input | None
    cell: Cell | None
    amount: int | None
    category: LocalisedText | None = None
    withheld: bool = False


Figure = StateFigure | SumFigure


def _amount(line: Figure) -> int | None:
    counted = isinstance(line.found, StateCount | GroupCount) and line.found.absence is None
    return line.found.amount if counted else None  # type: ignore[union-attr]


def _pooled(name: str) -> Callable[[Figure], Any]:
    def value(line: Figure) -> Any:
        found = line.found
        if not isinstance(found, StateValue | GroupValue) or found.absence:
            return None
        return getattr(found.pooled, name)

    return value


def _share(line: Figure) -> float | None:
    share = _pooled("share")(line)
    return None if share is None else float(share)


def _absence(line: Figure) -> Absence | None:
    return line.found.absence if line.found else Absence.NOT_REPORTED


def _which() -> tuple[Column[Any], ...]:
    return (
        Column("value", N_("Value"), Kind.LOCALISED, 36, lambda line: line.name,
               N_("Which of the values of the indicator."), True),
        Column("value_code", N_("Value code"), Kind.CODE, 20, lambda line: line.code,
               N_("The same as a code, equal in all languages.")),
    )  # fmt: skip


def _numbers(definition: IndicatorDefinition) -> tuple[Column[Any], ...]:
    """What is counted, and what is divided, as far as the indicator has each."""
    sums = (
        Column("sum", N_("Sum"), Kind.NUMBER, 12, _amount,
               N_("Of what is counted, the figures known summed; empty where there is none, and "
                  "of shares.")),
    )  # fmt: skip
    shares = (
        Column("numerator", N_("Numerator"), Kind.NUMBER, 12, _pooled("numerator"),
               N_("Sum above the line; empty where a figure that it needs is unknown.")),
        Column("denominator", N_("Denominator"), Kind.NUMBER, 12, _pooled("denominator"),
               N_("Sum below the line; empty where a figure that it needs is unknown.")),
        Column("share", N_("Share"), Kind.SHARE, 10, _share,
               N_("Numerator ÷ denominator; empty where it is not computable.")),
    )  # fmt: skip
    absence = Column("absence", N_("Absence"), Kind.LABEL, 16, _absence,
                     N_("Why there is no value; empty where there is one."))  # fmt: skip
    return (
        *(sums if definition.counts else ()),
        *(shares if definition.formulas else ()),
        absence,
    )


def _years(name: str) -> Callable[[StateFigure], int | None]:
    def value(line: StateFigure) -> int | None:
        if line.found is None:
            return None
        held = line.found.pooled if isinstance(line.found, StateValue) else line.found
        return int(getattr(held, name))

    return value


def _parts(definition: IndicatorDefinition) -> Iterator[Column[StateFigure]]:
    """Over which categories a year is, where not over all of them."""

    def by_year(line: StateFigure) -> Iterator[tuple[int, Sequence[str]]]:
        for year in line.found.partial if line.found else ():
            yield year, line.found.years[year].covers  # type: ignore[union-attr]

    def codes(line: StateFigure) -> str | None:
        parts = (f"{year}: {', '.join(covers)}" for year, covers in by_year(line))
        return "; ".join(parts) or None

    def counted(line: StateFigure) -> str | None:
        every = len(definition.split)
        return "; ".join(f"{year}: {len(c)}/{every}" for year, c in by_year(line)) or None

    yield Column("categories", N_("Part of the categories"), Kind.CODE, 16, counted,
                 N_("Years of which the State gave figures for some of the categories only, with "
                    "how many of them: the value is computed over these."))  # fmt: skip
    yield Column("categories_codes", N_("Categories given"), Kind.CODE, 30, codes,
                 N_("The codes of these categories by year."))  # fmt: skip


def state_columns(definition: IndicatorDefinition) -> Columns[StateFigure]:
    """A row for each State and value; years are those that entered it."""
    return (
        Column("iso3", N_("ISO code"), Kind.CODE, 9, lambda line: line.row.state.iso3,
               N_("State, by its ISO 3166 alpha-3 code."), True),
        Column("state", N_("State"), Kind.LOCALISED, 26, lambda line: line.row.state.name,
               N_("Name of the State."), True),
        *_which(),
        Column("standing", N_("Standing"), Kind.LABEL, 14, lambda line: line.row.state.status,
               N_("Member State, or observer State, which stands outside every base.")),
        *_numbers(definition),
        Column("years", N_("Years"), Kind.CODE, 20,
               lambda line: ", ".join(map(str, line.line.years)) if line.line else None,
               N_("The years for which the State returned figures, of those chosen.")),
        Column("years_used", N_("Years used"), Kind.NUMBER, 10, _years("used"),
               N_("How many of these years entered the value.")),
        *(_parts(definition) if len(definition.split) > 1 else ()),
        Column("years_of", N_("Years returned"), Kind.NUMBER, 10, _years("of"),
               N_("How many years there are; those withheld are among them.")),
        Column("cycles", N_("Cycle"), Kind.CODE, 20,
               lambda line: ", ".join(line.line.cycles) if line.line else None,
               N_("Short names of the reporting cycles in which they were returned.")),
    )  # fmt: skip


def _counts(*names: str) -> Callable[[SumFigure], int]:
    """Counts of what is divided, and of what is counted, go by names of their own."""
    return lambda line: next(
        int(getattr(line.found, name)) for name in names if hasattr(line.found, name)
    )


def _standings(definition: IndicatorDefinition) -> tuple[Column[SumFigure], ...]:
    partial: Column[SumFigure] = Column(
        "partial", N_("Part of the categories"), Kind.NUMBER, 13, _counts("partial"), IN_PART
    )
    return (
        Column("computable", N_("Computable"), Kind.NUMBER, 12, _counts("computable", "known"),
               N_("Member States whose value is computable and may be read: those summed.")),
        Column("not_computable", N_("Not computable"), Kind.NUMBER, 13,
               _counts("not_computable", "unknown"),
               N_("Member States with figures of which a needed one is unknown, or with a zero "
                  "base.")),
        Column("withheld", N_("Withheld"), Kind.NUMBER, 11, _counts("withheld"),
               N_("Member States whose figures readers of this file may not see.")),
        Column("not_reported", N_("Not reported"), Kind.NUMBER, 12, _counts("not_reported"),
               N_("Member States without figures for the years chosen.")),
        Column("members", N_("Member States"), Kind.NUMBER, 12, _counts("members"),
               N_("All Member States of the group: the four counts before make this number.")),
        *((partial,) if len(definition.split) > 1 else ()),
    )  # fmt: skip


def sum_columns(definition: IndicatorDefinition) -> Columns[SumFigure]:
    """A row for each group or region and value; all Member States first, without a code."""
    return (
        Column("code", N_("Code"), Kind.CODE, 14,
               lambda line: line.area.code if line.area else None,
               N_("Our code or the M49 code of a group; empty of all Member States."), True),
        Column("group", N_("Group"), Kind.LOCALISED, 34,
               lambda line: line.place, N_("Group or region, or all Member States."), True),
        *_which(),
        Column("kind", N_("Kind"), Kind.CODE, 12,
               lambda line: line.area.kind if line.area else None,
               N_("“group”: UN regional group; “region” and “subregion”: of M49.")),
        *_numbers(definition),
        *_standings(definition),
    )  # fmt: skip


def year_columns(definition: IndicatorDefinition, *, one_state: bool) -> Columns[SumFigure]:
    """A row for each year and value, of the States chosen; of one there is nothing to count."""
    return (
        Column("year", N_("Year"), Kind.NUMBER, 8, lambda line: line.year,
               N_("The year that the figures are about."), True),
        *_which(),
        *_numbers(definition),
        *(() if one_state else _standings(definition)),
    )  # fmt: skip


def figure_columns() -> Columns[ReturnedFigure]:
    """A row for each figure of the State chosen."""
    return (
        Column("year", N_("Year"), Kind.NUMBER, 8, lambda line: line.year,
               N_("The year that the figures are about."), True),
        Column("cycle", N_("Cycle"), Kind.CODE, 12, lambda line: line.cycle,
               N_("Short name of the reporting cycle.")),
        Column("category", N_("Category"), Kind.LOCALISED, 26,
               lambda line: line.category or NO_TEXT,
               N_("What was counted; empty where it is withheld.")),
        Column("category_code", N_("Category code"), Kind.CODE, 22,
               lambda line: line.cell and line.cell.category, N_("The same as a code.")),
        Column("input", N_("Input"), Kind.LOCALISED, 34,
               lambda line: line.input.label if line.input else NO_TEXT,
               N_("Which figure; empty where it is withheld.")),
        Column("input_code", N_("Input code"), Kind.CODE, 28,
               lambda line: line.cell and line.cell.input, N_("The same as a code.")),
        Column("amount", N_("Figure"), Kind.NUMBER, 12, lambda line: line.amount,
               N_("A whole number; empty where it is unknown, which is not zero, or withheld.")),
        Column("absence", N_("Absence"), Kind.LABEL, 14,
               lambda line: Absence.WITHHELD if line.withheld else None,
               N_("Withheld: the State returned figures that readers of this file may not see.")),
    )  # fmt: skip


PUBLISHED_COLUMNS: Columns[PublishedValue] = (
    Column("name", N_("State or region"), Kind.LOCALISED, 30, lambda value: value.name,
           N_("Of whom the value was published."), True),
    Column("iso3", N_("ISO code"), Kind.CODE, 9, lambda value: value.iso3 or None,
           N_("State, by its ISO 3166 alpha-3 code."), True),
    Column("m49", N_("M49 code"), Kind.CODE, 9, lambda value: value.m49,
           N_("State or region, by its M49 code.")),
    Column("year_from", N_("First year"), Kind.NUMBER, 10, lambda value: value.year_from,
           N_("The first year that the value is about.")),
    Column("year_to", N_("Last year"), Kind.NUMBER, 10, lambda value: value.year_to,
           N_("The last year that the value is about; of one year the same.")),
    Column("percent", N_("Per cent"), Kind.CODE, 12, lambda value: f"{value.value:f}",
           N_("As published, in per cent and with every digit.")),
    Column("source", N_("Source"), Kind.TYPED, 34, lambda value: value.source,
           N_("Who published it.")),
    Column("footnote", N_("Footnote"), Kind.TYPED, 34, lambda value: value.footnote,
           N_("As published.")),
)  # fmt: skip
