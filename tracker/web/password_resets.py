"""A lost password: asking for a link by mail, and choosing a new one."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, Problem, TooMany
from tracker.domain.people import parse_email
from tracker.forms.account import ForgottenForm, ResetForm
from tracker.policy.actions import Action
from tracker.queries.outbox import ResetAccount, reset_account
from tracker.services.password_resets import request_reset, reset_password
from tracker.services.passwords import hash_password
from tracker.services.tokens import token_hash
from tracker.web.access import requires
from tracker.web.password_rules import password_rule, same_as
from tracker.web.render import page, problem_text
from tracker.web.signing_in import settings
from tracker.web.transaction import release, session

blueprint = Blueprint("password_resets", __name__)
# As with invitations: no link to elsewhere carries the token.
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


@blueprint.get("/forgotten-password")
@requires(Action.PUBLIC_READ)
def forgotten() -> ResponseReturnValue:
    """Ask for a link."""
    return _forgotten_page(ForgottenForm())


def _forgotten_page(form: ForgottenForm) -> str:
    return page("auth/forgotten.html", form=form, sends_mail=settings().smtp is not None)


@blueprint.post("/forgotten-password")
@requires(Action.PUBLIC_READ)
def ask() -> ResponseReturnValue:
    """Mail a link, if there is such an account; the answer is the same if there is none."""
    form = ForgottenForm(request.form)
    try:
        values = form.parsed(email=parse_email)
        request_reset(session(), email=values["email"], clock=system_clock)
    except (Invalid, TooMany) as error:
        form.show(error.problem)
        status = 422 if isinstance(error, Invalid) else 429
        headers = {"Retry-After": "900"} if status == 429 else {}
        return _forgotten_page(form), status, headers
    return page("auth/reset_asked.html", sends_mail=settings().smtp is not None)


@blueprint.get("/reset-password/<token>")
@requires(Action.PUBLIC_READ)
def choose(token: str) -> ResponseReturnValue:
    """Whoever holds the link chooses a new password."""
    account = _account(token)
    if account is None:
        return _unusable()
    return page("auth/reset.html", form=ResetForm(), account=account), 200, PRIVATE


def _account(token: str) -> ResetAccount | None:
    return reset_account(session(), token_hash(token), system_clock())


def _unusable() -> ResponseReturnValue:
    message = problem_text(Problem("reset-invalid"))
    return page("auth/link_unusable.html", message=message), 404, PRIVATE


@blueprint.post("/reset-password/<token>")
@requires(Action.PUBLIC_READ)
def save(token: str) -> ResponseReturnValue:
    """Use the link up and set the password; signing in with it comes next."""
    account = _account(token)
    if account is None:
        return _unusable()
    form = ResetForm(request.form)
    try:
        values = form.parsed(
            password=password_rule(account.email, account.name),
            password_again=same_as(form.typed("password")),
        )
    except Invalid as error:
        form.show(*error.problems)
        return page("auth/reset.html", form=form, account=account), 422, PRIVATE
    release()
    hashed = hash_password(values["password"], cheap=settings().cheap_password_hashing)
    reset_password(session(), token=token, password_hash=hashed, clock=system_clock)
    flash(gettext("Your password is changed. Sign in with the new one."))
    return redirect(url_for("auth.sign_in"), 303)
