"""The folder in which the processes of one server add up their numbers, for ``/metrics``."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.settings import BadSettings, Settings

COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"  # its name is not ours
MEMORY = Path("/dev/shm")  # noqa: S108  # nosec B108  # a folder of ours, made anew, is used in it
ON_DISK = "counters"  # in the instance folder
ROOM = 16 << 20  # bytes; a process takes one or two million


@dataclass(frozen=True, slots=True)
class CountingFolder:
    """One server's own, locked as long as one of its processes lives."""

    path: Path
    lock: int

    def remove(self) -> None:
        """At the end of the server; after a kill, the next server of this account does it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


def counting_folder(settings: Settings) -> CountingFolder:
    """Make it; the processes find it by their environment.

    Its files are mapped into memory: on a full disk the system ends who writes to them. So they
    are kept in memory where there is a place with room for that.
    """
    for parent, prefix in _places(settings):
        with suppress(OSError):  # there is no such place, or it cannot be written
            _remove_left(parent, prefix)
            folder = _locked(parent, prefix)
            os.environ[COUNTED_IN] = str(folder.path)
            return folder
    raise BadSettings([f"TRACKER_INSTANCE_PATH: {settings.instance_path} cannot be written."])


def _places(settings: Settings) -> Iterator[tuple[Path, str]]:
    with suppress(OSError):
        if shutil.disk_usage(MEMORY).free >= ROOM:
            yield MEMORY, f"tracker-{os.getuid()}-"
    on_disk = settings.instance_path / ON_DISK
    with suppress(OSError):
        on_disk.mkdir(mode=0o700, exist_ok=True)
    yield on_disk, ""


def _locked(parent: Path, prefix: str) -> CountingFolder:
    """A new folder; again if a server that starts now took it for one left by a killed one."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        lock = os.open(path, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            return CountingFolder(path, lock)
        os.close(lock)


def _remove_left(parent: Path, prefix: str) -> None:
    """Those of servers that were killed: nobody holds their locks."""
    for path in parent.glob(f"{prefix}*"):
        with suppress(OSError):  # another account's, or another server is removing it
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path)
            finally:
                os.close(lock)
