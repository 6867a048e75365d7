"""Signing in and out: sessions that end, and failures that are counted."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.models import Session as SignedIn
from tracker.models import SignInFailure, User
from tracker.services.tokens import new_token, token_hash

SESSION_LASTS = timedelta(hours=12)
FAILURES_ALLOWED = 10
FAILURES_COUNT_FOR = timedelta(minutes=15)


def address_key(email: str) -> str:
    """Under what failures of an address are counted, whether it has an account or not."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def start_session(session: Session, *, user_id: int, clock: Clock) -> str:
    """A new session of 12 hours; gives its token, of which only the hash is kept."""
    token, now = new_token(), clock()
    session.add(
        SignedIn(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    session.flush()
    return token


def sign_in(
    session: Session, *, user_id: int, verified_hash: str, new_hash: str | None, clock: Clock
) -> str | None:
    """Start a session after the password was verified against ``verified_hash``.

    ``None`` if the account was closed or its password changed meanwhile. ``new_hash``
    replaces a hash made with older parameters. Failures of the address are forgotten.
    """
    user = session.get(User, user_id, populate_existing=True, with_for_update=True)
    if user is None or not user.is_active or user.password_hash != verified_hash:
        return None
    if new_hash:
        user.password_hash = new_hash
    forget_failures(session, email=user.email)
    return start_session(session, user_id=user_id, clock=clock)


def record_failure(session: Session, *, email: str, clock: Clock) -> None:
    """Count a failed attempt; what no longer counts is removed."""
    now = clock()
    session.execute(delete(SignInFailure).where(SignInFailure.at <= now - FAILURES_COUNT_FOR))
    session.add(SignInFailure(key=address_key(email), at=now))
    session.flush()


def forget_failures(session: Session, *, email: str) -> None:
    """Begin anew with an address whose owner has proved to be there."""
    session.execute(delete(SignInFailure).where(SignInFailure.key == address_key(email)))


def end_session(session: Session, *, hashed_token: str, clock: Clock) -> None:
    """Sign one browser out."""
    session.execute(
        update(SignedIn)
        .where(SignedIn.token_hash == hashed_token, SignedIn.ended_at.is_(None))
        .values(ended_at=clock())
    )


def end_sessions(session: Session, *, user_id: int, clock: Clock, but: str | None = None) -> None:
    """Sign a person out everywhere, save in the browser whose token hash is ``but``."""
    session.execute(
        update(SignedIn)
        .where(
            SignedIn.user_id == user_id,
            SignedIn.ended_at.is_(None),
            SignedIn.token_hash != (but or ""),
        )
        .values(ended_at=clock())
    )
