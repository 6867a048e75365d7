"""Recording what is done to accounts."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.domain.account_events import AccountEventKind
from tracker.domain.roles import Actor
from tracker.models import AccountEvent


def record_account_event(
    session: Session,
    *,
    actor: Actor,
    user_id: int,
    kind: AccountEventKind,
    at: datetime,
    **facts: str,
) -> None:
    """Add one event to the history of the account ``user_id``; ``facts`` hold no secret."""
    session.add(
        AccountEvent(user_id=user_id, kind=kind, at=at, actor_id=actor.user_id, facts=facts)
    )
    session.flush()
