"""Recording what is done to accounts."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.domain.account_events import TOLD_BY_MAIL, AccountEventKind
from tracker.domain.mail import MailKind
from tracker.domain.roles import Actor
from tracker.models import AccountEvent, User
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

    Its owner gets a mail where it changes how they sign in or what they may do.
    """
    session.add(
        AccountEvent(user_id=user_id, kind=kind, at=at, actor_id=actor.user_id, facts=facts)
    )
    session.flush()
    if kind in TOLD_BY_MAIL:
        owner, data = session.get_one(User, user_id), {"event": kind.value}
        mail.queue(session, user=owner, kind=MailKind.ACCOUNT_CHANGED, at=at, data=data)
