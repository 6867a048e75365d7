"""The receipt of a submission: what it says, its signature, and the printed copy that is kept."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.chain import instant
from tracker.domain.signed import (
    PRINTED_TAG,
    RECEIPT_FORMAT,
    RECEIPT_TAG,
    Signer,
    printed_statement,
    signed,
)
from tracker.models import (
    ChainEntry,
    Checkpoint,
    NationalReport,
    OutcomeDocument,
    ReceiptDocument,
    Submission,
)
from tracker.services.signing import expect_current


def signed_receipt(
    session: Session,
    *,
    report: NationalReport,
    submission: Submission,
    link: ChainEntry,
    signer: Signer,
) -> dict[str, Any]:
    """What the State keeps: what was submitted, where the chain stood, signed.

    It names nobody, so that a text may be struck out later and the receipt still holds.
    """
    expect_current(session, signer=signer, at=submission.submitted_at)
    document = session.get_one(OutcomeDocument, report.cycle.document_id)
    receipt = {
        "format": RECEIPT_FORMAT,
        "state": report.state.iso3,
        "cycle": report.cycle.slug,
        "document": document.symbol,
        "report": report.public_id,
        "submission": submission.public_id,
        "number": submission.number,
        "submitted_at": instant(submission.submitted_at),
        "on_time": submission.on_time,
        "content_hash": submission.content_hash,
        "chain": {"seq": link.seq, "hash": link.hash},
        "checkpoint": _last_checkpoint(session),
    }
    return signed(RECEIPT_TAG, receipt, signer)


def _last_checkpoint(session: Session) -> dict[str, Any] | None:
    row = session.scalars(
        select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1)
    ).one_or_none()
    return {"number": row.number, "hash": row.hash} if row else None


def keep_printed(
    session: Session, *, submission: Submission, language: str, pdf: bytes, signer: Signer
) -> None:
    """Keep the printed receipt as it was at submission."""
    said = printed_statement(submission=submission.public_id, language=language, pdf=pdf)
    session.add(
        ReceiptDocument(
            submission_id=submission.id,
            language=language,
            pdf=pdf,
            statement=signed(PRINTED_TAG, said, signer),
        )
    )
    session.flush()
