"""What is signed: public keys, printed receipts, checkpoints. Rows are added, never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base
from tracker.models.ids import Key


class SigningKey(Base):
    """The public half of a key that signed, or may sign. ``statement`` says so, signed by the
    key before it where there was one, else by itself.
    """

    __tablename__ = "signing_key"

    id: Mapped[Key]
    key_id: Mapped[str] = mapped_column(String(32), unique=True)
    public_key: Mapped[str] = mapped_column(String(43), unique=True)
    made_at: Mapped[datetime]
    statement: Mapped[dict[str, Any]]


class ReceiptDocument(Base):
    """The receipt of a submission as a PDF, in one language, as it was at submission.

    ``statement`` is signed and holds the hash of the file.
    """

    __tablename__ = "receipt_document"
    __table_args__ = (UniqueConstraint("submission_id", "language"),)

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    language: Mapped[str] = mapped_column(String(8))
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    statement: Mapped[dict[str, Any]]


class Checkpoint(Base):
    """One signed list of where every chain stood on a day (UTC)."""

    __tablename__ = "checkpoint"

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(unique=True)
    day: Mapped[str] = mapped_column(String(10), unique=True)
    made_at: Mapped[datetime]
    hash: Mapped[str] = mapped_column(String(64))
    statement: Mapped[dict[str, Any]]
