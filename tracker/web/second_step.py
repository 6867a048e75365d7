"""The second step of signing in: asking for a code, setting an app up, doing without it."""

import segno
from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from markupsafe import Markup

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.second_factor import SecondFactorFor, Standing, in_groups, parse_set_up_code
from tracker.forms.base import BaseForm
from tracker.forms.second_step import CodeForm, SetUpForm
from tracker.policy.actions import Action
from tracker.queries.sign_ins import BrowserRow, factor_of
from tracker.services import second_factor
from tracker.web import signing_in
from tracker.web.access import SignInNeeded, requires
from tracker.web.confirming import sensitive
from tracker.web.mailed_codes import may_be_mailed
from tracker.web.passkey_options import passkeys_offered, sign_in_options
from tracker.web.proving import check_code, finish_sign_in, person_id
from tracker.web.render import page
from tracker.web.session import (
    current_actor,
    current_browser,
    request_token_hash,
    second_factor_for,
)
from tracker.web.signing_in import SignInRefused, elsewhere, wanted
from tracker.web.transaction import session

blueprint = Blueprint("second_step", __name__)
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
FEW_CODES = 3
BRINGS_CODES = ("second_step.finish_set_up", "passkeys.add")
ISSUER = "Small Arms Commitments Tracker"


def browser_at(*standings: Standing) -> BrowserRow | None:
    """This browser, if it stands at one of these steps."""
    browser = current_browser()
    if browser is None:
        raise SignInNeeded
    return browser if browser.standing in standings else None


@blueprint.get("/sign-in/code")
@requires(Action.PUBLIC_READ)
def ask_code() -> ResponseReturnValue:
    """Ask whoever typed the right password for a code."""
    browser = browser_at(Standing.CODE_NEEDED)
    if browser is None:
        return elsewhere()
    return code_page(browser, CodeForm()), 200, PRIVATE


def code_page(browser: BrowserRow, form: BaseForm, *, challenge: str | None = None) -> str:
    """The page that asks for the second step: a code, or a passkey where there is one.

    ``form`` shows what was wrong with either. ``challenge`` is the one made in this request.
    """
    return page(
        "auth/code.html",
        form=form if isinstance(form, CodeForm) else CodeForm(),
        refused=None if isinstance(form, CodeForm) else form,
        next=wanted(),
        with_app=browser.has_app,
        with_passkey=browser.has_passkey and passkeys_offered(),
        options=sign_in_options(browser, challenge or browser.challenge),
    )


@blueprint.post("/sign-in/code")
@requires(Action.PUBLIC_READ)
def take_code() -> ResponseReturnValue:
    """Sign in with a right code; wrong ones are counted."""
    browser = browser_at(Standing.CODE_NEEDED)
    if browser is None:
        return elsewhere()
    form = CodeForm(request.form)
    try:
        check_code(browser, form.typed("code"))
    except SignInRefused as refused:
        form = CodeForm()
        form.show(refused.problem)
        return code_page(browser, form), refused.status, PRIVATE | refused.headers
    return signed_in(browser)


def signed_in(browser: BrowserRow) -> ResponseReturnValue:
    """Both steps are done."""
    finish_sign_in()
    _warn_of_few_codes(browser)
    return redirect(wanted() or signing_in.landing(), 303)


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


def setting_up() -> BrowserRow | None:
    """This browser, if an app or a passkey, the first or another one, may be set up in it."""
    browser = browser_at(Standing.SIGNED_IN, Standing.ENROLMENT_NEEDED)
    return None if second_factor_for() is SecondFactorFor.OFF else browser


@blueprint.get("/second-step")
@requires(Action.PUBLIC_READ)
def set_up() -> ResponseReturnValue:
    """The key for the app, once setting up has begun."""
    browser = setting_up()
    if browser is None:
        return elsewhere()
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
        next=wanted(),
        required=browser.standing is Standing.ENROLMENT_NEEDED,
        another=browser.has_app,
        passkeys=passkeys_offered() and not browser.enrolled,
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
    if setting_up() is None or hashed is None:
        return elsewhere()
    second_factor.begin_set_up(session(), hashed_token=hashed)
    return redirect(url_for("second_step.set_up", next=wanted() or None), 303)


@blueprint.post("/second-step")
@requires(Action.PUBLIC_READ)
@sensitive
def finish_set_up() -> ResponseReturnValue:
    """Keep the key if the code shows that the app has it; the recovery codes are shown once."""
    browser, hashed = setting_up(), request_token_hash()
    if browser is None or hashed is None:
        return elsewhere()
    form = SetUpForm(request.form)
    try:
        token, codes = second_factor.finish_set_up(
            session(),
            actor=browser.person,
            hashed_token=hashed,
            code=parse_set_up_code(form.typed("code")),
            clock=system_clock,
        )
    except NotFound as error:
        if error.problem.code != "set-up-expired":
            raise
        return redirect(url_for("second_step.set_up", next=wanted() or None), 303)
    except Invalid as error:
        form = SetUpForm()
        form.show(*error.problems)
        return _set_up_page(browser, form), 422, PRIVATE
    return step_added(
        token, codes, gettext("The app is set up. Other browsers have been signed out.")
    )


def step_added(token: str, codes: tuple[str, ...], said: str) -> ResponseReturnValue:
    """Go on with both steps done, by way of the recovery codes where there are new ones."""
    onward = wanted()
    signing_in.begin(token)
    if codes:
        return _codes_page(codes, onward or signing_in.landing())
    flash(said)
    return redirect(onward or url_for("auth.account"), 303)


def _codes_page(codes: tuple[str, ...], onward: str) -> ResponseReturnValue:
    shown = [in_groups(code) for code in codes]
    return page("auth/recovery_codes.html", codes=shown, onward=onward), 200, PRIVATE


def shown_before() -> ResponseReturnValue | None:
    """To the account, if the page of the recovery codes was loaded again: its form has been taken.

    What was done gave this browser a new session, so the token that the form brings is an old one.
    """
    browser = current_browser()
    if request.endpoint not in BRINGS_CODES or browser is None or not browser.enrolled:
        return None
    if browser.standing is not Standing.SIGNED_IN or browser.pending_secret:
        return None
    flash(
        gettext(
            "The second step is set up already. Its recovery codes are shown only once: make new "
            "ones here if you have not kept them."
        )
    )
    return redirect(url_for("auth.account", _anchor="second-step"), 303)


@blueprint.post("/account/second-step/codes")
@requires(Action.SESSION_USE)
@sensitive
def new_codes() -> ResponseReturnValue:
    """Ten new recovery codes, shown once; the ones before no longer work.

    The form says how often that was done, so that loading the answer again makes no others.
    """
    factor = factor_of(session(), second_factor.own_id(current_actor()))
    if factor and "made" not in request.form:
        raise Invalid(Problem("form-expired"))  # none of our pages sent it
    if factor and request.form["made"] != str(factor.codes_made):
        flash(
            gettext(
                "New recovery codes were made already and are shown only once: make new ones "
                "here if you have not kept them."
            )
        )
        return redirect(url_for("auth.account", _anchor="second-step"), 303)
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
    flash(gettext("The app is removed. Other browsers have been signed out."))
    return redirect(url_for("auth.account"), 303)
