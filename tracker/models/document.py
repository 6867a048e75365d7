"""Outcome documents, their headings, commitments and meetings."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.documents import Addressee, Level, ParticipationKind, ReportSection, Strength
from tracker.models.base import Base, enum_type
from tracker.models.ids import Key


class OutcomeDocument(Base):
    """One adopted text."""

    __tablename__ = "outcome_document"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    symbol: Mapped[str] = mapped_column(String(128))
    title: Mapped[dict[str, str]]
    adopted_on: Mapped[date]
    source: Mapped[str] = mapped_column(Text)
    meeting: Mapped["Meeting"] = relationship(back_populates="document")


class Section(Base):
    """One heading; ``chapeau`` is the unnumbered sentence above its commitments."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("document_id", "code"),)

    id: Mapped[Key]
    document_id: Mapped[int] = mapped_column(ForeignKey("outcome_document.id"))
    code: Mapped[str] = mapped_column(String(32))
    parent_code: Mapped[str | None] = mapped_column(String(32))
    position: Mapped[int]
    title: Mapped[dict[str, str]]
    short_title: Mapped[dict[str, str]]
    chapeau: Mapped[dict[str, str]]


class Commitment(Base):
    """One numbered paragraph that asks somebody to do something."""

    __tablename__ = "commitment"
    __table_args__ = (UniqueConstraint("document_id", "paragraph"),)

    id: Mapped[Key]
    document_id: Mapped[int] = mapped_column(ForeignKey("outcome_document.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), index=True)
    key: Mapped[str] = mapped_column(String(96), unique=True)
    paragraph: Mapped[int]
    text: Mapped[dict[str, str]]
    title: Mapped[dict[str, str]]
    summary: Mapped[dict[str, str]]
    note: Mapped[dict[str, str]]
    addressee: Mapped[Addressee] = mapped_column(enum_type(Addressee, "addressee_known"))
    strength: Mapped[Strength | None] = mapped_column(enum_type(Strength, "strength_known"))
    strengths: Mapped[list[str]]
    level: Mapped[Level | None] = mapped_column(enum_type(Level, "level_known"))
    themes: Mapped[list[str]]
    qualifiers: Mapped[list[str]]
    report_section: Mapped[ReportSection] = mapped_column(
        enum_type(ReportSection, "report_section_known")
    )
    references: Mapped[list[dict[str, Any]]]


class Meeting(Base):
    """The meeting that adopted a document."""

    __tablename__ = "meeting"

    id: Mapped[Key]
    document_id: Mapped[int] = mapped_column(ForeignKey("outcome_document.id"), unique=True)
    title: Mapped[dict[str, str]]
    opened_on: Mapped[date]
    closed_on: Mapped[date]
    document: Mapped[OutcomeDocument] = relationship(back_populates="meeting")


class Participation(Base):
    """One entry of a meeting's official record."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("meeting_id", "state_id", "kind", "paragraph"),)

    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    state_id: Mapped[int] = mapped_column(ForeignKey("state.id"), index=True)
    kind: Mapped[ParticipationKind] = mapped_column(enum_type(ParticipationKind, "kind_known"))
    paragraph: Mapped[int]


class JointStatement(Base):
    """A statement made on behalf of several States, which a footnote names."""

    __tablename__ = "joint_statement"
    __table_args__ = (UniqueConstraint("meeting_id", "paragraph"),)

    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    paragraph: Mapped[int]
    footnote: Mapped[int]
    subject: Mapped[dict[str, str]]


class RecordedVote(Base):
    """A recorded vote with the totals that the document states."""

    __tablename__ = "recorded_vote"
    __table_args__ = (UniqueConstraint("meeting_id", "paragraph"),)

    id: Mapped[Key]
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    paragraph: Mapped[int]
    subject: Mapped[dict[str, str]]
    in_favour: Mapped[int]
    against: Mapped[int]
    abstaining: Mapped[int]
