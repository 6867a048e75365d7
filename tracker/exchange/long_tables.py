"""The long tables of a compiled export: each a list of columns, and rows State by State.

The workbook, CSV and JSON are written from the same ones.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tracker.domain.indicators import IndicatorDefinition
from tracker.domain.item_fields import Part
from tracker.domain.messages import N_
from tracker.domain.progress import Audience
from tracker.exchange.answers import ANSWER_COLUMNS, answer_lines
from tracker.exchange.changes import CHANGE_COLUMNS, change_lines
from tracker.exchange.columns import Columns
from tracker.exchange.commitments import COMMITMENT_COLUMNS, commitment_lines
from tracker.exchange.entries import Entry
from tracker.exchange.indicator_groups import GroupSums, group_columns
from tracker.exchange.indicator_tables import FIGURE_COLUMNS, figure_lines
from tracker.exchange.indicator_years import year_columns, year_lines
from tracker.exchange.item_tables import item_columns, item_lines
from tracker.exchange.question_table import QUESTION_COLUMNS, question_lines
from tracker.exchange.words import Words
from tracker.queries.compiled import CompiledExport

ITEM_TABLES = (
    (
        Part.ASSISTANCE,
        N_("Assistance needs and offers"),
        N_("One row for every need and offer; a row with a number counts those withheld."),
    ),
    (
        Part.TARGETS,
        N_("Targets"),
        N_("One row for every voluntary target; a row with a number counts those withheld."),
    ),
    (
        Part.CONTACTS,
        N_("Contacts"),
        N_("One row for every contact; a row with a number counts those withheld."),
    ),
)


NOTHING = N_("Nothing: no report in this file holds anything of this kind.")
UNCHANGED = N_("Nothing that this file may show has changed since the earlier export.")


def _none(entry: Entry) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class LongTable:
    """One table: ``lines`` gives the rows of one State in one cycle.

    ``closing`` gives the rows that are known when every State was read. ``key`` names its file,
    ``name`` its sheet; ``about`` says what it holds, ``nothing`` stands where it has no row.
    """

    key: str
    name: str
    about: str
    columns: Columns[Any]
    lines: Callable[[Entry], Iterable[Any]] = _none
    closing: Callable[[], Iterable[Any]] = tuple
    nothing: str = NOTHING


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
        *(table for one in data.indicators for table in _indicator_tables(data, one, words)),
        LongTable(
            "indicator_figures",
            words(N_("Indicator figures")),
            words(N_("One row for every figure that was returned, by category.")),
            FIGURE_COLUMNS,
            lambda entry: figure_lines(entry, data.indicators),
        ),
        *(
            LongTable(part.value, words(name), words(about), item_columns(part), item_lines(part))
            for part, name, about in ITEM_TABLES
        ),
        *_for_some(data, words),
        LongTable(
            "commitments",
            words(N_("Commitments")),
            words(N_("Official text, and our titles, summaries and classification.")),
            COMMITMENT_COLUMNS,
            closing=lambda: commitment_lines(data.document, words),
        ),
    )


def _indicator_tables(
    data: CompiledExport, definition: IndicatorDefinition, words: Words
) -> Iterator[LongTable]:
    """By State and year, and summed by group."""
    lines, sums = year_lines(definition), GroupSums(data, definition)

    def count(entry: Entry) -> Iterable[Any]:
        for line in lines(entry):
            sums.add(line)
        return ()

    yield LongTable(
        f"indicator_{definition.slug}",
        words(N_("Indicator %(code)s"), code=definition.code),
        words(
            N_("%(name)s: figures and values by State and year."), name=words.text(definition.name)
        ),
        year_columns(definition, words),
        lines,
    )
    yield LongTable(
        f"indicator_{definition.slug}_groups",
        words(N_("Indicator %(code)s by group"), code=definition.code),
        words(
            N_(
                "The same summed by group: numerators and denominators of States whose value is "
                "computable and may be read, never an average."
            )
        ),
        group_columns(definition),
        count,
        closing=lambda: sums.lines(words),
    )


def _for_some(data: CompiledExport, words: Words) -> Iterator[LongTable]:
    """What only the secretariat may have, and what only a comparison gives."""
    if data.audience is Audience.SECRETARIAT:
        yield LongTable(
            "clarifications",
            words(N_("Clarifications")),
            words(N_("Questions of the secretariat with the replies. Not to be passed on.")),
            QUESTION_COLUMNS,
            question_lines(data),
        )
    if since := data.compared_with:
        yield LongTable(
            "changes",
            words(N_("Changes")),
            words(N_("What differs from the export made on %(at)s."), at=words.instant(since)),
            CHANGE_COLUMNS,
            lambda entry: change_lines(entry, data.indicators, since),
            nothing=UNCHANGED,
        )
