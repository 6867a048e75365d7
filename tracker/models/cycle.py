"""Reporting cycles."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.cycles import CycleDates
from tracker.models.base import Base
from tracker.models.document import OutcomeDocument
from tracker.models.ids import Key


class ReportingCycle(Base):
    """One call for reports on one outcome document; open-ended where ``closes_on`` is empty."""

    __tablename__ = "reporting_cycle"
    __table_args__ = (
        CheckConstraint("due_on IS NULL OR due_on >= opens_on", name="due_after_opening"),
        CheckConstraint("closes_on IS NULL OR closes_on >= opens_on", name="closes_after_opening"),
        CheckConstraint(
            "due_on IS NULL OR closes_on IS NULL OR closes_on >= due_on", name="closes_after_due"
        ),
        CheckConstraint(
            "period_from IS NULL OR period_to IS NULL OR period_to >= period_from",
            name="period_in_order",
        ),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("outcome_document.id"), index=True)
    opens_on: Mapped[date]
    due_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    created_at: Mapped[datetime]
    document: Mapped[OutcomeDocument] = relationship()

    @property
    def dates(self) -> CycleDates:
        """The days as the rules read them."""
        return CycleDates(
            self.opens_on, self.due_on, self.closes_on, self.period_from, self.period_to
        )
