"""Submitting a report and what follows: withdraw, return, accept, publish, reopen."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.chain import CONTENT_TAG, instant, tagged_hash
from tracker.domain.clock import Clock, is_on_time
from tracker.domain.completeness import missing
from tracker.domain.errors import (
    ChangedSince,
    Invalid,
    NotFound,
    NotPermitted,
    Problem,
    WrongStatus,
)
from tracker.domain.mail import MailKind
from tracker.domain.roles import Actor
from tracker.domain.signed import Signer
from tracker.domain.values import parse_text
from tracker.domain.workflow import ReportStatus, Step
from tracker.models import NationalReport, Submission
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.queries.documents import document_or_none
from tracker.queries.reports import last_change
from tracker.queries.responses import responses_of
from tracker.queries.submissions import acceptor_of
from tracker.services.documents import touch
from tracker.services.freezing import freeze
from tracker.services.mail import tell_state
from tracker.services.receipts import signed_receipt
from tracker.services.reports import editable_report, locked_report, take_step

NAME_LIMIT = 200
TOLD = {
    Step.RETURN: MailKind.REPORT_RETURNED,
    Step.ACCEPT: MailKind.REPORT_ACCEPTED,
    Step.PUBLISH: MailKind.REPORT_PUBLISHED,
}


def submit(
    session: Session,
    *,
    actor: Actor,
    report_id: int,
    name: str,
    title: str,
    has_authority: bool,
    confirmed_gaps: bool,
    clock: Clock,
    signer: Signer,
    seen: str | None = None,
) -> Submission:
    """Freeze the working copy as the next submission, lock it and sign its receipt.

    ``Invalid`` without name, title or authority, and where gaps were not confirmed. ``seen`` is
    the last change that whoever submits was shown, none where no page showed it: ``ChangedSince``
    where the working copy was changed after it.
    """
    now = clock()
    report = editable_report(session, report_id, at=now)
    authorise(actor, Action.REPORT_SUBMIT, Subject(state_id=report.state_id))
    if seen is not None and seen != last_change(session, report.id).link:
        raise ChangedSince(Problem("report-changed"))
    unconfirmed = not confirmed_gaps and _has_gaps(session, report)
    name, title = _signatory(name, title, has_authority, unconfirmed)
    submission = Submission(
        report_id=report.id,
        number=_next_number(session, report.id),
        submitted_at=now,
        submitted_by_id=actor.user_id or 0,
        submitter_name=name,
        submitter_title=title,
        on_time=is_on_time(_first_submitted_at(session, report.id) or now, report.cycle.due_on),
        content_hash="",
        receipt={},
    )
    session.add(submission)
    session.flush()
    content = freeze(session, report=report, submission=submission)
    submission.content_hash = tagged_hash(CONTENT_TAG, content)
    link = take_step(
        session,
        actor=actor,
        report=report,
        step=Step.SUBMIT,
        at=now,
        facts={"number": submission.number, "content_hash": submission.content_hash},
        texts={"submitter_name": name, "submitter_title": title},
    )
    submission.receipt = signed_receipt(
        session, report=report, submission=submission, link=link, signer=signer
    )
    _acknowledge(session, report, submission)
    session.flush()
    return submission


def _acknowledge(session: Session, report: NationalReport, submission: Submission) -> None:
    """Mail the receipt to the State, which so holds a copy outside this database."""
    tell_state(
        session,
        kind=MailKind.REPORT_SUBMITTED,
        report=report,
        at=submission.submitted_at,
        facts={
            "number": submission.number,
            "at": instant(submission.submitted_at),
            "name": submission.submitter_name,
            "title": submission.submitter_title,
            "content_hash": submission.content_hash,
        },
        attachments=[{"kind": "receipt", "submission": submission.public_id}],
    )


def _signatory(
    name: str, title: str, has_authority: bool, unconfirmed_gaps: bool
) -> tuple[str, str]:
    """Who submits; ``Invalid`` with everything that is missing at once."""
    problems = [Problem("missing-not-confirmed", "confirmed_gaps")] if unconfirmed_gaps else []
    parsed = []
    for place, raw in (("name", name), ("title", title)):
        try:
            text = parse_text(raw, place=place, limit=NAME_LIMIT).strip()
            parsed.append(text)
            if not text:
                problems.append(Problem("required", place))
        except Invalid as error:
            problems.extend(error.problems)
    if not has_authority:
        problems.append(Problem("authority-needed", "has_authority"))
    if problems:
        raise Invalid(*problems)
    return parsed[0], parsed[1]


def _has_gaps(session: Session, report: NationalReport) -> bool:
    document = document_or_none(session, report.cycle.document.slug)
    if document is None:
        raise NotFound(Problem("not-found"))
    contents = {key: row.content for key, row in responses_of(session, report.id).items()}
    return bool(missing(document.commitments, contents))


def _next_number(session: Session, report_id: int) -> int:
    numbers = session.scalars(select(Submission.number).where(Submission.report_id == report_id))
    return max(numbers, default=0) + 1


def _first_submitted_at(session: Session, report_id: int) -> datetime | None:
    """When the State first submitted: a later correction does not make a report late."""
    return session.scalars(
        select(Submission.submitted_at)
        .where(Submission.report_id == report_id, Submission.withdrawn_at.is_(None))
        .order_by(Submission.number)
        .limit(1)
    ).one_or_none()


def withdraw(session: Session, *, actor: Actor, report_id: int, clock: Clock) -> None:
    """Take a submitted report back to draft, until it is accepted."""
    report = locked_report(session, report_id)
    authorise(actor, Action.REPORT_WITHDRAW, Subject(state_id=report.state_id))
    now = clock()
    submission = latest_submission(session, report.id)
    take_step(
        session,
        actor=actor,
        report=report,
        step=Step.WITHDRAW,
        at=now,
        facts={"number": submission.number},
    )
    submission.withdrawn_at = now
    session.flush()


def return_report(
    session: Session, *, actor: Actor, submission_id: int, reason: str, clock: Clock
) -> None:
    """Give a submitted or accepted report back to its State, with a reason."""
    authorise(actor, Action.SUBMISSION_RETURN)
    reason = parse_text(reason, place="reason")
    submission, now = _decide(session, actor, submission_id, Step.RETURN, clock, reason)
    submission.returned_at = now
    session.flush()


def accept(session: Session, *, actor: Actor, submission_id: int, clock: Clock) -> None:
    """Accept a submitted report."""
    authorise(actor, Action.SUBMISSION_ACCEPT)
    submission, now = _decide(session, actor, submission_id, Step.ACCEPT, clock)
    submission.accepted_at = now
    session.flush()


def publish(
    session: Session,
    *,
    actor: Actor,
    submission_id: int,
    clock: Clock,
    two_persons: bool = False,
) -> None:
    """Publish an accepted report; the one published before is superseded and stays readable.

    With ``two_persons``, whoever accepted it is refused with ``NotPermitted``.
    """
    authorise(actor, Action.SUBMISSION_PUBLISH)
    submission, now = _decide(
        session, actor, submission_id, Step.PUBLISH, clock, two_persons=two_persons
    )
    for earlier in session.scalars(
        select(Submission).where(
            Submission.report_id == submission.report_id,
            Submission.published_at.is_not(None),
            Submission.superseded_at.is_(None),
        )
    ):
        earlier.superseded_at, earlier.superseded_by_id = now, submission.id
    submission.published_at = now
    touch(session)
    session.flush()


def reopen(session: Session, *, actor: Actor, report_id: int, reason: str, clock: Clock) -> None:
    """Open a published report again for a further submission, with a reason."""
    reason = parse_text(reason, place="reason")
    report = locked_report(session, report_id)
    authorise(actor, Action.REPORT_REOPEN, Subject(state_id=report.state_id))
    take_step(session, actor=actor, report=report, step=Step.REOPEN, at=clock(), reason=reason)
    session.flush()


def latest_submission(session: Session, report_id: int) -> Submission:
    """The submission with the highest number."""
    row = session.scalars(
        select(Submission)
        .where(Submission.report_id == report_id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound(Problem("not-found"))
    return row


def _decide(
    session: Session,
    actor: Actor,
    submission_id: int,
    step: Step,
    clock: Clock,
    reason: str = "",
    *,
    two_persons: bool = False,
) -> tuple[Submission, datetime]:
    """Take a step of the secretariat; only the latest submission can be acted upon."""
    submission = session.get(Submission, submission_id)
    if submission is None:
        raise NotFound(Problem("not-found"))
    report = locked_report(session, submission.report_id)
    if latest_submission(session, report.id).id != submission.id:
        raise WrongStatus(Problem("newer-submission"))
    if report.status is ReportStatus.DRAFT:
        raise WrongStatus(Problem("wrong-status", "", {"status": report.status}))
    now = clock()
    facts: dict[str, object] = {"number": submission.number}
    if step is Step.PUBLISH:
        facts |= _accepted_by(session, actor, report.id, two_persons=two_persons)
    take_step(session, actor=actor, report=report, step=step, at=now, reason=reason, facts=facts)
    tell_state(session, kind=TOLD[step], report=report, at=now, facts=facts)
    return submission, now


def _accepted_by(
    session: Session, actor: Actor, report_id: int, *, two_persons: bool
) -> dict[str, str]:
    """Who accepted what is published, for the link of the chain that says so."""
    acceptor = acceptor_of(session, report_id)
    if acceptor is None:  # the step itself is refused: nothing is accepted
        return {}
    if two_persons and acceptor.user_id == actor.user_id:
        raise NotPermitted(Problem("acceptor-publishes"))
    return {"accepted_by": acceptor.public_id}
