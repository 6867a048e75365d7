"""People and their roles: adding, giving further roles, ending, closing accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted, Problem, WrongStatus
from tracker.domain.mail import MailKind
from tracker.domain.people import check_place
from tracker.domain.roles import Actor, Role
from tracker.models import Membership, Section, User
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.policy.scopes import held_at
from tracker.queries.accounts import user_by_email
from tracker.queries.states import reports_here
from tracker.services import mail
from tracker.services.account_events import record_account_event, record_role_event
from tracker.services.invitations import link_given_by_others, may_invite, revoke_links
from tracker.services.provider_links import forget_links
from tracker.services.sessions import end_sessions


@dataclass(frozen=True, slots=True)
class Added:
    """What ``add_user`` did. ``needs_link`` is set where the person has no password yet."""

    user_id: int
    granted: bool
    needs_link: bool


def add_user(
    session: Session,
    *,
    actor: Actor,
    email: str,
    name: str,
    role: Role,
    state_id: int | None,
    language: str,
    clock: Clock,
    sections: Sequence[str] = (),
) -> Added:
    """Give a role to the person with this address, who gets an account if there is none.

    Name and language are taken for a new account only. A role held already stays as it is.
    """
    user_id = find_user(
        session, actor=actor, email=email, role=role, state_id=state_id, sections=sections
    )
    if user_id is None:
        user = User(email=email, name=name, language=language, is_active=True, created_at=clock())
        session.add(user)
        session.flush()
    else:
        user = session.get_one(User, user_id)
        _forget_password_of_others(session, actor, user, state_id, clock)
    granted = _grant(session, actor, user, role, state_id, sections, clock)
    return Added(user.id, granted, user.password_hash is None)


def find_user(
    session: Session,
    *,
    actor: Actor,
    email: str,
    role: Role,
    state_id: int | None,
    sections: Sequence[str] = (),
) -> int | None:
    """Whose address this is, locked so that nobody gives a role meanwhile; ``None`` if nobody's.

    Refuses what ``add_user`` refuses, and writes nothing. Who manages the people of one State does
    not learn anything of an account that has, or had, a role elsewhere.
    """
    check_place(role, for_a_state=state_id is not None)
    authorise(actor, Action.ACCOUNT_MANAGE, Subject(state_id=state_id))
    _check_sections(session, role, sections)
    if state_id is not None and not reports_here(session, state_id):
        raise Invalid(Problem("record-only", "state"))
    user = user_by_email(session, email)
    if user is None:
        return None
    session.refresh(user, with_for_update={"key_share": True})
    if not may_invite(session, actor, user.id):
        raise Invalid(Problem("account-elsewhere", "email"))
    if not user.is_active:
        raise Invalid(Problem("account-inactive", "email"))
    return user.id


def _check_sections(session: Session, role: Role, sections: Sequence[str]) -> None:
    """Contributors have sections, of any outcome document; nobody else has."""
    if role is not Role.CONTRIBUTOR:
        if sections:
            raise Invalid(Problem("sections-for-contributors", "sections"))
        return
    if not sections:
        raise Invalid(Problem("sections-needed", "sections"))
    known = set(session.scalars(select(Section.code)))
    unknown = [code for code in sections if code not in known]
    if unknown:
        raise Invalid(
            *(Problem("no-such-section", "sections", {"code": code[:80]}) for code in unknown)
        )


def _forget_password_of_others(
    session: Session, actor: Actor, user: User, state_id: int | None, clock: Clock
) -> None:
    places = set(session.scalars(select(Membership.state_id).where(Membership.user_id == user.id)))
    if state_id not in places and link_given_by_others(session, user.id):
        # Whoever made this account for one State may hold its password: it must not open
        # the next State's report as well.
        user.password_hash = None
        forget_links(session, actor=actor, user_id=user.id, clock=clock)
        end_sessions(session, user_id=user.id, clock=clock)
        revoke_links(session, user_id=user.id, clock=clock)


def _grant(
    session: Session,
    actor: Actor,
    user: User,
    role: Role,
    state_id: int | None,
    sections: Sequence[str],
    clock: Clock,
) -> bool:
    held = session.scalars(
        select(Membership).where(
            Membership.user_id == user.id,
            Membership.role == role,
            Membership.state_id.is_(None) if state_id is None else Membership.state_id == state_id,
            held_at(clock()),
        )
    ).first()
    if held:
        return False
    membership = Membership(
        user_id=user.id,
        role=role,
        state_id=state_id,
        sections=list(sections),
        granted_at=clock(),
        granted_by_id=actor.user_id,
    )
    session.add(membership)
    session.flush()
    record_role_event(
        session,
        actor=actor,
        membership=membership,
        kind=AccountEventKind.ROLE_GIVEN,
        at=clock(),
        tell=user.password_hash is not None,  # else an invitation comes
    )
    return True


def assign_sections(
    session: Session, *, actor: Actor, membership_id: int, sections: Sequence[str], clock: Clock
) -> None:
    """Choose which sections a contributor reads and edits."""
    membership = live_membership(session, actor, membership_id)
    if membership.role is not Role.CONTRIBUTOR:
        raise Invalid(Problem("sections-for-contributors", "sections"))
    _check_sections(session, membership.role, sections)
    membership.sections = list(sections)
    record_role_event(
        session,
        actor=actor,
        membership=membership,
        kind=AccountEventKind.SECTIONS_CHANGED,
        at=clock(),
    )


def end_membership(
    session: Session, *, actor: Actor, membership_id: int, clock: Clock, tell: bool = True
) -> None:
    """End a role; a person left without any is signed out everywhere. ``tell`` them by mail."""
    membership = live_membership(session, actor, membership_id)
    if membership.role is Role.ADMINISTRATOR:
        _keep_one_administrator(session, without=membership.user_id, clock=clock)
    membership.ended_at, membership.ended_by_id = clock(), actor.user_id
    record_role_event(
        session,
        actor=actor,
        membership=membership,
        kind=AccountEventKind.ROLE_ENDED,
        at=clock(),
        tell=tell,
    )
    left = session.scalars(
        select(Membership.id).where(
            Membership.user_id == membership.user_id, Membership.ended_at.is_(None)
        )
    ).first()
    if left is None:
        _shut_out(session, membership.user_id, clock)


def live_membership(session: Session, actor: Actor, membership_id: int) -> Membership:
    """A role that has not ended, locked, of which the actor may dispose."""
    membership = session.get(Membership, membership_id, with_for_update=True)
    if membership is None or membership.ended_at is not None:
        raise NotFound(Problem("not-found"))
    authorise(actor, Action.ACCOUNT_MANAGE, Subject(state_id=membership.state_id))
    return membership


def _keep_one_administrator(session: Session, *, without: int, clock: Clock) -> None:
    """Somebody else who can sign in must be left: not who never chose a password.

    Locks all administrators' roles, so that two cannot end each other at once.
    """
    if set(session.scalars(_administrators(clock).with_for_update())) <= {without}:
        raise WrongStatus(Problem("last-administrator"))


def is_last_administrator(session: Session, user_id: int, *, clock: Clock) -> bool:
    """Whether this account administers and nobody else could sign in to do so."""
    others = set(session.scalars(_administrators(clock))) - {user_id}
    return not others and may_administer(session, user_id)


def _administrators(clock: Clock) -> Select[int]:
    """The accounts of those who can sign in, in the order in which their roles are locked."""
    return (
        select(Membership.user_id)
        .join(User, Membership.user_id == User.id)
        .where(
            Membership.role == Role.ADMINISTRATOR,
            held_at(clock()),
            User.is_active,
            User.password_hash.is_not(None),
        )
        .order_by(Membership.id)
    )


def deactivate(session: Session, *, actor: Actor, user_id: int, clock: Clock) -> None:
    """Close an account: nobody can sign in with it, and who is signed in no longer is."""
    authorise(actor, Action.ACCOUNT_MANAGE)
    user = session.get_one(User, user_id)
    if may_administer(session, user_id):
        _keep_one_administrator(session, without=user_id, clock=clock)
    user.is_active = False
    _shut_out(session, user_id, clock)
    _record(session, actor, user_id, AccountEventKind.DEACTIVATED, clock)


def _record(
    session: Session, actor: Actor, user_id: int, kind: AccountEventKind, clock: Clock
) -> None:
    record_account_event(session, actor=actor, user_id=user_id, kind=kind, at=clock())


def reactivate(session: Session, *, actor: Actor, user_id: int, clock: Clock) -> None:
    """Open a closed account again, with the roles it still holds."""
    authorise(actor, Action.ACCOUNT_MANAGE)
    session.get_one(User, user_id).is_active = True
    _record(session, actor, user_id, AccountEventKind.REACTIVATED, clock)


def may_administer(session: Session, user_id: int) -> bool:
    """Whether the person is an administrator now."""
    role = select(Membership.id).filter_by(user_id=user_id, role=Role.ADMINISTRATOR, ended_at=None)
    return session.scalars(role).first() is not None


def _shut_out(session: Session, user_id: int, clock: Clock) -> None:
    end_sessions(session, user_id=user_id, clock=clock)
    revoke_links(session, user_id=user_id, clock=clock)


def set_password(
    session: Session, *, actor: Actor, user_id: int, password_hash: str, clock: Clock
) -> None:
    """Set somebody's password: the operator only, since nobody else may know one."""
    if not actor.operator:
        raise NotPermitted(Problem("not-permitted"))
    user = session.get_one(User, user_id)
    if user.password_hash is not None:
        mail.queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=clock())
    user.password_hash = password_hash
    forget_links(session, actor=actor, user_id=user_id, clock=clock)
    _shut_out(session, user_id, clock)
    _record(session, actor, user_id, AccountEventKind.PASSWORD_SET, clock)
