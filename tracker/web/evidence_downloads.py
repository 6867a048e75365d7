"""Attached files, to whom may read the answer that they belong to. Never shown in the page."""

from urllib.parse import quote

import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from tracker.delivery.evidence_files import FileLost
from tracker.domain.errors import Gone, Lost, NotFound, Problem
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.evidence import (
    EvidenceRow,
    file_of_report_or_none,
    submitted_file_or_none,
)
from tracker.queries.publications import reader_level
from tracker.queries.submissions import list_submissions_of_state, submission_or_none
from tracker.web.access import requires
from tracker.web.evidence import evidence_folder
from tracker.web.public_states import find_state
from tracker.web.reporting import load_document, load_report
from tracker.web.responses import load_commitment
from tracker.web.session import current_actor
from tracker.web.transaction import release, session

blueprint = Blueprint("evidence_downloads", __name__)
log = structlog.get_logger("evidence")
# Whatever a browser makes of it: no script, no form, no frame, no request.
LOCKED_UP = "default-src 'none'; sandbox; frame-ancestors 'none'"


@blueprint.get("/reports/<report_id>/files/<evidence_id>")
@requires(Action.REPORT_READ)
def own(report_id: str, evidence_id: str) -> ResponseReturnValue:
    """Any version of a file, for the State's own people; a contributor's own sections only."""
    report = load_report(report_id)
    row = file_of_report_or_none(session(), report.id, evidence_id)
    if row is None:
        raise NotFound(Problem("not-found"))
    load_commitment(report, load_document(report), row.paragraph)
    return _attached(row, report.iso3)


@blueprint.get("/review/submissions/<submission_id>/files/<evidence_id>")
@requires(Action.COVERAGE_WATCH)
def reviewed(submission_id: str, evidence_id: str) -> ResponseReturnValue:
    """A file of a submission, for the secretariat."""
    authorise(current_actor(), Action.COVERAGE_WATCH)
    submission = submission_or_none(session(), current_actor(), submission_id)
    if submission is None:
        raise NotFound(Problem("not-found"))
    return _submitted(submission.id, submission.state_id, submission.iso3, evidence_id)


@blueprint.get("/states/<iso3>/submissions/<int:number>/files/<evidence_id>")
@requires(Action.PUBLIC_READ)
def published(iso3: str, number: int, evidence_id: str) -> ResponseReturnValue:
    """A file of a submission that the reader may read, of an answer that is not withheld."""
    state = find_state(iso3)
    for row in list_submissions_of_state(session(), current_actor(), state.id):
        if row.number == number and request.args.get("cycle", row.cycle_slug) == row.cycle_slug:
            return _submitted(row.id, state.id, row.iso3, evidence_id)
    raise NotFound(Problem("not-found"))


def _submitted(submission_id: int, state_id: int, iso3: str, evidence_id: str) -> Response:
    level = reader_level(current_actor(), state_id)
    row = submitted_file_or_none(session(), submission_id, evidence_id, level)
    if row is None:
        raise NotFound(Problem("not-found"))
    return _attached(row, iso3)


def _attached(row: EvidenceRow, iso3: str) -> Response:
    """The bytes, if they are those that were attached; ``Gone`` once its title was struck out."""
    if row.title is None:
        raise Gone(Problem("evidence-struck"))
    release()
    try:
        data = evidence_folder().read(row.file)
    except FileLost as error:
        log.error("evidence-lost", file=str(error))
        raise Lost(Problem("evidence-lost")) from None
    answer = Response(data, mimetype=row.file.kind.media_type)
    answer.headers["Content-Disposition"] = disposition(row, iso3)
    answer.headers["Content-Security-Policy"] = LOCKED_UP
    return answer


def disposition(row: EvidenceRow, iso3: str) -> str:
    """Always a file to save; the ending is that of what it holds, whatever it was called."""
    start = f"{iso3}_{row.key.replace('/', '-')}"
    plain = f"{start}_v{row.version}.{row.file.kind.value}"
    full = f"{start}_{row.filename or 'file'}_v{row.version}.{row.file.kind.value}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(full, safe='')}"
