"""Single-use links to choose a password. A lost password is a new link."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import Clock
from tracker.domain.errors import NotFound, NotPermitted, Problem
from tracker.domain.mail import MailKind
from tracker.domain.roles import Actor, Role
from tracker.models import Invitation, Membership, PasswordReset, User
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.services import mail
from tracker.services.account_events import record_account_event
from tracker.services.provider_links import forget_links
from tracker.services.sessions import end_sessions
from tracker.services.tokens import new_token, token_hash

INVITATION_LASTS = timedelta(days=7)


def may_invite(session: Session, actor: Actor, user_id: int) -> bool:
    """Whether the actor manages every role this person ever held.

    Who hands out the link can take the account over, so one foreign role is enough to refuse.
    """
    if may(actor, Action.ACCOUNT_MANAGE):
        return True
    places = set(session.scalars(select(Membership.state_id).where(Membership.user_id == user_id)))
    return bool(places) and all(
        may(actor, Action.ACCOUNT_MANAGE, Subject(state_id=place)) for place in places
    )


def invite(session: Session, *, actor: Actor, user_id: int, clock: Clock) -> str:
    """A new link's token; earlier unused links of the person stop working.

    A second link goes to the person by mail. Whichever is used first ends the other.
    """
    if not may_invite(session, actor, user_id):
        raise NotPermitted(Problem("account-elsewhere"))
    revoke_links(session, user_id=user_id, clock=clock)
    token, now = new_token(), clock()
    session.add(
        Invitation(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=now,
            created_by_id=actor.user_id,
            expires_at=now + INVITATION_LASTS,
        )
    )
    user = session.get_one(User, user_id)
    mail.queue(session, user=user, kind=MailKind.INVITATION, at=now)
    record_account_event(
        session, actor=actor, user_id=user_id, kind=AccountEventKind.LINK_MADE, at=now
    )
    return token


def revoke_links(session: Session, *, user_id: int, clock: Clock) -> None:
    """Let every unused link of a person expire, those that wait to be mailed too."""
    now = clock()
    mail.drop_queued_links(session, user_id=user_id)
    session.execute(
        update(Invitation)
        .where(
            Invitation.user_id == user_id, Invitation.used_at.is_(None), Invitation.expires_at > now
        )
        .values(expires_at=now)
    )
    session.execute(
        update(PasswordReset)
        .where(
            PasswordReset.user_id == user_id,
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > now,
        )
        .values(expires_at=now)
    )


def accept_invitation(
    session: Session, *, token: str, name: str, language: str, password_hash: str, clock: Clock
) -> int:
    """Use a link up and set the password; gives the user's id. Older sessions end."""
    now = clock()
    user_id = session.scalar(
        update(Invitation)
        .where(
            Invitation.token_hash == token_hash(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(used_at=now)
        .returning(Invitation.user_id)
    )
    user = session.get(User, user_id) if user_id is not None else None
    if user is None or not user.is_active:
        raise NotFound(Problem("invitation-invalid"))
    if user.password_hash is not None:
        mail.queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=now)
    user.name, user.language, user.password_hash = name, language, password_hash
    end_sessions(session, user_id=user.id, clock=clock)
    revoke_links(session, user_id=user.id, clock=clock)
    session.flush()
    owner = Actor(user_id=user.id, name=name, language=language)
    record_account_event(
        session, actor=owner, user_id=user.id, kind=AccountEventKind.LINK_USED, at=now
    )
    forget_links(session, actor=owner, user_id=user.id, clock=clock)
    return user.id


def link_given_by_others(session: Session, user_id: int) -> bool:
    """Whether a link to this account was ever handed out by somebody not an administrator."""
    administrators = select(Membership.user_id).where(
        Membership.role == Role.ADMINISTRATOR, Membership.ended_at.is_(None)
    )
    return (
        session.scalars(
            select(Invitation.id).where(
                Invitation.user_id == user_id,
                Invitation.created_by_id.is_not(None),
                Invitation.created_by_id.not_in(administrators),
            )
        ).first()
        is not None
    )
