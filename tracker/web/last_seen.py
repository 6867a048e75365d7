"""When a browser was last there, for its owner's list of sessions.

It is noted apart from what a page reads or writes, and at times only, so that reading hardly ever
writes.
"""

from datetime import timedelta

import structlog
from flask import Flask, g
from sqlalchemy.exc import DBAPIError

from tracker.domain.clock import system_clock
from tracker.models.engine import is_unusable, said_by_database, write_intent
from tracker.queries.sign_ins import BrowserRow
from tracker.services import sessions
from tracker.web.session import current_browser
from tracker.web.transaction import commit_apart, release, session

SEEN_EVERY = timedelta(minutes=5)
log = structlog.get_logger("last-seen")


def init_app(app: Flask) -> None:
    """Note it after the answer, of the browser that the page asked for."""

    @app.teardown_request
    def note(error: BaseException | None) -> None:
        if "_login_user" not in g:  # nobody asked who it is
            return
        browser = current_browser()
        if browser is not None and browser.seen_at <= system_clock() - SEEN_EVERY:
            _note(browser)


def _note(browser: BrowserRow) -> None:
    """Where nothing can be written now, the next page notes it."""
    release()  # of a request that failed: what it wrote must not be kept with this
    try:
        with write_intent():
            sessions.note_seen(session(), session_id=browser.id, clock=system_clock)
            commit_apart()
    except DBAPIError as error:
        release()
        if not is_unusable(error):
            raise
        log.warning("seen-not-noted", error=said_by_database(error))
