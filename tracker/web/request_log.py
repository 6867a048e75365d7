"""One line a request, and the numbers for Prometheus.

A line names the rule of the address, never the address: some hold single-use links, and what was
searched for is nobody's business. Nothing that a browser sent stands in it.
"""

import secrets
import time

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from tracker.web.metrics import count_request

log = structlog.get_logger("requests")
UNKNOWN = "unknown"  # an address that there is not
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def request_reference() -> str:
    """What finds this request in the log again: 16 hexadecimal digits."""
    return str(g.request_id)


def init_app(app: Flask) -> None:
    """Begin before everything else, end after it."""

    @app.before_request
    def begin() -> None:
        g.request_id, g.begun = secrets.token_hex(8), time.perf_counter()
        clear_contextvars()
        bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.begun
        rule = request.url_rule.rule if request.url_rule else UNKNOWN
        method = request.method if request.method in METHODS else UNKNOWN
        response.headers["X-Request-Id"] = g.request_id
        count_request(method, rule, response.status_code, seconds)
        log.info(
            "request",
            method=method,
            rule=rule,
            status=response.status_code,
            milliseconds=round(seconds * 1000),
            bytes=response.calculate_content_length(),
            person=_person(),
        )
        return response


def _person() -> int | None:
    """The account, where the request asked for it; its number, never a name."""
    known = g.get("_login_user")
    actor = getattr(known, "actor", None)
    return actor.user_id if actor is not None else None
