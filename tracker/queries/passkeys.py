"""The passkeys of a person, and whose they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tracker.models import Passkey, User


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One passkey; ``credential_id`` in base64url."""

    public_id: str
    name: str
    made_at: datetime
    used_at: datetime | None
    credential_id: str
    transports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PasskeyOwner:
    """Whom a device lists as owner of a passkey; ``handle`` tells nothing of the person."""

    handle: bytes
    email: str
    name: str


def list_passkeys(session: Session, user_id: int) -> tuple[PasskeyRow, ...]:
    """The passkeys of a person, the oldest first."""
    rows = session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id))
    return tuple(
        PasskeyRow(
            row.public_id,
            row.name,
            row.made_at,
            row.used_at,
            row.credential_id,
            tuple(row.transports),
        )
        for row in rows
    )


def has_passkey(session: Session, user_id: int) -> bool:
    """Whether a person has any."""
    return bool(session.scalar(select(exists().where(Passkey.user_id == user_id))))


def passkey_owner(session: Session, user_id: int) -> PasskeyOwner:
    """Whose passkeys they are."""
    user = session.get_one(User, user_id)
    return PasskeyOwner(user.public_id.encode("ascii"), user.email, user.name)
