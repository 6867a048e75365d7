"""Indicators: their definitions, and the figures that States returned on them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from tracker.domain.errors import NotFound, Problem
from tracker.domain.indicator_tables import ReturnTable, return_table
from tracker.domain.indicators import Cell, Figures, IndicatorDefinition, definition_from, years_of
from tracker.domain.progress import Audience
from tracker.models import (
    ChainEntry,
    Indicator,
    IndicatorReturn,
    NationalReport,
    Submission,
    SubmissionFigure,
    User,
)
from tracker.queries.cycles import list_cycles
from tracker.queries.figures import shown_in_cycles
from tracker.queries.kept import kept


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """What a working copy says on one indicator, with who saved it when."""

    indicator: str
    version: int
    audience: Audience
    figures: dict[Cell, int]
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class SubmittedReturn:
    """What one submission says on one indicator; ``figures`` is ``None`` where withheld.

    ``years`` are those with any figure, withheld or not.
    """

    indicator: str
    audience: Audience
    figures: dict[Cell, int] | None
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShownReturn:
    """What a State last said of one year; ``figures`` is ``None`` where withheld."""

    state_id: int
    year: int
    cycle_slug: str
    submission: str
    figures: dict[Cell, int] | None


def list_indicators(session: Session) -> tuple[IndicatorDefinition, ...]:
    """Every indicator, in order."""
    rows = session.scalars(select(Indicator).order_by(Indicator.position, Indicator.slug))
    return tuple(definition_from(row.definition) for row in rows)


def definition_of(session: Session, slug: str) -> IndicatorDefinition:
    """One indicator; ``NotFound`` if there is none."""
    row = session.get(Indicator, slug)
    if row is None:
        raise NotFound(Problem("unknown-indicator", "", {"slug": slug[:80]}))
    return definition_from(row.definition)


@dataclass(frozen=True, slots=True)
class SavedFigures:
    """What one saved version said; nothing, and no audience, where nothing had been saved."""

    figures: Figures
    audience: Audience | None


def saved_figures(session: Session, report_id: int, slug: str, version: int) -> SavedFigures:
    """One version of a working copy's figures on one indicator."""
    facts = session.scalar(
        select(ChainEntry.facts).where(
            ChainEntry.report_id == report_id,
            ChainEntry.subject == slug,
            ChainEntry.version == version,
        )
    )
    if not facts:
        return SavedFigures({}, None)
    return SavedFigures(figures_of_facts(facts), Audience(facts["audience"]))


def figures_of_facts(facts: Mapping[str, Any]) -> Figures:
    """The figures that a revision holds."""
    return {Cell(year, category, name): value for year, category, name, value in facts["figures"]}


def figures_of_row(row: IndicatorReturn) -> dict[Cell, int]:
    """The stored figures by cell."""
    return {Cell(f.year, f.category, f.input): f.value for f in row.figures}


def returns_of(session: Session, report_id: int) -> dict[str, ReturnRow]:
    """What a working copy says on every indicator, by slug."""
    rows = session.execute(
        select(IndicatorReturn, User.name)
        .join(User, IndicatorReturn.saved_by_id == User.id)
        .where(IndicatorReturn.report_id == report_id)
        .order_by(IndicatorReturn.indicator)
        .options(selectinload(IndicatorReturn.figures))
        .execution_options(populate_existing=True)
    )
    return {
        row.indicator: ReturnRow(
            indicator=row.indicator,
            version=row.version,
            audience=row.audience,
            figures=figures_of_row(row),
            saved_at=row.saved_at,
            saved_by=name,
        )
        for row, name in rows
    }


def submitted_returns(
    session: Session, submission_id: int, *, audience: Audience
) -> dict[str, SubmittedReturn]:
    """What one submission says on every indicator, by slug, as a reader of ``audience`` sees it.

    For the State's own people give the narrowest audience, the secretariat's.
    """
    kept: dict[str, Audience] = {}
    figures: dict[str, dict[Cell, int]] = defaultdict(dict)
    for slug, own, year, category, name, value in session.execute(
        _FIGURES, {"submission": submission_id}
    ):
        kept[slug] = own
        figures[slug][Cell(year, category, name)] = value
    return {
        slug: SubmittedReturn(
            slug,
            own,
            figures[slug] if audience.admits(own) else None,
            years_of(figures[slug]),
        )
        for slug, own in kept.items()
    }


# Built once: a compiled workbook asks it for every State.
_FIGURES = (
    select(
        SubmissionFigure.indicator,
        SubmissionFigure.audience,
        SubmissionFigure.year,
        SubmissionFigure.category,
        SubmissionFigure.input,
        SubmissionFigure.value,
    )
    .where(SubmissionFigure.submission_id == bindparam("submission"))
    .order_by(SubmissionFigure.id)
)


def draft_tables(session: Session, report_id: int) -> tuple[ReturnTable, ...]:
    """The figures of a working copy, laid out to be read."""
    definitions = {definition.slug: definition for definition in list_indicators(session)}
    rows = returns_of(session, report_id).values()
    return tuple(
        return_table(definitions[row.indicator], row.audience, row.figures)
        for row in rows
        if row.figures
    )


def submitted_tables(
    session: Session, submission_id: int, *, audience: Audience
) -> tuple[ReturnTable, ...]:
    """The figures of a submission, laid out as a reader of ``audience`` may see them."""
    definitions = {definition.slug: definition for definition in list_indicators(session)}
    rows = submitted_returns(session, submission_id, audience=audience).values()
    return tuple(
        return_table(definitions[row.indicator], row.audience, row.figures) for row in rows
    )


def returns_by_state(
    session: Session, slug: str, *, audience: Audience
) -> Mapping[int, tuple[ShownReturn, ...]]:
    """``shown_returns`` by row id of the State; what the public reads is kept."""

    def read() -> dict[int, tuple[ShownReturn, ...]]:
        found: dict[int, list[ShownReturn]] = defaultdict(list)
        for returned in shown_returns(session, slug, audience=audience):
            found[returned.state_id].append(returned)
        return {state: tuple(every) for state, every in found.items()}

    return kept(session, ("returns", slug), read) if audience is Audience.PUBLIC else read()


def shown_returns(session: Session, slug: str, *, audience: Audience) -> tuple[ShownReturn, ...]:
    """What every State last said, by State and year, as a reader of ``audience`` sees it.

    It stands in the submission that counts for that reader. A later cycle's figures for a year
    replace an earlier cycle's, also where they are withheld: a figure that its State has
    revised is no longer shown.
    """
    cycles = {cycle.id: cycle.slug for cycle in list_cycles(session)}
    found: dict[int, dict[tuple[int, int], ShownReturn]] = {cycle_id: {} for cycle_id in cycles}
    for state, cycle_id, submission, own, cell, value in _shown_figures(
        session, tuple(cycles), slug, audience
    ):
        figures: dict[Cell, int] | None = {} if audience.admits(own) else None
        row = found[cycle_id].setdefault(
            (state, cell.year),
            ShownReturn(state, cell.year, cycles[cycle_id], submission, figures),
        )
        if row.figures is not None:
            row.figures[cell] = value
    latest: dict[tuple[int, int], ShownReturn] = {}
    for of_cycle in found.values():  # the latest first, as list_cycles gives them
        latest = of_cycle | latest
    return tuple(latest[key] for key in sorted(latest))


def _shown_figures(
    session: Session, cycle_ids: tuple[int, ...], slug: str, audience: Audience
) -> Iterator[tuple[int, int, str, Audience, Cell, int]]:
    """State, cycle, submission, audience, cell and figure, of the submissions that count."""
    basis = shown_in_cycles(cycle_ids, audience).order_by(None).subquery()
    rows = session.execute(
        select(
            basis.c.state_id,
            NationalReport.cycle_id,
            Submission.public_id,
            SubmissionFigure.audience,
            SubmissionFigure.year,
            SubmissionFigure.category,
            SubmissionFigure.input,
            SubmissionFigure.value,
        )
        .join(Submission, Submission.id == basis.c.id)
        .join(NationalReport, NationalReport.id == Submission.report_id)
        .join(SubmissionFigure, SubmissionFigure.submission_id == Submission.id)
        .where(SubmissionFigure.indicator == slug)
        .order_by(basis.c.state_id, SubmissionFigure.id)
    )
    for state, cycle_id, submission, own, year, category, name, value in rows:
        yield state, cycle_id, submission, own, Cell(year, category, name), value
