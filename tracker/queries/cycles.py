"""Reporting cycles."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from tracker.domain.cycles import CycleDates
from tracker.models import Installation, NationalReport, OutcomeDocument, ReportingCycle, Submission
from tracker.queries.kept import version_is

DAYS = tuple(day.name for day in fields(CycleDates))


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
    query = _select_cycles()
    if document_slug:
        query = query.where(OutcomeDocument.slug == document_slug)
    rows = []
    for row in session.execute(query):
        version_is(session, row.version)
        rows.append(
            CycleRow(
                id=row.id,
                slug=row.slug,
                document_slug=row.document_slug,
                document_title=row.document_title,
                document_symbol=row.document_symbol,
                dates=CycleDates(*(getattr(row, day) for day in DAYS)),
                has_reports=row.has_reports,
                has_published=row.has_published,
            )
        )
    return tuple(rows)


@cache
def _select_cycles() -> Select[*tuple[Any, ...]]:
    """Built once: nearly every page asks for it, and making it takes longer than its rows.

    With the version of the data, which those pages ask for next.
    """
    version = select(Installation.data_version).where(Installation.id == 1).scalar_subquery()
    reports = exists().where(NationalReport.cycle_id == ReportingCycle.id)
    published = exists().where(
        NationalReport.cycle_id == ReportingCycle.id,
        Submission.report_id == NationalReport.id,
        Submission.published_at.is_not(None),
        Submission.superseded_at.is_(None),
    )
    return (
        select(
            version.label("version"),
            reports.label("has_reports"),
            published.label("has_published"),
            ReportingCycle.id,
            ReportingCycle.slug,
            OutcomeDocument.slug.label("document_slug"),
            OutcomeDocument.title.label("document_title"),
            OutcomeDocument.symbol.label("document_symbol"),
            *(getattr(ReportingCycle, day) for day in DAYS),
        )
        .join(OutcomeDocument, ReportingCycle.document_id == OutcomeDocument.id)
        .order_by(ReportingCycle.opens_on.desc(), ReportingCycle.slug.desc())
    )


def cycle_or_none(session: Session, slug: str) -> CycleRow | None:
    """One cycle by its slug."""
    found = [row for row in list_cycles(session) if row.slug == slug]
    return found[0] if found else None
