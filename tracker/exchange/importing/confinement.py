"""What the child may still do once it has its libraries and the file: compute, and answer.

On Windows there are no such limits; there the audit hook and the parent's clock remain.
"""

import sys
from pathlib import Path
from typing import Final

# Bytes beyond what the idle child has. With the answer, which the parent holds meanwhile, a file
# costs at most 150 MB; the longest report that can be saved needs half of it.
MEMORY: Final = 128 * 1024 * 1024
CPU_SECONDS: Final = 4
_STANDARD_STREAMS: Final = 3
_FALLBACK_ADDRESSES: Final = 700 * 1024 * 1024  # where the system does not tell what is in use

# What reading raises once all is imported; files, sockets, processes and all else are refused.
_ALLOWED: Final = frozenset({"array.__new__"})


class Refused(RuntimeError):
    """Code in the child tried what reading a workbook never needs."""


def confine() -> None:
    """Give up files, sockets, processes and more memory, for good."""
    if sys.platform != "win32":
        _limit()
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[object, ...]) -> None:
    if event not in _ALLOWED:
        raise Refused(event)


def _limit() -> None:
    if sys.platform == "win32":
        return
    import resource

    def at_most(what: int, most: int) -> None:
        resource.setrlimit(what, (most, most))

    at_most(resource.RLIMIT_CORE, 0)
    at_most(resource.RLIMIT_FSIZE, 0)
    at_most(resource.RLIMIT_CPU, CPU_SECONDS)
    at_most(resource.RLIMIT_AS, _addresses_in_use() + MEMORY)
    # No descriptor beyond the three there are: native code cannot open anything either.
    at_most(resource.RLIMIT_NOFILE, _STANDARD_STREAMS)


def _addresses_in_use() -> int:
    """Bytes of address space in use."""
    if sys.platform == "win32":
        return _FALLBACK_ADDRESSES
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return _FALLBACK_ADDRESSES
    return pages * resource.getpagesize()
