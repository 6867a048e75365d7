"""The State's side of clarifications: reading one question and replying to it."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem, TrackerError, WrongStatus
from tracker.forms.review import ReplyForm
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.queries.clarifications import ClarificationRow, clarification_or_none
from tracker.queries.reports import ReportRow
from tracker.queries.submissions import submission_or_none, submitted_responses
from tracker.services import clarifications as services
from tracker.web.access import requires
from tracker.web.render import page
from tracker.web.reporting import load_document, load_report
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
        services.reply(
            session(),
            actor=current_actor(),
            clarification_id=row.id,
            reply=form.typed("reply"),
            clock=system_clock,
        )
    except (Invalid, WrongStatus) as error:
        return _refused(error, report, row, form)
    flash(gettext("Your reply on paragraph %(number)s was sent.", number=row.paragraph))
    section = url_for("responses.section", report_id=report.public_id, code=row.section)
    return redirect(f"{section}#p{row.paragraph}", 303)


def _refused(
    error: TrackerError, report: ReportRow, row: ClarificationRow, form: ReplyForm
) -> ResponseReturnValue:
    problems = error.problems if isinstance(error, Invalid) else (error.problem,)
    form.show(*problems)
    return _question_page(report, row, form), 422 if isinstance(error, Invalid) else 409


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
