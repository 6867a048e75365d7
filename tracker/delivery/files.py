"""The private files of exports: one folder, names that are random ids, nobody else's to read.

A lock beside each file says that a worker is making it. The operating system lets go of it
when that process ends, however it ends: so a killed worker is noticed at once, and by nothing
that could be taken for another process.
"""

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL, LOCK = "part", "lock"


class ExportFolder:
    """The folder ``exports`` of an instance, made at first use."""

    def __init__(self, instance_path: Path) -> None:
        self._folder = instance_path / "exports"

    def file(self, public_id: str, suffix: str) -> Path:
        """Where a finished file stands."""
        return self._folder / f"{public_id}.{suffix}"

    def make(self) -> None:
        """Make the folder, for the tracker's own account only; ``OSError`` where it cannot be."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def held(self, public_id: str) -> Iterator[bool]:
        """Hold the export while it is made; gives false while another process holds it."""
        self.make()
        path = self.file(public_id, LOCK)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            held = _locked(descriptor) and _is_still(path, descriptor)
            yield held
            if held:
                path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    @contextmanager
    def new_file(self, public_id: str, suffix: str) -> Iterator[Path]:
        """A file to write, which takes its place when it is whole; after an error none is left."""
        partial = self.file(public_id, PARTIAL)
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        try:
            yield partial
            partial.replace(self.file(public_id, suffix))
        finally:
            partial.unlink(missing_ok=True)

    def public_ids(self) -> frozenset[str]:
        """The exports of which any file is there."""
        return frozenset(path.name.partition(".")[0] for path in self._files())

    def remove(self, public_ids: Collection[str]) -> None:
        """Remove every file of these exports, whatever left it there."""
        for path in self._files():
            if path.name.partition(".")[0] in public_ids:
                path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the lock is the one that others find: it may have been removed meanwhile."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
