"""Browsers that left for the provider where people sign in, until they are back."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.provider_identity import VISIT_LASTS
from tracker.models import ProviderVisit
from tracker.services.tokens import token_hash

LONGEST_TARGET = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """What was kept of a browser that is back; without ``user_id`` somebody wants to sign in."""

    nonce: str
    verifier: str
    user_id: int | None
    target: str


def begin_visit(
    session: Session,
    *,
    state: str,
    browser: str,
    nonce: str,
    verifier: str,
    user_id: int | None,
    target: str,
    clock: Clock,
) -> None:
    """Remember a browser that leaves; ``browser`` is what only it knows.

    ``user_id`` is whose account shall be linked, ``None`` where somebody wants to sign in. A
    ``target`` that is too long is forgotten, and so are visits that are over.
    """
    now = clock()
    session.execute(delete(ProviderVisit).where(ProviderVisit.expires_at <= now))
    session.add(
        ProviderVisit(
            state_hash=token_hash(state),
            browser_hash=token_hash(browser),
            nonce=nonce,
            verifier=verifier,
            user_id=user_id,
            target=target if len(target) <= LONGEST_TARGET else "",
            expires_at=now + VISIT_LASTS,
        )
    )
    session.flush()


def end_visit(session: Session, *, state: str, browser: str, clock: Clock) -> Visit | None:
    """The visit of this browser under this state, used up by this; ``None`` if there is none."""
    row = session.execute(
        delete(ProviderVisit)
        .where(
            ProviderVisit.state_hash == token_hash(state),
            ProviderVisit.browser_hash == token_hash(browser),
        )
        .returning(
            ProviderVisit.nonce,
            ProviderVisit.verifier,
            ProviderVisit.user_id,
            ProviderVisit.target,
            ProviderVisit.expires_at,
        )
    ).one_or_none()
    if row is None or row.expires_at <= clock():
        return None
    return Visit(row.nonce, row.verifier, row.user_id, row.target)
