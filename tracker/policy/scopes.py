"""SQL twins of the read rules: which rows an actor may know about.

A test walks every role and compares each twin with its rule.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, true

from tracker.domain.progress import Audience
from tracker.domain.roles import Actor, Role
from tracker.models import Membership, NationalReport, Submission


def _states_of(actor: Actor, *roles: Role) -> list[int]:
    return sorted(
        grant.state_id
        for grant in actor.grants
        if grant.role in roles and grant.state_id is not None
        if grant.role is not Role.CONTRIBUTOR or grant.sections
    )


def held_at(now: datetime) -> ColumnElement[bool]:
    """Roles that give access at this moment: not ended, and no last day behind them."""
    return and_(
        Membership.ended_at.is_(None), or_(Membership.ends_at.is_(None), Membership.ends_at > now)
    )


def manageable_memberships(actor: Actor) -> ColumnElement[bool]:
    """Roles of people that the actor may give and end (``account:manage``)."""
    if actor.operator or actor.holds(Role.ADMINISTRATOR):
        return true()
    own = _states_of(actor, Role.FOCAL_POINT)
    return Membership.state_id.in_(own) if own else false()


def readable_reports(actor: Actor) -> ColumnElement[bool]:
    """Working copies of which the actor may read at least a part (``report:read``)."""
    own = _states_of(actor, Role.FOCAL_POINT, Role.OBSERVER, Role.CONTRIBUTOR)
    return NationalReport.state_id.in_(own) if own else false()


def readable_submissions(actor: Actor) -> ColumnElement[bool]:
    """Submissions that the actor may read (``submission:read``); joins the report's row."""
    if actor.in_secretariat:
        return true()
    own = _states_of(actor, Role.FOCAL_POINT, Role.OBSERVER)
    published = Submission.published_at.is_not(None)
    return or_(published, NationalReport.state_id.in_(own)) if own else published


def audience_of(actor: Actor) -> Audience:
    """The widest audience to which the actor belongs, its own State's answers aside."""
    if actor.in_secretariat:
        return Audience.SECRETARIAT
    return Audience.STATES if actor.state_ids else Audience.PUBLIC


def admitted_audiences(audience: Audience) -> list[Audience]:
    """The audiences of content that a reader of this level may read."""
    return [content for content in Audience if audience.admits(content)]


def assigned_sections(actor: Actor, state_id: int) -> tuple[str, ...]:
    """The sections of a State's report that its contributor was given (``report:edit``)."""
    return tuple(
        section
        for grant in actor.grants
        if grant.role is Role.CONTRIBUTOR and grant.state_id == state_id
        for section in grant.sections
    )
