"""The report as an Excel template: fetched, filled in offline, sent back."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem, TooMany
from tracker.domain.filled import FilledTemplate
from tracker.domain.values import without_refused
from tracker.exchange.importing.sandbox import read_workbook
from tracker.exchange.importing.slots import slots
from tracker.exchange.importing.template import read_template
from tracker.exchange.template import write_template
from tracker.exchange.translations import translator
from tracker.forms.workbook import UploadForm
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.policy.scopes import assigned_sections
from tracker.queries.cycles import cycle_or_none
from tracker.queries.reports import ReportRow
from tracker.queries.states import state_or_none
from tracker.queries.templates import (
    TemplateFrame,
    editable_sections,
    template_export,
    template_frame,
)
from tracker.services.import_plans import keep_plan
from tracker.web.access import requires
from tracker.web.exports import download, made
from tracker.web.locale import chosen_language
from tracker.web.render import page
from tracker.web.reporting import is_editable, load_report
from tracker.web.session import current_actor
from tracker.web.transaction import release, session

blueprint = Blueprint("workbooks", __name__, url_prefix="/reports")
READERS = "readers"
A_SLOT_MAY_TAKE = 30  # seconds: as the sentence says


@blueprint.get("/template.xlsx")
@requires(Action.REPORT_READ)
def template() -> ResponseReturnValue:
    """The State's report as a workbook to fill in; also where none was begun yet."""
    state = state_or_none(session(), request.args.get("state", ""))
    if state is None or state.id not in current_actor().state_ids:
        raise NotFound(Problem("not-found"))
    language, maker = chosen_language(), made()  # first: what is read is as new or newer
    data = template_export(
        session(),
        actor=current_actor(),
        state_id=state.id,
        cycle_slug=request.args.get("cycle", ""),
        last_year=system_clock().year,
    )
    release()
    return download(
        lambda target: write_template(
            target, data, translate=translator(language), language=language, made=maker
        ),
        f"{data.frame.cycle.slug}_{data.frame.state.iso3}_template_{language}.xlsx",
    )


@blueprint.get("/<report_id>/workbook")
@requires(Action.REPORT_READ)
def show(report_id: str) -> ResponseReturnValue:
    """Where the template is fetched and sent back."""
    return _page(load_report(report_id), UploadForm())


def _page(report: ReportRow, form: UploadForm) -> str:
    actor, state = current_actor(), report.state_id
    return page(
        "reports/workbook.html",
        report=report,
        form=form,
        edits=may(actor, Action.REPORT_EDIT, Subject(state))
        or bool(assigned_sections(actor, state)),
        editable=is_editable(report),
    )


@blueprint.post("/<report_id>/workbook")
@requires(Action.REPORT_EDIT)
def upload(report_id: str) -> ResponseReturnValue:
    """Read a filled template and show what it would change; nothing of the report is written."""
    report = load_report(report_id)
    actor = current_actor()
    frame = frame_of(report)
    form, sent = UploadForm(), request.files.get("file")
    release()  # reading takes seconds: nobody's save waits for it
    try:
        filled, digest = _read(sent, frame)
    except Invalid as error:
        form.show(*error.problems)
        return _page(report, form), 422
    except TooMany as error:
        form.show(error.problem)
        return _page(report, form), 429, {"Retry-After": str(A_SLOT_MAY_TAKE)}
    cycle = cycle_or_none(session(), report.cycle_slug)
    plan = keep_plan(
        session(),
        actor=actor,
        state_id=report.state_id,
        cycle_id=cycle.id if cycle else 0,
        filename=without_refused(Path(sent.filename or "").name) if sent else "",
        file_hash=digest,
        filled=filled,
        clock=system_clock,
    )
    return redirect(url_for("importing.show", report_id=report.public_id, plan_id=plan), 303)


def frame_of(report: ReportRow) -> TemplateFrame:
    """What a template of this report must be about; ``NotPermitted`` where none may be sent."""
    sections = editable_sections(current_actor(), report.state_id)
    return template_frame(
        session(), state_id=report.state_id, cycle_slug=report.cycle_slug, sections=sections
    )


def _read(sent: FileStorage | None, frame: TemplateFrame) -> tuple[FilledTemplate, str]:
    """What the file says, read in a child process, and its hash; ``Invalid``, ``TooMany``."""
    if sent is None or not sent.filename:
        raise Invalid(Problem("file-needed", "file"))
    folder = Path(current_app.instance_path) / READERS
    with (
        slots(folder, str(current_actor().user_id)),
        TemporaryDirectory(prefix="tracker-upload-") as own,
    ):
        path = Path(own) / "uploaded"
        with sent.stream:
            sent.save(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return read_template(read_workbook(path), frame), digest
