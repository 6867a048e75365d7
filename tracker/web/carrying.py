"""Text sent after the session had ended is carried through signing in, and then saved.

The sign-in fields stand on a form that posts to the very address the text was sent to: one
request signs in and goes on to the view, which authorises the new person as always. So the
password reaches no other code, no body is kept on the server, and nothing is posted twice.
"""

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from tracker.domain.errors import Problem
from tracker.forms.account import SignInForm
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.signing_in import SignInRefused, settings, sign_in
from tracker.web.transaction import commit_apart, release

PREFIX = "sign_in_"
NOT_CARRIED = frozenset({"csrf_token", f"{PREFIX}email", f"{PREFIX}password"})
Fields = list[tuple[str, str]]


def _fields() -> Fields:
    return [pair for pair in request.form.items(multi=True) if pair[0] not in NOT_CARRIED]


def carries_text() -> bool:
    """Whether this request brings a form for a report, which must not be lost."""
    return request.method == "POST" and request.path.startswith("/reports/") and bool(_fields())


def comes_from_here() -> bool:
    """Whether the browser says that one of our own pages sent the form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == settings().base_url


def sign_in_page(status: int = 401, problem: Problem | None = None) -> ResponseReturnValue:
    """The sign-in page that carries the text, for the same address."""
    return _carrying_page("auth/carried.html", status, problem)


def save_again_page() -> ResponseReturnValue:
    """For a form whose token had expired: the text with a fresh one, to be sent again."""
    signed_in = current_actor().signed_in
    return _carrying_page("auth/expired.html" if signed_in else "auth/carried.html", 400, None)


def _carrying_page(template: str, status: int, problem: Problem | None) -> ResponseReturnValue:
    form = SignInForm(request.form if problem else None, prefix=PREFIX)
    if problem is None:
        release()
    else:  # a wrong password was counted, which must last
        form.show(problem)
    target = request.full_path.rstrip("?")
    body = page(template, form=form, fields=_fields(), target=target)
    headers = {"Cache-Control": "no-store"}
    return body, status, headers | ({"Retry-After": "900"} if status == 429 else {})


def init_app(app: Flask) -> None:
    """Sign in where a carried form brings address and password, then let the view save."""

    @app.before_request
    def sign_in_on_the_way() -> ResponseReturnValue | None:
        if not carries_text() or f"{PREFIX}password" not in request.form:
            return None
        form = SignInForm(request.form, prefix=PREFIX)
        try:
            sign_in(form.typed("email"), form.typed("password"))
        except SignInRefused as refused:
            return sign_in_page(refused.status, refused.problem)
        commit_apart()
        request.form = ImmutableMultiDict(
            [pair for pair in request.form.items(multi=True) if not pair[0].startswith(PREFIX)]
        )
        return None
