"""Section pages: the official text beside the answers, saving, conflicts, history."""

import secrets
from dataclasses import dataclass

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext

from tracker.domain.chain import instant
from tracker.domain.clock import system_clock
from tracker.domain.documents import Commitment, OutcomeDocument, Section
from tracker.domain.errors import Invalid, NotFound, Problem, StaleEdit, WrongStatus
from tracker.domain.history import group_revisions
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.forms.response import ResponseForm, filled_form, prefix_of
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise, may
from tracker.policy.rules import Subject
from tracker.queries.clarifications import list_for_report
from tracker.queries.documents import commitment_ids
from tracker.queries.reports import ReportRow
from tracker.queries.responses import (
    ResponseRow,
    responses_of,
    revision_content,
    revisions_of,
)
from tracker.services.responses import Saved, save_response
from tracker.web.access import requires
from tracker.web.render import label, page, problem_text
from tracker.web.reporting import load_document, load_report, readable_sections
from tracker.web.session import current_actor
from tracker.web.transaction import keep_despite_error, session

blueprint = Blueprint("responses", __name__, url_prefix="/reports/<report_id>")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two texts of one answer: what was typed here, and what somebody saved meanwhile."""

    commitment: Commitment
    form: ResponseForm
    mine: ResponseContent
    theirs: ResponseRow


def _section(report: ReportRow, document: OutcomeDocument, code: str) -> Section:
    for section in readable_sections(report, document):
        if section.code == code:
            return section
    raise NotFound(Problem("not-found"))


def _commitment(
    report: ReportRow, document: OutcomeDocument, paragraph: int
) -> tuple[Section, Commitment]:
    for commitment in document.commitments:
        if commitment.paragraph == paragraph:
            return _section(report, document, commitment.section), commitment
    raise NotFound(Problem("not-found"))


@blueprint.get("/sections/<code>")
@requires(Action.REPORT_READ)
def section(report_id: str, code: str) -> ResponseReturnValue:
    """One block of the report with its forms."""
    report = load_report(report_id)
    document = load_document(report)
    here = _section(report, document, code)
    rows = responses_of(session(), report.id)
    forms = {
        c.paragraph: _form_of(report, c, rows.get(c.key))
        for c in document.in_section(here.code)
        if c.asks_states
    }
    return _section_page(report, document, here, rows, forms)


def _form_of(report: ReportRow, commitment: Commitment, row: ResponseRow | None) -> ResponseForm:
    fresh = ResponseContent(audience=report.default_audience)
    return filled_form(
        commitment.paragraph, row.version if row else 0, row.content if row else fresh
    )


def _section_page(
    report: ReportRow,
    document: OutcomeDocument,
    here: Section,
    rows: dict[str, ResponseRow],
    forms: dict[int, ResponseForm],
    alerts: tuple[str, ...] = (),
) -> str:
    actor = current_actor()
    subject = Subject(report.state_id, here.code)
    whole = may(actor, Action.REPORT_READ, Subject(report.state_id))
    blocks = readable_sections(report, document)
    place = [block.code for block in blocks].index(here.code)
    return page(
        "reports/section.html",
        report=report,
        document=document,
        section=here,
        path=document.path(here.code),
        commitments=document.in_section(here.code),
        rows=rows,
        forms=forms,
        alerts=alerts,
        editable=report.status.editable and may(actor, Action.REPORT_EDIT, subject),
        clarifications=tuple(list_for_report(session(), report.id)) if whole else (),
        may_reply=may(actor, Action.CLARIFICATION_REPLY, Subject(report.state_id)),
        previous_block=blocks[place - 1] if place else None,
        next_block=blocks[place + 1] if place + 1 < len(blocks) else None,
        save_key=secrets.token_urlsafe(16),
    )


@blueprint.post("/sections/<code>")
@requires(Action.REPORT_EDIT)
def save_section(report_id: str, code: str) -> ResponseReturnValue:
    """Save every answer of the block that was changed here; good ones even beside bad ones."""
    report = load_report(report_id)
    document = load_document(report)
    here = _section(report, document, code)
    authorise(current_actor(), Action.REPORT_EDIT, Subject(report.state_id, here.code))
    ids = commitment_ids(session(), document.slug)
    rows = responses_of(session(), report.id)
    forms: dict[int, ResponseForm] = {}
    saved: list[tuple[int, Saved]] = []
    conflicts: list[Conflict] = []
    alerts: list[str] = []
    for commitment in document.in_section(here.code):
        if not commitment.asks_states:
            continue
        prefix = prefix_of(commitment.paragraph)
        if f"{prefix}version" not in request.form:
            forms[commitment.paragraph] = _form_of(report, commitment, rows.get(commitment.key))
            continue
        form = forms[commitment.paragraph] = ResponseForm(request.form, prefix=prefix)
        try:
            result = _save_one(report, commitment, ids[commitment.key], form)
            if result and result.changed:
                saved.append((commitment.paragraph, result))
        except StaleEdit:
            conflicts.append(_conflict(report, commitment, form))
        except Invalid:
            alerts.append(
                gettext("Paragraph %(number)s was not saved.", number=commitment.paragraph)
            )
        except WrongStatus as error:
            return _section_page(
                report,
                document,
                here,
                rows,
                _typed_forms(document, here),
                (problem_text(error.problem),),
            ), 409
    return _after_saving(report, document, here, forms, saved, conflicts, alerts)


def _typed_forms(document: OutcomeDocument, here: Section) -> dict[int, ResponseForm]:
    """The forms with the text as it was sent, so that nothing typed is lost."""
    return {
        c.paragraph: ResponseForm(request.form, prefix=prefix_of(c.paragraph))
        for c in document.in_section(here.code)
        if c.asks_states
    }


def _save_one(
    report: ReportRow, commitment: Commitment, commitment_id: int, form: ResponseForm
) -> Saved | None:
    """Save one answer unless it says what it said when the page was loaded."""
    if form.choice.data == "theirs":
        return None
    version = _version(form)
    content = form.read()
    if content == _shown(report, commitment, version):
        return None
    return save_response(
        session(),
        actor=current_actor(),
        report_id=report.id,
        commitment_id=commitment_id,
        expected_version=version,
        content=content,
        clock=system_clock,
    )


def _shown(report: ReportRow, commitment: Commitment, version: int) -> ResponseContent:
    """What the page showed when it was loaded."""
    if version == 0:
        return ResponseContent(audience=report.default_audience)
    return revision_content(session(), report.id, commitment.key, version)


def _version(form: ResponseForm) -> int:
    text = form.version.data or ""
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(Problem("form-expired", "version"))
    return int(text)


def _conflict(report: ReportRow, commitment: Commitment, form: ResponseForm) -> Conflict:
    session().expire_all()
    theirs = responses_of(session(), report.id)[commitment.key]
    mine = form.read()
    settle = filled_form(commitment.paragraph, theirs.version, mine)
    return Conflict(commitment, settle, mine, theirs)


def _after_saving(
    report: ReportRow,
    document: OutcomeDocument,
    here: Section,
    forms: dict[int, ResponseForm],
    saved: list[tuple[int, Saved]],
    conflicts: list[Conflict],
    alerts: list[str],
) -> ResponseReturnValue:
    """Where the person goes next; what was saved is committed in every case."""
    if conflicts or alerts:
        keep_despite_error()
    if saved:
        numbers = ", ".join(str(number) for number, _ in saved)
        at = format_datetime(saved[-1][1].saved_at, "short")
        flash(gettext("Saved at %(at)s UTC: paragraphs %(numbers)s.", at=at, numbers=numbers))
    elif not (conflicts or alerts):
        flash(gettext("Nothing was changed."))
    if conflicts:
        return page(
            "reports/conflict.html", report=report, section=here, conflicts=conflicts, alerts=alerts
        ), 409
    if alerts:
        rows = responses_of(session(), report.id)
        fresh = {number: result.version for number, result in saved}
        for number, version in fresh.items():
            forms[number].version.data = str(version)
        return _section_page(report, document, here, rows, forms, tuple(alerts)), 422
    return redirect(url_for("responses.section", report_id=report.public_id, code=here.code), 303)


@blueprint.post("/responses/<int:paragraph>")
@requires(Action.REPORT_EDIT)
def save(report_id: str, paragraph: int) -> ResponseReturnValue:
    """Save one answer for the script of the section page; answers in JSON."""
    report = load_report(report_id)
    document = load_document(report)
    here, commitment = _commitment(report, document, paragraph)
    authorise(current_actor(), Action.REPORT_EDIT, Subject(report.state_id, here.code))
    form = ResponseForm(request.form, prefix=prefix_of(paragraph))
    try:
        result = save_response(
            session(),
            actor=current_actor(),
            report_id=report.id,
            commitment_id=commitment_ids(session(), document.slug)[commitment.key],
            expected_version=_version(form),
            content=form.read(),
            clock=system_clock,
            save_key=request.form.get("save_key", "")[:64],
        )
    except Invalid as error:
        problems = [{"field": p.place, "message": problem_text(p)} for p in error.problems]
        return jsonify({"ok": False, "code": "invalid", "problems": problems}), 422
    at = format_datetime(result.saved_at, "short")
    return jsonify(
        {
            "ok": True,
            "version": result.version,
            "saved_at": instant(result.saved_at),
            "message": gettext("Saved at %(at)s UTC", at=at),
        }
    )


@blueprint.get("/responses/<int:paragraph>/history")
@requires(Action.REPORT_READ)
def history(report_id: str, paragraph: int) -> ResponseReturnValue:
    """Who changed what, with readable differences."""
    report = load_report(report_id)
    document = load_document(report)
    here, commitment = _commitment(report, document, paragraph)
    groups = group_revisions(revisions_of(session(), report.id, commitment.key))
    return page(
        "reports/history.html",
        report=report,
        section=here,
        commitment=commitment,
        groups=groups,
        coded=_coded,
    )


def _coded(code: str) -> str:
    """The word for a progress value, an audience or a language."""
    for kind in (Progress, Audience):
        if code in list(kind):
            return label(kind(code))
    return label(code)
