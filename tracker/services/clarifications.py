"""Questions of the secretariat on one response, withdrawn or with the State's reply."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.chain import text_digest
from tracker.domain.clock import Clock
from tracker.domain.documents import Addressee
from tracker.domain.errors import Invalid, NotFound, Problem, WrongStatus
from tracker.domain.mail import MailKind
from tracker.domain.roles import Actor
from tracker.domain.values import parse_text
from tracker.domain.workflow import ReportStatus
from tracker.models import (
    ChainEntry,
    ChainText,
    Clarification,
    Commitment,
    NationalReport,
    Submission,
)
from tracker.models.readers import EVERYTHING, reading_as
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.services import chain, mail
from tracker.services.reports import locked_report
from tracker.services.submissions import latest_submission

UNDER_REVIEW = (ReportStatus.SUBMITTED, ReportStatus.RETURNED, ReportStatus.ACCEPTED)


def ask(
    session: Session,
    *,
    actor: Actor,
    submission_id: int,
    commitment_id: int,
    question: str,
    clock: Clock,
) -> Clarification:
    """Ask the State about its answer, given or not, in the latest submission.

    The same question sent twice is asked once, as long as it waits for its reply.

    ``WrongStatus`` where the report is not under review or a newer submission exists,
    ``Invalid`` for an empty question, one that was struck out of this report, or a paragraph that
    asks nothing of States.
    """
    authorise(actor, Action.CLARIFICATION_ASK)
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise NotFound(Problem("not-found"))
    report = locked_report(session, submission.report_id)
    commitment = _asked_commitment(session, report, commitment_id)
    text = _required_text(question, "question")
    if latest_submission(session, report.id).id != submission.id:
        raise WrongStatus(Problem("newer-submission"))
    if report.status not in UNDER_REVIEW:
        raise WrongStatus(Problem("wrong-status", "", {"status": report.status}))
    asked = _open_question(session, submission.id, commitment.id, text)
    if asked is not None:
        return asked
    if _was_struck_out(session, report.id, text):  # sent again from a page opened before
        raise Invalid(Problem("question-struck", "question"))
    now = clock()
    row = Clarification(
        report_id=report.id,
        submission_id=submission.id,
        commitment_id=commitment.id,
        question=text,
        asked_at=now,
        asked_by_id=actor.user_id or 0,
    )
    session.add(row)
    session.flush()
    chain.append(
        session,
        report=report,
        actor=actor,
        kind="clarification-asked",
        at=now,
        subject=commitment.key,
        facts={"clarification": row.public_id, "number": submission.number},
        texts={"question": text},
    )
    mail.tell_state(
        session,
        kind=MailKind.CLARIFICATION_ASKED,
        report=report,
        at=now,
        facts={"clarification": row.public_id, "paragraph": commitment.paragraph},
    )
    return row


def reply(
    session: Session, *, actor: Actor, clarification_id: int, reply: str, clock: Clock
) -> Clarification:
    """Answer a question, once, whatever the status of the report; the answer is not edited.

    ``WrongStatus`` where it was answered before or withdrawn, ``Invalid`` for an empty reply. The
    same reply of the same person once more changes nothing.
    """
    found = session.get(Clarification, clarification_id)
    if found is None:
        raise NotFound(Problem("not-found"))
    report = locked_report(session, found.report_id)
    authorise(actor, Action.CLARIFICATION_REPLY, Subject(state_id=report.state_id))
    text = _required_text(reply, "reply")
    row = _as_it_stands(session, clarification_id)
    if row.replied_at is not None:
        if (row.reply, row.replied_by_id) == (text, actor.user_id):  # the button pressed twice
            return row
        raise WrongStatus(Problem("already-replied"))
    if row.withdrawn_at is not None:
        raise WrongStatus(Problem("question-withdrawn"))
    now = clock()
    row.reply, row.replied_at, row.replied_by_id = text, now, actor.user_id
    chain.append(
        session,
        report=report,
        actor=actor,
        kind="clarification-replied",
        at=now,
        subject=row.commitment.key,
        facts={"clarification": row.public_id},
        texts={"reply": text},
    )
    submission = session.get_one(Submission, row.submission_id)
    mail.tell_secretariat(
        session,
        kind=MailKind.CLARIFICATION_ANSWERED,
        report=report,
        at=now,
        facts={"submission": submission.public_id, "paragraph": row.commitment.paragraph},
    )
    return row


def withdraw(session: Session, *, actor: Actor, clarification_id: int, clock: Clock) -> None:
    """Take a question back that has no reply, whatever the status of the report; its words stay.

    ``WrongStatus`` where it was answered before. Withdrawing it twice changes nothing.
    """
    authorise(actor, Action.CLARIFICATION_ASK)
    found = session.get(Clarification, clarification_id)
    if found is None:
        raise NotFound(Problem("not-found"))
    report = locked_report(session, found.report_id)
    row = _as_it_stands(session, clarification_id)
    if row.replied_at is not None:
        raise WrongStatus(Problem("already-replied"))
    if row.withdrawn_at is not None:
        return
    now = clock()
    row.withdrawn_at, row.withdrawn_by_id = now, actor.user_id
    chain.append(
        session,
        report=report,
        actor=actor,
        kind="clarification-withdrawn",
        at=now,
        subject=row.commitment.key,
        facts={"clarification": row.public_id},
    )


def _open_question(
    session: Session, submission_id: int, commitment_id: int, text: str
) -> Clarification | None:
    """The same question on the same answer, if it waits for its reply."""
    return session.scalars(
        select(Clarification)
        .where(
            Clarification.submission_id == submission_id,
            Clarification.commitment_id == commitment_id,
            Clarification.question == text,
            Clarification.replied_at.is_(None),
            Clarification.withdrawn_at.is_(None),
        )
        .limit(1)
    ).one_or_none()


def _was_struck_out(session: Session, report_id: int, text: str) -> bool:
    """Whether a question of these words is gone: they are known by their digest alone."""
    query = (
        select(ChainText.salt, ChainEntry.digests["question"].as_string())
        .join(ChainEntry, ChainText.entry_id == ChainEntry.id)
        .where(ChainEntry.report_id == report_id, ChainEntry.kind == "clarification-asked")
        .where(ChainText.struck_at.is_not(None))
    )
    with reading_as(session, EVERYTHING):
        rows = session.execute(query).all()
    return any(text_digest(salt, text) == digest for salt, digest in rows)


def _as_it_stands(session: Session, clarification_id: int) -> Clarification:
    """Read again once the report is locked: two who act at once queue up."""
    return session.scalars(
        select(Clarification)
        .where(Clarification.id == clarification_id)
        .execution_options(populate_existing=True)
    ).one()


def _asked_commitment(session: Session, report: NationalReport, commitment_id: int) -> Commitment:
    commitment = session.get(Commitment, commitment_id)
    if commitment is None or commitment.document_id != report.cycle.document_id:
        raise NotFound(Problem("not-found"))
    if commitment.addressee is Addressee.SECRETARIAT:
        raise Invalid(Problem("nothing-asked", "question"))
    return commitment


def _required_text(raw: str, place: str) -> str:
    text = parse_text(raw, place=place)
    if not text:
        raise Invalid(Problem("required", place))
    return text
