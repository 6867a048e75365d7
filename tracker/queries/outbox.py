"""The outbox as administrators see it: who, what, when and what went wrong; never the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.domain.mail import MailState
from tracker.models import OutgoingMail, PasswordReset, User


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail without its text and without any link."""

    public_id: str
    address: str
    kind: str
    cycle: str
    state_name: dict[str, str]
    state: MailState
    created_at: datetime
    next_attempt_at: datetime
    attempts: int
    sent_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class ResetAccount:
    """Whose password a link would change."""

    email: str
    name: str


def count_mail(session: Session) -> dict[MailState, int]:
    """How many mails are in each state."""
    rows = session.execute(
        select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state)
    ).all()
    found = {state: number for state, number in rows}
    return {state: found.get(state, 0) for state in MailState}


def waiting_mail(session: Session, limit: int) -> tuple[MailRow, ...]:
    """What waits, the next one first."""
    order = (OutgoingMail.next_attempt_at, OutgoingMail.id)
    return _rows(session, [MailState.QUEUED], order, limit)


def dead_mail(session: Session, limit: int) -> tuple[MailRow, ...]:
    """What was given up, the latest first."""
    order = (OutgoingMail.created_at.desc(), OutgoingMail.id.desc())
    return _rows(session, [MailState.DEAD], order, limit)


def finished_mail(session: Session, limit: int) -> tuple[MailRow, ...]:
    """What was sent or is no longer needed, the latest first."""
    order = (OutgoingMail.created_at.desc(), OutgoingMail.id.desc())
    return _rows(session, [MailState.SENT, MailState.DROPPED], order, limit)


def mail_is_due(session: Session, now: datetime) -> bool:
    """Whether any mail waits to be sent now."""
    query = select(OutgoingMail.id).where(
        OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_attempt_at <= now
    )
    return session.scalars(query.limit(1)).first() is not None


def reset_account(session: Session, token_hash: str, now: datetime) -> ResetAccount | None:
    """Whose link to a new password this is, if it can still be used."""
    found = session.execute(
        select(User.email, User.name)
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .where(
            PasswordReset.token_hash == token_hash,
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > now,
            User.is_active,
        )
    ).one_or_none()
    return ResetAccount(*found) if found else None


def _rows(
    session: Session,
    states: Sequence[MailState],
    order: Sequence[ColumnElement[Any] | Any],
    limit: int,
) -> tuple[MailRow, ...]:
    query = select(OutgoingMail).where(OutgoingMail.state.in_(states)).order_by(*order)
    return tuple(_row(mail) for mail in session.scalars(query.limit(limit)))


def _row(mail: OutgoingMail) -> MailRow:
    return MailRow(
        public_id=mail.public_id,
        address=mail.address,
        kind=mail.kind,
        cycle=str(mail.data.get("cycle", "")),
        state_name=dict(mail.data.get("state", {})),
        state=mail.state,
        created_at=mail.created_at,
        next_attempt_at=mail.next_attempt_at,
        attempts=mail.attempts,
        sent_at=mail.sent_at,
        error=mail.error,
    )
