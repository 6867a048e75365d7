"""The explorer of an indicator as a file: the States and the sums that its page shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.domain.documents import LocalisedText
from tracker.domain.indicators import Category, IndicatorDefinition, OverYears
from tracker.domain.messages import N_
from tracker.domain.progress import Audience
from tracker.domain.published import PublishedValue
from tracker.domain.states import Area
from tracker.exchange.indicator_file_columns import (
    PUBLISHED_COLUMNS,
    ReturnedFigure,
    StateFigure,
    SumFigure,
    figure_columns,
    state_columns,
    sum_columns,
    year_columns,
)
from tracker.exchange.marks import FileKind
from tracker.exchange.page_files import Listed, PageFile
from tracker.exchange.words import Words
from tracker.queries.indicator_values import PathYear, ShownValues, StateLine
from tracker.queries.states import StateRow

IN_VIEW = 3


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """What the page shows: ``shown``, and of it the ``states`` listed and the ``silent`` ones.

    ``columns`` are the names of inputs counted and of values by code. ``stands`` says in words how
    the States listed stand, ``codes`` everything chosen.
    """

    definition: IndicatorDefinition
    columns: Mapping[str, LocalisedText]
    shown: ShownValues
    states: Sequence[StateLine]
    silent: Sequence[StateRow]
    published: Sequence[PublishedValue]
    area: Area | None
    category: Category | None
    stands: str
    codes: Mapping[str, Any]
    audience: Audience
    demonstration: bool
    data_version: int
    address: str


def indicator_file(data: IndicatorPage, words: Words) -> PageFile:
    """The tables of the page, with what was chosen."""
    definition = data.definition
    tables = [
        Listed(
            "states",
            N_("By State"),
            state_columns(definition),
            list(_states(data)),
            IN_VIEW,
        ),
        Listed(
            "sums", N_("Sums of groups"), sum_columns(definition), list(_sums(data, words)), IN_VIEW
        ),
        Listed(
            "years",
            N_("By year"),
            year_columns(definition, one_state=data.shown.path is not None),
            list(_years(data)),
            1,
        ),
    ]
    if data.shown.path:
        returned = [row for year in data.shown.path.years for row in _returned(data, year)]
        tables.append(Listed("figures", N_("Figures"), figure_columns(), returned, 1))
    if definition.formulas or data.published:  # also without rows: scripts look for the table
        tables.append(
            Listed("published", N_("Published"), PUBLISHED_COLUMNS, data.published, IN_VIEW)
        )
    return PageFile(
        kind=FileKind.INDICATOR,
        title=f"{definition.code} {words.text(definition.name)}",
        audience=data.audience,
        own=(),
        codes={"indicator": definition.slug, "filters": dict(data.codes)},
        facts=_facts(data, words),
        rules=_rules(definition),
        tables=tables,
        demonstration=data.demonstration,
        data_version=data.data_version,
        address=data.address,
    )


def _columns(data: IndicatorPage, line: Any) -> Iterator[tuple[str, LocalisedText, Any]]:
    """Code, name and value of each column of a line; no value without a line."""
    found = (*line.counts, *line.values) if line else (None,) * len(data.columns)
    for (code, name), value in zip(data.columns.items(), found, strict=True):
        yield code, name, value


def _states(data: IndicatorPage) -> Iterator[StateFigure]:
    for line in data.states:
        for code, name, found in _columns(data, line):
            yield StateFigure(line.row, line, code, name, found)
    for row in data.silent:
        for code, name, _ in _columns(data, None):
            yield StateFigure(row, None, code, name, None)


def _sums(data: IndicatorPage, words: Words) -> Iterator[SumFigure]:
    everybody = {words.language: words(N_("All Member States"))}
    for line in data.shown.groups:
        place = line.area.name if line.area else everybody
        for code, name, found in _columns(data, line):
            yield SumFigure(line.area, place, None, code, name, found)


def _years(data: IndicatorPage) -> Iterator[SumFigure]:
    for line in data.shown.trend:
        for code, name, found in _columns(data, line):
            yield SumFigure(None, {}, line.year, code, name, found)


def _returned(data: IndicatorPage, year: PathYear) -> Iterator[ReturnedFigure]:
    if year.table is None:
        yield ReturnedFigure(year.year, year.cycle_slug, None, None, None, withheld=True)
        return
    for line in year.table.inputs:
        for cell, amount in zip(line.cells, line.amounts, strict=True):
            category = data.definition.texts.get(cell.category)
            yield ReturnedFigure(year.year, year.cycle_slug, line.input, cell, amount, category)


def _facts(data: IndicatorPage, words: Words) -> list[tuple[str, str]]:
    definition, shown = data.definition, data.shown
    place = words(N_("All Member States"))
    if shown.path:
        place = words.text(shown.path.row.state.name)
    elif data.area:
        place = words.text(data.area.name)
    facts = [
        (words(N_("Indicator")), f"{definition.code} {words.text(definition.name)}"),
        (words(N_("Years")), _period(definition, shown, words)),
        (words(N_("States")), place),
    ]
    if not definition.one_column:
        counted = words(N_("counted categories together"))
        category = words.text(data.category.label) if data.category else counted
        facts.append((words(N_("Category")), category))
    if data.stands:
        facts.append((words(N_("Filters")), data.stands))
    return facts


def _period(definition: IndicatorDefinition, shown: ShownValues, words: Words) -> str:
    if shown.choice.year or not shown.years:
        return str(shown.choice.year or "")
    span = {"first": str(shown.years[0]), "last": str(shown.years[-1])}
    if definition.over_years is OverYears.LATEST:
        return words(N_("latest year of each State: %(first)s to %(last)s"), **span)
    return words(N_("all years pooled: %(first)s to %(last)s"), **span)


def _rules(definition: IndicatorDefinition) -> list[str]:
    rules = [
        N_("The sums of all groups and regions hold whatever group, region or State is chosen.")
    ]
    if definition.counts:
        rules.append(
            N_(
                "For a group, the figures known of its States are summed. A State whose figure is "
                "unknown or not shown is left out of the sum and counted."
            )
        )
    if len(definition.split) > 1:
        rules.append(
            N_(
                "A State that gave figures for some of the categories only enters with these; "
                "what it gives is computed over them, is marked so, and the State is counted "
                "among those summed."
            )
        )
    if definition.formulas:
        rules.append(
            N_(
                "For a group, numerators and denominators of its States are summed, then divided "
                "once; percentages are never averaged. A State whose value is not computable or "
                "not shown is left out of the sums and counted."
            )
        )
    return rules
