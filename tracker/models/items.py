"""Contacts, assistance and targets of a report, in the working copy and as submitted."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from tracker.domain.assistance import AssistanceKind, AssistanceStatus, Direction
from tracker.domain.contacts import ContactKind
from tracker.domain.documents import Level, Theme
from tracker.domain.progress import Audience
from tracker.models.base import Base, enum_type
from tracker.models.ids import Key, PublicId

MONEY = BigInteger().with_variant(Integer(), "sqlite")  # whose integers have eight bytes anyhow


class ContactFields:
    """The fixed columns of a contact; ``confirmed_on`` is a day in ISO form or empty."""

    kind: Mapped[ContactKind] = mapped_column(enum_type(ContactKind, "kind_known"))
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[str] = mapped_column(Text)
    organisation: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    women: Mapped[int | None]
    men: Mapped[int | None]
    confirmed_on: Mapped[str] = mapped_column(String(10))


class AssistanceFields:
    """The fixed columns of a need or an offer; ``amount`` in whole units of ``currency``."""

    direction: Mapped[Direction] = mapped_column(enum_type(Direction, "direction_known"))
    theme: Mapped[Theme] = mapped_column(enum_type(Theme, "theme_known"))
    kind: Mapped[AssistanceKind | None] = mapped_column(enum_type(AssistanceKind, "kind_known"))
    description: Mapped[str] = mapped_column(Text)
    paragraphs: Mapped[list[int]]
    amount: Mapped[int | None] = mapped_column(MONEY)
    currency: Mapped[str] = mapped_column(String(3))
    partner: Mapped[str] = mapped_column(Text)
    status: Mapped[AssistanceStatus] = mapped_column(enum_type(AssistanceStatus, "status_known"))


class TargetFields:
    """The fixed columns of a target; ``baseline`` and ``value`` are decimals as text."""

    statement: Mapped[str] = mapped_column(Text)
    level: Mapped[Level | None] = mapped_column(enum_type(Level, "level_known"))
    baseline: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(Text)
    year: Mapped[int | None]
    paragraphs: Mapped[list[int]]


class WorkingItem(Base):
    """One item of the working copy. ``public_id`` names it in addresses, files and the chain."""

    __abstract__ = True

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    version: Mapped[int]
    saved_at: Mapped[datetime]
    audience: Mapped[Audience] = mapped_column(enum_type(Audience, "audience_known"))

    @declared_attr
    def report_id(cls) -> Mapped[int]:
        """The report that it belongs to."""
        return mapped_column(ForeignKey("national_report.id"), index=True)

    @declared_attr
    def saved_by_id(cls) -> Mapped[int]:
        """Who saved it last."""
        return mapped_column(ForeignKey("user.id"))


class SubmittedItem(Base):
    """One item as it was submitted, with the revision that it is a copy of."""

    __abstract__ = True

    id: Mapped[Key]
    item_id: Mapped[str] = mapped_column(String(22))
    audience: Mapped[Audience] = mapped_column(enum_type(Audience, "audience_known"))

    @declared_attr
    def submission_id(cls) -> Mapped[int]:
        """The submission that it belongs to."""
        return mapped_column(ForeignKey("submission.id"))

    @declared_attr
    def revision_id(cls) -> Mapped[int]:
        """The link of the chain that recorded it."""
        return mapped_column(ForeignKey("chain_entry.id"))


class Contact(ContactFields, WorkingItem):
    """A contact of the working copy."""

    __tablename__ = "contact"
    __table_args__ = (CheckConstraint("version >= 1", name="version_positive"),)


class Assistance(AssistanceFields, WorkingItem):
    """A need or an offer of the working copy."""

    __tablename__ = "assistance"
    __table_args__ = (CheckConstraint("version >= 1", name="version_positive"),)


class Target(TargetFields, WorkingItem):
    """A target of the working copy."""

    __tablename__ = "target"
    __table_args__ = (CheckConstraint("version >= 1", name="version_positive"),)


class SubmissionContact(ContactFields, SubmittedItem):
    """A contact as it was submitted."""

    __tablename__ = "submission_contact"
    __table_args__ = (UniqueConstraint("submission_id", "item_id"),)


class SubmissionAssistance(AssistanceFields, SubmittedItem):
    """A need or an offer as it was submitted."""

    __tablename__ = "submission_assistance"
    __table_args__ = (UniqueConstraint("submission_id", "item_id"),)


class SubmissionTarget(TargetFields, SubmittedItem):
    """A target as it was submitted."""

    __tablename__ = "submission_target"
    __table_args__ = (UniqueConstraint("submission_id", "item_id"),)
