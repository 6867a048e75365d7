"""The second step of signing in: setting an app up, its codes, recovery codes, losing it all.

Passkeys, the other way to take it, are in ``passkeys``.
The codes are those of RFC 6238, which every authenticator app knows. One is taken up to a step
before or after ours, since clocks differ, and never twice: the last step used is kept.
"""

import hmac

import pyotp
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.domain.account_events import AccountEventKind
from tracker.domain.agents import Agent
from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted, Problem
from tracker.domain.roles import Actor
from tracker.domain.second_factor import (
    DIGITS,
    PERIOD,
    Assurance,
    SecondFactorFor,
    is_required,
    looks_like_app_code,
)
from tracker.domain.values import parse_text
from tracker.models import Passkey, SecondFactor, User
from tracker.models import Session as SignedIn
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.passkeys import has_passkey
from tracker.services.account_events import record_account_event
from tracker.services.provider_links import forget_links
from tracker.services.recovery_codes import forget_codes, make_codes, use_recovery_code
from tracker.services.sessions import end_session, end_sessions, forget_wrong_codes, start_session
from tracker.services.tokens import token_hash

STEPS_APART = 1  # how many periods the clock of an app may go before or after ours
REASON_LIMIT = 500


def begin_set_up(session: Session, *, hashed_token: str) -> str:
    """A new secret for the app, kept with this browser's session until a code proves it."""
    secret = pyotp.random_base32()
    found = session.scalar(
        update(SignedIn)
        .where(SignedIn.token_hash == hashed_token, SignedIn.ended_at.is_(None))
        .values(pending_secret=secret)
        .returning(SignedIn.id)
    )
    if found is None:
        raise NotFound(Problem("not-found"))
    return secret


def app_link(secret: str, *, email: str, issuer: str) -> str:
    """What an app reads to take the secret over: an ``otpauth:`` address."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD).provisioning_uri(
        name=email, issuer_name=issuer
    )


def finish_set_up(
    session: Session, *, actor: Actor, hashed_token: str, code: str, clock: Clock
) -> tuple[str, tuple[str, ...]]:
    """Keep the secret if ``code`` shows that the app has it.

    Gives the token of a new session, which replaces this one, and the recovery codes, which
    are shown now and never again: none where a passkey had brought them before. All other sessions
    of the person end. Another app than the one there is, or one beside a passkey, can only be set
    up from a session that was opened with both steps.
    """
    browser = running_session(session, hashed_token)
    if browser.pending_secret is None:
        raise NotFound(Problem("set-up-expired"))
    keep_out_half_signed_in(session, browser)
    step = _matching_step(browser.pending_secret, code, clock, after=0)
    if step is None:
        raise Invalid(Problem("code-wrong-set-up", "code"))
    now = clock()
    another = _forget_app(session, browser.user_id)
    session.add(
        SecondFactor(
            user_id=browser.user_id, secret=browser.pending_secret, last_step=step, set_up_at=now
        )
    )
    token = renew_alone(session, hashed_token=hashed_token, user_id=browser.user_id, clock=clock)
    _record(session, actor, browser.user_id, AccountEventKind.FACTOR_SET_UP, clock)
    if not another and has_passkey(session, browser.user_id):
        return token, ()
    return token, make_codes(session, user_id=browser.user_id, clock=clock)


def running_session(session: Session, hashed_token: str) -> SignedIn:
    """The session of this token, locked; ``NotFound`` once it ended."""
    row = session.scalars(
        select(SignedIn)
        .where(SignedIn.token_hash == hashed_token, SignedIn.ended_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(Problem("not-found"))
    return row


def keep_out_half_signed_in(session: Session, browser: SignedIn) -> None:
    """``Invalid`` for a browser that took one step where there is a second one.

    The person is locked, so that two browsers cannot set up the first one at once.
    """
    lock(session, browser.user_id)
    both_steps = browser.assurance is Assurance.SECOND_FACTOR
    if not both_steps and _enrolled(session, browser.user_id):
        raise Invalid(Problem("factor-there-already", "code"))


def _enrolled(session: Session, user_id: int) -> bool:
    return _factor(session, user_id) is not None or has_passkey(session, user_id)


def _factor(session: Session, user_id: int) -> SecondFactor | None:
    return session.scalars(
        select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    ).one_or_none()


def _matching_step(secret: str, code: str, clock: Clock, *, after: int) -> int | None:
    """The step later than ``after`` whose code this is."""
    generator = pyotp.TOTP(secret, digits=DIGITS, interval=PERIOD)
    here = int(clock().timestamp()) // PERIOD
    for step in range(here - STEPS_APART, here + STEPS_APART + 1):
        if step > after and hmac.compare_digest(generator.generate_otp(step), code):
            return step
    return None


def renew(
    session: Session,
    *,
    hashed_token: str,
    clock: Clock,
    assurance: Assurance = Assurance.SECOND_FACTOR,
) -> str:
    """The token of a new session in place of this one, with both steps done."""
    before = running_session(session, hashed_token)
    end_session(session, hashed_token=hashed_token, clock=clock)
    return start_session(
        session,
        user_id=before.user_id,
        clock=clock,
        assurance=assurance,
        confirmed_at=before.confirmed_at,
        agent=Agent(before.browser, before.system),
    )


def renew_alone(session: Session, *, hashed_token: str, user_id: int, clock: Clock) -> str:
    """After a way to take the second step was added: this browser goes on, all others end."""
    forget_wrong_codes(session, user_id=user_id)
    token = renew(session, hashed_token=hashed_token, clock=clock)
    end_sessions(session, user_id=user_id, clock=clock, but=token_hash(token))
    return token


def lock(session: Session, user_id: int) -> None:
    """Let codes of one person be tried one after the other, so that each sees what was counted."""
    session.scalars(select(User.id).where(User.id == user_id).with_for_update()).one()


def use_code(session: Session, *, actor: Actor, user_id: int, code: str, clock: Clock) -> bool:
    """Whether ``code`` is the app's or a recovery code; a right one is used up by this."""
    if looks_like_app_code(code):
        if not _use_app_code(session, user_id, code, clock):
            return False
    elif use_recovery_code(session, user_id=user_id, code=code, clock=clock):
        _record(session, actor, user_id, AccountEventKind.RECOVERY_CODE_USED, clock)
    else:
        return False
    forget_wrong_codes(session, user_id=user_id)
    session.flush()
    return True


def _use_app_code(session: Session, user_id: int, code: str, clock: Clock) -> bool:
    factor = _factor(session, user_id)
    if factor is None:
        return False
    step = _matching_step(factor.secret, code, clock, after=factor.last_step)
    if step is None:
        return False
    factor.last_step = step
    return True


def new_recovery_codes(session: Session, *, actor: Actor, clock: Clock) -> tuple[str, ...]:
    """Ten new codes for oneself; the ones before no longer work."""
    user_id = own_id(actor)
    lock(session, user_id)
    if not _enrolled(session, user_id):
        raise NotFound(Problem("no-factor"))
    codes = make_codes(session, user_id=user_id, clock=clock)
    _record(session, actor, user_id, AccountEventKind.RECOVERY_CODES_MADE, clock)
    return codes


def remove(
    session: Session,
    *,
    actor: Actor,
    rule: SecondFactorFor,
    this_browser: str | None,
    clock: Clock,
) -> None:
    """Do without the app: beside a passkey, or where no second step is asked for.

    Other browsers are signed out; recovery codes go with the last way to take the step.
    """
    user_id = own_id(actor)
    lock(session, user_id)
    alone = not has_passkey(session, user_id)
    if alone and is_required(rule, actor):
        raise NotPermitted(Problem("factor-required"))
    if not _forget_app(session, user_id):
        raise NotFound(Problem("no-factor"))
    if alone:
        forget_codes(session, user_id=user_id)
    forget_wrong_codes(session, user_id=user_id)
    end_sessions(session, user_id=user_id, clock=clock, but=this_browser)
    _record(session, actor, user_id, AccountEventKind.FACTOR_REMOVED, clock)


def own_id(actor: Actor) -> int:
    """The account of somebody who works on their own one."""
    authorise(actor, Action.SESSION_USE)
    assert actor.user_id is not None  # noqa: S101  # nosec B101  # the rule says so
    return actor.user_id


def reset(session: Session, *, actor: Actor, user_id: int, reason: str, clock: Clock) -> None:
    """Forget app, passkeys and codes of somebody who lost them.

    ``reason`` says how the person was recognised. The person is signed out everywhere and keeps
    the password.
    """
    authorise(actor, Action.ACCOUNT_MANAGE)
    if actor.user_id == user_id:
        raise NotPermitted(Problem("reset-by-another"))
    reason = parse_text(reason, place="reason", limit=REASON_LIMIT).strip()
    if not reason:
        raise Invalid(Problem("required", "reason"))
    lock(session, user_id)
    had_app = _forget_app(session, user_id)
    gone = delete(Passkey).where(Passkey.user_id == user_id).returning(Passkey.id)
    if not session.scalars(gone).all() and not had_app:
        raise NotFound(Problem("no-factor"))
    forget_codes(session, user_id=user_id)
    forget_wrong_codes(session, user_id=user_id)
    forget_links(session, actor=actor, user_id=user_id, clock=clock)
    end_sessions(session, user_id=user_id, clock=clock)
    _record(session, actor, user_id, AccountEventKind.FACTOR_RESET, clock, reason=reason)


def _forget_app(session: Session, user_id: int) -> bool:
    gone = delete(SecondFactor).where(SecondFactor.user_id == user_id).returning(SecondFactor.id)
    return session.scalar(gone) is not None


def _record(
    session: Session,
    actor: Actor,
    user_id: int,
    kind: AccountEventKind,
    clock: Clock,
    **facts: str,
) -> None:
    record_account_event(session, actor=actor, user_id=user_id, kind=kind, at=clock(), **facts)
