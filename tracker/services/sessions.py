"""Signing in and out: sessions that end, and failures that are counted."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.domain.agents import Agent
from tracker.domain.clock import Clock
from tracker.domain.errors import NotFound, Problem
from tracker.domain.roles import Actor
from tracker.domain.second_factor import Assurance
from tracker.models import Session as SignedIn
from tracker.models import SignInFailure, User
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.services.tokens import new_token, token_hash

SESSION_LASTS = timedelta(hours=12)
FAILURES_ALLOWED = 10
FAILURES_COUNT_FOR = timedelta(minutes=15)
CODE_KEY = "code:"  # begins the keys of wrong codes, which are kept longer
CODES_ALLOWED = 5
CODES_ALLOWED_A_DAY = 20
CODES_KEPT_FOR = timedelta(days=1)
UNKNOWN = Agent()


def address_key(email: str) -> str:
    """Under what failures of an address are counted, whether it has an account or not."""
    return hashlib.sha256(email.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()


def code_key(user_id: int) -> str:
    """Under what wrong codes of a person are counted."""
    return f"{CODE_KEY}{user_id}"


def start_session(
    session: Session,
    *,
    user_id: int,
    clock: Clock,
    assurance: Assurance = Assurance.PASSWORD,
    confirmed_at: datetime | None = None,
    agent: Agent = UNKNOWN,
) -> str:
    """A new session of 12 hours; gives its token, of which only the hash is kept.

    ``confirmed_at``: when the password was typed, if not now.
    """
    token, now = new_token(), clock()
    session.add(
        SignedIn(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION_LASTS,
            assurance=assurance,
            confirmed_at=confirmed_at or now,
            browser=agent.browser,
            system=agent.system,
        )
    )
    session.flush()
    return token


def sign_in(
    session: Session,
    *,
    user_id: int,
    verified_hash: str,
    new_hash: str | None,
    clock: Clock,
    agent: Agent = UNKNOWN,
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
    return start_session(session, user_id=user_id, clock=clock, agent=agent)


def confirm_session(session: Session, *, hashed_token: str, clock: Clock) -> str | None:
    """Note that the person proved again to be there, and give the session a new token.

    ``None`` if the session ended meanwhile. Failures of the address are forgotten.
    """
    token = new_token()
    user_id = session.scalar(
        update(SignedIn)
        .where(SignedIn.token_hash == hashed_token, SignedIn.ended_at.is_(None))
        .values(confirmed_at=clock(), token_hash=token_hash(token))
        .returning(SignedIn.user_id)
    )
    user = session.get(User, user_id) if user_id is not None else None
    if user is None:
        return None
    forget_failures(session, email=user.email)
    return token


def end_own_session(session: Session, *, actor: Actor, public_id: str, clock: Clock) -> None:
    """Sign one of the person's own browsers out; ``NotFound`` for anybody else's."""
    authorise(actor, Action.SESSION_USE)
    row = session.scalars(
        select(SignedIn).where(
            SignedIn.public_id == public_id,
            SignedIn.user_id == actor.user_id,
            SignedIn.ended_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(Problem("not-found"))
    end_session(session, hashed_token=row.token_hash, clock=clock)


def note_seen(session: Session, *, session_id: int, clock: Clock) -> None:
    """Remember that a browser was there."""
    session.execute(
        update(SignedIn)
        .where(SignedIn.id == session_id, SignedIn.ended_at.is_(None))
        .values(seen_at=clock())
    )


def record_failure(session: Session, *, email: str, clock: Clock) -> None:
    """Count a failed attempt; what no longer counts is removed."""
    now = clock()
    session.execute(
        delete(SignInFailure).where(
            SignInFailure.at <= now - FAILURES_COUNT_FOR, SignInFailure.key.not_like(f"{CODE_KEY}%")
        )
    )
    session.add(SignInFailure(key=address_key(email), at=now))
    session.flush()


def forget_failures(session: Session, *, email: str) -> None:
    """Begin anew with an address whose owner has proved to be there."""
    session.execute(delete(SignInFailure).where(SignInFailure.key == address_key(email)))


def record_wrong_code(session: Session, *, user_id: int, clock: Clock) -> None:
    """Count a wrong code; those of more than a day ago are removed."""
    now = clock()
    session.execute(
        delete(SignInFailure).where(
            SignInFailure.at <= now - CODES_KEPT_FOR, SignInFailure.key.like(f"{CODE_KEY}%")
        )
    )
    session.add(SignInFailure(key=code_key(user_id), at=now))
    session.flush()


def forget_wrong_codes(session: Session, *, user_id: int) -> None:
    """After a right one."""
    session.execute(delete(SignInFailure).where(SignInFailure.key == code_key(user_id)))


def end_session(session: Session, *, hashed_token: str, clock: Clock) -> None:
    """Sign one browser out."""
    session.execute(
        update(SignedIn)
        .where(SignedIn.token_hash == hashed_token, SignedIn.ended_at.is_(None))
        .values(ended_at=clock(), pending_secret=None, passkey_challenge=None)
    )


def end_sessions(session: Session, *, user_id: int, clock: Clock, but: str | None = None) -> int:
    """Sign a person out everywhere, save in the browser whose token hash is ``but``.

    Gives how many sessions were ended.
    """
    ended = session.scalars(
        update(SignedIn)
        .where(
            SignedIn.user_id == user_id,
            SignedIn.ended_at.is_(None),
            SignedIn.token_hash != (but or ""),
        )
        .values(ended_at=clock(), pending_secret=None, passkey_challenge=None)
        .returning(SignedIn.id)
    )
    return len(ended.all())
