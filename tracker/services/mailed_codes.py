"""A code by mail as the second step, for those who cannot have an app.

The code itself is made when the mail is sent, for the browser that asked: see ``mail_links``.
"""

import hmac
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.mail import MailKind, MailState
from tracker.domain.mailed_code import CODE_LASTS
from tracker.models import OutgoingMail, User
from tracker.models import Session as SignedIn
from tracker.queries.accounts import count_failures
from tracker.services import sessions
from tracker.services.mail import queue
from tracker.services.tokens import token_hash

REQUESTS_ALLOWED = 3  # of one person, within the time that failures to sign in count


def counted_as(email: str) -> str:
    """Under what the requests of a person are counted, apart from failures to sign in."""
    return f"mailed code {email}"


def request_code(session: Session, *, user_id: int, session_id: int, clock: Clock) -> bool:
    """Put a code for this browser into the outbox; whether one is on its way.

    No more than three in a quarter of an hour, whichever browsers ask.
    """
    user = session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
    name, now = counted_as(user.email), clock()
    if _waits(session, user_id, session_id, now):
        return True
    key = sessions.address_key(name)
    lately = count_failures(session, key, now=now, within=sessions.FAILURES_COUNT_FOR)
    if lately >= REQUESTS_ALLOWED:
        return False
    sessions.record_failure(session, email=name, clock=clock)
    queue(session, user=user, kind=MailKind.SIGN_IN_CODE, at=now, data={"session": session_id})
    return True


def _waits(session: Session, user_id: int, session_id: int, now: datetime) -> bool:
    """Whether a code for this browser has still to be sent, and would be in time."""
    query = select(OutgoingMail.data).where(
        OutgoingMail.user_id == user_id,
        OutgoingMail.kind == MailKind.SIGN_IN_CODE.value,
        OutgoingMail.state == MailState.QUEUED,
        OutgoingMail.created_at > now - CODE_LASTS,
    )
    return any(data["session"] == session_id for data in session.scalars(query))


def use_code(session: Session, *, session_id: int, code: str, clock: Clock) -> bool:
    """Whether ``code`` was mailed for this browser lately; a right one is used up by this."""
    row = session.scalars(
        select(SignedIn)
        .where(SignedIn.id == session_id, SignedIn.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or row.mailed_code_hash is None or row.mailed_code_until is None:
        return False
    if row.mailed_code_until <= clock():
        return False
    if not hmac.compare_digest(row.mailed_code_hash, token_hash(code)):
        return False
    row.mailed_code_hash = row.mailed_code_until = None
    sessions.forget_wrong_codes(session, user_id=row.user_id)
    session.flush()
    return True
