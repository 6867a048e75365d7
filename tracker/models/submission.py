"""Submissions: numbered frozen copies of a report, and the questions asked about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.progress import Audience
from tracker.models.base import Base, enum_type
from tracker.models.document import Commitment
from tracker.models.ids import Key, PublicId
from tracker.models.report import NationalReport, ResponseFields


class Submission(Base):
    """One frozen copy. What follows it (accepted, published, …) is set once and never undone."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        CheckConstraint(
            "superseded_at IS NULL OR published_at IS NOT NULL", name="superseded_was_published"
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    report_id: Mapped[int] = mapped_column(ForeignKey("national_report.id"))
    number: Mapped[int]
    submitted_at: Mapped[datetime]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    submitter_name: Mapped[str] = mapped_column(String(200))
    submitter_title: Mapped[str] = mapped_column(String(200))
    on_time: Mapped[bool]
    content_hash: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[dict[str, Any]]
    withdrawn_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))
    report: Mapped[NationalReport] = relationship()


class SubmissionResponse(ResponseFields, Base):
    """One response as it was submitted, with the revision it is a copy of."""

    __tablename__ = "submission_response"
    __table_args__ = (
        UniqueConstraint("submission_id", "commitment_id"),
        Index(
            "ix_submission_response_counts",
            "commitment_id",
            "submission_id",
            "audience",
            "progress",
        ),
    )

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("chain_entry.id"))
    measures: Mapped[list[dict[str, Any]]]
    submission: Mapped[Submission] = relationship()
    commitment: Mapped[Commitment] = relationship()


class SubmissionFigure(Base):
    """One figure as it was submitted; ``audience`` is that of the whole return."""

    __tablename__ = "submission_figure"
    __table_args__ = (UniqueConstraint("submission_id", "indicator", "year", "category", "input"),)

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    indicator: Mapped[str] = mapped_column(String(32))
    audience: Mapped[Audience] = mapped_column(enum_type(Audience, "audience_known"))
    year: Mapped[int]
    category: Mapped[str] = mapped_column(String(32))
    input: Mapped[str] = mapped_column(String(48))
    value: Mapped[int]


class Clarification(Base):
    """A question by the secretariat on one response: open, answered by the State, or withdrawn."""

    __tablename__ = "clarification"
    __table_args__ = (
        CheckConstraint(
            "(replied_at IS NULL) = (replied_by_id IS NULL)", name="reply_who_and_when"
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_who_and_when"
        ),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    report_id: Mapped[int] = mapped_column(ForeignKey("national_report.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reply: Mapped[str] = mapped_column(Text, default="")
    replied_at: Mapped[datetime | None]
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    commitment: Mapped[Commitment] = relationship()
    report: Mapped[NationalReport] = relationship()
