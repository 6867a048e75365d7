"""Values of indicators that others published, as imported by whoever operates the site."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base
from tracker.models.ids import Key


class PublishedValue(Base):
    """One value of a State or a region, in per cent.

    ``value`` is text, so that both engines give back the digits that were published. The keys
    are two because an empty column equals nothing: each holds where its column is filled.
    """

    __tablename__ = "published_value"
    __table_args__ = (
        UniqueConstraint(
            "indicator", "state_id", "year_from", "year_to", "source", name="uq_published_state"
        ),
        UniqueConstraint(
            "indicator", "area_code", "year_from", "year_to", "source", name="uq_published_area"
        ),
        CheckConstraint("(state_id IS NULL) != (area_code IS NULL)", name="state_or_area"),
        CheckConstraint("year_to IN (year_from, year_from + 1)", name="one_or_two_years"),
        Index("ix_published_value_state_id", "state_id"),
        Index("ix_published_value_area_code", "area_code"),
    )

    id: Mapped[Key]
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.slug"))
    state_id: Mapped[int | None] = mapped_column(ForeignKey("state.id"))
    area_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    year_from: Mapped[int]
    year_to: Mapped[int]
    value: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(300))
    footnote: Mapped[str] = mapped_column(String(1000))
