"""Signing in with address and password, from the sign-in page or together with a carried save."""

from urllib.parse import urlsplit

import structlog
from flask import current_app, url_for
from flask import session as form_session

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, Problem
from tracker.domain.people import parse_email
from tracker.policy.actions import Action
from tracker.queries.accounts import Credentials, count_failures, credentials_of
from tracker.services import sessions
from tracker.services.passwords import hash_password, verify_password
from tracker.settings import Settings
from tracker.web import access
from tracker.web.session import current_actor, hand_over, request_token_hash
from tracker.web.transaction import keep_despite_error, release, session

log = structlog.get_logger("signing-in")


class SignInRefused(Exception):
    """Not signed in; ``problem`` says why, ``status`` is 401 or 429."""

    def __init__(self, problem: Problem, status: int) -> None:
        super().__init__(problem.code)
        self.problem, self.status = problem, status


def settings() -> Settings:
    """The settings of this application."""
    found = current_app.config["SETTINGS"]
    assert isinstance(found, Settings)  # noqa: S101  # put there by the factory
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
    cheap = settings().cheap_password_hashing
    verdict = verify_password(password, found.password_hash if found else None, cheap=cheap)
    new_hash = hash_password(password, cheap=cheap) if verdict.outdated else None
    refuse_too_many(email)
    if found is None or found.password_hash is None or not verdict.matches:
        raise _wrong(email)
    token = sessions.sign_in(
        session(),
        user_id=found.user_id,
        verified_hash=found.password_hash,
        new_hash=new_hash,
        clock=system_clock,
    )
    if token is None:
        raise _wrong(email)
    log.info("signed-in", user=found.user_id)
    begin(token)


def _credentials(email: str) -> Credentials | None:
    try:
        return credentials_of(session(), parse_email(email))
    except Invalid:
        return None


def refuse_too_many(email: str) -> None:
    """``SignInRefused`` with 429 while an address has failed too often."""
    since = system_clock() - sessions.FAILURES_COUNT_FOR
    key = sessions.address_key(email)
    if count_failures(session(), key, since) < sessions.FAILURES_ALLOWED:
        return
    release()
    log.warning("sign-in-slowed", address=key[:12])
    minutes = int(sessions.FAILURES_COUNT_FOR.total_seconds() // 60)
    raise SignInRefused(Problem("too-many-attempts", "", {"minutes": minutes}), 429)


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
    """Sign this browser out."""
    _end_here()
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


def landing() -> str:
    """Where a person begins, by what they do here."""
    actor = current_actor()
    if actor.state_ids:
        return url_for("reporting.home")
    if access.can(Action.COVERAGE_WATCH):
        return url_for("review.home")
    return url_for("public.home")
