"""Files of one answer: the list, attaching, a new version, taking out."""

from dataclasses import replace
from pathlib import Path

import structlog
from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from tracker.delivery.evidence_files import EvidenceFolder, Received
from tracker.delivery.virus_scan import NoVerdict, scan
from tracker.domain.clock import system_clock
from tracker.domain.documents import Commitment, Section
from tracker.domain.errors import Busy, Invalid, NotFound, Problem, TooMany
from tracker.domain.evidence import LARGEST_EVIDENCE, EvidenceWords, clean_name, parse_title
from tracker.domain.values import parse_language
from tracker.exchange.importing.slots import slots
from tracker.forms.evidence import EvidenceForm
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise, may
from tracker.policy.rules import Subject
from tracker.queries.documents import commitment_ids
from tracker.queries.evidence import file_of_report_or_none, files_of_report
from tracker.queries.reports import ReportRow
from tracker.queries.responses import responses_of
from tracker.services import evidence as services
from tracker.web.access import requires
from tracker.web.render import page
from tracker.web.reporting import is_editable, load_document, load_report
from tracker.web.responses import load_commitment
from tracker.web.session import current_actor, forget_actor
from tracker.web.signing_in import settings
from tracker.web.transaction import release, session
from tracker.web.workbooks import READERS

blueprint = Blueprint("evidence", __name__, url_prefix="/reports/<report_id>")
log = structlog.get_logger("evidence")
TRY_AGAIN = 60  # seconds


def evidence_folder() -> EvidenceFolder:
    """Where this site keeps the files."""
    path = Path(current_app.instance_path)
    return EvidenceFolder(path, demonstration=settings().demonstration)


@blueprint.get("/responses/<int:paragraph>/files")
@requires(Action.REPORT_READ)
def show(report_id: str, paragraph: int) -> ResponseReturnValue:
    """The files of one answer with their older versions, and the form to attach one."""
    report = load_report(report_id)
    here, commitment = load_commitment(report, load_document(report), paragraph)
    return _page(report, here, commitment)


def _page(
    report: ReportRow, here: Section, commitment: Commitment, refused: Invalid | None = None
) -> str:
    """The page; with what was typed and what is wrong with it, where something was refused."""
    files = files_of_report(session(), report.id).get(commitment.key, ())
    standing = [
        (file.latest.public_id, file.latest.title or file.latest.fingerprint)
        for file in files
        if not file.latest.removed
    ]
    form = EvidenceForm(request.form if refused else None, standing=standing)
    if refused:
        form.show(*refused.problems)
    row = responses_of(session(), report.id).get(commitment.key)
    subject = Subject(report.state_id, here.code)
    return page(
        "reports/evidence.html",
        report=report,
        section=here,
        commitment=commitment,
        row=row,
        files=files,
        form=form,
        editable=is_editable(report) and may(current_actor(), Action.REPORT_EDIT, subject),
    )


@blueprint.post("/responses/<int:paragraph>/files")
@requires(Action.REPORT_EDIT)
def attach(report_id: str, paragraph: int) -> ResponseReturnValue:
    """Attach a file, or a new version of one; refused, nothing of it stays."""
    report = load_report(report_id)
    document = load_document(report)
    here, commitment = load_commitment(report, document, paragraph)
    authorise(current_actor(), Action.REPORT_EDIT, Subject(report.state_id, here.code))
    commitment_id = commitment_ids(session(), document.slug)[commitment.key]
    sent = request.files.get("file")
    release()  # reading and scanning take seconds: nobody's save waits for it
    try:
        data = _read(sent)
        typed = EvidenceForm(request.form).parsed(title=parse_title, language=parse_language)
        words = EvidenceWords(**typed, filename=clean_name(sent.filename or "" if sent else ""))
        _receive(report, commitment_id, data, words)
    except Invalid as error:
        too_large = error.problem.code == "evidence-too-large"
        return _page(report, here, commitment, error), 413 if too_large else 422
    except Busy as error:  # what was typed stays, beside the reason
        busy = _page(report, here, commitment, Invalid(replace(error.problem, place="file")))
        return busy, 503, {"Retry-After": str(error.retry_after)}
    flash(
        gettext("The file was attached to your answer to paragraph %(number)s.", number=paragraph)
    )
    return _back(report, paragraph)


def _read(sent: FileStorage | None) -> bytes:
    """What was sent, one byte more than fits at most."""
    if sent is None or not sent.filename:
        raise Invalid(Problem("evidence-needed", "file"))
    with sent.stream:
        return sent.stream.read(LARGEST_EVIDENCE + 1)


def _receive(report: ReportRow, commitment_id: int, data: bytes, words: EvidenceWords) -> None:
    try:
        with evidence_folder().receive(data) as received:
            _scan(received)
            forget_actor()  # who was shut out meanwhile attaches nothing
            services.attach(
                session(),
                actor=current_actor(),
                report_id=report.id,
                commitment_id=commitment_id,
                file=received.file,
                words=words,
                keep=received.keep,
                clock=system_clock,
                replaces=request.form.get("replaces", ""),
            )
    except OSError as error:
        log.error("evidence-not-stored", error=error.strerror)
        raise Busy(Problem("evidence-not-stored"), TRY_AGAIN) from None


def _scan(received: Received) -> None:
    """Ask the scanner, where there is one; without its answer nothing is kept."""
    scanner = settings().scanner
    if scanner is None:
        return
    try:
        with slots(Path(current_app.instance_path) / READERS / "evidence", _who()):
            found = scan(scanner, received.data)
    except TooMany:
        raise TooMany(Problem("evidence-busy")) from None
    except NoVerdict as error:
        log.error("evidence-not-scanned", error=str(error))
        raise Busy(Problem("evidence-not-scanned"), TRY_AGAIN) from None
    if found:
        log.warning("evidence-infected", found=found[:200], sha256=received.file.sha256)
        raise Invalid(Problem("evidence-infected", "file", {"found": found[:100]}))


def _who() -> str:
    return str(current_actor().user_id)


@blueprint.post("/files/<evidence_id>/take-out")
@requires(Action.REPORT_EDIT)
def take_out(report_id: str, evidence_id: str) -> ResponseReturnValue:
    """Take a file out of its answer; its versions stay in the history."""
    report = load_report(report_id)
    document = load_document(report)
    row = file_of_report_or_none(session(), report.id, evidence_id)
    if row is None:
        raise NotFound(Problem("not-found"))
    load_commitment(report, document, row.paragraph)
    services.take_out(
        session(),
        actor=current_actor(),
        report_id=report.id,
        public_id=evidence_id,
        clock=system_clock,
    )
    flash(gettext("The file was taken out. It stays in the history of your report."))
    return _back(report, row.paragraph)


def _back(report: ReportRow, paragraph: int) -> ResponseReturnValue:
    return redirect(url_for("evidence.show", report_id=report.public_id, paragraph=paragraph), 303)
