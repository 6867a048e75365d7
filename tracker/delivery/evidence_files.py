"""The files that States attach: one folder, each file under its own SHA-256 and nothing else.

No name that anybody typed is part of a path. A file is written whole and is on disk before a row
names it; a killed process leaves at most a file without a row, never a row without its file.
Nothing is ever removed but what was being received when a process was killed.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tracker.delivery.disk import sync_folder
from tracker.delivery.sniffing import evidence_kind
from tracker.domain.errors import Invalid, Problem
from tracker.domain.evidence import CHECKSUM, LARGEST_EVIDENCE, EvidenceFile
from tracker.domain.uploads import MEGABYTE

FOLDER: Final = "evidence"  # as tracker.delivery.instance_files keeps it
OF_DEMONSTRATION: Final = "demo_evidence"  # invented: in no backup
INCOMING: Final = ".incoming"
LEFT_BEHIND: Final = 86_400  # seconds: older than any upload


class FileLost(Exception):
    """The file is missing or is not what its name says."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was sent, whole and known, not yet kept."""

    file: EvidenceFile
    data: bytes
    written: Path
    place: Path

    def keep(self) -> None:
        """Give it its place; on return it is there after a power cut, too. ``OSError``: it is not.

        One that stands there already is replaced by the same bytes.
        """
        folder = self.place.parent
        folder.mkdir(mode=0o700, exist_ok=True)
        self.written.replace(self.place)
        for changed in (folder, folder.parent, folder.parent.parent):  # each may be new
            sync_folder(changed)


class EvidenceFolder:
    """The folder ``evidence`` of an instance, made at first use; the demonstration has its own."""

    def __init__(self, instance_path: Path, *, demonstration: bool = False) -> None:
        self._folder = instance_path / (OF_DEMONSTRATION if demonstration else FOLDER)

    def path(self, sha256: str) -> Path:
        """Where the file of this checksum stands; ``ValueError`` for anything else."""
        if not CHECKSUM.fullmatch(sha256):
            raise ValueError("not a SHA-256 in small hexadecimal digits")
        return self._folder / sha256[:2] / sha256

    @contextmanager
    def receive(self, data: bytes) -> Iterator[Received]:
        """Write what was sent beside its place; unless it is kept, nothing stays of it.

        ``Invalid`` where it is too large or nothing that is taken, ``OSError`` where it cannot
        be written.
        """
        if len(data) > LARGEST_EVIDENCE:
            raise too_large()
        digest = hashlib.sha256(data).hexdigest()
        file = EvidenceFile(evidence_kind(data), len(data), digest)
        incoming = self._folder / INCOMING
        for folder in (self._folder, incoming):  # each with its mode: parents would be open to all
            folder.mkdir(mode=0o700, exist_ok=True)
        _sweep(incoming)
        descriptor, name = tempfile.mkstemp(dir=incoming)
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            yield Received(file, data, path, self.path(digest))
        finally:
            path.unlink(missing_ok=True)

    def read(self, file: EvidenceFile) -> bytes:
        """The bytes, checked; ``FileLost`` where they are not those that were attached."""
        try:
            data = self.path(file.sha256).read_bytes()
        except OSError as error:
            raise FileLost(f"{self.name(file.sha256)}: {error.strerror}") from None
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise FileLost(f"{self.name(file.sha256)}: altered")
        return data

    def problem(self, sha256: str, size: int) -> str:
        """What is wrong with a file, in English; empty where it is whole."""
        path = self.path(sha256)
        if path.is_symlink() or not path.is_file():
            return "its file is missing"
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != sha256 or path.stat().st_size != size:
            return "its file was altered"
        return ""

    def name(self, sha256: str) -> str:
        """Of a file, as it stands below the instance folder."""
        return f"{self._folder.name}/{sha256[:2]}/{sha256}"


def too_large() -> Invalid:
    """The refusal of a file over the limit."""
    limit = LARGEST_EVIDENCE // MEGABYTE
    return Invalid(Problem("evidence-too-large", "file", {"limit": limit}))


def _sweep(incoming: Path) -> None:
    """Remove what killed processes were receiving."""
    for path in incoming.iterdir():
        try:
            if time.time() - path.stat().st_mtime > LEFT_BEHIND:
                path.unlink()
        except FileNotFoundError:  # another process was quicker
            continue
