"""What a folder needs so that a power cut does not undo a name in it."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """See the names in the folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
