"""One transaction a request, opened and committed here and nowhere else.

Unsafe methods take the write lock at once and are committed before the answer is sent, so
that "saved" is only ever said of what is on disk. An answer of 400 or more rolls back,
unless the view asked to keep what it wrote (a failed sign-in is counted).
"""

from contextlib import ExitStack

from flask import Flask, Response, g, request
from sqlalchemy.orm import Session

from tracker.extensions import db
from tracker.models.engine import write_intent

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def session() -> Session:
    """The request's database session."""
    return db.session()


def release() -> None:
    """End the transaction before something slow happens; what was read stays readable rows."""
    db.session.rollback()


def keep_despite_error() -> None:
    """Commit what this request wrote although its answer is a refusal."""
    g.keep_despite_error = True


def commit_apart() -> None:
    """Commit what this request wrote so far, whatever becomes of the rest.

    For a sign-in that comes in one request with a save: a refused save must not undo it.
    """
    db.session.commit()


def write_although_read() -> None:
    """Let a request by GET write: what begins from here on takes the write lock at once.

    For browsers that a provider of sign-ins sends back, which it can do in no other way. What is
    written lasts only with ``commit_apart``.
    """
    db.session.rollback()
    g.intent.enter_context(write_intent())


def init_app(app: Flask) -> None:
    """Open, commit and close around every request."""

    @app.before_request
    def begin() -> None:
        g.intent = ExitStack()
        if request.method not in SAFE_METHODS:
            g.intent.enter_context(write_intent())

    @app.after_request
    def finish(response: Response) -> Response:
        safe = request.method in SAFE_METHODS
        refused = response.status_code >= 400 and not g.get("keep_despite_error")
        if safe or refused:
            db.session.rollback()
        else:
            db.session.commit()
        return response

    @app.teardown_request
    def close(error: BaseException | None) -> None:
        db.session.remove()
        if "intent" in g:
            g.intent.close()
