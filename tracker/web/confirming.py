"""Before what is sensitive, whoever signed in a while ago proves once more to be there.

The form that was sent stands on the page that asks, and goes to its address again with the proof:
so nothing typed is lost, and the view sees the form as it was sent first.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

from tracker.domain.clock import system_clock
from tracker.domain.second_factor import Standing
from tracker.forms.second_step import ConfirmForm
from tracker.queries.sign_ins import BrowserRow
from tracker.web.carrying import CONFIRM_PREFIX, carrying_page, go_on_without
from tracker.web.proving import confirm
from tracker.web.session import current_browser
from tracker.web.signing_in import SignInRefused
from tracker.web.transaction import SAFE_METHODS

F = TypeVar("F", bound=Callable[..., Any])
CONFIRMED_FOR = timedelta(minutes=15)
SENSITIVE = "asks_confirmation"


def sensitive(view: F) -> F:
    """Declare that a view needs somebody who typed password or code within 15 minutes."""
    setattr(view, SENSITIVE, True)
    return view


def is_sensitive(app: Flask, endpoint: str | None) -> bool:
    """Whether this endpoint was declared so."""
    return getattr(app.view_functions.get(endpoint or ""), SENSITIVE, False)


def _ask(browser: BrowserRow, refused: SignInRefused | None = None) -> ResponseReturnValue:
    form = ConfirmForm(None, prefix=CONFIRM_PREFIX)
    if not browser.enrolled:
        del form.code
    return carrying_page("auth/confirm.html", 401, form, refused)


def init_app(app: Flask) -> None:
    """Stand before every sensitive view."""

    @app.before_request
    def confirm_first() -> ResponseReturnValue | None:
        if request.method in SAFE_METHODS or not is_sensitive(current_app, request.endpoint):
            return None
        browser = current_browser()
        # Whoever has yet to set up a second step may have come without the password.
        known = (Standing.SIGNED_IN, Standing.ENROLMENT_NEEDED)
        if browser is None or browser.standing not in known:
            return None
        if any(name.startswith(CONFIRM_PREFIX) for name in request.form):
            form = ConfirmForm(request.form, prefix=CONFIRM_PREFIX)
            try:
                confirm(browser, form.typed("password"), form.typed("code"))
            except SignInRefused as refused:
                return _ask(browser, refused)
            go_on_without(CONFIRM_PREFIX)
            return None
        recent = browser.confirmed_at > system_clock() - CONFIRMED_FOR
        return None if recent else _ask(browser)
