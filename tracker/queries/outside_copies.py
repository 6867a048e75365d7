"""Comparing what stands with receipts and checkpoints that were kept elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.signed import CHECKPOINT_TAG, RECEIPT_TAG
from tracker.models import ChainEntry, NationalReport, Submission
from tracker.queries.checkpoints import checkpoint_or_none
from tracker.queries.recorded import Broken
from tracker.queries.signing import is_signed

UNKNOWN_KEY = (
    "its key is none of this tracker: the key was removed here, or the file is of another tracker"
)
NOT_GENUINE = "its signature does not fit: the file itself was altered"


TAG_OF = {"receipt": RECEIPT_TAG, "checkpoint": CHECKPOINT_TAG}


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Why a file cannot be compared; ``of_the_file`` where that says nothing of the database."""

    what: str
    of_the_file: bool


def file_problem(
    kind: str, statement: Mapping[str, Any], keys: Mapping[str, str]
) -> FileProblem | None:
    """Whether a file was signed with a key that is known here; ``kind``: receipt, checkpoint."""
    public_key = keys.get(str(statement.get("key_id")))
    if public_key is None:
        return FileProblem(UNKNOWN_KEY, of_the_file=False)
    if not is_signed(TAG_OF[kind], statement, public_key):
        return FileProblem(NOT_GENUINE, of_the_file=True)
    return None


def broken_receipt(session: Session, receipt: Mapping[str, Any]) -> Broken | None:
    """What does not fit a genuine receipt; nothing where all of it stands."""
    submission = f"submission {receipt['number']}"
    report = session.scalars(
        select(NationalReport.id).where(NationalReport.public_id == receipt["report"])
    ).one_or_none()
    if report is None:
        return Broken("report", "it is not here: it was removed, or this is an older backup")
    seq = receipt["chain"]["seq"]
    link = session.scalars(
        select(ChainEntry.hash).where(ChainEntry.report_id == report, ChainEntry.seq == seq)
    ).one_or_none()
    if link is None:
        return Broken(
            f"link {seq}", "it is missing: the end was cut off, or this is an older backup"
        )
    if link != receipt["chain"]["hash"]:
        return Broken(
            f"link {seq}", "it is not the one in the receipt: the history was written anew"
        )
    row = session.scalars(
        select(Submission).where(
            Submission.report_id == report, Submission.public_id == receipt["submission"]
        )
    ).one_or_none()
    if row is None:
        return Broken(submission, "it is not here: it was removed")
    if row.receipt != receipt:
        return Broken(submission, "another receipt stands here than the one given")
    return _broken_checkpoint_of(session, receipt)


def _broken_checkpoint_of(session: Session, receipt: Mapping[str, Any]) -> Broken | None:
    named = receipt.get("checkpoint")
    if not named:
        return None
    row = checkpoint_or_none(session, named["number"])
    if row is None or row.hash != named["hash"]:
        return Broken(
            f"checkpoint {named['number']}", "it is missing or another than the receipt names"
        )
    return None


def broken_checkpoint(session: Session, statement: Mapping[str, Any]) -> Broken | None:
    """Whether a genuine checkpoint is the one that stands under its number."""
    place = f"checkpoint {statement['number']}"
    row = checkpoint_or_none(session, statement["number"])
    if row is None:
        return Broken(place, "it is missing here: it was removed, or this is an older backup")
    if row.statement != statement:
        return Broken(place, "another one stands here under its number")
    return None
