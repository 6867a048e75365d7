"""Signing in at a provider: whose account there opens which account here, and who is on the way."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base
from tracker.models.ids import Key


class ProviderLink(Base):
    """An account at a provider, by its subject, that opens the account ``user_id``."""

    __tablename__ = "provider_link"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id", "issuer"))

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime]


class ProviderVisit(Base):
    """A browser that left for the provider; gone when it is back.

    Of the state that it brings back, and of what only this browser knows, the hashes are kept.
    ``user_id`` is who wants to link an account, ``None`` where somebody wants to sign in.
    """

    __tablename__ = "provider_visit"

    id: Mapped[Key]
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    target: Mapped[str] = mapped_column(String(500))
    expires_at: Mapped[datetime] = mapped_column(index=True)
