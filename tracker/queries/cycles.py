"""Reporting cycles."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.cycles import CycleDates
from tracker.models import OutcomeDocument, ReportingCycle


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One cycle with its document."""

    id: int
    slug: str
    document_slug: str
    document_title: dict[str, str]
    document_symbol: str
    dates: CycleDates


def list_cycles(session: Session, document_slug: str | None = None) -> tuple[CycleRow, ...]:
    """Every cycle, the latest opened first."""
    query = (
        select(ReportingCycle, OutcomeDocument)
        .join(OutcomeDocument, ReportingCycle.document_id == OutcomeDocument.id)
        .order_by(ReportingCycle.opens_on.desc(), ReportingCycle.slug)
    )
    if document_slug:
        query = query.where(OutcomeDocument.slug == document_slug)
    return tuple(_row(cycle, document) for cycle, document in session.execute(query))


def cycle_or_none(session: Session, slug: str) -> CycleRow | None:
    """One cycle by its slug."""
    found = [row for row in list_cycles(session) if row.slug == slug]
    return found[0] if found else None


def _row(cycle: ReportingCycle, document: OutcomeDocument) -> CycleRow:
    return CycleRow(
        id=cycle.id,
        slug=cycle.slug,
        document_slug=document.slug,
        document_title=document.title,
        document_symbol=document.symbol,
        dates=cycle.dates,
    )
