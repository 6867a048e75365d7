"""The second step of signing in: a secret shared with an app, and codes for when it is lost."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base
from tracker.models.ids import Key


class SecondFactor(Base):
    """The secret of one person's app, and the last step whose code was used."""

    __tablename__ = "second_factor"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    secret: Mapped[str] = mapped_column(String(64))
    last_step: Mapped[int]
    set_up_at: Mapped[datetime]


class RecoveryCode(Base):
    """One code that replaces the app once; only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
