"""Receipts to keep, for a State's own people and the secretariat; the public keys, for all."""

from flask import Blueprint, Response, jsonify, url_for
from flask.typing import ResponseReturnValue

from tracker.domain.errors import NotFound, Problem
from tracker.exchange.receipts import printed_receipt, receipt_name, statement_json
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.proofs import proof_of
from tracker.queries.receipts import ReceiptRow, receipt_of
from tracker.queries.signing import list_keys
from tracker.queries.submissions import submission_or_none
from tracker.web.access import requires
from tracker.web.locale import chosen_language
from tracker.web.render import page
from tracker.web.revalidation import revalidate
from tracker.web.session import current_actor
from tracker.web.submitting import load_submission, load_whole
from tracker.web.transaction import release, session

blueprint = Blueprint("receipts", __name__)
blueprint.after_request(revalidate)
CHECKER = "checker/check_receipt.py"


@blueprint.get("/reports/<report_id>/submissions/<int:number>/receipt.json")
@requires(Action.REPORT_READ)
def own_json(report_id: str, number: int) -> ResponseReturnValue:
    """The signed receipt, for the State's own people."""
    return _json(_own(report_id, number))


@blueprint.get("/reports/<report_id>/submissions/<int:number>/receipt.pdf")
@requires(Action.REPORT_READ)
def own_pdf(report_id: str, number: int) -> ResponseReturnValue:
    """The same on a page to print."""
    return _pdf(_own(report_id, number))


@blueprint.get("/reports/<report_id>/submissions/<int:number>/proof.json")
@requires(Action.REPORT_READ)
def proof(report_id: str, number: int) -> ResponseReturnValue:
    """The history of the report, to check its receipt with: for the State's own people."""
    report = load_whole(report_id, Action.REPORT_READ)
    row = load_submission(report, number)
    proved = proof_of(session(), report_id=report.id, number=row.number)
    name = f"proof_{row.iso3}_{row.cycle_slug}_{row.number}.json"
    return _attached(Response(statement_json(proved), mimetype="application/json"), name)


@blueprint.get("/review/submissions/<submission_id>/receipt.json")
@requires(Action.COVERAGE_WATCH)
def any_json(submission_id: str) -> ResponseReturnValue:
    """The signed receipt, for the secretariat."""
    return _json(_any(submission_id))


@blueprint.get("/review/submissions/<submission_id>/receipt.pdf")
@requires(Action.COVERAGE_WATCH)
def any_pdf(submission_id: str) -> ResponseReturnValue:
    """The same on a page to print."""
    return _pdf(_any(submission_id))


def _own(report_id: str, number: int) -> ReceiptRow:
    report = load_whole(report_id, Action.REPORT_READ)
    return receipt_of(session(), load_submission(report, number).id)


def _any(submission_id: str) -> ReceiptRow:
    authorise(current_actor(), Action.COVERAGE_WATCH)
    row = submission_or_none(session(), current_actor(), submission_id)
    if row is None:
        raise NotFound(Problem("not-found"))
    return receipt_of(session(), row.id)


def _json(row: ReceiptRow) -> Response:
    name = receipt_name(row.receipt, "json")
    return _attached(Response(statement_json(row.receipt), mimetype="application/json"), name)


def _pdf(row: ReceiptRow) -> Response:
    if not row.is_signed:  # made before receipts were signed: there is no page of it
        raise NotFound(Problem("not-found"))
    language = chosen_language()
    release()
    name = receipt_name(row.receipt, "pdf")
    return _attached(Response(printed_receipt(row, language), mimetype="application/pdf"), name)


def _attached(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.get("/keys")
@requires(Action.PUBLIC_READ)
def keys() -> ResponseReturnValue:
    """The public keys with which receipts and checkpoints are checked, old ones too."""
    return page(
        "public/keys.html",
        keys=list_keys(session()),
        checker=url_for("static", filename=CHECKER),
    )


@blueprint.get("/keys.json")
@requires(Action.PUBLIC_READ)
def keys_file() -> ResponseReturnValue:
    """The same for programs: each key with the signed statement that introduced it."""
    return jsonify({"keys": [row.statement for row in list_keys(session())]})
