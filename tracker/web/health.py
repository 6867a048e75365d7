"""For monitors: is the process there, can it serve."""

import os
import shutil

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from tracker.domain.uploads import FREE_NEEDED
from tracker.models.engine import may_only_be_read, unwritable
from tracker.models.schema import schema_problem
from tracker.policy.actions import Action
from tracker.queries.states import is_demonstration
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
    """The database answers and holds what this version and site need; files can be written."""
    problem = _database_problem() or _folder_problem()
    return (jsonify({"status": problem}), 503) if problem else jsonify({"status": "ok"})


def _database_problem() -> str:
    database = session()
    try:
        if schema_problem(database.connection()):
            return "the tables are not those of this version"
        if may_only_be_read(database.connection()):
            return "the database may only be read"
        if is_demonstration(database) != current_app.config["SETTINGS"].demonstration:
            return "demonstration data and real settings are mixed"
    except SQLAlchemyError:
        return "the database cannot be used"
    return ""


def _folder_problem() -> str:
    """Exports, uploads and, on SQLite, every save need room there."""
    folder = current_app.instance_path
    if not os.access(folder, os.W_OK):
        return "the instance folder cannot be written"
    if unwritable(current_app.config["SETTINGS"].database_url):
        return "the file of the database cannot be written"
    if shutil.disk_usage(folder).free < FREE_NEEDED:
        return "the disk of the instance folder is almost full"
    return ""
