"""National reports: the working copy, its responses and figures."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.progress import Audience, Progress
from tracker.domain.workflow import ReportStatus
from tracker.models.base import Base, enum_type
from tracker.models.cycle import ReportingCycle
from tracker.models.document import Commitment
from tracker.models.ids import Key, PublicId
from tracker.models.state import State


class NationalReport(Base):
    """State × reporting cycle, exactly one: the working copy, read by its own State only."""

    __tablename__ = "national_report"
    __table_args__ = (UniqueConstraint("state_id", "cycle_id"),)

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    state_id: Mapped[int] = mapped_column(ForeignKey("state.id"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("reporting_cycle.id"), index=True)
    status: Mapped[ReportStatus] = mapped_column(enum_type(ReportStatus, "status_known"))
    default_audience: Mapped[Audience] = mapped_column(
        enum_type(Audience, "default_audience_known")
    )
    opened_at: Mapped[datetime]
    last_saved_at: Mapped[datetime | None]
    state: Mapped[State] = relationship()
    cycle: Mapped[ReportingCycle] = relationship()


class ResponseFields:
    """The fixed columns of a response, the same in the working copy and in a submission."""

    progress: Mapped[Progress | None] = mapped_column(enum_type(Progress, "progress_known"))
    reason: Mapped[str] = mapped_column(Text)
    narrative: Mapped[str] = mapped_column(Text)
    narrative_language: Mapped[str] = mapped_column(String(8))
    lead_agency: Mapped[str] = mapped_column(Text)
    good_practice: Mapped[bool]
    audience: Mapped[Audience] = mapped_column(enum_type(Audience, "audience_known"))


class Response(ResponseFields, Base):
    """The answer to one commitment in the working copy. ``version`` counts saved states."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("report_id", "commitment_id"),
        CheckConstraint("version >= 1", name="version_positive"),
    )

    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("national_report.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), index=True)
    version: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    commitment: Mapped[Commitment] = relationship()
    measures: Mapped[list["Measure"]] = relationship(
        back_populates="response", order_by="Measure.position", cascade="all, delete-orphan"
    )


class Measure(Base):
    """A law or instrument named in a response; ``adopted_on`` is a whole or partial ISO date."""

    __tablename__ = "measure"
    __table_args__ = (UniqueConstraint("response_id", "position"),)

    id: Mapped[Key]
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    adopted_on: Mapped[str] = mapped_column(String(10))
    link: Mapped[str] = mapped_column(Text)
    response: Mapped[Response] = relationship(back_populates="measures")


class IndicatorReturn(Base):
    """What a State returned on one indicator: audience and version over all its figures."""

    __tablename__ = "indicator_return"
    __table_args__ = (
        UniqueConstraint("report_id", "indicator"),
        CheckConstraint("version >= 1", name="version_positive"),
    )

    id: Mapped[Key]
    report_id: Mapped[int] = mapped_column(ForeignKey("national_report.id"))
    indicator: Mapped[str] = mapped_column(String(32))
    audience: Mapped[Audience] = mapped_column(enum_type(Audience, "audience_known"))
    version: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    figures: Mapped[list["IndicatorFigure"]] = relationship(cascade="all, delete-orphan")


class IndicatorFigure(Base):
    """Year × category × input: a whole number. Unknown is no row; unknown is not 0."""

    __tablename__ = "indicator_figure"
    __table_args__ = (
        UniqueConstraint("return_id", "year", "category", "input"),
        CheckConstraint("value >= 0", name="value_not_negative"),
    )

    id: Mapped[Key]
    return_id: Mapped[int] = mapped_column(ForeignKey("indicator_return.id"))
    year: Mapped[int]
    category: Mapped[str] = mapped_column(String(32))
    input: Mapped[str] = mapped_column(String(48))
    value: Mapped[int]


class SaveKey(Base):
    """One acknowledged save: the same key and body get the same answer and have one effect."""

    __tablename__ = "save_key"
    __table_args__ = (Index("uq_save_key_user_id_key", "user_id", "key", unique=True),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    key: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, str]]
    at: Mapped[datetime]
