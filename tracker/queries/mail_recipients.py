"""Whom mail is about: active focal points of a State, and the secretariat."""

from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from tracker.domain.roles import Role
from tracker.models import Membership, User


def active_focal_points() -> ColumnElement[bool]:
    """Roles of focal points, held now by active people; joins the person's row."""
    return and_(Membership.role == Role.FOCAL_POINT, Membership.ended_at.is_(None), User.is_active)


def focal_points(session: Session, state_id: int) -> tuple[User, ...]:
    """The active focal points of a State, each once."""
    return _holders(session, active_focal_points(), Membership.state_id == state_id)


def secretariat(session: Session) -> tuple[User, ...]:
    """Everybody active in the secretariat, each once."""
    roles = Membership.role.in_((Role.REVIEWER, Role.ADMINISTRATOR))
    return _holders(session, roles, Membership.ended_at.is_(None), User.is_active)


def _holders(session: Session, *which: Any) -> tuple[User, ...]:
    query = select(User).join(Membership, Membership.user_id == User.id).where(*which)
    return tuple(session.scalars(query.distinct().order_by(User.id)))
