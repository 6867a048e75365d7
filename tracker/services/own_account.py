"""What somebody changes of the own account: name, language, password."""

from sqlalchemy.orm import Session

from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import Clock
from tracker.domain.mail import MailKind
from tracker.domain.roles import Actor
from tracker.models import User
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.services import mail
from tracker.services.account_events import record_account_event
from tracker.services.invitations import revoke_links
from tracker.services.sessions import end_sessions


def change_own_details(session: Session, *, actor: Actor, name: str, language: str) -> None:
    """The person's own name and language."""
    user = _own_account(session, actor)
    user.name, user.language = name, language
    session.flush()


def change_own_password(
    session: Session, *, actor: Actor, password_hash: str, this_browser: str | None, clock: Clock
) -> None:
    """A new password, after the present one was verified; other browsers are signed out."""
    user = _own_account(session, actor)
    user.password_hash = password_hash
    mail.queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=clock())
    _end_others(session, user.id, this_browser, clock)
    record_account_event(
        session, actor=actor, user_id=user.id, kind=AccountEventKind.PASSWORD_CHANGED, at=clock()
    )


def _own_account(session: Session, actor: Actor) -> User:
    authorise(actor, Action.SESSION_USE)
    return session.get_one(User, actor.user_id)


def _end_others(session: Session, user_id: int, this_browser: str | None, clock: Clock) -> None:
    end_sessions(session, user_id=user_id, clock=clock, but=this_browser)
    revoke_links(session, user_id=user_id, clock=clock)
    session.flush()
