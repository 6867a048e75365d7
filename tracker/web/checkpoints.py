"""Checkpoints for everybody: what States and others keep to hold the tracker to its word."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from tracker.domain.errors import NotFound, Problem
from tracker.exchange.receipts import statement_json
from tracker.policy.actions import Action
from tracker.queries.checkpoints import checkpoint_or_none, latest_checkpoints, list_checkpoints
from tracker.web.access import requires
from tracker.web.render import page
from tracker.web.revalidation import revalidate
from tracker.web.transaction import session

blueprint = Blueprint("checkpoints", __name__)
blueprint.after_request(revalidate)
SHOWN = 31
HIGHEST = 2**31 - 1  # what the column holds


@blueprint.get("/checkpoints")
@requires(Action.PUBLIC_READ)
def index() -> ResponseReturnValue:
    """What a checkpoint is, and the latest ones."""
    return page("public/checkpoints.html", checkpoints=latest_checkpoints(session(), SHOWN))


@blueprint.get("/checkpoints.json")
@requires(Action.PUBLIC_READ)
def every() -> ResponseReturnValue:
    """Number, day and hash of every one; each is whole under its number."""
    rows = list_checkpoints(session())
    return jsonify(
        {"checkpoints": [{"number": r.number, "day": r.day, "hash": r.hash} for r in rows]}
    )


@blueprint.get("/checkpoints/<int:number>.json")
@requires(Action.PUBLIC_READ)
def one(number: int) -> ResponseReturnValue:
    """One signed checkpoint, to keep."""
    row = checkpoint_or_none(session(), number) if number <= HIGHEST else None
    if row is None:
        raise NotFound(Problem("not-found"))
    answer = Response(statement_json(row.statement), mimetype="application/json")
    name = f"checkpoint_{row.day}_{row.number}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
