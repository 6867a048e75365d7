"""The receipt of a submission, with what is needed to print it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.signed import RECEIPT_FORMAT
from tracker.models import NationalReport, ReceiptDocument, SigningKey, State, Submission


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt; ``printed`` holds the pages that were kept at submission, by language.

    ``public_key`` is empty where the receipt was made before receipts were signed.
    """

    receipt: dict[str, Any]
    state_name: dict[str, str]
    public_key: str
    printed: dict[str, bytes]

    @property
    def is_signed(self) -> bool:
        """Whether there is a signature, and so a page to print."""
        return self.receipt.get("format") == RECEIPT_FORMAT and bool(self.public_key)


def receipt_of(session: Session, submission_id: int) -> ReceiptRow:
    """The receipt of a submission that the caller may read; ``NoResultFound`` where none is."""
    receipt, state_name = session.execute(
        select(Submission.receipt, State.name)
        .join(NationalReport, Submission.report_id == NationalReport.id)
        .join(State, NationalReport.state_id == State.id)
        .where(Submission.id == submission_id)
    ).one()
    public_key = session.scalars(
        select(SigningKey.public_key).where(SigningKey.key_id == receipt.get("key_id", ""))
    ).one_or_none()
    printed = session.execute(
        select(ReceiptDocument.language, ReceiptDocument.pdf).where(
            ReceiptDocument.submission_id == submission_id
        )
    )
    return ReceiptRow(
        receipt, state_name, public_key or "", {language: pdf for language, pdf in printed}
    )
