"""Refusals as pages: the right status, a clear sentence, nothing changed."""

import structlog
from flask import Flask, current_app, flash, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from tracker.domain.errors import (
    Busy,
    ChangedSince,
    Gone,
    Invalid,
    Lost,
    NotFound,
    NotPermitted,
    Problem,
    StaleEdit,
    TooMany,
    TrackerError,
    WrongStatus,
)
from tracker.domain.signed import KeyUnusable
from tracker.models.engine import is_unusable, said_by_database
from tracker.policy.actions import Action
from tracker.web import carrying, second_step, signing_in
from tracker.web.access import SignInNeeded, declared_action
from tracker.web.refusing import refusal, wants_json
from tracker.web.render import page, problem_text, with_query
from tracker.web.security import holds_null
from tracker.web.session import current_actor, stay_unknown
from tracker.web.shown_to import SHOWN_TO, OtherPerson, name_of_other
from tracker.web.transaction import SAFE_METHODS, release

log = structlog.get_logger("errors")
STATUS: dict[type[TrackerError], int] = {
    Invalid: 422,
    NotPermitted: 403,
    NotFound: 404,
    WrongStatus: 409,
    StaleEdit: 409,
    ChangedSince: 409,
    Gone: 410,
    Lost: 500,
    TooMany: 429,
    Busy: 503,
}
FILE_SENT = "multipart/form-data"
RETRY_AFTER = "10"  # seconds: as long as SQLite waits for its lock
PAGES = (400, 403, 404, 405, 409, 410, 413, 414, 422, 429, 500, 503)


def refused(error: TrackerError) -> ResponseReturnValue:
    """What the domain refuses; text of a report that this account may not save is kept."""
    may_not = error.problem.code in ("not-permitted", "not-found")
    if may_not and carrying.carries_text() and not wants_json():
        return carrying.other_account_page(STATUS[type(error)])
    return refusal(error.problem, STATUS[type(error)])


def _readable_path() -> str:
    """The path of what was sent, where the same path can be read; else empty."""
    adapter = current_app.create_url_adapter(request)
    can_be_read = adapter is not None and adapter.test(method="GET")
    return request.path if can_be_read and request.method not in SAFE_METHODS else ""


def _without_slash() -> str:
    """The public page that was asked for with a slash after its path, as people type; else empty.

    It is built from the page found, so that no path leads to another site.
    """
    adapter, path = current_app.create_url_adapter(request), request.path
    if adapter is None or request.method not in SAFE_METHODS or not path.endswith("/"):
        return ""
    try:
        endpoint, place = adapter.match(path.removesuffix("/"), method="GET")
    except HTTPException:
        return ""
    if declared_action(current_app, endpoint) is not Action.PUBLIC_READ:
        return ""
    return with_query(url_for(endpoint, **place), request.args.to_dict(flat=False))


def sign_in_first() -> ResponseReturnValue:
    """The sign-in page, which carries text sent for a report and else leads back here.

    A file that was sent is lost: its sender is told so, and led back to the page that takes it.
    """
    if wants_json():
        return refusal(Problem("sign-in-needed"), 401)
    if carrying.carries_text():
        return carrying.sign_in_page()
    wanted = request.full_path.rstrip("?") if request.method in SAFE_METHODS else _readable_path()
    if request.mimetype == FILE_SENT:
        told = gettext(
            "Your session has ended, so the file was not kept. Sign in, then choose the "
            "file again and send it."
        )
        flash(told, "alert")
    address = signing_in.missing_step(wanted) or url_for("auth.sign_in", next=wanted or None)
    return redirect(address, 303)


def form_expired() -> ResponseReturnValue:
    """Refuse a form without a good token; text of a report that our own page sent is kept.

    With nobody signed in a script and who sent a file are told that: signing out, also in another
    window, took the token away. Whoever signed in again since is led back to choose the file again.
    Where the same person has signed in again, the script of our own page gets the new token, as it
    would by loading the page.
    """
    if wants_json() and not current_actor().signed_in:
        return refusal(Problem("sign-in-needed"), 401)
    if carrying.comes_from_here() and (name := name_of_other()):
        return other_person(name)
    if wants_json() and carrying.comes_from_here() and request.form.get(SHOWN_TO):
        problem = Problem("signed-in-again")
        told = {"ok": False, "code": problem.code, "message": problem_text(problem)}
        return jsonify({**told, "token": generate_csrf()}), 400
    if carrying.carries_text() and carrying.comes_from_here() and not wants_json():
        return carrying.save_again_page()
    if request.mimetype == FILE_SENT and carrying.comes_from_here():
        if not current_actor().signed_in:
            return sign_in_first()
        if not wants_json() and _readable_path():
            return _choose_again()
    return second_step.shown_before() or refusal(Problem("form-expired"), 400)


def _choose_again() -> ResponseReturnValue:
    told = gettext(
        "The page that sent the file was opened too long ago, or before you signed in again, so "
        "the file was not kept. Choose it again on this page and send it."
    )
    flash(told, "alert")
    return redirect(_readable_path(), 303)


def other_person(name: str) -> ResponseReturnValue:
    """Ask before a form that was shown to ``name`` is saved for whoever is signed in now."""
    values = {"other": name, "name": current_actor().name}
    if wants_json():
        return refusal(Problem("other-person-typed", values=values), 409)
    if carrying.carries_text():
        return carrying.save_again_page()
    return refusal(Problem("other-person", values=values), 409)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """What the server or Flask refuses, as JSON for scripts and as a page for people."""
    code = error.code or 500
    if code not in PAGES:
        return error.get_response()
    if code == 404 and (address := _without_slash()):
        release()
        return redirect(address, 308)
    allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    if wants_json():
        answer = make_response(refusal(Problem("not-saved"), code))
        answer.headers.update(headers)
        return answer
    release()
    message = (
        problem_text(Problem("null-in-address", values={"code": "%00"}))
        if code == 400 and holds_null()
        else ""
    )
    return page(f"errors/{code}.html", message=message, back=_readable_path()), code, headers


def done_meanwhile(error: IntegrityError) -> ResponseReturnValue:
    """Two people did the same at the same moment: the second one is told."""
    log.warning("integrity", error=said_by_database(error))
    return refusal(Problem("done-meanwhile"), 409)


def database_unusable(error: DBAPIError | NoConnectionFree) -> ResponseReturnValue:
    """The database is locked, full or gone: nothing was saved; text comes back to be sent again.

    The page asks the database nothing, so it is one for somebody who is not signed in.
    """
    if isinstance(error, DBAPIError) and not is_unusable(error):
        raise error
    log.error("database-unusable", error=said_by_database(error))
    stay_unknown()
    if carrying.carries_text() and carrying.comes_from_here() and not wants_json():
        answer = carrying.carrying_page("errors/send_again.html", 503)
    else:
        answer = refusal(Problem("database-unusable"), 503)
    response = make_response(answer)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def cannot_sign(error: KeyUnusable) -> ResponseReturnValue:
    """Nothing is submitted without a signed receipt; the operator finds the file in the log."""
    log.error("signing-key", error=str(error))
    problem = Problem("cannot-sign")
    if carrying.carries_text() and carrying.comes_from_here() and not wants_json():
        return carrying.carrying_page("errors/send_again.html", 503, why=problem_text(problem))
    return refusal(problem, 503)


def init_app(app: Flask) -> None:
    """Turn the domain's refusals and HTTP errors into pages."""

    @app.errorhandler(Busy)
    def busy(error: Busy) -> ResponseReturnValue:
        response = make_response(refusal(error.problem, STATUS[Busy]))
        response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(SignInNeeded)
    def sign_in_needed(error: SignInNeeded) -> ResponseReturnValue:
        return sign_in_first()

    @app.errorhandler(OtherPerson)
    def for_another(error: OtherPerson) -> ResponseReturnValue:
        return other_person(error.name)

    @app.errorhandler(CSRFError)
    def csrf_failed(error: CSRFError) -> ResponseReturnValue:
        log.warning("form-refused", why=error.description, base_url=signing_in.settings().base_url)
        return form_expired()

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        return http_error(error)

    app.register_error_handler(TrackerError, refused)
    app.register_error_handler(IntegrityError, done_meanwhile)
    app.register_error_handler(KeyUnusable, cannot_sign)
    app.register_error_handler(DBAPIError, database_unusable)
    app.register_error_handler(NoConnectionFree, database_unusable)

    @app.errorhandler(500)
    def failed(error: InternalServerError) -> ResponseReturnValue:
        cause = error.original_exception
        if isinstance(cause, DBAPIError) and is_unusable(cause):  # it was committed last
            return database_unusable(cause)
        return refusal(Problem("not-saved"), 500)
