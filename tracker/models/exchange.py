"""Files under way: exports that are being made, and uploaded workbooks that wait for a decision."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.exports import ExportStatus
from tracker.models.base import Base, enum_type
from tracker.models.ids import Key, PublicId


class Export(Base):
    """One export and its private file, fetched only by who asked.

    ``requester`` is the hash of what proves who asked: an account, or the cookie of a signed-out
    browser. ``options`` say what was asked, ``submissions`` the ids that were fixed when it
    began. The file goes after a day; the row stays, so that the next export can tell what
    changed since.
    """

    __tablename__ = "export"
    __table_args__ = (
        Index("ix_export_status_requested_at", "status", "requested_at"),
        Index("ix_export_requester_requested_at", "requester", "requested_at"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    requester: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    options: Mapped[dict[str, Any]]
    status: Mapped[ExportStatus] = mapped_column(enum_type(ExportStatus, "status_known"))
    steps_done: Mapped[int]
    steps_total: Mapped[int]
    submissions: Mapped[list[int]]
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int | None]
    problem: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    file_deleted_at: Mapped[datetime | None]


class ImportPlan(Base):
    """An uploaded workbook as it was read, kept for the person who uploaded it for a day.

    ``content`` is what the cells said, and once applied how many of them were saved; what it would
    change is worked out anew from the database each time. ``choices`` settle conflicts by cell:
    ``mine`` or ``theirs``, each with the hash of the text that it was made against.
    """

    __tablename__ = "import_plan"
    __table_args__ = (Index("ix_import_plan_expires_at", "expires_at"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    state_id: Mapped[int] = mapped_column(ForeignKey("state.id"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("reporting_cycle.id"))
    filename: Mapped[str] = mapped_column(String(255))
    file_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]]
    choices: Mapped[dict[str, str]]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
