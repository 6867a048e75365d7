"""What a folder needs so that a power cut does not undo a name in it, and to be one's own."""

import fcntl
import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """See the names in the folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lock_folder(folder: Path, how: int) -> int:
    """A descriptor that holds the lock of a folder; ``OSError`` where it cannot be had.

    ``how`` as ``fcntl.flock`` takes it. Closing the descriptor gives the lock back.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
