"""Striking out a text: the words go, their digest, the reason and the place stay."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, Problem, WrongStatus
from tracker.domain.roles import Actor
from tracker.domain.values import parse_text
from tracker.models import (
    ChainEntry,
    ChainText,
    Clarification,
    Commitment,
    NationalReport,
    Response,
    Submission,
    SubmissionResponse,
)
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.services import chain
from tracker.services.documents import touch
from tracker.services.reports import locked_report


def strike(
    session: Session, *, actor: Actor, entry_id: int, field: str, reason: str, clock: Clock
) -> None:
    """Empty one text of a link of the chain, and every copy that was made of it.

    ``field`` is named as in ``ChainText``: ``narrative``, ``measures.0.title`` and so on.
    ``Invalid`` without a reason, ``NotFound`` where there is no such text, ``WrongStatus`` where
    it was struck out before. The chain still verifies: links hold digests only.
    """
    authorise(actor, Action.TEXT_STRIKE)
    reason = parse_text(reason, place="reason")
    if not reason:
        raise Invalid(Problem("reason-needed", "reason"))
    entry = session.get(ChainEntry, entry_id)
    if entry is None:
        raise NotFound(Problem("not-found"))
    report = locked_report(session, entry.report_id)
    text = session.scalars(
        select(ChainText)
        .where(ChainText.entry_id == entry.id, ChainText.field == field)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if text is None:
        raise NotFound(Problem("not-found"))
    if text.struck_at is not None:
        raise WrongStatus(Problem("already-struck"))
    now = clock()
    text.value, text.struck_at, text.struck_reason = None, now, reason
    text.struck_by_id = actor.user_id
    _empty_copies(session, report, entry, field)
    chain.append(
        session,
        report=report,
        actor=actor,
        kind="text-struck",
        at=now,
        subject=entry.subject,
        facts={"seq": entry.seq, "field": field},
        texts={"reason": reason},
    )
    touch(session)
    session.flush()


def _empty_copies(session: Session, report: NationalReport, entry: ChainEntry, field: str) -> None:
    """The rows that hold the same text: submissions, the working copy, questions."""
    if entry.kind == "response-saved":
        for copy in session.scalars(
            select(SubmissionResponse).where(SubmissionResponse.revision_id == entry.id)
        ):
            _empty_in_submission(copy, field)
        _empty_in_working_copy(session, report, entry, field)
    elif entry.kind == "step-submit":
        submission = session.scalars(
            select(Submission).where(
                Submission.report_id == report.id, Submission.number == entry.facts["number"]
            )
        ).one()
        setattr(submission, field, "")
    elif entry.kind in ("clarification-asked", "clarification-replied"):
        question = session.scalars(
            select(Clarification).where(Clarification.public_id == entry.facts["clarification"])
        ).one()
        setattr(question, field, "")


def _empty_in_submission(copy: SubmissionResponse, field: str) -> None:
    if not field.startswith("measures."):
        setattr(copy, field, "")
        return
    _, number, part = field.split(".")
    copy.measures = [
        {**measure, part: ""} if position == int(number) else measure
        for position, measure in enumerate(copy.measures)
    ]


def _empty_in_working_copy(
    session: Session, report: NationalReport, entry: ChainEntry, field: str
) -> None:
    """A text that went must not come back with the next submission of the same revision."""
    row = session.scalars(
        select(Response)
        .join(Commitment, Response.commitment_id == Commitment.id)
        .where(
            Response.report_id == report.id,
            Response.version == entry.version,
            Commitment.key == entry.subject,
        )
    ).one_or_none()
    if row is None:
        return
    if not field.startswith("measures."):
        setattr(row, field, "")
        return
    _, number, part = field.split(".")
    setattr(row.measures[int(number)], part, "")
