"""Signing in with address and password, from the sign-in page or together with a carried save.

Where a second step is missing, the browser is known but acts as the public: see ``second_step``.
"""

from urllib.parse import urlsplit

import structlog
from flask import current_app, redirect, request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue

from tracker.domain.agents import Agent, name_agent
from tracker.domain.clock import system_clock
from tracker.domain.errors import Busy, Invalid, Problem
from tracker.domain.people import parse_email
from tracker.domain.second_factor import Standing
from tracker.policy.actions import Action
from tracker.queries.accounts import Credentials, count_failures, credentials_of
from tracker.services import passkeys, second_factor, sessions
from tracker.services.passwords import hash_password, verify_password
from tracker.settings import Settings
from tracker.web import access
from tracker.web.session import current_actor, current_browser, hand_over, request_token_hash
from tracker.web.transaction import keep_despite_error, release, session

log = structlog.get_logger("signing-in")
SIGNED_OUT = "signed_out"  # in the cookie: the number of who has just been signed out


class SignInRefused(Exception):
    """Not signed in; ``problem`` says why, ``status`` is 401, 422, 429 or 503."""

    def __init__(self, problem: Problem, status: int, retry_after: int = 0) -> None:
        super().__init__(problem.code)
        self.problem, self.status, self.retry_after = problem, status, retry_after

    @property
    def headers(self) -> dict[str, str]:
        """When it is worth trying again, where that is known."""
        return {"Retry-After": str(self.retry_after)} if self.retry_after else {}


def settings() -> Settings:
    """The settings of this application."""
    found = current_app.config["SETTINGS"]
    assert isinstance(found, Settings)  # noqa: S101  # nosec B101  # put there by the factory
    return found


def sign_in(email: str, password: str) -> None:
    """Sign this browser in; ``SignInRefused`` otherwise.

    An unknown address gets the same answer after the same time as a wrong password. Nothing
    is locked while the password is hashed; failures are counted again afterwards, so that
    many guesses at once do not slip past the limit.
    """
    found = _credentials(email)
    refuse_too_many(email)
    release()
    matches, new_hash = compare(password, found.password_hash if found else None)
    refuse_too_many(email)
    if found is None or found.password_hash is None or not matches:
        raise _wrong(email)
    token = sessions.sign_in(
        session(),
        user_id=found.user_id,
        verified_hash=found.password_hash,
        new_hash=new_hash,
        clock=system_clock,
        agent=agent(),
    )
    if token is None:
        raise _wrong(email)
    log.info("signed-in", user=found.user_id)
    begin(token)


def compare(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether it matches, and a new hash where the stored one is outdated.

    Call it after ``release``. ``SignInRefused`` with 503 where too many wait for theirs.
    """
    cheap = settings().cheap_password_hashing
    try:
        verdict = verify_password(password, stored, cheap=cheap)
        return verdict.matches, hash_password(password, cheap=cheap) if verdict.outdated else None
    except Busy as busy:
        raise SignInRefused(busy.problem, 503, busy.retry_after) from None


def agent() -> Agent:
    """The browser of this request, by name."""
    return name_agent(request.headers.get("User-Agent", ""))


def _credentials(email: str) -> Credentials | None:
    try:
        return credentials_of(session(), parse_email(email))
    except Invalid:
        return None


def refuse_too_many(email: str) -> None:
    """``SignInRefused`` with 429 while an address has failed too often."""
    key, within = sessions.address_key(email), sessions.FAILURES_COUNT_FOR
    lately = count_failures(session(), key, now=system_clock(), within=within)
    if lately < sessions.FAILURES_ALLOWED:
        return
    release()
    log.warning("sign-in-slowed", address=key[:12])
    seconds = int(sessions.FAILURES_COUNT_FOR.total_seconds())
    problem = Problem("too-many-attempts", "", {"minutes": seconds // 60})
    raise SignInRefused(problem, 429, seconds)


def count_failure(email: str) -> None:
    """Count a wrong password, although the answer will be a refusal."""
    sessions.record_failure(session(), email=email, clock=system_clock)
    keep_despite_error()
    log.warning("sign-in-failed", address=sessions.address_key(email)[:12])


def _wrong(email: str) -> SignInRefused:
    count_failure(email)
    return SignInRefused(Problem("sign-in-refused"), 401)


def begin(token: str) -> None:
    """Hand a new session to this browser, in place of the one it had."""
    _end_here()
    hand_over(token)


def end() -> None:
    """Sign this browser out; the next page says who went, so that it drops the texts it keeps."""
    browser = current_browser()
    _end_here()
    if browser is not None:
        form_session[SIGNED_OUT] = browser.person.user_id
    hand_over(None)


def _end_here() -> None:
    hashed = request_token_hash()
    if hashed is not None:
        sessions.end_session(session(), hashed_token=hashed, clock=system_clock)
    language = form_session.get("language")
    form_session.clear()
    if language:
        form_session["language"] = language


def is_own_path(target: str) -> bool:
    """Whether ``target`` is a path of this site, whatever browsers make of odd characters."""
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        return False
    if any(character.isspace() or not character.isprintable() for character in target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


def wanted() -> str:
    """Where one wanted to go, if it is a path of this site."""
    typed = request.values.get("next", "")
    return typed if is_own_path(typed) else ""


def elsewhere() -> ResponseReturnValue:
    """To the step that is missing, or on where both are done."""
    target = wanted()
    return redirect(missing_step(target) or target or landing(), 303)


def onward(target: str) -> str:
    """Where to go after the password: to the step that is missing, else where one wanted to.

    Setting up an app begins by itself where the role asks for one, and so does using a passkey.
    """
    browser = current_browser()
    hashed = request_token_hash()
    if hashed and browser and browser.standing is Standing.ENROLMENT_NEEDED:
        second_factor.begin_set_up(session(), hashed_token=hashed)
    if hashed and browser and browser.standing is Standing.CODE_NEEDED and browser.has_passkey:
        passkeys.begin(session(), hashed_token=hashed, clock=system_clock)
    return missing_step(target) or target or landing()


def missing_step(target: str) -> str:
    """The page of the step that this browser has still to take; empty if there is none."""
    browser = current_browser()
    if browser is None or browser.standing is Standing.SIGNED_IN:
        return ""
    enrolled = browser.standing is Standing.CODE_NEEDED
    endpoint = "second_step.ask_code" if enrolled else "second_step.set_up"
    return url_for(endpoint, next=target or None)


def landing() -> str:
    """Where a person begins, by what they do here."""
    actor = current_actor()
    if actor.state_ids:
        return url_for("reporting.home")
    if access.can(Action.COVERAGE_WATCH):
        return url_for("review.home")
    return url_for("public.home")
