"""People and what they may be."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.clock import system_clock
from tracker.domain.roles import Actor, Grant, Role
from tracker.models import Commitment, Invitation, Membership, Section, SignInFailure, State, User
from tracker.policy.scopes import held_at, manageable_memberships


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signing in needs of an account."""

    user_id: int
    email: str
    name: str
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """One role held now; ``iso3`` and ``state_name`` are empty in the secretariat."""

    id: int
    public_id: str
    role: Role
    state_id: int | None
    iso3: str
    state_name: dict[str, str]
    sections: tuple[str, ...]
    granted_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One person with the roles that the reader manages."""

    id: int
    public_id: str
    email: str
    name: str
    language: str
    is_active: bool
    has_password: bool
    created_at: datetime
    memberships: tuple[MembershipRow, ...]


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section that holds commitments, so that it can be assigned to a contributor.

    Its title is our short one: the official heading stands in the languages of its source alone.
    """

    code: str
    title: dict[str, str]


def actor_of(session: Session, user: User, now: datetime | None = None) -> Actor:
    """The person with the roles held at this moment."""
    held = session.scalars(
        select(Membership)
        .where(Membership.user_id == user.id, held_at(now or system_clock()))
        .order_by(Membership.id)
    )
    return as_actor(user, held)


def as_actor(user: User, held: Iterable[Membership]) -> Actor:
    """The person with these roles, read before."""
    return Actor(
        user_id=user.id,
        name=user.name,
        language=user.language,
        grants=tuple(Grant(row.role, row.state_id, tuple(row.sections)) for row in held),
    )


def user_by_email(session: Session, email: str) -> User | None:
    """The account with this address, in either case."""
    return session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()


def credentials_of(session: Session, email: str) -> Credentials | None:
    """What verifies a password, of an active account that has one."""
    user = user_by_email(session, email)
    if user is None or not user.is_active or user.password_hash is None:
        return None
    return Credentials(user.id, user.email, user.name, user.password_hash)


def own_credentials(session: Session, user_id: int) -> Credentials:
    """The same of the person who is signed in."""
    user = session.get_one(User, user_id)
    return Credentials(user.id, user.email, user.name, user.password_hash)


def count_failures(session: Session, key: str, *, now: datetime, within: timedelta) -> int:
    """How often signing in with an address failed lately.

    What a clock noted that went ahead does not count: it would shut people out until then.
    """
    query = select(func.count()).where(
        SignInFailure.key == key, SignInFailure.at > now - within, SignInFailure.at <= now
    )
    return session.scalar(query) or 0


def invited_account(session: Session, token_hash: str, now: datetime) -> AccountRow | None:
    """Whose link this is, if it can still be used; without roles."""
    user = session.scalars(
        select(User)
        .join(Invitation, Invitation.user_id == User.id)
        .where(
            Invitation.token_hash == token_hash,
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
            User.is_active,
        )
    ).one_or_none()
    return _account(user, ()) if user else None


def account_by_id(session: Session, user_id: int) -> AccountRow:
    """One account with all roles held now: its owner's view."""
    user = session.get_one(User, user_id)
    held = select(Membership.id).where(Membership.user_id == user_id)
    return _account(user, _memberships(session, session.scalars(held).all())[user_id])


def list_manageable_accounts(session: Session, actor: Actor) -> tuple[AccountRow, ...]:
    """People with a role that the actor manages, and for administrators those without any."""
    managed = select(Membership.id).where(manageable_memberships(actor))
    memberships = _memberships(session, session.scalars(managed).all())
    query = select(User).order_by(User.name, User.email)
    if not (actor.operator or actor.holds(Role.ADMINISTRATOR)):
        query = query.where(User.id.in_(memberships))
    return tuple(_account(user, memberships.get(user.id, ())) for user in session.scalars(query))


def manageable_account(session: Session, actor: Actor, public_id: str) -> AccountRow | None:
    """One of those people."""
    rows = list_manageable_accounts(session, actor)
    return next((row for row in rows if row.public_id == public_id), None)


def manageable_membership(
    session: Session, actor: Actor, public_id: str
) -> tuple[AccountRow, MembershipRow] | None:
    """One role that the actor manages, with its holder."""
    for account in list_manageable_accounts(session, actor):
        for membership in account.memberships:
            if membership.public_id == public_id:
                return account, membership
    return None


def list_assignable_sections(session: Session) -> tuple[SectionRow, ...]:
    """Every section with commitments of its own, in the order of the documents."""
    rows = session.execute(
        select(Section.code, Section.short_title)
        .where(Section.id.in_(select(Commitment.section_id)))
        .order_by(Section.document_id, Section.position)
    )
    titles: dict[str, dict[str, str]] = {}
    for code, title in rows:
        titles.setdefault(code, title)
    return tuple(SectionRow(code, title) for code, title in titles.items())


def _memberships(session: Session, ids: Iterable[int]) -> dict[int, tuple[MembershipRow, ...]]:
    rows = session.execute(
        select(Membership, State)
        .outerjoin(State, Membership.state_id == State.id)
        .where(Membership.id.in_(list(ids)), held_at(system_clock()))
        .order_by(State.iso3, Membership.id)
    )
    found: dict[int, list[MembershipRow]] = defaultdict(list)
    for row, state in rows:
        found[row.user_id].append(_membership(row, state))
    return defaultdict(tuple, {user: tuple(held) for user, held in found.items()})


def _membership(row: Membership, state: State | None) -> MembershipRow:
    return MembershipRow(
        id=row.id,
        public_id=row.public_id,
        role=row.role,
        state_id=row.state_id,
        iso3=state.iso3 if state else "",
        state_name=state.name if state else {},
        sections=tuple(row.sections),
        granted_at=row.granted_at,
        ends_at=row.ends_at,
    )


def _account(user: User, memberships: Sequence[MembershipRow]) -> AccountRow:
    return AccountRow(
        id=user.id,
        public_id=user.public_id,
        email=user.email,
        name=user.name,
        language=user.language,
        is_active=user.is_active,
        has_password=user.password_hash is not None,
        created_at=user.created_at,
        memberships=tuple(memberships),
    )
