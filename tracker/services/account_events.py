"""Recording what is done to accounts, and telling their owners."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.domain.account_events import (
    ROLES_TOLD_BY_MAIL,
    TOLD_BY_MAIL,
    AccountEventKind,
)
from tracker.domain.mail import MailKind
from tracker.domain.roles import Actor
from tracker.models import AccountEvent, Membership, State, User
from tracker.services import mail


def record_account_event(
    session: Session,
    *,
    actor: Actor,
    user_id: int,
    kind: AccountEventKind,
    at: datetime,
    **facts: str,
) -> None:
    """Add one event to the history of the account ``user_id``; ``facts`` hold no secret.

    Its owner gets a mail where it changes how they sign in.
    """
    session.add(
        AccountEvent(user_id=user_id, kind=kind, at=at, actor_id=actor.user_id, facts=facts)
    )
    session.flush()
    if kind in TOLD_BY_MAIL:
        owner, data = session.get_one(User, user_id), {"event": kind.value}
        mail.queue(session, user=owner, kind=MailKind.ACCOUNT_CHANGED, at=at, data=data)


def record_role_event(
    session: Session,
    *,
    actor: Actor,
    membership: Membership,
    kind: AccountEventKind,
    at: datetime,
    tell: bool = True,
    **facts: str,
) -> None:
    """The same of a role; its owner gets a mail (``tell``) unless another one tells it."""
    role = membership.role.value
    state = session.get(State, membership.state_id) if membership.state_id is not None else None
    facts = {"role": role} | ({"state": state.iso3} if state else {}) | facts
    record_account_event(
        session, actor=actor, user_id=membership.user_id, kind=kind, at=at, **facts
    )
    if tell and kind in ROLES_TOLD_BY_MAIL:
        owner = session.get_one(User, membership.user_id)
        data = {"event": kind.value, "role": role, "state": dict(state.name) if state else {}}
        mail.queue(session, user=owner, kind=MailKind.ROLE_CHANGED, at=at, data=data)
