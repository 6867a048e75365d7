"""Reporting cycles."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from tracker.domain.cycles import CycleDates
from tracker.models import NationalReport, OutcomeDocument, ReportingCycle, Submission


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One cycle with its document; ``has_published``: a published report is in force."""

    id: int
    slug: str
    document_slug: str
    document_title: dict[str, str]
    document_symbol: str
    dates: CycleDates
    has_reports: bool
    has_published: bool


def list_cycles(session: Session, document_slug: str | None = None) -> tuple[CycleRow, ...]:
    """Every cycle, the latest opened first."""
    query = (
        select(ReportingCycle, OutcomeDocument, _with_reports(), _with_published())
        .join(OutcomeDocument, ReportingCycle.document_id == OutcomeDocument.id)
        .order_by(ReportingCycle.opens_on.desc(), ReportingCycle.slug)
    )
    if document_slug:
        query = query.where(OutcomeDocument.slug == document_slug)
    return tuple(_row(*found) for found in session.execute(query))


def _with_reports() -> ColumnElement[bool]:
    return exists().where(NationalReport.cycle_id == ReportingCycle.id)


def _with_published() -> ColumnElement[bool]:
    return exists().where(
        NationalReport.cycle_id == ReportingCycle.id,
        Submission.report_id == NationalReport.id,
        Submission.published_at.is_not(None),
        Submission.superseded_at.is_(None),
    )


def cycle_or_none(session: Session, slug: str) -> CycleRow | None:
    """One cycle by its slug."""
    found = [row for row in list_cycles(session) if row.slug == slug]
    return found[0] if found else None


def _row(
    cycle: ReportingCycle, document: OutcomeDocument, has_reports: bool, has_published: bool
) -> CycleRow:
    return CycleRow(
        id=cycle.id,
        slug=cycle.slug,
        document_slug=document.slug,
        document_title=document.title,
        document_symbol=document.symbol,
        dates=cycle.dates,
        has_reports=has_reports,
        has_published=has_published,
    )
