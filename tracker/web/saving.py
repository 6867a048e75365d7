"""Saving answers: a whole block from its page, or one answer from the page's script."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext, ngettext

from tracker.domain.chain import instant
from tracker.domain.clock import latest_day, system_clock
from tracker.domain.completeness import Gap, gap_of, standing_of
from tracker.domain.documents import Commitment, OutcomeDocument, Section
from tracker.domain.errors import Invalid, Problem, StaleEdit, WrongStatus
from tracker.domain.responses import Measure, ResponseContent, laws_to_come
from tracker.forms.response import ResponseForm, prefix_of
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.queries.documents import commitment_ids
from tracker.queries.reports import ReportRow
from tracker.queries.responses import ResponseRow, responses_of, revision_content
from tracker.queries.struck_texts import StruckWords, last_strike, struck_of_subjects
from tracker.services.reports import locked_report
from tracker.services.responses import Saved, save_response
from tracker.web.access import requires
from tracker.web.clarifications import Replies, send_reply
from tracker.web.conflicts import Conflict, conflict_of, since_strike
from tracker.web.render import label, page, problem_text
from tracker.web.reporting import load_document, load_report
from tracker.web.responses import Alert, form_of, load_commitment, load_section, section_page
from tracker.web.session import current_actor
from tracker.web.transaction import keep_despite_error, session

blueprint = Blueprint("saving", __name__, url_prefix="/reports/<report_id>")
STRUCK = Problem("struck-since")
SAVE_KEY = r"[A-Za-z0-9.-]{0,64}"


@dataclass(slots=True)
class Outcome:
    """What became of the answers of one page."""

    forms: dict[int, ResponseForm] = field(default_factory=dict)
    saved: dict[int, Saved] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)

    def refuse(self, number: int, *problems: Problem) -> None:
        """Note that a paragraph could not be saved; its text stays on the page."""
        told = [gettext("Paragraph %(number)s was not saved.", number=number)]
        told += [problem_text(problem) for problem in problems]
        self.alerts.append(Alert(" ".join(told), number))


@blueprint.post("/sections/<code>")
@requires(Action.REPORT_EDIT)
def section(report_id: str, code: str) -> ResponseReturnValue:
    """Save every answer of the block that was changed here; good ones even beside bad ones.

    The button of a question sends its reply besides: all that was typed comes in one form.
    """
    report = load_report(report_id)
    document = load_document(report)
    here = load_section(report, document, code)
    authorise(current_actor(), Action.REPORT_EDIT, Subject(report.state_id, here.code))
    replies = send_reply(report, here)
    try:
        outcome = _save_all(report, document, here)
    except WrongStatus as error:
        keep_despite_error()  # a reply may be sent to a report that is locked
        seen = last_strike(session(), report.id)
        rows = responses_of(session(), report.id)
        typed = _typed_forms(document, here)
        inside = document.in_section(here.code)
        standing = {c.paragraph: form_of(report, c, rows.get(c.key), seen) for c in inside}
        alerts = (Alert(problem_text(error.problem)), *replies.alerts)
        return section_page(
            report, document, here, rows, standing | typed, alerts, set(typed), replies.unsent
        ), 409
    return _answer(report, document, here, outcome, replies)


def _save_all(report: ReportRow, document: OutcomeDocument, here: Section) -> Outcome:
    locked_report(session(), report.id)  # a strike under way ends before what it struck is asked
    ids = commitment_ids(session(), document.slug)
    seen = last_strike(session(), report.id)
    rows = responses_of(session(), report.id)
    inside = document.in_section(here.code)
    struck = struck_of_subjects(session(), report.id, [c.key for c in inside])
    outcome = Outcome()
    for commitment in inside:
        if not commitment.asks_states:
            continue
        number, prefix = commitment.paragraph, prefix_of(commitment.paragraph)
        if f"{prefix}version" in request.form:
            outcome.forms[number] = ResponseForm(request.form, prefix=prefix)
            stands, gone = rows.get(commitment.key), struck.get(commitment.key, ())
            _save_one(report, commitment, ids[commitment.key], outcome, stands, gone)
        else:
            outcome.forms[number] = form_of(report, commitment, rows.get(commitment.key), seen)
    return outcome


def _save_one(
    report: ReportRow,
    commitment: Commitment,
    commitment_id: int,
    outcome: Outcome,
    stands: ResponseRow | None,
    struck: Iterable[StruckWords],
) -> None:
    """Save one answer unless it says what it said when the page was loaded."""
    number = commitment.paragraph
    form = outcome.forms[number]
    try:
        version, typed = _version(form), _read(form, report, stands)
        since = since_strike(struck, report, form, typed, stands)
        if form.choice.data == "theirs" or _untouched(report, commitment, version, since.shown):
            return
        if since.left != typed:  # never saved beside a strike unasked
            raise StaleEdit(STRUCK, stands.version if stands else 0)
        saved = _save(report, commitment_id, version, typed)
    except StaleEdit as error:
        if error.current_version or error.problem is STRUCK:
            outcome.conflicts.append(conflict_of(report, commitment, form, typed))
        else:  # a version of an answer that does not exist: no page of ours sent this
            outcome.refuse(number, Problem("form-expired"))
    except Invalid as error:
        outcome.refuse(number, *error.problems)
    else:
        if saved.changed:
            outcome.saved[number] = saved


def _read(form: ResponseForm, report: ReportRow, stands: ResponseRow | None) -> ResponseContent:
    """What was typed, when no law can have been adopted on a day to come; all problems at once.

    A law that was saved before this was asked does not stand in the way of another change, nor
    does one of which the secretariat struck the title out.
    """
    latest = latest_day(system_clock())
    standing = stands.content if stands else ResponseContent()
    nameless = {law for law in standing.measures if not law.title}
    if old := laws_to_come(standing, latest):
        content = form.read(report.default_audience, nameless=nameless)
        if laws_to_come(content, latest) <= old:
            return content
    return form.read(report.default_audience, latest_day=latest, nameless=nameless)


def _save(
    report: ReportRow, commitment_id: int, version: int, content: ResponseContent, key: str = ""
) -> Saved:
    return save_response(
        session(),
        actor=current_actor(),
        report_id=report.id,
        commitment_id=commitment_id,
        expected_version=version,
        content=content,
        clock=system_clock,
        save_key=key,
    )


def _typed_forms(document: OutcomeDocument, here: Section) -> dict[int, ResponseForm]:
    """The forms with the text as it was sent, so that nothing typed is lost."""
    return {
        c.paragraph: ResponseForm(request.form, prefix=prefix_of(c.paragraph))
        for c in document.in_section(here.code)
        if f"{prefix_of(c.paragraph)}version" in request.form and c.asks_states
    }


def _untouched(
    report: ReportRow, commitment: Commitment, version: int, content: ResponseContent
) -> bool:
    """Whether the form says what the page showed when it was loaded."""
    if version == 0:
        return not content.says_something
    shown = revision_content(session(), report.id, commitment.key, version)
    laws = tuple(law for law in shown.measures if law != Measure(""))  # of one all was struck out
    return content == replace(shown, measures=laws)


def _version(form: ResponseForm) -> int:
    text = form.version.data or ""
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(Problem("form-expired", "version"))
    return int(text)


def _answer(
    report: ReportRow,
    document: OutcomeDocument,
    here: Section,
    outcome: Outcome,
    replies: Replies,
) -> ResponseReturnValue:
    """Where the person goes next; what was saved or sent is committed in every case."""
    alerts = (*outcome.alerts, *replies.alerts)
    refused = {alert.paragraph for alert in outcome.alerts if alert.paragraph}
    if outcome.saved:
        _flash_saved(outcome)
    elif not (outcome.conflicts or alerts or replies.sent):
        flash(gettext("Everything on this page was already saved."))
    if outcome.conflicts:
        keep_despite_error()
        return page(
            "reports/conflict.html",
            report=report,
            section=here,
            conflicts=outcome.conflicts,
            alerts=alerts,
            refused=[c for c in document.in_section(here.code) if c.paragraph in refused],
            forms=outcome.forms,
            unsent=replies.unsent,
        ), 409
    if alerts:
        keep_despite_error()
        for number, saved in outcome.saved.items():
            outcome.forms[number].version.data = str(saved.version)
        rows = responses_of(session(), report.id)
        shown = section_page(
            report, document, here, rows, outcome.forms, alerts, refused, replies.unsent
        )
        return shown, 422 if outcome.alerts else replies.status
    address = url_for("responses.section", report_id=report.public_id, code=here.code)
    return redirect(f"{address}#p{replies.sent.paragraph}" if replies.sent else address, 303)


def _flash_saved(outcome: Outcome) -> None:
    flash(
        ngettext(
            "Saved at %(at)s UTC: paragraph %(numbers)s.",
            "Saved at %(at)s UTC: paragraphs %(numbers)s.",
            len(outcome.saved),
            at=format_datetime(max(saved.saved_at for saved in outcome.saved.values()), "short"),
            numbers=", ".join(map(str, outcome.saved)),
        )
    )


@blueprint.post("/responses/<int:paragraph>")
@requires(Action.REPORT_EDIT)
def answer(report_id: str, paragraph: int) -> ResponseReturnValue:
    """Save one answer for the script of the section page; answers in JSON."""
    report = load_report(report_id)
    document = load_document(report)
    here, commitment = load_commitment(report, document, paragraph)
    authorise(current_actor(), Action.REPORT_EDIT, Subject(report.state_id, here.code))
    form = ResponseForm(request.form, prefix=prefix_of(paragraph))
    commitment_id = commitment_ids(session(), document.slug)[commitment.key]
    try:
        locked_report(session(), report.id)
        stands = responses_of(session(), report.id).get(commitment.key)
        version, content = _version(form), _read(form, report, stands)
        struck = struck_of_subjects(session(), report.id, [commitment.key])[commitment.key]
        if since_strike(struck, report, form, content, stands).left != content:
            raise StaleEdit(STRUCK, stands.version if stands else 0)
        saved = _save(report, commitment_id, version, content, _save_key())
    except Invalid as error:
        problems = [{"field": p.place, "message": problem_text(p)} for p in error.problems]
        told = gettext("Paragraph %(number)s was not saved.", number=paragraph)
        refused = {"ok": False, "code": "invalid", "message": told, "problems": problems}
        return jsonify(refused), 422
    gap = gap_of(commitment, content)
    lacking = {"field": "reason", "message": label(gap)} if gap is Gap.NO_REASON else None
    return jsonify(
        {
            "ok": True,
            "version": saved.version,
            "saved_at": instant(saved.saved_at),
            "message": _saved_message(saved, gap),
            "lacking": lacking,
            "standing": label(standing_of(commitment, content)),
        }
    )


def _saved_message(saved: Saved, gap: Gap | None) -> str:
    if not saved.version:
        return str(gettext("Nothing to save"))
    at = format_datetime(saved.saved_at, "short")
    told = gettext("Saved at %(at)s UTC", at=at)
    return f"{told} · {label(gap)}" if gap else str(told)


def _save_key() -> str:
    key = request.form.get("save_key", "")
    if not re.fullmatch(SAVE_KEY, key):
        raise Invalid(Problem("form-expired", "save_key"))
    return key
