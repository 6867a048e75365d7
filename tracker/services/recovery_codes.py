"""Recovery codes: each stands in once for the app or the passkey that is not at hand."""

import secrets

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.second_factor import RECOVERY_CODES, RECOVERY_LETTERS
from tracker.models import RecoveryCode
from tracker.services.tokens import token_hash

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32, without l, o, 0 and 1


def make_codes(session: Session, *, user_id: int, clock: Clock) -> tuple[str, ...]:
    """Ten new codes; the ones before no longer work."""
    forget_codes(session, user_id=user_id)
    codes = tuple(
        "".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LETTERS))
        for _ in range(RECOVERY_CODES)
    )
    now = clock()
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=token_hash(code), made_at=now) for code in codes
    )
    session.flush()
    return codes


def use_recovery_code(session: Session, *, user_id: int, code: str, clock: Clock) -> bool:
    """Whether ``code`` is one that was not used yet; it is from now on."""
    used = session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == token_hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock())
        .returning(RecoveryCode.id)
    )
    return used is not None


def forget_codes(session: Session, *, user_id: int) -> None:
    """None of them works any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
