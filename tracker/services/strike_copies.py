"""The copies of a text that is struck out: in submissions, questions and letters."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.mail import MailKind
from tracker.models import (
    ChainEntry,
    Clarification,
    Evidence,
    NationalReport,
    OutgoingMail,
    Submission,
    SubmissionEvidence,
    SubmissionResponse,
)
from tracker.queries.evidence import FILE_SAVED
from tracker.queries.items import ITEM_SAVED, SUBMITTED, named_by


def empty_copies(session: Session, report: NationalReport, entry: ChainEntry, field: str) -> bool:
    """The frozen rows that hold the same text: submissions and questions. Whether there are any."""
    if entry.kind == "response-saved":
        copies = session.scalars(
            select(SubmissionResponse).where(SubmissionResponse.revision_id == entry.id)
        ).all()
        for copy in copies:
            _empty_in_submission(copy, field)
        return bool(copies)
    if entry.kind == ITEM_SAVED:
        table = SUBMITTED[named_by(entry.subject)[0]]
        items = session.scalars(select(table).where(table.revision_id == entry.id)).all()
        for item in items:
            setattr(item, field, "")
        return bool(items)
    if entry.kind == FILE_SAVED:
        sent = select(SubmissionEvidence.id).join(Evidence)
        return session.scalar(sent.where(Evidence.revision_id == entry.id).limit(1)) is not None
    if entry.kind == "step-submit":
        submission = session.scalars(
            select(Submission).where(
                Submission.report_id == report.id, Submission.number == entry.facts["number"]
            )
        ).one()
        setattr(submission, field, "")
        _empty_in_letters(session, report, submission, field.removeprefix("submitter_"))
    elif entry.kind in ("clarification-asked", "clarification-replied"):
        question = session.scalars(
            select(Clarification).where(Clarification.public_id == entry.facts["clarification"])
        ).one()
        setattr(question, field, "")
    return True


def _empty_in_letters(
    session: Session, report: NationalReport, submission: Submission, name: str
) -> None:
    """Letters that tell of the submission, waiting or sent, no longer hold who submitted it."""
    told = select(OutgoingMail).where(
        OutgoingMail.kind == MailKind.REPORT_SUBMITTED,
        OutgoingMail.data["report"].as_string() == report.public_id,
    )
    for letter in session.scalars(told.order_by(OutgoingMail.id).with_for_update()):
        if any(file.get("submission") == submission.public_id for file in letter.attachments):
            letter.data = {**letter.data, name: "[…]"}


def _empty_in_submission(copy: SubmissionResponse, field: str) -> None:
    if not field.startswith("measures."):
        setattr(copy, field, "")
        return
    _, number, part = field.split(".")
    copy.measures = [
        {**measure, part: ""} if position == int(number) else measure
        for position, measure in enumerate(copy.measures)
    ]
