"""For monitors: is the process there, can it serve."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tracker.policy.actions import Action
from tracker.web.access import requires
from tracker.web.transaction import session

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@requires(Action.PUBLIC_READ)
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@requires(Action.PUBLIC_READ)
def readyz() -> ResponseReturnValue:
    """The database answers and holds its tables."""
    try:
        session().execute(text("SELECT data_version FROM installation"))
    except SQLAlchemyError:
        return jsonify({"status": "the database cannot be used"}), 503
    return jsonify({"status": "ok"})
