"""Hashing passwords with Argon2id. Slow on purpose: call it while no transaction is open.

Few are hashed at once and few more wait in a process; who comes beyond that is asked to try again,
so that a storm of sign-ins leaves threads to those who read and save.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker.domain.errors import Busy, Problem

HASHED_AT_ONCE = 3  # each takes 19 MiB and a processor
WAITING = 4
RETRY_AFTER = 5  # seconds
AT_ONCE = BoundedSemaphore(HASHED_AT_ONCE)
ADMITTED = BoundedSemaphore(HASHED_AT_ONCE + WAITING)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is right, and whether its hash should be made anew."""

    matches: bool
    outdated: bool = False


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn; ``Busy`` at once where too many wait already."""
    if not ADMITTED.acquire(blocking=False):
        raise Busy(Problem("too-busy"), retry_after=RETRY_AFTER)
    try:
        with AT_ONCE:
            yield
    finally:
        ADMITTED.release()


@cache
def _hasher(cheap: bool) -> PasswordHasher:
    if cheap:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _hash_of_nobody(cheap: bool) -> str:
    return _hasher(cheap).hash("nobody's password")


def hash_password(password: str, *, cheap: bool = False) -> str:
    """What is kept of a password; ``cheap`` is for tests only. ``Busy`` in a storm."""
    with _turn():
        return _hasher(cheap).hash(password)


def verify_password(password: str, stored: str | None, *, cheap: bool = False) -> Verdict:
    """Compare with what is kept; where nothing is, it takes as long and never matches.

    ``Busy`` in a storm.
    """
    hasher = _hasher(cheap)
    with _turn():
        try:
            hasher.verify(stored or _hash_of_nobody(cheap), password)
        except (VerificationError, InvalidHashError):
            return Verdict(matches=False)
    if not stored:
        return Verdict(matches=False)
    return Verdict(matches=True, outdated=hasher.check_needs_rehash(stored))
