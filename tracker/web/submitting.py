"""Clearance and submission: read-through, summary of gaps, receipt, withdraw, reopen."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import (
    ChangedSince,
    Invalid,
    NotFound,
    NotPermitted,
    Problem,
    WrongStatus,
)
from tracker.domain.workflow import Step, may_follow, report_is_editable
from tracker.forms.submission import ReasonForm, SubmissionForm
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.queries.clarifications import list_for_report
from tracker.queries.evidence import files_of_report
from tracker.queries.indicator_reporting import figures_given
from tracker.queries.indicators import draft_tables
from tracker.queries.items import items_of
from tracker.queries.reports import ReportRow, last_change
from tracker.queries.responses import responses_of
from tracker.queries.submissions import SubmissionRow, list_submissions
from tracker.services import submissions as services
from tracker.web.access import requires
from tracker.web.desks import readable_sections
from tracker.web.item_views import part_tasks
from tracker.web.render import page, problem_text
from tracker.web.reporting import gaps_of, load_document, load_report
from tracker.web.session import current_actor
from tracker.web.signing import key_file, print_receipt
from tracker.web.transaction import session

blueprint = Blueprint("submitting", __name__, url_prefix="/reports/<report_id>")
A_MOMENT = timedelta(minutes=1)


def load_whole(report_id: str, action: Action) -> ReportRow:
    """The report, if the actor may do this to all of it."""
    report = load_report(report_id)
    if not may(current_actor(), action, Subject(report.state_id)):
        raise NotPermitted(Problem("not-permitted"))
    return report


@blueprint.get("/read-through")
@requires(Action.REPORT_READ)
def read_through(report_id: str) -> ResponseReturnValue:
    """The whole report on one printable page, marked draft."""
    report = load_report(report_id)
    document = load_document(report)
    whole = may(current_actor(), Action.REPORT_READ, Subject(report.state_id))
    return page(
        "reports/read_through.html",
        report=report,
        document=document,
        sections=readable_sections(report, document),
        rows=responses_of(session(), report.id),
        files=files_of_report(session(), report.id),
        figures=draft_tables(session(), report.id) if whole else (),
        items=items_of(session(), report.id) if whole else {},
    )


@blueprint.get("/submit")
@requires(Action.REPORT_SUBMIT)
def submit_form(report_id: str) -> ResponseReturnValue:
    """What is missing, and who submits."""
    report = load_whole(report_id, Action.REPORT_SUBMIT)
    return _submit_page(report, SubmissionForm(data={"name": current_actor().name}))


def _submit_page(report: ReportRow, form: SubmissionForm, alert: str = "") -> str:
    changed = last_change(session(), report.id)  # read first: what is shown is as new or newer
    document = load_document(report)
    return page(
        "reports/submit.html",
        report=report,
        editable=report_is_editable(report.status, report.dates, system_clock()),
        questions=tuple(row for row in list_for_report(session(), report.id) if row.open),
        document=document,
        gaps=gaps_of(report, document),
        commitments={c.paragraph: c for c in document.commitments},
        parts=part_tasks(session(), report.id, system_clock().date()),
        figures=figures_given(session(), report.id),
        files=sum(
            not file.latest.removed
            for files in files_of_report(session(), report.id).values()
            for file in files
        ),
        form=form,
        changed=changed,
        alert=alert,
    )


@blueprint.post("/submit")
@requires(Action.REPORT_SUBMIT)
def submit(report_id: str) -> ResponseReturnValue:
    """Freeze and lock the report."""
    report = load_whole(report_id, Action.REPORT_SUBMIT)
    form, signer = SubmissionForm(request.form), key_file().signer()
    try:
        made = services.submit(
            session(),
            actor=current_actor(),
            report_id=report.id,
            name=form.typed("name"),
            title=form.typed("title"),
            has_authority=bool(form.has_authority.data),
            confirmed_gaps=bool(form.confirmed_gaps.data),
            clock=system_clock,
            signer=signer,
            seen=request.form.get("seen", ""),
        )
    except Invalid as error:
        form.show(*error.problems)
        return _submit_page(report, form), 422
    except ChangedSince as error:
        return _submit_page(report, form, problem_text(error.problem)), 409
    except WrongStatus:
        again = _sent_twice(report, form)
        if again is None:
            raise
        return _to_receipt(report, again.number)
    number = made.number
    print_receipt(made, signer)
    return _to_receipt(report, number)


def _sent_twice(report: ReportRow, form: SubmissionForm) -> SubmissionRow | None:
    """The submission that the same form made a moment ago: a nervous hand clicks twice."""
    for row in reversed(list_submissions(session(), current_actor(), report.id)):
        signed = (row.submitter_name, row.submitter_title)
        same = signed == (form.typed("name").strip(), form.typed("title").strip())
        return row if same and system_clock() - row.submitted_at < A_MOMENT else None
    return None


def _to_receipt(report: ReportRow, number: int) -> ResponseReturnValue:
    return redirect(url_for("submitting.receipt", report_id=report.public_id, number=number), 303)


def load_submission(report: ReportRow, number: int) -> SubmissionRow:
    """One submission of a report by its number."""
    for row in list_submissions(session(), current_actor(), report.id):
        if row.number == number:
            return row
    raise NotFound(Problem("not-found"))


@blueprint.get("/submissions/<int:number>")
@requires(Action.REPORT_READ)
def receipt(report_id: str, number: int) -> ResponseReturnValue:
    """The receipt of one submission."""
    report = load_whole(report_id, Action.REPORT_READ)
    return page("reports/receipt.html", report=report, submission=load_submission(report, number))


@blueprint.route("/withdraw", methods=["GET", "POST"])
@requires(Action.REPORT_WITHDRAW)
def withdraw(report_id: str) -> ResponseReturnValue:
    """Take the report back until it is accepted; asks first."""
    report = load_whole(report_id, Action.REPORT_WITHDRAW)
    if request.method == "GET":
        if not may_follow(report.status, Step.WITHDRAW):
            raise WrongStatus(Problem("wrong-status", "", {"status": report.status}))
        submission = list_submissions(session(), current_actor(), report.id)[-1]
        return page(
            "reports/withdraw.html",
            report=report,
            submission=submission,
            is_open=report.dates.is_open(system_clock()),
        )
    services.withdraw(session(), actor=current_actor(), report_id=report.id, clock=system_clock)
    flash(gettext("The report was withdrawn. It is a draft again."))
    return redirect(url_for("reporting.show", report_id=report.public_id), 303)


@blueprint.route("/reopen", methods=["GET", "POST"])
@requires(Action.REPORT_REOPEN)
def reopen(report_id: str) -> ResponseReturnValue:
    """Open a published report again, with a reason."""
    report = load_whole(report_id, Action.REPORT_REOPEN)
    form = ReasonForm(request.form)
    if request.method == "GET":
        return page("reports/reopen.html", report=report, form=form)
    try:
        services.reopen(
            session(),
            actor=current_actor(),
            report_id=report.id,
            reason=form.typed("reason"),
            clock=system_clock,
        )
    except Invalid as error:
        form.show(*error.problems)
        return page("reports/reopen.html", report=report, form=form), 422
    flash(gettext("The report is open again. The published submission stays as it is."))
    return redirect(url_for("reporting.show", report_id=report.public_id), 303)
