"""What was done to accounts: rows are added, never changed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.account_events import AccountEventKind
from tracker.models.base import Base, enum_type
from tracker.models.ids import Key


class AccountEvent(Base):
    """One act upon the account ``user_id``; no ``actor_id`` means the operator."""

    __tablename__ = "account_event"
    __table_args__ = (Index("ix_account_event_user_id_at", "user_id", "at"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[AccountEventKind] = mapped_column(enum_type(AccountEventKind, "kind_known"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    facts: Mapped[dict[str, str]]
