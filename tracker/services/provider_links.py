"""Accounts at a provider that open accounts here, by issuer and subject and never by an address."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.domain.account_events import AccountEventKind
from tracker.domain.agents import Agent
from tracker.domain.clock import Clock
from tracker.domain.errors import NotFound, Problem, WrongStatus
from tracker.domain.provider_identity import ProviderIdentity
from tracker.domain.roles import Actor
from tracker.domain.second_factor import Assurance
from tracker.models import ProviderLink, User
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.accounts import actor_of
from tracker.services.account_events import record_account_event
from tracker.services.sessions import UNKNOWN, start_session

# Whoever is signed in at the provider need not have typed anything today: what is sensitive here
# asks for the password or a code at once, and a second step has a quarter of an hour.
TYPED_BEFORE = timedelta(minutes=15)


def counted_as(identity: ProviderIdentity) -> str:
    """Under what refusals of an account at the provider are counted."""
    return f"provider account {identity.issuer} {identity.subject}"


def link(
    session: Session, *, actor: Actor, identity: ProviderIdentity, provider: str, clock: Clock
) -> None:
    """Let an account at the provider open the actor's own; ``provider`` is its name.

    ``WrongStatus`` where it opens another account, or where another one opens this one.
    """
    user_id = _own(session, actor)
    rows = session.scalars(
        select(ProviderLink).where(
            ProviderLink.issuer == identity.issuer,
            (ProviderLink.subject == identity.subject) | (ProviderLink.user_id == user_id),
        )
    ).all()
    if any(row.user_id != user_id for row in rows):
        raise WrongStatus(Problem("provider-linked-elsewhere"))
    if rows:
        raise WrongStatus(Problem("provider-linked-already"))
    session.add(
        ProviderLink(
            user_id=user_id, issuer=identity.issuer, subject=identity.subject, linked_at=clock()
        )
    )
    _record(session, actor, user_id, AccountEventKind.PROVIDER_LINKED, clock, provider)


def unlink(session: Session, *, actor: Actor, issuer: str, provider: str, clock: Clock) -> None:
    """Let the account at this provider open the actor's own no more."""
    user_id = _own(session, actor)
    gone = session.scalar(
        delete(ProviderLink)
        .where(ProviderLink.user_id == user_id, ProviderLink.issuer == issuer)
        .returning(ProviderLink.id)
    )
    if gone is None:
        raise NotFound(Problem("not-found"))
    _record(session, actor, user_id, AccountEventKind.PROVIDER_UNLINKED, clock, provider)


def forget_links(session: Session, *, actor: Actor, user_id: int, clock: Clock) -> None:
    """Let no account at any provider open this one: whoever linked it need not be its owner."""
    issuers = session.scalars(
        delete(ProviderLink).where(ProviderLink.user_id == user_id).returning(ProviderLink.issuer)
    ).all()
    for issuer in issuers:
        _record(session, actor, user_id, AccountEventKind.PROVIDER_UNLINKED, clock, issuer)


def sign_in_linked(
    session: Session,
    *,
    identity: ProviderIdentity,
    provider: str,
    counts_as_second: bool,
    clock: Clock,
    agent: Agent = UNKNOWN,
) -> str | None:
    """Start a session of the account that this one opens; ``None`` if that account is closed.

    ``NotFound`` where it opens none. ``counts_as_second`` is whether signing in there is as good
    as both steps here. No account is made by this, and none is found by an address.
    """
    found = select(ProviderLink.user_id).where(
        ProviderLink.issuer == identity.issuer, ProviderLink.subject == identity.subject
    )
    user_id = session.scalar(found)
    user = _locked(session, user_id) if user_id is not None else None
    if user is None or session.scalar(found) != user.id:
        raise NotFound(Problem("provider-not-linked"))
    if not user.is_active:
        return None
    facts = identity.facts
    actor = actor_of(session, user)
    _record(session, actor, user.id, AccountEventKind.PROVIDER_SIGN_IN, clock, provider, **facts)
    return start_session(
        session,
        user_id=user.id,
        clock=clock,
        assurance=Assurance.SECOND_FACTOR if counts_as_second else Assurance.PASSWORD,
        confirmed_at=clock() - TYPED_BEFORE,
        agent=agent,
    )


def _own(session: Session, actor: Actor) -> int:
    authorise(actor, Action.SESSION_USE)
    assert actor.user_id is not None  # noqa: S101  # nosec B101  # the rule says so
    _locked(session, actor.user_id)
    return actor.user_id


def _locked(session: Session, user_id: int) -> User | None:
    """The account, so that linking, unlinking and signing in come one after the other."""
    return session.get(User, user_id, populate_existing=True, with_for_update=True)


def _record(
    session: Session,
    actor: Actor,
    user_id: int,
    kind: AccountEventKind,
    clock: Clock,
    provider: str,
    **facts: str,
) -> None:
    record_account_event(
        session, actor=actor, user_id=user_id, kind=kind, at=clock(), provider=provider, **facts
    )
