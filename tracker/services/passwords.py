"""Hashing passwords with Argon2id. Slow on purpose: call it while no transaction is open."""

from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = BoundedSemaphore(3)  # each takes 19 MiB and a processor: a storm of sign-ins queues here


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is right, and whether its hash should be made anew."""

    matches: bool
    outdated: bool = False


@cache
def _hasher(cheap: bool) -> PasswordHasher:
    if cheap:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _hash_of_nobody(cheap: bool) -> str:
    return _hasher(cheap).hash("nobody's password")


def hash_password(password: str, *, cheap: bool = False) -> str:
    """What is kept of a password; ``cheap`` is for tests only."""
    with AT_ONCE:
        return _hasher(cheap).hash(password)


def verify_password(password: str, stored: str | None, *, cheap: bool = False) -> Verdict:
    """Compare with what is kept; where nothing is, it takes as long and never matches."""
    hasher = _hasher(cheap)
    with AT_ONCE:
        try:
            hasher.verify(stored or _hash_of_nobody(cheap), password)
        except (VerificationError, InvalidHashError):
            return Verdict(matches=False)
    if not stored:
        return Verdict(matches=False)
    return Verdict(matches=True, outdated=hasher.check_needs_rehash(stored))
