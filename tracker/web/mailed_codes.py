"""The second step by mail, where the site asks everybody for one and a person has no app."""

import structlog
from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, Problem
from tracker.domain.mailed_code import parse_mailed_code
from tracker.domain.second_factor import Assurance, Standing, takes_mailed_code
from tracker.forms.second_step import MailedCodeForm
from tracker.policy.actions import Action
from tracker.queries.sign_ins import BrowserRow
from tracker.services import mailed_codes, second_factor
from tracker.web import signing_in
from tracker.web.access import SignInNeeded, requires
from tracker.web.proving import (
    count_wrong_code,
    finish_sign_in,
    person_id,
    refuse_too_many_codes,
)
from tracker.web.render import page
from tracker.web.session import current_browser, second_factor_for
from tracker.web.signing_in import SignInRefused, elsewhere, settings, wanted
from tracker.web.transaction import session

blueprint = Blueprint("mailed_codes", __name__)
log = structlog.get_logger("mailed-codes")
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


def may_be_mailed(browser: BrowserRow) -> bool:
    """Whether this browser is between the steps, of somebody to whom a code may be sent."""
    return (
        settings().smtp is not None
        and browser.standing is Standing.ENROLMENT_NEEDED
        and takes_mailed_code(second_factor_for(), browser.person, enrolled=browser.enrolled)
    )


def _browser() -> BrowserRow | None:
    browser = current_browser()
    if browser is None:
        raise SignInNeeded
    return browser if may_be_mailed(browser) else None


@blueprint.post("/sign-in/mailed-code/send")
@requires(Action.PUBLIC_READ)
def send() -> ResponseReturnValue:
    """Send a code to the address of the account; the answer is the same where none goes."""
    browser = _browser()
    if browser is None:
        return elsewhere()
    user_id = person_id(browser)
    if not mailed_codes.request_code(
        session(), user_id=user_id, session_id=browser.id, clock=system_clock
    ):
        log.warning("mailed-code-slowed", user=user_id)
    return redirect(url_for("mailed_codes.ask", next=wanted() or None), 303)


@blueprint.get("/sign-in/mailed-code")
@requires(Action.PUBLIC_READ)
def ask() -> ResponseReturnValue:
    """Ask for the code that was sent."""
    browser = _browser()
    if browser is None:
        return elsewhere()
    return _page(browser, MailedCodeForm()), 200, PRIVATE


def _page(browser: BrowserRow, form: MailedCodeForm) -> str:
    return page("auth/mailed_code.html", form=form, next=wanted(), email=browser.email)


@blueprint.post("/sign-in/mailed-code")
@requires(Action.PUBLIC_READ)
def take() -> ResponseReturnValue:
    """Sign in with a right code; wrong ones are counted with those of apps."""
    browser = _browser()
    if browser is None:
        return elsewhere()
    try:
        _check(browser, MailedCodeForm(request.form).typed("code"))
    except SignInRefused as refused:
        form = MailedCodeForm()
        form.show(refused.problem)
        return _page(browser, form), refused.status, PRIVATE | refused.headers
    finish_sign_in(Assurance.MAILED_CODE)
    log.info("signed-in-by-mailed-code", user=person_id(browser))
    return redirect(wanted() or signing_in.landing(), 303)


def _check(browser: BrowserRow, typed: str) -> None:
    try:
        code = parse_mailed_code(typed)
    except Invalid as error:
        raise SignInRefused(error.problem, 422) from None
    user_id = person_id(browser)
    second_factor.lock(session(), user_id)
    refuse_too_many_codes(user_id)
    if mailed_codes.use_code(session(), session_id=browser.id, code=code, clock=system_clock):
        return
    count_wrong_code(browser)
    raise SignInRefused(Problem("mailed-code-wrong", "code"), 401)
