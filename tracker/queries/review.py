"""What the secretariat has before it: the latest submission of every report of a cycle."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.roles import Actor
from tracker.domain.states import StateStatus
from tracker.domain.workflow import ReportStatus
from tracker.models import Clarification, NationalReport, State, Submission
from tracker.policy.scopes import readable_submissions


@dataclass(frozen=True, slots=True)
class LatestSubmission:
    """The submission with the highest number that was not withdrawn.

    ``asked`` and ``unanswered`` count the questions on the whole report, without those withdrawn.
    """

    iso3: str
    state_name: dict[str, str]
    is_observer: bool
    status: ReportStatus
    public_id: str
    number: int
    asked: int
    unanswered: int


def latest_submissions(
    session: Session, actor: Actor, cycle_ids: Collection[int]
) -> dict[int, dict[str, LatestSubmission]]:
    """By cycle and ISO code, observer States among them; two statements, however many cycles."""
    questions = _questions(session, cycle_ids)
    rows = session.execute(
        select(State, NationalReport, Submission.public_id, Submission.number)
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
    for state, report, public_id, number in rows:
        found[report.cycle_id][state.iso3] = LatestSubmission(
            iso3=state.iso3,
            state_name=state.name,
            is_observer=state.status is StateStatus.OBSERVER,
            status=report.status,
            public_id=public_id,
            number=number,
            asked=questions.get(report.id, (0, 0))[0],
            unanswered=questions.get(report.id, (0, 0))[1],
        )
    return found


def _questions(session: Session, cycle_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """By report: how many questions were asked, and how many of them wait for a reply."""
    rows = session.execute(
        select(Clarification.report_id, func.count(), func.count(Clarification.replied_at))
        .join(NationalReport, Clarification.report_id == NationalReport.id)
        .where(NationalReport.cycle_id.in_(cycle_ids), Clarification.withdrawn_at.is_(None))
        .group_by(Clarification.report_id)
    )
    return {report: (asked, asked - replied) for report, asked, replied in rows}
