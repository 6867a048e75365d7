"""The second step of signing in: an app, passkeys, and codes for when they are lost."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base
from tracker.models.ids import Key, PublicId


class SecondFactor(Base):
    """The secret of one person's app, and the last step whose code was used."""

    __tablename__ = "second_factor"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    secret: Mapped[str] = mapped_column(String(64))
    last_step: Mapped[int]
    set_up_at: Mapped[datetime]


class Passkey(Base):
    """The public half of a key that a device of one person holds; nothing of it is secret.

    ``credential_id`` and ``public_key`` (COSE) stand in base64url. ``sign_count`` is what the
    device said when it was last used; ``transports`` how browsers may reach it.
    """

    __tablename__ = "passkey"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(String(4000))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One code that replaces app or passkey once; only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
