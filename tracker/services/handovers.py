"""Handing the role of a national focal point over to somebody else, with its history kept."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, Problem
from tracker.domain.roles import Actor, Role
from tracker.models import User
from tracker.services.account_events import record_role_event
from tracker.services.accounts import Added, add_user, end_membership, live_membership

LONGEST_OVERLAP = timedelta(days=92)


def hand_over(
    session: Session,
    *,
    actor: Actor,
    membership_id: int,
    email: str,
    name: str,
    language: str,
    last_day: date | None,
    clock: Clock,
) -> Added:
    """Give the role to the person with this address and end it for its holder.

    Without ``last_day`` the holder's role ends now, else with that day (UTC), so that the two can
    work side by side. Both roles stay on record. ``Invalid`` for the holder's own address, for
    another role than a focal point's, and for a day that is over or far away.
    """
    membership = live_membership(session, actor, membership_id)
    if membership.role is not Role.FOCAL_POINT:
        raise Invalid(Problem("hand-over-of-focal-points"))
    holder = session.get_one(User, membership.user_id)
    if holder.email == email:
        raise Invalid(Problem("hand-over-to-another", "email"))
    ends_at = end_of(last_day, clock) if last_day else None
    added = add_user(
        session,
        actor=actor,
        email=email,
        name=name,
        role=Role.FOCAL_POINT,
        state_id=membership.state_id,
        language=language,
        clock=clock,
    )
    record_role_event(
        session,
        actor=actor,
        membership=membership,
        kind=AccountEventKind.HANDED_OVER,
        at=clock(),
        name=session.get_one(User, added.user_id).name,
    )
    if ends_at is None:
        end_membership(session, actor=actor, membership_id=membership.id, clock=clock, tell=False)
    else:
        membership.ends_at, membership.ended_by_id = ends_at, actor.user_id
        session.flush()
    return added


def end_of(day: date, clock: Clock) -> datetime:
    """When this last day of a role is over; ``Invalid`` for a day that is over or far away."""
    today = clock().astimezone(UTC).date()
    if day < today:
        raise Invalid(Problem("last-day-past", "last_day"))
    if day > today + LONGEST_OVERLAP:
        raise Invalid(Problem("last-day-too-far", "last_day", {"days": LONGEST_OVERLAP.days}))
    return datetime.combine(day + timedelta(days=1), time(), UTC)
