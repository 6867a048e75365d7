"""Figures of indicators as long tables: one row a figure, and one row a value."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracker.domain.documents import LocalisedText
from tracker.domain.indicator_tables import year_table
from tracker.domain.indicator_values import Value
from tracker.domain.indicators import Cell, IndicatorDefinition, years_of
from tracker.domain.messages import N_
from tracker.domain.progress import Absence
from tracker.exchange.columns import Column, Kind, adapted
from tracker.exchange.entries import NAMING, Entry
from tracker.exchange.indicator_sheets import value_words
from tracker.exchange.words import Words
from tracker.queries.indicators import SubmittedReturn

NO_TEXT: LocalisedText = {}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure of one State; ``cell`` is ``None`` where the return is withheld."""

    entry: Entry
    definition: IndicatorDefinition
    cell: Cell | None = None
    amount: int | None = None

    def label(self, code: str) -> LocalisedText:
        """The words for a category or an input."""
        return self.definition.texts.get(code, NO_TEXT)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One value of one State and year over all counted categories."""

    entry: Entry
    definition: IndicatorDefinition
    year: int
    value: Value
    words: Words

    @property
    def label(self) -> LocalisedText:
        """What the value is called."""
        return self.definition.texts.get(self.value.formula, NO_TEXT)

    @property
    def share(self) -> float | None:
        """The value, where it is computable."""
        return None if self.value.share is None else float(self.value.share)


def figure_lines(entry: Entry, definitions: Iterable[IndicatorDefinition]) -> Iterator[FigureLine]:
    """Every figure that was given, by indicator, year, input and category."""
    for definition, returned in _returns(entry, definitions):
        if returned.figures is None:
            yield FigureLine(entry, definition)
            continue
        for year in years_of(returned.figures):
            for line in year_table(definition, returned.figures, year).inputs:
                for cell in line.cells:
                    if cell in returned.figures:
                        yield FigureLine(entry, definition, cell, returned.figures[cell])


def value_rows(
    entry: Entry, definitions: Iterable[IndicatorDefinition], words: Words
) -> Iterator[ValueRow]:
    """Every value of every year that has figures."""
    for definition, returned in _returns(entry, definitions):
        for year in years_of(returned.figures or {}):
            for line in year_table(definition, returned.figures or {}, year).values:
                yield ValueRow(entry, definition, year, line.together, words)


def _returns(
    entry: Entry, definitions: Iterable[IndicatorDefinition]
) -> Iterator[tuple[IndicatorDefinition, SubmittedReturn]]:
    returns = entry.contents.returns if entry.contents else {}
    for definition in definitions:
        if definition.slug in returns:
            yield definition, returns[definition.slug]


def _entry_of_line(line: FigureLine) -> Entry:
    return line.entry


def _entry_of_row(row: ValueRow) -> Entry:
    return row.entry


FIGURE_COLUMNS: tuple[Column[FigureLine], ...] = (
    *(adapted(column, _entry_of_line) for column in NAMING),
    Column(
        "indicator",
        N_("Indicator"),
        Kind.CODE,
        14,
        lambda line: line.definition.slug,
        N_("Key of the indicator."),
    ),
    Column(
        "year",
        N_("Year"),
        Kind.NUMBER,
        8,
        lambda line: line.cell and line.cell.year,
        N_("The year that the figure is about; empty where it is withheld."),
    ),
    Column(
        "category",
        N_("Category"),
        Kind.LOCALISED,
        26,
        lambda line: line.label(line.cell.category) if line.cell else NO_TEXT,
        N_("What was counted; empty where it is withheld."),
    ),
    Column(
        "category_code",
        N_("Category code"),
        Kind.CODE,
        22,
        lambda line: line.cell and line.cell.category,
        N_("The same as a code."),
    ),
    Column(
        "input",
        N_("Input"),
        Kind.LOCALISED,
        34,
        lambda line: line.label(line.cell.input) if line.cell else NO_TEXT,
        N_("Which figure; empty where it is withheld."),
    ),
    Column(
        "input_code",
        N_("Input code"),
        Kind.CODE,
        28,
        lambda line: line.cell and line.cell.input,
        N_("The same as a code."),
    ),
    Column(
        "amount",
        N_("Figure"),
        Kind.NUMBER,
        12,
        lambda line: line.amount,
        N_("A whole number. A figure that is not listed is unknown, and not zero."),
    ),
    Column(
        "absence",
        N_("Absence"),
        Kind.LABEL,
        14,
        lambda line: None if line.cell else Absence.WITHHELD,
        N_("Withheld: the State returned figures that readers of this file may not see."),
    ),
)

VALUE_COLUMNS: tuple[Column[ValueRow], ...] = (
    *(adapted(column, _entry_of_row) for column in NAMING),
    Column(
        "indicator",
        N_("Indicator"),
        Kind.CODE,
        14,
        lambda row: row.definition.slug,
        N_("Key of the indicator."),
    ),
    Column(
        "year",
        N_("Year"),
        Kind.NUMBER,
        8,
        lambda row: row.year,
        N_("The year that the value is about."),
    ),
    Column(
        "value",
        N_("Value"),
        Kind.LOCALISED,
        34,
        lambda row: row.label,
        N_("Which of the values of the indicator."),
    ),
    Column(
        "numerator",
        N_("Numerator"),
        Kind.NUMBER,
        12,
        lambda row: row.value.numerator,
        N_("Sum above the line; empty where a figure that it needs is unknown."),
    ),
    Column(
        "denominator",
        N_("Denominator"),
        Kind.NUMBER,
        12,
        lambda row: row.value.denominator if row.value.covers else None,
        N_("Sum below the line; empty where a figure that it needs is unknown."),
    ),
    Column(
        "share",
        N_("Share"),
        Kind.SHARE,
        10,
        lambda row: row.share,
        N_("Numerator ÷ denominator; empty where it is not computable."),
    ),
    Column(
        "in_words",
        N_("In words"),
        Kind.CODE,
        60,
        lambda row: value_words(row.words, row.definition, row.value),
        N_("The share with its numbers, or why there is none."),
    ),
)
