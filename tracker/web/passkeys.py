"""Passkeys: adding one, signing in with one, removing one.

What a device says comes in a hidden field of a plain form, put there by ``static/js/passkey.js``.
"""

import structlog
from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.passkeys import RelyingParty, parse_passkey_name
from tracker.domain.second_factor import Standing
from tracker.forms.second_step import NewPasskeyForm, UsePasskeyForm
from tracker.policy.actions import Action
from tracker.queries.sign_ins import BrowserRow
from tracker.services import passkeys, second_factor
from tracker.services.passkeys import ANSWER
from tracker.web.access import requires
from tracker.web.confirming import sensitive
from tracker.web.passkey_options import party, set_up_options
from tracker.web.proving import count_wrong_code, person_id, refuse_too_many_codes
from tracker.web.render import page
from tracker.web.second_step import (
    ISSUER,
    PRIVATE,
    browser_at,
    code_page,
    setting_up,
    signed_in,
    step_added,
)
from tracker.web.session import current_actor, request_token_hash, second_factor_for
from tracker.web.signing_in import SignInRefused, elsewhere, wanted
from tracker.web.transaction import keep_despite_error, session

blueprint = Blueprint("passkeys", __name__)
log = structlog.get_logger("passkeys")


def _own_token() -> str:
    hashed = request_token_hash()
    if hashed is None:
        raise NotFound(Problem("not-found"))
    return hashed


def _fresh_challenge() -> str:
    """Another challenge for this browser, kept although the answer may be a refusal."""
    keep_despite_error()
    return passkeys.begin(session(), hashed_token=_own_token(), clock=system_clock)


@blueprint.post("/second-step/passkey/begin")
@requires(Action.PUBLIC_READ)
@sensitive
def begin_adding() -> ResponseReturnValue:
    """Make a challenge for a new passkey."""
    if setting_up() is None or party() is None:
        return elsewhere()
    _fresh_challenge()
    return redirect(url_for("passkeys.ask_new", next=wanted() or None), 303)


@blueprint.get("/second-step/passkey")
@requires(Action.PUBLIC_READ)
def ask_new() -> ResponseReturnValue:
    """Ask for the name of a new passkey; the script of the page asks the device."""
    browser = setting_up()
    if browser is None or party() is None:
        return elsewhere()
    return _new_page(browser, NewPasskeyForm(), browser.challenge), 200, PRIVATE


def _new_page(browser: BrowserRow, form: NewPasskeyForm, challenge: str | None) -> str:
    return page(
        "auth/new_passkey.html",
        form=form,
        next=wanted(),
        required=browser.standing is Standing.ENROLMENT_NEEDED,
        first=not browser.enrolled,
        options=set_up_options(browser, challenge, ISSUER),
    )


@blueprint.post("/second-step/passkey")
@requires(Action.PUBLIC_READ)
@sensitive
def add() -> ResponseReturnValue:
    """Keep the passkey that the device made; recovery codes, if they are new, are shown once."""
    browser, site = setting_up(), party()
    if browser is None or site is None:
        return elsewhere()
    form = NewPasskeyForm(request.form)
    challenge = browser.challenge
    try:
        name = form.parsed(name=parse_passkey_name)["name"]
        answer = _answered(form)
    except Invalid as error:
        return _refused_new(browser, error, challenge)
    try:
        token, codes = passkeys.add(
            session(),
            actor=browser.person,
            hashed_token=_own_token(),
            name=name,
            answer=answer,
            party=site,
            clock=system_clock,
        )
    except Invalid as error:
        _note(browser, error)
        return _refused_new(browser, error, _fresh_challenge())
    return step_added(
        token, codes, gettext("The passkey is added. Other browsers have been signed out.")
    )


def _answered(form: UsePasskeyForm) -> str:
    answer = form.typed(ANSWER)
    if not answer:
        raise Invalid(Problem("passkey-needs-script", ANSWER))
    return answer


def _refused_new(browser: BrowserRow, error: Invalid, challenge: str | None) -> ResponseReturnValue:
    form = NewPasskeyForm(data={"name": request.form.get("name", "")})
    form.show(*error.problems)
    return _new_page(browser, form, challenge), 422, PRIVATE


def _note(browser: BrowserRow, error: Invalid) -> None:
    """Say in the log why: where the base URL is wrong, it is this."""
    log.warning(error.problem.code, user=person_id(browser), why=str(error.__cause__ or ""))


@blueprint.get("/sign-in/passkey")
@requires(Action.PUBLIC_READ)
def ask() -> ResponseReturnValue:
    """Passkeys are asked for beside codes."""
    browser_at()
    return elsewhere()


@blueprint.post("/sign-in/passkey/begin")
@requires(Action.PUBLIC_READ)
def begin_using() -> ResponseReturnValue:
    """Make a challenge for signing in, where the one made after the password is used or over."""
    if browser_at(Standing.CODE_NEEDED) is not None and party() is not None:
        _fresh_challenge()
    return elsewhere()


@blueprint.post("/sign-in/passkey")
@requires(Action.PUBLIC_READ)
def use() -> ResponseReturnValue:
    """Sign in with what the device says; what is not right counts as a wrong code."""
    browser, site = browser_at(Standing.CODE_NEEDED), party()
    if browser is None or site is None:
        return elsewhere()
    try:
        _check(browser, site, _answered(UsePasskeyForm(request.form)))
    except (Invalid, SignInRefused) as error:
        return _refused_use(browser, error)
    return signed_in(browser)


def _check(browser: BrowserRow, site: RelyingParty, answer: str) -> None:
    user_id = person_id(browser)
    second_factor.lock(session(), user_id)
    refuse_too_many_codes(user_id)
    try:
        passkeys.use(
            session(),
            actor=browser.person,
            hashed_token=_own_token(),
            answer=answer,
            party=site,
            clock=system_clock,
        )
    except Invalid as error:
        _note(browser, error)
        if error.problem.code != "passkey-too-late":
            count_wrong_code(browser)
        raise SignInRefused(error.problem, 401) from error


def _refused_use(browser: BrowserRow, error: Invalid | SignInRefused) -> ResponseReturnValue:
    form = UsePasskeyForm()
    form.show(error.problem)
    shown = code_page(browser, form, challenge=_fresh_challenge())
    if isinstance(error, SignInRefused):
        return shown, error.status, PRIVATE | error.headers
    return shown, 422, PRIVATE


@blueprint.post("/account/passkeys/<passkey_id>/remove")
@requires(Action.SESSION_USE)
@sensitive
def remove(passkey_id: str) -> ResponseReturnValue:
    """Do without one of one's own passkeys."""
    passkeys.remove(
        session(),
        actor=current_actor(),
        rule=second_factor_for(),
        public_id=passkey_id,
        this_browser=request_token_hash(),
        clock=system_clock,
    )
    flash(gettext("The passkey is removed. Other browsers have been signed out."))
    return redirect(url_for("auth.account") + "#second-step", 303)
