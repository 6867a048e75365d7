"""Files attached to answers. Every version is a row that stays; the bytes stand in a folder."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.domain.evidence import EvidenceKind
from tracker.models.base import Base, enum_type
from tracker.models.chain import ChainEntry
from tracker.models.document import Commitment
from tracker.models.ids import Key, PublicId


class Evidence(Base):
    """One version of a file; a higher version of the same ``file_id`` supersedes it.

    ``removed`` is a version that ends the file: it was taken out of the answer. Title and name
    are free texts, so they stand beside the revision alone, where they can be struck out.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("file_id", "version"),
        Index("ix_evidence_report_id_commitment_id", "report_id", "commitment_id"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("size >= 1", name="size_positive"),
        CheckConstraint("length(sha256) = 64", name="sha256_whole"),
    )

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    file_id: Mapped[str] = mapped_column(String(22))
    version: Mapped[int]
    report_id: Mapped[int] = mapped_column(ForeignKey("national_report.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("chain_entry.id"), unique=True)
    removed: Mapped[bool]
    kind: Mapped[EvidenceKind] = mapped_column(enum_type(EvidenceKind, "kind_known"))
    language: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    commitment: Mapped[Commitment] = relationship()
    revision: Mapped[ChainEntry] = relationship()


class SubmissionEvidence(Base):
    """A version of a file that belonged to a submission when it was made."""

    __tablename__ = "submission_evidence"
    __table_args__ = (UniqueConstraint("submission_id", "evidence_id"),)

    id: Mapped[Key]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    evidence: Mapped[Evidence] = relationship()
