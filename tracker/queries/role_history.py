"""Roles held before and now: of one person, and of a State's national focal points."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.roles import Actor, Role
from tracker.models import Membership, State, User
from tracker.policy.scopes import manageable_memberships


@dataclass(frozen=True, slots=True)
class HeldRole:
    """One role of one person; ``until`` is when it ended or will end."""

    person: str
    role: Role
    iso3: str
    state_name: dict[str, str]
    since: datetime
    until: datetime | None
    ended_by: str

    def is_over(self, now: datetime) -> bool:
        """Whether it gives no access any more."""
        return self.until is not None and self.until <= now


def list_roles_of(session: Session, actor: Actor, user_id: int) -> tuple[HeldRole, ...]:
    """All roles that a person ever held and the actor manages, the latest first."""
    return _list(session, actor, Membership.user_id == user_id)


def list_focal_points(session: Session, actor: Actor, state_id: int) -> tuple[HeldRole, ...]:
    """Everybody who is or was focal point of a State that the actor manages, the latest first."""
    focal_point = Membership.role == Role.FOCAL_POINT
    return _list(session, actor, Membership.state_id == state_id, focal_point)


def _list(session: Session, actor: Actor, *which: ColumnElement[bool]) -> tuple[HeldRole, ...]:
    ended_by = aliased(User)
    rows = session.execute(
        select(Membership, User.name, State, ended_by.name)
        .join(User, Membership.user_id == User.id)
        .outerjoin(State, Membership.state_id == State.id)
        .outerjoin(ended_by, Membership.ended_by_id == ended_by.id)
        .where(manageable_memberships(actor), *which)
        .order_by(Membership.granted_at.desc(), Membership.id.desc())
    )
    return tuple(_held(row, name, state, ender) for row, name, state, ender in rows)


def _held(row: Membership, person: str, state: State | None, ended_by: str | None) -> HeldRole:
    return HeldRole(
        person=person,
        role=row.role,
        iso3=state.iso3 if state else "",
        state_name=state.name if state else {},
        since=row.granted_at,
        until=row.ended_at or row.ends_at,
        ended_by=ended_by or "",
    )
