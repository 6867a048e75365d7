"""What reminders must know: how far each State's report is, and what it still lacks."""

from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tracker.domain.completeness import missing
from tracker.domain.cycles import CycleDates
from tracker.domain.reminders import ReportState
from tracker.models import (
    Membership,
    NationalReport,
    OutcomeDocument,
    ReportingCycle,
    State,
    Submission,
    User,
)
from tracker.queries.documents import document_or_none
from tracker.queries.mail_recipients import active_focal_points
from tracker.queries.responses import responses_of
from tracker.queries.states import is_demonstration

NOT_BEGUN = ReportState(None, submitted_before=False)


@dataclass(frozen=True, slots=True)
class CycleToWatch:
    """One cycle with its days."""

    id: int
    slug: str
    dates: CycleDates


@dataclass(frozen=True, slots=True)
class FocalPoint:
    """One focal point of one State that reports here."""

    user: User
    state_id: int
    state_name: dict[str, str]


def cycles_to_watch(session: Session) -> tuple[CycleToWatch, ...]:
    """Every cycle."""
    rows = session.scalars(select(ReportingCycle).order_by(ReportingCycle.id))
    return tuple(CycleToWatch(row.id, row.slug, row.dates) for row in rows)


def all_focal_points(session: Session) -> tuple[FocalPoint, ...]:
    """The active focal points of every State that reports here; one of two States stands twice."""
    rows = session.execute(
        select(User, State)
        .join(Membership, Membership.user_id == User.id)
        .join(State, Membership.state_id == State.id)
        .where(active_focal_points(), State.demonstration == is_demonstration(session))
        .order_by(State.iso3, User.id)
    )
    found = {(user.id, state.id): FocalPoint(user, state.id, state.name) for user, state in rows}
    return tuple(found.values())


def report_states(
    session: Session, cycle_id: int, state_id: int | None = None
) -> dict[int, ReportState]:
    """How far reports are, by State, where one was begun; of one State if it is named."""
    standing = exists().where(
        Submission.report_id == NationalReport.id,
        Submission.withdrawn_at.is_(None),
        Submission.returned_at.is_(None),
    )
    query = select(NationalReport.state_id, NationalReport.status, standing).where(
        NationalReport.cycle_id == cycle_id
    )
    if state_id is not None:
        query = query.where(NationalReport.state_id == state_id)
    return {state: ReportState(status, before) for state, status, before in session.execute(query)}


def gaps(session: Session, cycle_id: int, state_id: int) -> tuple[int, int]:
    """How many commitments the State's report still lacks, and how many it would if empty."""
    slug = session.scalars(
        select(OutcomeDocument.slug)
        .join(ReportingCycle, ReportingCycle.document_id == OutcomeDocument.id)
        .where(ReportingCycle.id == cycle_id)
    ).one()
    document = document_or_none(session, slug)
    commitments = document.commitments if document else ()
    report_id = session.scalars(
        select(NationalReport.id).where(
            NationalReport.cycle_id == cycle_id, NationalReport.state_id == state_id
        )
    ).one_or_none()
    saved = responses_of(session, report_id) if report_id is not None else {}
    contents = {key: row.content for key, row in saved.items()}
    return len(missing(commitments, contents)), len(missing(commitments, {}))
