"""How many workbooks are read at once: two in all and one a user, whatever process asks.

A slot is a locked file. The lock falls with the process that holds it, however that ends.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from tracker.domain.errors import Problem, TooMany

IN_ALL: Final = 2


@contextmanager
def slots(folder: Path, user_key: str) -> Iterator[None]:
    """Hold the slot of this user and one of all; ``folder`` is one for all processes.

    Raises:
        TooMany: the user's other file, or two files of others, are being read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    user = sha256(user_key.encode()).hexdigest()[:32]
    with ExitStack() as held:
        if not _take(held, folder / f"user-{user}.lock"):
            raise TooMany(Problem("reader-busy-with-yours"))
        if not any(_take(held, folder / f"slot-{n}.lock") for n in range(IN_ALL)):
            raise TooMany(Problem("reader-busy"))
        yield


def _take(held: ExitStack, path: Path) -> bool:
    file = path.open("ab")
    if _locked(file):
        held.enter_context(file)
        return True
    file.close()
    return False


def _locked(file: IO[bytes]) -> bool:
    """Lock without waiting; closing the file lets go."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
