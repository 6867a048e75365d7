"""Questions on responses: seen by the State concerned and the secretariat, by nobody else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Clarification, Commitment, Section, Submission, User


@dataclass(frozen=True, slots=True)
class ClarificationRow:
    """One question with its reply, if there is one. ``section`` is the code of its block.

    ``withdrawn_by``: who of the secretariat took it back.
    """

    id: int
    public_id: str
    report_id: int
    submission_number: int
    submission_public_id: str
    key: str
    paragraph: int
    section: str
    question: str
    asked_at: datetime
    reply: str
    replied_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str

    @property
    def open(self) -> bool:
        """Whether the State has still to reply."""
        return self.replied_at is None and self.withdrawn_at is None


def list_for_report(session: Session, report_id: int) -> tuple[ClarificationRow, ...]:
    """Every question on a report by paragraph, then time; the caller has authorised the reader."""
    return list_for_reports(session, [report_id])


def list_for_reports(session: Session, report_ids: Collection[int]) -> tuple[ClarificationRow, ...]:
    """The same of several reports, in one statement."""
    rows = session.execute(
        select(Clarification, Commitment, Section.code, Submission, User.name)
        .join(Commitment, Clarification.commitment_id == Commitment.id)
        .join(Section, Commitment.section_id == Section.id)
        .join(Submission, Clarification.submission_id == Submission.id)
        .outerjoin(User, Clarification.withdrawn_by_id == User.id)
        .where(Clarification.report_id.in_(report_ids))
        .order_by(Commitment.paragraph, Clarification.asked_at, Clarification.id)
    )
    return tuple(
        ClarificationRow(
            id=row.id,
            public_id=row.public_id,
            report_id=row.report_id,
            submission_number=submission.number,
            submission_public_id=submission.public_id,
            key=commitment.key,
            paragraph=commitment.paragraph,
            section=section,
            question=row.question,
            asked_at=row.asked_at,
            reply=row.reply,
            replied_at=row.replied_at,
            withdrawn_at=row.withdrawn_at,
            withdrawn_by=name or "",
        )
        for row, commitment, section, submission, name in rows
    )


def clarification_or_none(
    session: Session, report_id: int, public_id: str
) -> ClarificationRow | None:
    """One question of this report by its public id."""
    found = [row for row in list_for_report(session, report_id) if row.public_id == public_id]
    return found[0] if found else None
