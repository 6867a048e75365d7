"""The State's side of clarifications: reading one question, replying there or in a section."""

from dataclasses import dataclass, field

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.documents import Section
from tracker.domain.errors import Invalid, NotFound, Problem, TrackerError, WrongStatus
from tracker.forms.review import ReplyForm, reply_prefix
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.queries.clarifications import (
    ClarificationRow,
    clarification_or_none,
    list_for_report,
)
from tracker.queries.reports import ReportRow
from tracker.queries.submissions import submission_or_none, submitted_responses
from tracker.services import clarifications as services
from tracker.web.access import requires
from tracker.web.render import page
from tracker.web.reporting import load_document, load_report
from tracker.web.responses import Alert
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("clarifications", __name__, url_prefix="/reports/<report_id>")


def _load(report_id: str, clarification_id: str) -> tuple[ReportRow, ClarificationRow]:
    """The question on a report of the focal point's own State."""
    report = load_report(report_id)
    authorise(current_actor(), Action.CLARIFICATION_REPLY, Subject(state_id=report.state_id))
    row = clarification_or_none(session(), report.id, clarification_id)
    if row is None:
        raise NotFound(Problem("not-found"))
    return report, row


@blueprint.get("/clarifications/<clarification_id>")
@requires(Action.CLARIFICATION_REPLY)
def show(report_id: str, clarification_id: str) -> ResponseReturnValue:
    """One question beside the official text and the answer it is about."""
    report, row = _load(report_id, clarification_id)
    return _question_page(report, row, ReplyForm())


@blueprint.post("/clarifications/<clarification_id>")
@requires(Action.CLARIFICATION_REPLY)
def reply(report_id: str, clarification_id: str) -> ResponseReturnValue:
    """Send the reply; a refused one stays on the page."""
    report, row = _load(report_id, clarification_id)
    form = ReplyForm(request.form)
    try:
        _send(row, form)
    except (Invalid, WrongStatus) as error:
        return _refused(error, report, row, form)
    section = url_for("responses.section", report_id=report.public_id, code=row.section)
    return redirect(f"{section}#p{row.paragraph}", 303)


def _send(row: ClarificationRow, form: ReplyForm) -> None:
    services.reply(
        session(),
        actor=current_actor(),
        clarification_id=row.id,
        reply=form.typed("reply"),
        clock=system_clock,
    )
    flash(gettext("Your reply on paragraph %(number)s was sent.", number=row.paragraph))


@dataclass(slots=True)
class Replies:
    """What became of the replies typed on the page of a section; those unsent stay there."""

    sent: ClarificationRow | None = None
    unsent: dict[ClarificationRow, ReplyForm] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    status: int = 200


def send_reply(report: ReportRow, here: Section) -> Replies:
    """Send the reply whose button was pressed, for it cannot be changed afterwards.

    The others that were typed are kept and told.
    """
    replies = Replies()
    for row in list_for_report(session(), report.id):
        form = ReplyForm(request.form, prefix=reply_prefix(row.public_id))
        pressed = request.form.get("send") == row.public_id
        if row.section != here.code or not (pressed or form.typed("reply").strip()):
            continue
        authorise(current_actor(), Action.CLARIFICATION_REPLY, Subject(state_id=report.state_id))
        try:
            if pressed:
                _send(row, form)
                replies.sent = row
                continue
            if not row.open:
                code = "question-withdrawn" if row.withdrawn_at else "already-replied"
                raise WrongStatus(Problem(code))
        except (Invalid, WrongStatus) as error:
            form.show(*_problems(error))
            replies.status = _status(error)
        replies.unsent[row] = form
        replies.alerts.append(_not_sent(row, form))
    return replies


def _not_sent(row: ClarificationRow, form: ReplyForm) -> Alert:
    told = [gettext("Your reply on paragraph %(number)s was not sent.", number=row.paragraph)]
    told += form.reply.errors or form.form_errors
    if len(told) == 1:
        told.append(gettext("It stays on this page until you press “Send the reply”."))
    return Alert(" ".join(told), row.paragraph, str(form.reply.id) if row.open else "")


def _problems(error: TrackerError) -> tuple[Problem, ...]:
    return error.problems if isinstance(error, Invalid) else (error.problem,)


def _status(error: TrackerError) -> int:
    return 422 if isinstance(error, Invalid) else 409


def _refused(
    error: TrackerError, report: ReportRow, row: ClarificationRow, form: ReplyForm
) -> ResponseReturnValue:
    form.show(*_problems(error))
    return _question_page(report, row, form), _status(error)


def _question_page(report: ReportRow, row: ClarificationRow, form: ReplyForm) -> str:
    document = load_document(report)
    submission = submission_or_none(session(), current_actor(), row.submission_public_id)
    if submission is None:
        raise NotFound(Problem("not-found"))
    return page(
        "review/reply.html",
        report=report,
        document=document,
        commitment=next(c for c in document.commitments if c.key == row.key),
        question=row,
        answer=submitted_responses(session(), submission.id).get(row.key),
        form=form,
    )
