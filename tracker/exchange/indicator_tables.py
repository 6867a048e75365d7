"""Figures of indicators as one long table, one row a figure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracker.domain.documents import LocalisedText
from tracker.domain.indicator_tables import year_table
from tracker.domain.indicators import Cell, IndicatorDefinition, years_of
from tracker.domain.messages import N_
from tracker.domain.progress import Absence
from tracker.exchange.columns import Column, Kind, adapted
from tracker.exchange.entries import NAMING, Entry, entry_of

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


def figure_lines(entry: Entry, definitions: Iterable[IndicatorDefinition]) -> Iterator[FigureLine]:
    """Every figure that was given, by indicator, year, input and category."""
    returns = entry.contents.returns if entry.contents else {}
    for definition in definitions:
        returned = returns.get(definition.slug)
        if returned is None:
            continue
        if returned.figures is None:
            yield FigureLine(entry, definition)
            continue
        for year in years_of(returned.figures):
            for line in year_table(definition, returned.figures, year).inputs:
                for cell in line.cells:
                    if cell in returned.figures:
                        yield FigureLine(entry, definition, cell, returned.figures[cell])


FIGURE_COLUMNS: tuple[Column[FigureLine], ...] = (
    *(adapted(column, entry_of) for column in NAMING),
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
