"""Browsers that are signed in or on the way, the second step, and what was done to an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.account_events import AccountEventKind
from tracker.domain.agents import Agent
from tracker.domain.roles import PUBLIC, Actor, Role
from tracker.domain.second_factor import Assurance, SecondFactorFor, Standing, standing
from tracker.models import (
    AccountEvent,
    Installation,
    Membership,
    Passkey,
    RecoveryCode,
    SecondFactor,
    State,
    User,
)
from tracker.models import Session as SignedIn
from tracker.policy.scopes import held_at
from tracker.queries.accounts import as_actor
from tracker.queries.kept import version_is
from tracker.queries.passkeys import PasskeyRow, list_passkeys

IDLE = timedelta(hours=2)  # of a browser that nobody uses: typing on a page saves, and so is use
SECOND_STEP_WITHIN = timedelta(minutes=30)  # of typing the password: time to install an app
EVENTS_SHOWN = 50
SIGN_INS_SHOWN = 5  # through a provider, so that they do not hide the rest


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """The browser behind a token. ``person`` is who typed the password there.

    ``challenge`` is what a passkey may sign there now.
    """

    id: int
    person: Actor
    email: str
    standing: Standing
    has_app: bool
    has_passkey: bool
    confirmed_at: datetime
    seen_at: datetime
    pending_secret: str | None
    challenge: str | None

    @property
    def enrolled(self) -> bool:
        """Whether a second step of any kind is set up."""
        return self.has_app or self.has_passkey

    @property
    def actor(self) -> Actor:
        """Who acts there: the public until both steps are done."""
        return self.person if self.standing is Standing.SIGNED_IN else PUBLIC


@dataclass(frozen=True, slots=True)
class SignedInRow:
    """One of a person's own sessions; ``complete`` is whether the second step was done."""

    public_id: str
    token_hash: str
    agent: Agent
    created_at: datetime
    seen_at: datetime
    complete: bool


@dataclass(frozen=True, slots=True)
class FactorRow:
    """The ways to take the second step, one at least, and how many recovery codes are left.

    ``set_up_at`` is when the app was, if there is one; ``codes_made`` how often
    new codes were asked for.
    """

    set_up_at: datetime | None
    passkeys: tuple[PasskeyRow, ...]
    codes_left: int
    codes_made: int


@dataclass(frozen=True, slots=True)
class AccountEventRow:
    """One thing done to an account; without ``actor`` by the operator."""

    kind: AccountEventKind
    at: datetime
    actor: str
    facts: dict[str, str]
    state_name: dict[str, str]

    @property
    def role(self) -> Role | None:
        """The role that it was about, if it was about one."""
        return Role(self.facts["role"]) if "role" in self.facts else None


def browser_by_session(
    session: Session, token_hash: str, now: datetime, rule: SecondFactorFor
) -> BrowserRow | None:
    """Who is behind a session token, if the session still runs and the account is active.

    One whose second step is missing is known for half an hour after the password. One statement,
    for every page of theirs begins with it; the version of the data comes along.
    """
    passkeys = exists().where(Passkey.user_id == SignedIn.user_id).correlate(SignedIn)
    rows = session.execute(
        select(SignedIn, User, Installation.data_version, SecondFactor.id, passkeys, Membership)
        .join(User, SignedIn.user_id == User.id)
        .join(Installation, Installation.id == 1)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .outerjoin(Membership, and_(Membership.user_id == User.id, held_at(now)))
        .where(
            SignedIn.token_hash == token_hash,
            _runs(now),
            User.is_active,
        )
        .order_by(Membership.id)
    ).all()
    if not rows:
        return None
    row, user, version, factor, passkey, _ = rows[0]
    version_is(session, version)
    person = as_actor(user, (held for *_, held in rows if held))
    has_app = factor is not None
    far = standing(rule, person, assurance=row.assurance, enrolled=has_app or passkey)
    if far is not Standing.SIGNED_IN and row.confirmed_at <= now - SECOND_STEP_WITHIN:
        return None
    return BrowserRow(
        id=row.id,
        person=person,
        email=user.email,
        standing=far,
        has_app=has_app,
        has_passkey=passkey,
        confirmed_at=row.confirmed_at,
        seen_at=row.seen_at,
        pending_secret=row.pending_secret,
        challenge=_challenge(row, now),
    )


def _challenge(row: SignedIn, now: datetime) -> str | None:
    until = row.passkey_challenge_until
    return row.passkey_challenge if until is not None and until > now else None


def _runs(now: datetime) -> ColumnElement[bool]:
    """Not ended, by anybody, by its age or by its idleness."""
    return and_(
        SignedIn.ended_at.is_(None), SignedIn.expires_at > now, SignedIn.seen_at > now - IDLE
    )


def list_sessions(session: Session, user_id: int, now: datetime) -> tuple[SignedInRow, ...]:
    """Where a person is signed in, the last one seen first."""
    enrolled = factor_of(session, user_id) is not None
    rows = session.scalars(
        select(SignedIn)
        .where(SignedIn.user_id == user_id, _runs(now))
        .order_by(SignedIn.seen_at.desc(), SignedIn.id.desc())
    )
    return tuple(
        SignedInRow(
            public_id=row.public_id,
            token_hash=row.token_hash,
            agent=Agent(row.browser, row.system),
            created_at=row.created_at,
            seen_at=row.seen_at,
            complete=not enrolled or row.assurance is Assurance.SECOND_FACTOR,
        )
        for row in rows
    )


def factor_of(session: Session, user_id: int) -> FactorRow | None:
    """The second step of a person, if one of any kind is set up."""
    set_up_at = session.scalar(
        select(SecondFactor.set_up_at).where(SecondFactor.user_id == user_id)
    )
    passkeys = list_passkeys(session, user_id)
    if set_up_at is None and not passkeys:
        return None
    left = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    )
    made = select(func.count()).where(
        AccountEvent.user_id == user_id,
        AccountEvent.kind == AccountEventKind.RECOVERY_CODES_MADE,
    )
    counts = select(left.scalar_subquery(), made.scalar_subquery())
    return FactorRow(set_up_at, passkeys, *session.execute(counts).one())


def list_account_events(session: Session, user_id: int) -> tuple[AccountEventRow, ...]:
    """What was done to an account, the latest first; of sign-ins the last ones only."""
    actor = aliased(User)
    of_user = AccountEvent.user_id == user_id
    sign_in = AccountEvent.kind == AccountEventKind.PROVIDER_SIGN_IN
    latest = AccountEvent.at.desc(), AccountEvent.id.desc()
    shown = select(AccountEvent.id).where(of_user, sign_in).order_by(*latest)
    rows = session.execute(
        select(AccountEvent, actor.name)
        .outerjoin(actor, AccountEvent.actor_id == actor.id)
        .where(of_user, ~sign_in | AccountEvent.id.in_(shown.limit(SIGN_INS_SHOWN)))
        .order_by(*latest)
        .limit(EVENTS_SHOWN)
    )
    found = rows.all()
    codes = {row.facts["state"] for row, _ in found if "state" in row.facts}
    query = select(State.iso3, State.name).where(State.iso3.in_(codes))
    states = {iso3: name for iso3, name in session.execute(query)} if codes else {}
    return tuple(
        AccountEventRow(
            row.kind,
            row.at,
            name or "",
            dict(row.facts),
            states.get(row.facts.get("state", ""), {}),
        )
        for row, name in found
    )
