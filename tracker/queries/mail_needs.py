"""Whether a mail that waits still tells the truth, to somebody whom it still concerns."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.mail import MailKind
from tracker.domain.reminders import ReminderStage, days_late, stage_at
from tracker.domain.roles import Role
from tracker.models import Clarification, OutgoingMail, ReportingCycle, User
from tracker.queries.accounts import actor_of
from tracker.queries.reminders import NOT_BEGUN, gaps, report_states

TO_SECRETARIAT = (MailKind.CLARIFICATION_ANSWERED,)


def still_needed(session: Session, mail: OutgoingMail, now: datetime) -> bool:
    """Whether to send it: the account is active, the role still held, the reminder still true."""
    user = session.get(User, mail.user_id, populate_existing=True)
    if user is None or not user.is_active:
        return False
    actor = actor_of(session, user)
    if mail.kind in TO_SECRETARIAT:
        return actor.in_secretariat
    if "state_id" in mail.data:
        if not actor.holds(Role.FOCAL_POINT, state_id=mail.data["state_id"]):
            return False
    check = _CHECKS.get(mail.kind)
    return check is None or check(session, mail.data, now)


def _cycle(session: Session, data: dict[str, Any]) -> ReportingCycle | None:
    query = select(ReportingCycle).where(ReportingCycle.slug == data["cycle"])
    return session.scalars(query).one_or_none()


def _is_open(session: Session, data: dict[str, Any], now: datetime) -> bool:
    cycle = _cycle(session, data)
    return cycle is not None and cycle.dates.is_open(now)


def _reminder_is_true(session: Session, data: dict[str, Any], now: datetime) -> bool:
    cycle = _cycle(session, data)
    stage = ReminderStage(data["stage"])
    if cycle is None or stage_at(cycle.dates, now) is not stage:
        return False
    if cycle.due_on != date.fromisoformat(data["due"]):
        return False
    state = report_states(session, cycle.id, data["state_id"]).get(data["state_id"], NOT_BEGUN)
    return state.needs(stage)


def _is_asked(session: Session, data: dict[str, Any], now: datetime) -> bool:
    """A question that was withdrawn before the letter went needs none."""
    query = select(Clarification.withdrawn_at).filter_by(public_id=data["clarification"])
    return session.scalars(query).one_or_none() is None


_CHECKS: dict[str, Callable[[Session, dict[str, Any], datetime], bool]] = {
    MailKind.CYCLE_OPENED: _is_open,
    MailKind.REMINDER: _reminder_is_true,
    MailKind.CLARIFICATION_ASKED: _is_asked,
}


def current_data(session: Session, mail: OutgoingMail, now: datetime) -> dict[str, Any]:
    """What fills its sentences; a reminder counts days and gaps when it is sent."""
    data = dict(mail.data)
    cycle = _cycle(session, data) if mail.kind == MailKind.REMINDER else None
    if cycle is None or cycle.due_on is None:
        return data
    lacking, asked = gaps(session, cycle.id, data["state_id"])
    states = report_states(session, cycle.id, data["state_id"])
    status = states.get(data["state_id"], NOT_BEGUN).status
    return data | {
        "missing": lacking,
        "asked": asked,
        "days": abs(days_late(cycle.due_on, now)),
        "late": days_late(cycle.due_on, now) > 0,
        "status": status.value if status else "",
    }
