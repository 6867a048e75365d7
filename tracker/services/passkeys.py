"""Passkeys as the second step: adding one, signing in with it, removing it.

A challenge stands in the session of the browser that asked, and goes with the first answer,
right or wrong. ``Invalid`` leaves it used up: whoever calls commits that too.
"""

import secrets

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted, Problem
from tracker.domain.passkeys import (
    CHALLENGE_BYTES,
    CHALLENGE_LASTS,
    PASSKEYS_ALLOWED,
    RelyingParty,
    went_back,
)
from tracker.domain.roles import Actor
from tracker.domain.second_factor import SecondFactorFor, is_required
from tracker.models import Passkey, SecondFactor
from tracker.models import Session as SignedIn
from tracker.services.account_events import record_account_event
from tracker.services.passkey_ceremonies import WrongAnswer, made, read_answer, told_count
from tracker.services.recovery_codes import forget_codes, make_codes
from tracker.services.second_factor import (
    keep_out_half_signed_in,
    lock,
    own_id,
    renew_alone,
    running_session,
)
from tracker.services.sessions import end_sessions, forget_wrong_codes

ANSWER = "credential"  # the field in which a script sends what the device said


def begin(session: Session, *, hashed_token: str, clock: Clock) -> str:
    """A new challenge for this browser, for five minutes; the one before is void."""
    challenge = secrets.token_urlsafe(CHALLENGE_BYTES)
    found = session.scalar(
        update(SignedIn)
        .where(SignedIn.token_hash == hashed_token, SignedIn.ended_at.is_(None))
        .values(
            passkey_challenge=challenge,
            passkey_challenge_until=clock() + CHALLENGE_LASTS,
        )
        .returning(SignedIn.id)
    )
    if found is None:
        raise NotFound(Problem("not-found"))
    return challenge


def _take_challenge(session: Session, browser: SignedIn, clock: Clock) -> str:
    """The challenge that runs in this browser, used up by this."""
    session.refresh(browser)
    challenge, until = browser.passkey_challenge, browser.passkey_challenge_until
    browser.passkey_challenge = browser.passkey_challenge_until = None
    session.flush()
    if challenge is None or until is None or until <= clock():
        raise Invalid(Problem("passkey-too-late", ANSWER))
    return challenge


def add(
    session: Session,
    *,
    actor: Actor,
    hashed_token: str,
    name: str,
    answer: str,
    party: RelyingParty,
    clock: Clock,
) -> tuple[str, tuple[str, ...]]:
    """Keep the passkey that a device made.

    Gives the token of a new session, which replaces this one, and, if this is the first second
    step of the person, recovery codes, which are shown now and never again. All other sessions
    end. ``Invalid`` if the answer is not right, late or sent twice, the passkey is known already,
    or there are too many.
    """
    browser = running_session(session, hashed_token)
    keep_out_half_signed_in(session, browser)
    challenge = _take_challenge(session, browser, clock)
    try:
        new = made(read_answer(answer), party, challenge)
    except WrongAnswer as error:
        raise Invalid(Problem("passkey-refused", ANSWER)) from error
    first = _first_step(session, browser.user_id)
    row = Passkey(
        user_id=browser.user_id,
        name=name,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        transports=list(new.transports),
        made_at=clock(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # whoever's it is
        raise Invalid(Problem("passkey-there-already", ANSWER)) from None
    user_id = browser.user_id
    token = renew_alone(session, hashed_token=hashed_token, user_id=user_id, clock=clock)
    _record(session, actor, user_id, AccountEventKind.PASSKEY_ADDED, clock, name=name)
    return token, make_codes(session, user_id=user_id, clock=clock) if first else ()


def _first_step(session: Session, user_id: int) -> bool:
    """Whether there is neither app nor passkey yet; ``Invalid`` if there are enough passkeys."""
    there = _count(session, user_id)
    if there >= PASSKEYS_ALLOWED:
        raise Invalid(Problem("passkeys-enough", ANSWER, {"most": PASSKEYS_ALLOWED}))
    return there == 0 and not _has_app(session, user_id)


def _count(session: Session, user_id: int) -> int:
    query = select(func.count()).select_from(Passkey).where(Passkey.user_id == user_id)
    return session.scalar(query) or 0


def _has_app(session: Session, user_id: int) -> bool:
    query = select(SecondFactor.id).where(SecondFactor.user_id == user_id)
    return session.scalar(query) is not None


def use(
    session: Session,
    *,
    actor: Actor,
    hashed_token: str,
    answer: str,
    party: RelyingParty,
    clock: Clock,
) -> None:
    """Take the second step with a passkey of the person who typed the password in this browser.

    ``Invalid`` if the answer is not right, late or sent twice, or if the counter of the device
    went back, as that of a copy does: the events of the account then say so.
    """
    browser = running_session(session, hashed_token)
    challenge = _take_challenge(session, browser, clock)
    try:
        given = read_answer(answer)
        row = _own_passkey(session, browser.user_id, str(given["id"]))
        told = told_count(given, party, challenge, public_key=row.public_key)
    except WrongAnswer as error:
        raise Invalid(Problem("passkey-refused", ANSWER)) from error
    if went_back(stored=row.sign_count, told=told):
        kind = AccountEventKind.PASSKEY_COPIED
        _record(session, actor, browser.user_id, kind, clock, name=row.name)
        raise Invalid(Problem("passkey-copied", ANSWER))
    row.sign_count, row.used_at = told, clock()
    forget_wrong_codes(session, user_id=browser.user_id)
    session.flush()


def _own_passkey(session: Session, user_id: int, credential_id: str) -> Passkey:
    row = session.scalars(
        select(Passkey)
        .where(Passkey.user_id == user_id, Passkey.credential_id == credential_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise WrongAnswer("no passkey of this person")
    return row


def remove(
    session: Session,
    *,
    actor: Actor,
    rule: SecondFactorFor,
    public_id: str,
    this_browser: str | None,
    clock: Clock,
) -> None:
    """Do without one of one's own passkeys; not without the last way to take a step that is asked.

    Other browsers are signed out; recovery codes go with the last way to take the step.
    """
    user_id = own_id(actor)
    lock(session, user_id)
    row = session.scalars(
        select(Passkey).where(Passkey.public_id == public_id, Passkey.user_id == user_id)
    ).one_or_none()
    if row is None:
        raise NotFound(Problem("not-found"))
    last = _count(session, user_id) == 1 and not _has_app(session, user_id)
    if last and is_required(rule, actor):
        raise NotPermitted(Problem("factor-required"))
    name = row.name
    session.delete(row)
    session.flush()
    if last:
        forget_codes(session, user_id=user_id)
    end_sessions(session, user_id=user_id, clock=clock, but=this_browser)
    _record(session, actor, user_id, AccountEventKind.PASSKEY_REMOVED, clock, name=name)


def _record(
    session: Session,
    actor: Actor,
    user_id: int,
    kind: AccountEventKind,
    clock: Clock,
    **facts: str,
) -> None:
    record_account_event(session, actor=actor, user_id=user_id, kind=kind, at=clock(), **facts)
