"""People: users, what they may be, how they come in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.roles import Role
from tracker.domain.second_factor import Assurance
from tracker.models.base import Base, enum_type
from tracker.models.ids import Key, PublicId
from tracker.models.state import State


class User(Base):
    """One person with one e-mail address, kept in lower case."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8))
    password_hash: Mapped[str | None] = mapped_column(String(256))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", foreign_keys="Membership.user_id"
    )


class Membership(Base):
    """User × role, for a State or in the secretariat; ended, never deleted.

    From ``ends_at`` on it gives no access any more; ``ended_at`` is when it was found ended.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(
            "(role IN ('reviewer', 'administrator')) = (state_id IS NULL)",
            name="state_with_state_roles_only",
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    state_id: Mapped[int | None] = mapped_column(ForeignKey("state.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_type(Role, "role_known"))
    sections: Mapped[list[str]]
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(back_populates="memberships", foreign_keys=[user_id])
    state: Mapped[State | None] = relationship()


class Invitation(Base):
    """A single-use link to choose a password; only its hash is kept."""

    __tablename__ = "invitation"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Session(Base):
    """A signed-in browser; only the hash of its token is kept.

    ``confirmed_at`` is when the password was last typed in it, ``pending_secret`` the secret of
    an app that is being set up there. Of a code that was mailed for it only the hash is kept,
    until it is used. ``passkey_challenge`` is what a device has to sign next, once.
    """

    __tablename__ = "session"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    assurance: Mapped[Assurance] = mapped_column(enum_type(Assurance, "assurance_known"))
    confirmed_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(String(32), default="")
    system: Mapped[str] = mapped_column(String(32), default="")
    pending_secret: Mapped[str | None] = mapped_column(String(64))
    mailed_code_hash: Mapped[str | None] = mapped_column(String(64))
    mailed_code_until: Mapped[datetime | None]
    passkey_challenge: Mapped[str | None] = mapped_column(String(64))
    passkey_challenge_until: Mapped[datetime | None]
    user: Mapped[User] = relationship()


class SignInFailure(Base):
    """A failed sign-in, counted per address so that guessing slows down."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_key_at", "key", "at"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
