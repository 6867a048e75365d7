"""The long tables of a compiled export: each a list of columns, and rows State by State.

The workbook, CSV and JSON are written from the same ones.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tracker.domain.messages import N_
from tracker.exchange.answers import ANSWER_COLUMNS, answer_lines
from tracker.exchange.columns import Columns
from tracker.exchange.entries import Entry
from tracker.exchange.indicator_tables import (
    FIGURE_COLUMNS,
    VALUE_COLUMNS,
    figure_lines,
    value_rows,
)
from tracker.exchange.words import Words
from tracker.queries.compiled import CompiledExport


@dataclass(frozen=True, slots=True)
class LongTable:
    """One table: ``lines`` gives the rows of one State in one cycle.

    ``key`` names its file, ``name`` its sheet; ``about`` says what it holds.
    """

    key: str
    name: str
    about: str
    columns: Columns[Any]
    lines: Callable[[Entry], Iterable[Any]]


def long_tables(data: CompiledExport, words: Words) -> tuple[LongTable, ...]:
    """Every table that this reader can have rows in, in the order of the sheets."""
    return (
        LongTable(
            "responses",
            words(N_("Responses")),
            words(N_("One row for every answer given or withheld: for filters and pivot tables.")),
            ANSWER_COLUMNS,
            answer_lines,
        ),
        LongTable(
            "indicator_figures",
            words(N_("Indicator figures")),
            words(N_("One row for every figure that was returned.")),
            FIGURE_COLUMNS,
            lambda entry: figure_lines(entry, data.indicators),
        ),
        LongTable(
            "indicator_values",
            words(N_("Indicator values")),
            words(N_("One row for every value that follows from the figures.")),
            VALUE_COLUMNS,
            lambda entry: value_rows(entry, data.indicators, words),
        ),
    )
