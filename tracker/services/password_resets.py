"""A lost password: a link by mail, used once within an hour."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import Clock
from tracker.domain.errors import NotFound, Problem, TooMany
from tracker.domain.mail import MailKind, MailState
from tracker.domain.roles import Actor
from tracker.models import OutgoingMail, PasswordReset, User
from tracker.queries.accounts import count_failures, user_by_email
from tracker.services import sessions
from tracker.services.account_events import record_account_event
from tracker.services.invitations import revoke_links
from tracker.services.mail import queue
from tracker.services.provider_links import forget_links
from tracker.services.tokens import token_hash

REQUESTS_ALLOWED = 3  # of one address, within the time that failures to sign in count


def counted_as(email: str) -> str:
    """Under what the requests for an address are counted, apart from failures to sign in."""
    return f"password reset {email}"


def request_reset(session: Session, *, email: str, clock: Clock) -> None:
    """Mail a link to the active account of this address, if there is one; tell nobody which.

    ``TooMany`` where it was asked for too often, of unknown addresses too.
    """
    key, within = sessions.address_key(counted_as(email)), sessions.FAILURES_COUNT_FOR
    if count_failures(session, key, now=clock(), within=within) >= REQUESTS_ALLOWED:
        minutes = int(sessions.FAILURES_COUNT_FOR.total_seconds() // 60)
        raise TooMany(Problem("too-many-attempts", "", {"minutes": minutes}))
    sessions.record_failure(session, email=counted_as(email), clock=clock)
    user = user_by_email(session, email)
    if user is not None and user.is_active and not _waits(session, user.id):
        queue(session, user=user, kind=MailKind.PASSWORD_RESET, at=clock())


def _waits(session: Session, user_id: int) -> bool:
    """Whether such a mail has still to be sent."""
    query = select(OutgoingMail.id).where(
        OutgoingMail.user_id == user_id,
        OutgoingMail.kind == MailKind.PASSWORD_RESET.value,
        OutgoingMail.state == MailState.QUEUED,
    )
    return session.scalars(query).first() is not None


def reset_password(session: Session, *, token: str, password_hash: str, clock: Clock) -> int:
    """Use a link up and set the password; gives the user's id.

    Every session and every other link of the person ends, and a mail says what was done.
    ``NotFound`` for a link that is unknown, used or over.
    """
    now = clock()
    user_id = session.scalar(
        update(PasswordReset)
        .where(
            PasswordReset.token_hash == token_hash(token),
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > now,
        )
        .values(used_at=now)
        .returning(PasswordReset.user_id)
    )
    user = session.get(User, user_id) if user_id is not None else None
    if user is None or not user.is_active:
        raise NotFound(Problem("reset-invalid"))
    user.password_hash = password_hash
    sessions.end_sessions(session, user_id=user.id, clock=clock)
    sessions.forget_failures(session, email=user.email)
    revoke_links(session, user_id=user.id, clock=clock)
    queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=now)
    owner = Actor(user_id=user.id, name=user.name, language=user.language)
    record_account_event(
        session, actor=owner, user_id=user.id, kind=AccountEventKind.PASSWORD_CHANGED, at=now
    )
    forget_links(session, actor=owner, user_id=user.id, clock=clock)
    return user.id
