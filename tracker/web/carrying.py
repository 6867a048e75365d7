"""Text sent after the session had ended is carried through signing in, and then saved.

The sign-in fields stand on a form that posts to the very address the text was sent to: one
request signs in and goes on to the view, which authorises the new person as always. So the
password reaches no other code, no body is kept on the server, and nothing is posted twice.
"""

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict

from tracker.domain.second_factor import Standing
from tracker.forms.account import SignInForm
from tracker.forms.base import BaseForm
from tracker.forms.second_step import CodeForm
from tracker.web.passkey_options import passkeys_offered
from tracker.web.proving import check_code, finish_sign_in
from tracker.web.render import page
from tracker.web.session import current_actor, current_browser
from tracker.web.shown_to import SHOWN_TO, TYPED_BY, name_of_other, opened_by, shown_to
from tracker.web.signing_in import SignInRefused, settings, sign_in
from tracker.web.telling import untell
from tracker.web.transaction import commit_apart, release

PREFIX = "sign_in_"
CONFIRM_PREFIX = "confirm_"
Fields = list[tuple[str, str]]


def _fields(*others: str) -> Fields:
    """What was sent, without the token and without what proves who sends it.

    ``others``: names that are left out as well.
    """
    kept_back = ("csrf_token", PREFIX, CONFIRM_PREFIX, *others)
    return [pair for pair in request.form.items(multi=True) if not pair[0].startswith(kept_back)]


def _carried_on() -> Fields:
    """For whoever reads the page that asks, and still for whom the text was typed."""
    typed_by = [(TYPED_BY, opened_by())] if opened_by() else []
    return [*_fields(SHOWN_TO, TYPED_BY), *typed_by, (SHOWN_TO, shown_to())]


def carries_text() -> bool:
    """Whether this request brings a form for a report or its review, which must not be lost."""
    for_report = request.method == "POST" and request.path.startswith(("/reports/", "/review/"))
    return for_report and bool(_fields(SHOWN_TO))


def comes_from_here() -> bool:
    """Whether the browser says that one of our own pages sent the form."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == settings().base_url


def sign_in_page(refused: SignInRefused | None = None) -> ResponseReturnValue:
    """The sign-in page that carries the text, for the same address.

    Of somebody whose second step is missing it asks that step.
    """
    browser = current_browser()
    if browser is not None and browser.standing is Standing.ENROLMENT_NEEDED:
        return carrying_page("auth/carried_set_up.html", 401)
    form: BaseForm
    if browser is not None and browser.standing is Standing.CODE_NEEDED:
        form = CodeForm(None, prefix=PREFIX)
        with_passkey = browser.has_passkey and passkeys_offered()
        return carrying_page(
            "auth/carried_code.html", 401, form, refused, with_passkey=with_passkey
        )
    form = SignInForm(request.form if refused else None, prefix=PREFIX)
    return carrying_page("auth/carried.html", 401, form, refused)


def save_again_page() -> ResponseReturnValue:
    """For a form whose token had expired: the text with a fresh one, to be sent again.

    Where somebody else is signed in than whom the form was shown to, the page says so first.
    """
    if current_actor().signed_in:
        return carrying_page("auth/expired.html", 409 if name_of_other() else 400)
    return carrying_page("auth/carried.html", 400, SignInForm(None, prefix=PREFIX))


def other_account_page(status: int) -> ResponseReturnValue:
    """For a save that this account may not make: the text, to be saved by another account.

    Whoever gets the page sent the text in this very request, so it shows nobody anything new, and
    it says the same of a report that is not there.
    """
    return carrying_page("errors/other_account.html", status, SignInForm(None, prefix=PREFIX))


def carrying_page(
    template: str,
    status: int,
    form: BaseForm | None = None,
    refused: SignInRefused | None = None,
    *,
    with_passkey: bool = False,
    why: str = "",
) -> ResponseReturnValue:
    headers = {"Cache-Control": "no-store"}
    untell()
    if refused is None or form is None:
        release()
    else:  # a wrong password was counted, which must last
        form.show(refused.problem)
        status, headers = refused.status, headers | refused.headers
    target = request.full_path.rstrip("?")
    asked = template == "auth/expired.html"  # who sends that page on was told for whom it saves
    shown = page(
        template,
        form=form,
        fields=_carried_on() if asked else _fields(),
        other=name_of_other(),
        file_lost=any(file.filename for file in request.files.values()),
        target=target,
        with_passkey=with_passkey,
        why=why,
    )
    return shown, status, headers


def init_app(app: Flask) -> None:
    """Sign in where a carried form brings address and password, then let the view save."""

    @app.before_request
    def sign_in_on_the_way() -> ResponseReturnValue | None:
        if not carries_text():
            return None
        try:
            if f"{PREFIX}password" in request.form:
                form = SignInForm(request.form, prefix=PREFIX)
                sign_in(form.typed("email"), form.typed("password"))
            elif f"{PREFIX}code" in request.form:
                _take_code()
            else:
                return None
        except SignInRefused as refused:
            return sign_in_page(refused)
        go_on_without(PREFIX)
        return None


def _take_code() -> None:
    """The second step, where it is the one that is missing."""
    browser = current_browser()
    if browser is not None and browser.standing is Standing.CODE_NEEDED:
        check_code(browser, CodeForm(request.form, prefix=PREFIX).typed("code"))
        finish_sign_in()


def go_on_without(prefix: str) -> None:
    """Keep what proved who this is, and let the view see the form as it was sent first."""
    commit_apart()
    request.form = ImmutableMultiDict(
        [pair for pair in request.form.items(multi=True) if not pair[0].startswith(prefix)]
    )
