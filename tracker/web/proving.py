"""Proving who one is once more: with a code after the password, or with either of them later.

Failures are counted in the database, so that the limits hold for all workers together.
"""

from datetime import timedelta

import structlog

from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.second_factor import Assurance, parse_code
from tracker.queries.accounts import count_failures, own_credentials
from tracker.queries.sign_ins import BrowserRow
from tracker.services import second_factor, sessions
from tracker.services.account_events import record_account_event
from tracker.web.session import hand_over, request_token_hash
from tracker.web.signing_in import (
    SignInRefused,
    begin,
    compare,
    count_failure,
    refuse_too_many,
)
from tracker.web.transaction import keep_despite_error, release, session

log = structlog.get_logger("proving")


def person_id(browser: BrowserRow) -> int:
    """The account of the person who typed the password in this browser."""
    assert browser.person.user_id is not None  # noqa: S101  # nosec B101  # a session has its user
    return browser.person.user_id


def check_code(browser: BrowserRow, typed: str) -> None:
    """Use a code of the app or a recovery code up; ``SignInRefused`` if it is not right."""
    try:
        code = parse_code(typed)
    except Invalid as error:
        raise SignInRefused(error.problem, 422) from None
    user_id = person_id(browser)
    second_factor.lock(session(), user_id)
    refuse_too_many_codes(user_id)
    if second_factor.use_code(
        session(), actor=browser.person, user_id=user_id, code=code, clock=system_clock
    ):
        return
    count_wrong_code(browser)
    raise SignInRefused(Problem("code-wrong", "code"), 401)


def _wrong_codes(user_id: int, within: timedelta = sessions.FAILURES_COUNT_FOR) -> int:
    return count_failures(session(), sessions.code_key(user_id), now=system_clock(), within=within)


def refuse_too_many_codes(user_id: int) -> None:
    """``SignInRefused`` with 429 while a person's codes were wrong too often."""
    if _wrong_codes(user_id, sessions.CODES_KEPT_FOR) >= sessions.CODES_ALLOWED_A_DAY:
        seconds = int(sessions.CODES_KEPT_FOR.total_seconds())
        raise SignInRefused(Problem("too-many-codes-today"), 429, seconds)
    if _wrong_codes(user_id) >= sessions.CODES_ALLOWED:
        seconds = int(sessions.FAILURES_COUNT_FOR.total_seconds())
        raise SignInRefused(Problem("too-many-codes", "", {"minutes": seconds // 60}), 429, seconds)


def count_wrong_code(browser: BrowserRow) -> None:
    """Count it although the answer is a refusal; the last one allowed stands in the history."""
    user_id = person_id(browser)
    sessions.record_wrong_code(session(), user_id=user_id, clock=system_clock)
    log.warning("code-refused", user=user_id)
    in_a_day = _wrong_codes(user_id, sessions.CODES_KEPT_FOR)
    if _wrong_codes(user_id) >= sessions.CODES_ALLOWED or in_a_day >= sessions.CODES_ALLOWED_A_DAY:
        record_account_event(
            session(),
            actor=browser.person,
            user_id=user_id,
            kind=AccountEventKind.CODES_REFUSED,
            at=system_clock(),
        )
    keep_despite_error()


def finish_sign_in(assurance: Assurance = Assurance.SECOND_FACTOR) -> None:
    """Hand this browser a new session with both steps done."""
    hashed = request_token_hash()
    if hashed is None:
        raise NotFound(Problem("not-found"))
    begin(
        second_factor.renew(session(), hashed_token=hashed, clock=system_clock, assurance=assurance)
    )


def confirm(browser: BrowserRow, password: str, code: str) -> None:
    """Take the password or a code once more; ``SignInRefused`` if it is not right."""
    if code and browser.enrolled:
        check_code(browser, code)
    else:
        _check_own_password(browser, password)
    hashed = request_token_hash()
    token = (
        sessions.confirm_session(session(), hashed_token=hashed, clock=system_clock)
        if hashed
        else None
    )
    if token is not None:
        hand_over(token)


def _check_own_password(browser: BrowserRow, password: str) -> None:
    stored = own_credentials(session(), person_id(browser)).password_hash
    refuse_too_many(browser.email)
    release()
    matches, _ = compare(password, stored)
    refuse_too_many(browser.email)
    if not matches:
        count_failure(browser.email)
        raise SignInRefused(Problem("confirmation-refused", "password"), 401)
