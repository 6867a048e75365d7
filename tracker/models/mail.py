"""Mail that waits to be sent, and links to a new password."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.mail import MailState
from tracker.models.base import Base, enum_type
from tracker.models.ids import Key, PublicId


class OutgoingMail(Base):
    """One mail to one person, written in the transaction of what it tells about.

    ``data`` is what its sentences are filled with, never a secret: links that are secret are
    made when the mail is sent. ``attachments`` name files by kind and id. ``unique_key`` keeps
    what must be told once from being told twice. A mail that is being sent is still queued, its
    next attempt put off until whoever sends it must be dead.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_state_next_attempt_at", "state", "next_attempt_at"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_and_when"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    attachments: Mapped[list[dict[str, Any]]]
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    message_id: Mapped[str | None] = mapped_column(String(255))
    state: Mapped[MailState] = mapped_column(enum_type(MailState, "state_known"))
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text)


class PasswordReset(Base):
    """A single-use link to choose a new password; only its hash is kept."""

    __tablename__ = "password_reset"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
