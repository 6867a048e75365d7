"""The folder in which the processes of one server add up their numbers, for ``/metrics``."""

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import structlog

from tracker.delivery.disk import lock_folder
from tracker.settings import BadSettings, Settings

COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"  # its name is not ours
MEMORY = Path("/dev/shm")  # noqa: S108  # nosec B108  # a folder of ours, made anew, is used in it
ON_DISK = "counters"  # in the instance folder
ROOM = 32 << 20  # bytes; each process reserves four million
LEAST = 8  # bytes of a file in which nothing is counted: how many are used
log = structlog.get_logger("serve")


class CountingFolder:
    """One server's own, locked as long as one of its processes lives."""

    def __init__(self, path: Path) -> None:
        """Lock a folder that is there; it may be gone again by then."""
        self.path = path
        self.lock = lock_folder(path, fcntl.LOCK_EX)

    def keep(self) -> None:
        """Make it again if somebody removed it: who begins to count there would fail."""
        if self.path.exists():
            return
        log.warning("numbers-lost", folder=str(self.path))
        with suppress(OSError):
            self.path.mkdir(mode=0o700)
            try:
                lock = lock_folder(self.path, fcntl.LOCK_EX)
            except OSError:
                self.path.rmdir()  # without a lock the next server would take it for one left
                raise
            os.close(self.lock)
            self.lock = lock

    def shrink(self, process: int) -> None:
        """What a process that ended counted stays; the room that it had reserved is given back."""
        for path in self.path.glob(f"*_{process}.db"):
            with suppress(OSError), path.open("rb+") as file:
                file.truncate(max(int.from_bytes(file.read(4), sys.byteorder), LEAST))

    def remove(self) -> None:
        """At the end of the server; after a kill, the next server of this account does it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


def counting_folder(settings: Settings) -> CountingFolder | None:
    """Make it, where somebody may read the numbers; the processes find it by their environment.

    Its files are mapped into memory: on a full disk the system ends who writes to them. So they
    are kept in memory where there is a place with room for that.
    """
    if not settings.metrics_token:
        return None
    for parent, prefix in _places(settings):
        with suppress(OSError):  # there is no such place, or it cannot be written
            _remove_left(parent, prefix)
            folder = _new(parent, prefix)
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


def _new(parent: Path, prefix: str) -> CountingFolder:
    """A new one; again if a server that starts now took it for one left by a killed one."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with suppress(FileNotFoundError):
            folder = CountingFolder(path)
            if path.exists():
                return folder
            os.close(folder.lock)


def _remove_left(parent: Path, prefix: str) -> None:
    """Those of servers that were killed: nobody holds their locks."""
    for path in parent.glob(f"{prefix}*"):
        with suppress(OSError):  # a living server's, another account's, or no folder
            lock = lock_folder(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)
