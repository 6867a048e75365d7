"""The second step of signing in: asking for a code, setting an app up, doing without it."""

import segno
from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from markupsafe import Markup

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound
from tracker.domain.second_factor import SecondFactorFor, Standing, in_groups, parse_code
from tracker.forms.second_step import CodeForm, SetUpForm
from tracker.policy.actions import Action
from tracker.queries.sign_ins import BrowserRow, factor_of
from tracker.services import second_factor
from tracker.web import signing_in
from tracker.web.access import SignInNeeded, requires
from tracker.web.confirming import sensitive
from tracker.web.mailed_codes import may_be_mailed
from tracker.web.proving import check_code, finish_sign_in, person_id
from tracker.web.render import page
from tracker.web.session import (
    current_actor,
    current_browser,
    request_token_hash,
    second_factor_for,
)
from tracker.web.signing_in import SignInRefused
from tracker.web.transaction import session

blueprint = Blueprint("second_step", __name__)
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
FEW_CODES = 3
ISSUER = "Small Arms Commitments Tracker"


def _target() -> str:
    typed = request.values.get("next", "")
    return typed if signing_in.is_own_path(typed) else ""


def _browser(*standings: Standing) -> BrowserRow | None:
    """This browser, if it stands at one of these steps."""
    browser = current_browser()
    if browser is None:
        raise SignInNeeded
    return browser if browser.standing in standings else None


def _elsewhere() -> ResponseReturnValue:
    """To the step that is missing, or on where both are done."""
    target = _target()
    return redirect(signing_in.missing_step(target) or target or signing_in.landing(), 303)


@blueprint.get("/sign-in/code")
@requires(Action.PUBLIC_READ)
def ask_code() -> ResponseReturnValue:
    """Ask whoever typed the right password for a code."""
    if _browser(Standing.CODE_NEEDED) is None:
        return _elsewhere()
    return page("auth/code.html", form=CodeForm(), next=_target()), 200, PRIVATE


@blueprint.post("/sign-in/code")
@requires(Action.PUBLIC_READ)
def take_code() -> ResponseReturnValue:
    """Sign in with a right code; wrong ones are counted."""
    browser = _browser(Standing.CODE_NEEDED)
    if browser is None:
        return _elsewhere()
    form = CodeForm(request.form)
    try:
        check_code(browser, form.typed("code"))
    except SignInRefused as refused:
        form = CodeForm()
        form.show(refused.problem)
        body = page("auth/code.html", form=form, next=_target())
        return body, refused.status, PRIVATE | refused.headers
    finish_sign_in()
    _warn_of_few_codes(browser)
    return redirect(_target() or signing_in.landing(), 303)


def _warn_of_few_codes(browser: BrowserRow) -> None:
    factor = factor_of(session(), person_id(browser))
    if factor is not None and factor.codes_left <= FEW_CODES:
        flash(
            ngettext(
                "You have %(num)s recovery code left. Make new ones on the page of your account.",
                "You have %(num)s recovery codes left. Make new ones on the page of your account.",
                factor.codes_left,
            ),
            "warning",
        )


def _setting_up() -> BrowserRow | None:
    """This browser, if an app, the first or another one, may be set up in it."""
    browser = _browser(Standing.SIGNED_IN, Standing.ENROLMENT_NEEDED)
    return None if second_factor_for() is SecondFactorFor.OFF else browser


@blueprint.get("/second-step")
@requires(Action.PUBLIC_READ)
def set_up() -> ResponseReturnValue:
    """The key for the app, once setting up has begun."""
    browser = _setting_up()
    if browser is None:
        return _elsewhere()
    return _set_up_page(browser, SetUpForm()), 200, PRIVATE


def _picture(link: str) -> Markup:
    """The link as a QR code, drawn without any style that the content policy would refuse."""
    code = segno.make_qr(link, error="m")
    drawn = code.svg_inline(border=4, light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704  # nosec B704  # the library draws it; the link is in its lines alone


def _set_up_page(browser: BrowserRow, form: SetUpForm) -> str:
    secret = browser.pending_secret
    link = second_factor.app_link(secret, email=browser.email, issuer=ISSUER) if secret else ""
    return page(
        "auth/set_up.html",
        form=form,
        next=_target(),
        required=browser.standing is Standing.ENROLMENT_NEEDED,
        another=browser.enrolled,
        key=in_groups(secret) if secret else "",
        link=link,
        picture=_picture(link) if link else None,
        email=browser.email,
        by_mail=may_be_mailed(browser),
    )


@blueprint.post("/second-step/begin")
@requires(Action.PUBLIC_READ)
@sensitive
def begin_set_up() -> ResponseReturnValue:
    """Make a new key for this browser alone."""
    hashed = request_token_hash()
    if _setting_up() is None or hashed is None:
        return _elsewhere()
    second_factor.begin_set_up(session(), hashed_token=hashed)
    return redirect(url_for("second_step.set_up", next=_target() or None), 303)


@blueprint.post("/second-step")
@requires(Action.PUBLIC_READ)
@sensitive
def finish_set_up() -> ResponseReturnValue:
    """Keep the key if the code shows that the app has it; the recovery codes are shown once."""
    browser, hashed = _setting_up(), request_token_hash()
    if browser is None or hashed is None:
        return _elsewhere()
    form = SetUpForm(request.form)
    try:
        token, codes = second_factor.finish_set_up(
            session(),
            actor=browser.person,
            hashed_token=hashed,
            code=parse_code(form.typed("code")),
            clock=system_clock,
        )
    except NotFound as error:
        if error.problem.code != "set-up-expired":
            raise
        return redirect(url_for("second_step.set_up", next=_target() or None), 303)
    except Invalid as error:
        form = SetUpForm()
        form.show(*error.problems)
        return _set_up_page(browser, form), 422, PRIVATE
    target = _target()
    signing_in.begin(token)
    return _codes_page(codes, target or signing_in.landing())


def _codes_page(codes: tuple[str, ...], onward: str) -> ResponseReturnValue:
    shown = [in_groups(code) for code in codes]
    return page("auth/recovery_codes.html", codes=shown, onward=onward), 200, PRIVATE


@blueprint.post("/account/second-step/codes")
@requires(Action.SESSION_USE)
@sensitive
def new_codes() -> ResponseReturnValue:
    """Ten new recovery codes, shown once; the ones before no longer work."""
    codes = second_factor.new_recovery_codes(session(), actor=current_actor(), clock=system_clock)
    return _codes_page(codes, url_for("auth.account"))


@blueprint.post("/account/second-step/remove")
@requires(Action.SESSION_USE)
@sensitive
def remove() -> ResponseReturnValue:
    """Do without the app, where none is asked for, or to set up another one."""
    second_factor.remove(
        session(),
        actor=current_actor(),
        rule=second_factor_for(),
        this_browser=request_token_hash(),
        clock=system_clock,
    )
    flash(gettext("The second step is removed. Other browsers have been signed out."))
    return redirect(url_for("auth.account"), 303)
