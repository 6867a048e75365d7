"""People and what they may be."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.roles import Actor, Grant
from tracker.models import Membership, User
from tracker.models import Session as SignedIn


def actor_of(session: Session, user: User) -> Actor:
    """The person with the roles held now."""
    held = session.scalars(
        select(Membership)
        .where(Membership.user_id == user.id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return Actor(
        user_id=user.id,
        name=user.name,
        language=user.language,
        grants=tuple(Grant(row.role, row.state_id, tuple(row.sections)) for row in held),
    )


def actor_by_session(session: Session, token_hash: str, now: datetime) -> Actor | None:
    """Who is behind a session token, if the session still runs and the account is active."""
    user = session.scalars(
        select(User)
        .join(SignedIn, SignedIn.user_id == User.id)
        .where(
            SignedIn.token_hash == token_hash,
            SignedIn.ended_at.is_(None),
            SignedIn.expires_at > now,
            User.is_active,
        )
    ).one_or_none()
    return actor_of(session, user) if user else None


def user_by_email(session: Session, email: str) -> User | None:
    """The account with this address, in either case."""
    return session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
