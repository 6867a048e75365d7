"""What the secretariat has before it: the latest submission of every report of a cycle."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.roles import Actor
from tracker.domain.states import StateStatus
from tracker.domain.workflow import ReportStatus
from tracker.models import Clarification, NationalReport, State, Submission
from tracker.policy.scopes import readable_submissions


@dataclass(frozen=True, slots=True)
class LatestSubmission:
    """The submission with the highest number that was not withdrawn.

    ``asked`` and ``unanswered`` count the questions on the whole report, without those withdrawn;
    ``new_replies`` are those that came since the secretariat last returned, accepted or published.
    """

    iso3: str
    state_name: dict[str, str]
    is_observer: bool
    status: ReportStatus
    report_id: int
    public_id: str
    number: int
    submitted_at: datetime
    asked: int
    unanswered: int
    new_replies: int


def latest_submissions(
    session: Session, actor: Actor, cycle_ids: Collection[int]
) -> dict[int, dict[str, LatestSubmission]]:
    """By cycle and ISO code, observer States among them; two statements, however many cycles."""
    questions = _questions(session, cycle_ids)
    rows = session.execute(
        select(State, NationalReport, Submission)
        .join(NationalReport, NationalReport.state_id == State.id)
        .join(Submission, Submission.report_id == NationalReport.id)
        .where(
            NationalReport.cycle_id.in_(cycle_ids),
            Submission.withdrawn_at.is_(None),
            readable_submissions(actor),
        )
        .order_by(State.iso3, Submission.number)
    )
    found: dict[int, dict[str, LatestSubmission]] = {cycle_id: {} for cycle_id in cycle_ids}
    decided: dict[int, datetime] = {}
    for state, report, submission in rows:
        replies = questions[report.id]
        marks = (submission.returned_at, submission.accepted_at, submission.published_at)
        times = [at for at in (decided.get(report.id), *marks) if at]
        if times:
            decided[report.id] = max(times)
        came = [at for at in replies if at is not None]
        found[report.cycle_id][state.iso3] = LatestSubmission(
            iso3=state.iso3,
            state_name=state.name,
            is_observer=state.status is StateStatus.OBSERVER,
            status=report.status,
            report_id=report.id,
            public_id=submission.public_id,
            number=submission.number,
            submitted_at=submission.submitted_at,
            asked=len(replies),
            unanswered=len(replies) - len(came),
            new_replies=sum(not times or at > max(times) for at in came),
        )
    return found


def _questions(
    session: Session, cycle_ids: Collection[int]
) -> Mapping[int, Sequence[datetime | None]]:
    """By report: when each question was answered, none for one that waits for its reply."""
    rows = session.execute(
        select(Clarification.report_id, Clarification.replied_at)
        .join(NationalReport, Clarification.report_id == NationalReport.id)
        .where(NationalReport.cycle_id.in_(cycle_ids), Clarification.withdrawn_at.is_(None))
    )
    found: defaultdict[int, list[datetime | None]] = defaultdict(list)
    for report, replied_at in rows:
        found[report].append(replied_at)
    return found
