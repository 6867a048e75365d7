"""The append-only history of a report: revisions and events in one hash chain."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.models.base import Base
from tracker.models.ids import Key


class ChainHead(Base):
    """Where the chain of a report stands; its row is locked in every save."""

    __tablename__ = "chain_head"

    report_id: Mapped[int] = mapped_column(ForeignKey("national_report.id"), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class ChainEntry(Base):
    """One link: a Revision (``version`` is set) or an Event. Never changed, never deleted.

    ``facts`` is what is no free text; ``digests`` are salted digests of the free texts,
    which stand in ``chain_text`` and may be struck out there.
    """

    __tablename__ = "chain_entry"
    __table_args__ = (
        UniqueConstraint("report_id", "seq"),
        Index("ix_chain_entry_revision", "report_id", "subject", "version"),
        CheckConstraint("seq >= 1", name="seq_positive"),
    )

    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("national_report.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(96))
    version: Mapped[int | None]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    actor_public_id: Mapped[str] = mapped_column(String(22))
    facts: Mapped[dict[str, Any]]
    digests: Mapped[dict[str, str]]
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    texts: Mapped[list["ChainText"]] = relationship(order_by="ChainText.field")


class ChainText(Base):
    """One free text of a link; ``value`` is emptied when an administrator strikes it out."""

    __tablename__ = "chain_text"
    __table_args__ = (
        UniqueConstraint("entry_id", "field"),
        CheckConstraint("(value IS NULL) = (struck_at IS NOT NULL)", name="struck_or_there"),
        CheckConstraint("(struck_at IS NULL) = (struck_reason IS NULL)", name="struck_with_reason"),
    )

    id: Mapped[Key]
    entry_id: Mapped[int] = mapped_column(ForeignKey("chain_entry.id"))
    field: Mapped[str] = mapped_column(String(64))
    value: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    struck_at: Mapped[datetime | None]
    struck_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    struck_reason: Mapped[str | None] = mapped_column(Text)
