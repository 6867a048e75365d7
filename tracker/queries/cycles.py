"""Reporting cycles."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from tracker.domain.cycles import CycleDates
from tracker.models import Installation, NationalReport, OutcomeDocument, ReportingCycle, Submission
from tracker.queries.kept import version_is


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
    for (
        version,
        has_reports,
        has_published,
        key,
        slug,
        its_document,
        title,
        symbol,
        *days,
    ) in session.execute(query):
        version_is(session, version)
        dates = CycleDates(*days)
        rows.append(
            CycleRow(key, slug, its_document, title, symbol, dates, has_reports, has_published)
        )
    return tuple(rows)


@cache
def _select_cycles() -> Select[*tuple[Any, ...]]:
    """Built once: nearly every page asks for it, and making it takes longer than its rows.

    With the version of the data, which those pages ask for next.
    """
    published = exists().where(
        NationalReport.cycle_id == ReportingCycle.id,
        Submission.report_id == NationalReport.id,
        Submission.published_at.is_not(None),
        Submission.superseded_at.is_(None),
    )
    return (
        select(
            select(Installation.data_version).where(Installation.id == 1).scalar_subquery(),
            exists().where(NationalReport.cycle_id == ReportingCycle.id),
            published,
            ReportingCycle.id,
            ReportingCycle.slug,
            OutcomeDocument.slug,
            OutcomeDocument.title,
            OutcomeDocument.symbol,
            *(getattr(ReportingCycle, day.name) for day in fields(CycleDates)),
        )
        .join(OutcomeDocument, ReportingCycle.document_id == OutcomeDocument.id)
        .order_by(ReportingCycle.opens_on.desc(), ReportingCycle.slug)
    )


def cycle_or_none(session: Session, slug: str) -> CycleRow | None:
    """One cycle by its slug."""
    found = [row for row in list_cycles(session) if row.slug == slug]
    return found[0] if found else None
