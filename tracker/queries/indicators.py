"""Indicators: their definitions, and the figures that States returned on them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.domain.errors import NotFound, Problem
from tracker.domain.indicator_tables import ReturnTable, return_table
from tracker.domain.indicators import Cell, IndicatorDefinition, definition_from
from tracker.domain.progress import Audience
from tracker.models import (
    Indicator,
    IndicatorReturn,
    NationalReport,
    ReportingCycle,
    State,
    Submission,
    SubmissionFigure,
    User,
)


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
    """What one submission says on one indicator; ``figures`` is ``None`` where withheld."""

    indicator: str
    audience: Audience
    figures: dict[Cell, int] | None


@dataclass(frozen=True, slots=True)
class PublishedReturn:
    """What a State last published for one year; ``figures`` is ``None`` where withheld."""

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
    rows = session.scalars(
        select(SubmissionFigure)
        .where(SubmissionFigure.submission_id == submission_id)
        .order_by(SubmissionFigure.id)
    )
    for row in rows:
        kept[row.indicator] = row.audience
        figures[row.indicator][Cell(row.year, row.category, row.input)] = row.value
    return {
        slug: SubmittedReturn(slug, own, figures[slug] if audience.admits(own) else None)
        for slug, own in kept.items()
    }


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


def published_returns(
    session: Session, slug: str, *, audience: Audience
) -> tuple[PublishedReturn, ...]:
    """What every State last published, by State and year, as a reader of ``audience`` sees it.

    A later cycle's figures for a year replace an earlier cycle's, also where they are withheld:
    a figure that its State has revised is no longer shown.
    """
    rows = session.execute(
        select(
            State.id,
            SubmissionFigure.year,
            ReportingCycle.slug,
            Submission.public_id,
            SubmissionFigure.audience,
            SubmissionFigure.category,
            SubmissionFigure.input,
            SubmissionFigure.value,
        )
        .join(Submission, SubmissionFigure.submission_id == Submission.id)
        .join(NationalReport, Submission.report_id == NationalReport.id)
        .join(State, NationalReport.state_id == State.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .where(
            SubmissionFigure.indicator == slug,
            Submission.published_at.is_not(None),
            Submission.superseded_at.is_(None),
        )
        .order_by(
            State.iso3,
            SubmissionFigure.year,
            ReportingCycle.opens_on.desc(),
            Submission.published_at.desc(),
            SubmissionFigure.id,
        )
    )
    latest: dict[tuple[int, int], PublishedReturn] = {}
    for state, year, cycle, submission, own, category, entry, value in rows:
        figures: dict[Cell, int] | None = {} if audience.admits(own) else None
        row = latest.setdefault(
            (state, year), PublishedReturn(state, year, cycle, submission, figures)
        )
        if row.submission == submission and row.figures is not None:
            row.figures[Cell(year, category, entry)] = value
    return tuple(latest.values())
