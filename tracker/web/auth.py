"""Signing in and out, accepting a link, and one's own account."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.people import parse_name
from tracker.forms.account import DetailsForm, InvitationForm, PasswordForm, SignInForm
from tracker.policy.actions import Action
from tracker.queries.accounts import (
    AccountRow,
    account_by_id,
    invited_account,
    own_credentials,
)
from tracker.services.invitations import accept_invitation
from tracker.services.own_account import change_own_details, change_own_password
from tracker.services.passwords import hash_password
from tracker.services.sessions import start_session
from tracker.services.tokens import token_hash
from tracker.web import signing_in
from tracker.web.access import requires
from tracker.web.locale import (
    chosen_language,
    forget_language_for_now,
    language_choices,
    parse_page_language,
)
from tracker.web.password_rules import password_rule, same_as
from tracker.web.provider import provider_shown
from tracker.web.render import page, problem_text
from tracker.web.session import current_actor, request_token_hash
from tracker.web.sessions_shown import ways_in
from tracker.web.signing_in import SignInRefused
from tracker.web.transaction import release, session

blueprint = Blueprint("auth", __name__)
# No link to elsewhere carries the token; our own forms need a Referer over HTTPS.
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


@blueprint.get("/sign-in")
@requires(Action.PUBLIC_READ)
def sign_in() -> ResponseReturnValue:
    """The sign-in page; also for somebody who is signed in and wants another account."""
    target = signing_in.wanted()
    unfinished = signing_in.missing_step(target)
    return page("auth/sign_in.html", form=SignInForm(), next=target, unfinished=unfinished)


@blueprint.post("/sign-in")
@requires(Action.PUBLIC_READ)
def check_sign_in() -> ResponseReturnValue:
    """Sign in and go where the reader wanted to go."""
    form = SignInForm(request.form)
    target = signing_in.wanted()
    try:
        signing_in.sign_in(form.typed("email"), form.typed("password"))
    except SignInRefused as refused:
        form.show(refused.problem)
        body = page("auth/sign_in.html", form=form, next=target)
        return body, refused.status, refused.headers
    return redirect(signing_in.onward(target), 303)


@blueprint.post("/sign-out")
@requires(Action.PUBLIC_READ)
def sign_out() -> ResponseReturnValue:
    """End the session, on the server too; also for somebody whose second step is missing."""
    signing_in.end()
    return redirect(url_for("public.home"), 303)


@blueprint.get("/invitations/<token>")
@requires(Action.PUBLIC_READ)
def invitation(token: str) -> ResponseReturnValue:
    """Whoever holds the link chooses a password."""
    account = _invited(token)
    if account is None:
        return _unusable()
    language = account.language if account.language else chosen_language()
    form = InvitationForm(
        languages=language_choices(), data={"name": account.name, "language": language}
    )
    return page("auth/invitation.html", form=form, account=account), 200, PRIVATE


def _invited(token: str) -> AccountRow | None:
    return invited_account(session(), token_hash(token), system_clock())


def _unusable() -> ResponseReturnValue:
    """The page of a link that is unknown, used or expired; which of them is not told."""
    message = problem_text(Problem("invitation-invalid"))
    return page("auth/link_unusable.html", message=message), 404, PRIVATE


@blueprint.post("/invitations/<token>")
@requires(Action.PUBLIC_READ)
def accept(token: str) -> ResponseReturnValue:
    """Use the link up, set the password and sign in."""
    account = _invited(token)
    if account is None:
        return _unusable()
    form = InvitationForm(request.form, languages=language_choices())
    try:
        values = form.parsed(
            name=parse_name,
            language=parse_page_language,
            password=password_rule(account.email, form.typed("name")),
            password_again=same_as(form.typed("password")),
        )
    except Invalid as error:
        form.show(*error.problems)
        return page("auth/invitation.html", form=form, account=account), 422, PRIVATE
    release()
    cheap = signing_in.settings().cheap_password_hashing
    hashed = hash_password(values["password"], cheap=cheap)
    user_id = accept_invitation(
        session(),
        token=token,
        name=values["name"],
        language=values["language"],
        password_hash=hashed,
        clock=system_clock,
    )
    signing_in.begin(
        start_session(session(), user_id=user_id, clock=system_clock, agent=signing_in.agent())
    )
    step = signing_in.onward("")
    if current_actor().signed_in:
        flash(gettext("Your password is set and you are signed in."))
    else:
        flash(gettext("Your password is set. One step is left before you are signed in."))
    return redirect(step, 303)


@blueprint.get("/account")
@requires(Action.SESSION_USE)
def account() -> ResponseReturnValue:
    """One's own name, language, roles and password."""
    return _account_page()


def _account_page(details: DetailsForm | None = None, password: PasswordForm | None = None) -> str:
    row = account_by_id(session(), _own_id())
    details = details or DetailsForm(
        languages=language_choices(), data={"name": row.name, "language": row.language}
    )
    return page(
        "auth/account.html",
        account=row,
        details=details,
        password=password or PasswordForm(),
        **ways_in(),
        **provider_shown(),
    )


def _own_id() -> int:
    user_id = current_actor().user_id
    if user_id is None:
        raise NotFound(Problem("not-found"))
    return user_id


@blueprint.post("/account")
@requires(Action.SESSION_USE)
def save_details() -> ResponseReturnValue:
    """Change one's name and language."""
    form = DetailsForm(request.form, languages=language_choices())
    try:
        values = form.parsed(name=parse_name, language=parse_page_language)
    except Invalid as error:
        form.show(*error.problems)
        return _account_page(details=form), 422
    change_own_details(session(), actor=current_actor(), **values)
    forget_language_for_now()
    flash(gettext("Saved."))
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/account/password")
@requires(Action.SESSION_USE)
def save_password() -> ResponseReturnValue:
    """Change one's password; the present one is asked for, and guesses are counted."""
    form = PasswordForm(request.form)
    actor, here = current_actor(), request_token_hash()
    own = own_credentials(session(), _own_id())
    cheap = signing_in.settings().cheap_password_hashing
    try:
        signing_in.refuse_too_many(own.email)
        release()
        present = form.typed("present")
        if not signing_in.compare(present, own.password_hash)[0]:
            signing_in.count_failure(own.email)
            raise Invalid(Problem("password-wrong", "present"))
        values = form.parsed(
            password=password_rule(own.email, own.name),
            password_again=same_as(form.typed("password")),
        )
        hashed = hash_password(values["password"], cheap=cheap)
    except (Invalid, SignInRefused) as error:
        form.show(*(error.problems if isinstance(error, Invalid) else (error.problem,)))
        status = error.status if isinstance(error, SignInRefused) else 422
        return _account_page(password=form), status
    change_own_password(
        session(), actor=actor, password_hash=hashed, this_browser=here, clock=system_clock
    )
    flash(gettext("Your password is changed. Other browsers have been signed out."))
    return redirect(url_for("auth.account"), 303)
