"""Working copies: read by their own State; the secretariat learns that they exist."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tracker.domain.chain import GENESIS
from tracker.domain.cycles import CycleDates
from tracker.domain.progress import Audience
from tracker.domain.roles import Actor
from tracker.domain.workflow import ReportStatus, Step
from tracker.models import (
    ChainEntry,
    NationalReport,
    OutcomeDocument,
    ReportingCycle,
    State,
    Submission,
    User,
)
from tracker.policy.scopes import readable_reports
from tracker.queries.strikes import STRIKE, TEXT_STRUCK


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One working copy without its answers."""

    id: int
    public_id: str
    state_id: int
    iso3: str
    state_name: dict[str, str]
    cycle_slug: str
    document_slug: str
    dates: CycleDates
    status: ReportStatus
    default_audience: Audience
    opened_at: datetime
    last_saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastChange:
    """What last changed the words of a working copy: the hash of its link, when, and by whom.

    The hash tells whether a report still says what somebody saw. ``at`` is none, and the hash
    that of an empty chain, where nothing was saved yet. ``unchanged_since`` is the number of the
    latest submission if it came before that, 0 where it did not or nothing was submitted;
    ``by_strike``: the secretariat struck a text out.
    """

    link: str
    at: datetime | None
    by: str
    unchanged_since: int = 0
    by_strike: bool = False


def last_change(session: Session, report_id: int) -> LastChange:
    """The last revision or striking out; questions, replies and steps change no words."""
    submitted = select(func.coalesce(func.max(ChainEntry.seq), 0)).where(
        ChainEntry.report_id == report_id, ChainEntry.kind == f"step-{Step.SUBMIT}"
    )
    number = select(func.max(Submission.number)).where(Submission.report_id == report_id)
    since = ChainEntry.seq > submitted.scalar_subquery()
    row = session.execute(
        select(ChainEntry, User.name, since, number.scalar_subquery())
        .outerjoin(User, ChainEntry.actor_id == User.id)
        .where(
            ChainEntry.report_id == report_id,
            or_(ChainEntry.version.is_not(None), ChainEntry.kind == TEXT_STRUCK),
        )
        .order_by(ChainEntry.seq.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return LastChange(GENESIS, None, "")
    entry, by, changed, latest = row
    by_strike = entry.kind == TEXT_STRUCK or entry.facts.get("source") == STRIKE
    unchanged_since = 0 if changed else latest or 0
    return LastChange(entry.hash, entry.at, by or "", unchanged_since, by_strike)


def list_readable_reports(session: Session, actor: Actor) -> tuple[ReportRow, ...]:
    """The working copies that the actor may read, the latest opened first."""
    return _rows(session, actor, None)


def readable_report_or_none(session: Session, actor: Actor, public_id: str) -> ReportRow | None:
    """One working copy by its public id, or none that the actor may know of."""
    rows = _rows(session, actor, public_id)
    return rows[0] if rows else None


def _rows(session: Session, actor: Actor, public_id: str | None) -> tuple[ReportRow, ...]:
    query = (
        select(NationalReport, State, ReportingCycle, OutcomeDocument.slug)
        .join(State, NationalReport.state_id == State.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .join(OutcomeDocument, ReportingCycle.document_id == OutcomeDocument.id)
        .where(readable_reports(actor))
        .order_by(NationalReport.opened_at.desc(), NationalReport.id)
    )
    if public_id is not None:
        query = query.where(NationalReport.public_id == public_id)
    return tuple(
        ReportRow(
            id=report.id,
            public_id=report.public_id,
            state_id=state.id,
            iso3=state.iso3,
            state_name=state.name,
            cycle_slug=cycle.slug,
            document_slug=document,
            dates=cycle.dates,
            status=report.status,
            default_audience=report.default_audience,
            opened_at=report.opened_at,
            last_saved_at=report.last_saved_at,
        )
        for report, state, cycle, document in session.execute(query)
    )
