"""Archives of a backup: a zip file whose manifest tells the SHA-256 of every member.

An archive is written under another name and takes its own when it is whole, read back and on
disk: what stands under the name is a backup.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tracker.delivery.disk import sync_folder

MANIFEST = "manifest.json"
FORMAT = "tracker-backup-1"
BLOCK = 1 << 20
LARGEST_MANIFEST = 64 << 20
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a way of packing that we never use
    RuntimeError,  # encrypted
)
FACTS = ("made_at", "tracker", "engine", "revision", "demonstration", "with_secrets")


class BrokenArchive(Exception):
    """The file is no backup, or not whole any more; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    made_at: str  # ISO 8601, UTC
    tracker: str  # the version that made it
    engine: str  # sqlite or postgresql
    revision: str  # of the tables
    demonstration: bool
    with_secrets: bool
    members: tuple[Member, ...] = ()


def write_archive(out: Path, facts: Manifest, files: Iterable[tuple[str, Path]]) -> None:
    """Write ``files`` (name in the archive, path) and their manifest into a new file.

    ``OSError`` where it cannot be written; whatever happens, ``out`` is not there by halves.
    """
    try:
        with os.fdopen(os.open(out, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                members = [_add(archive, name, path) for name, path in files]
                archive.writestr(MANIFEST, _manifest_text(facts, members))
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def take_name(partial: Path, out: Path) -> None:
    """Give a whole archive its name, so that a power cut leaves it or nothing."""
    partial.replace(out)
    sync_folder(out.parent)


def unpack(path: Path, folder: Path | None) -> Manifest:
    """Check every member and, where a folder is given, write it there.

    ``BrokenArchive`` names what is wrong first. Nothing is written outside ``folder``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            for member in manifest.members:
                _check(archive, member, folder)
            return manifest
    except UNREADABLE as error:
        raise BrokenArchive(f"it cannot be read ({error})") from None


def read_manifest(path: Path) -> Manifest:
    """What the archive says of itself; members are not looked at."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_manifest(archive)
    except UNREADABLE as error:
        raise BrokenArchive(f"it cannot be read ({error})") from None


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> Member:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while block := source.read(BLOCK):
            digest.update(block)
            size += len(block)
            target.write(block)
    return Member(name, size, digest.hexdigest())


def _manifest_text(facts: Manifest, members: list[Member]) -> str:
    told = {name: getattr(facts, name) for name in FACTS}
    listed = [asdict(member) for member in members]
    return json.dumps({"format": FORMAT, **told, "members": listed}, indent=2)


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    names = archive.namelist()
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BrokenArchive(f"it holds no {MANIFEST}")
    try:
        manifest = _parsed(json.loads(archive.read(MANIFEST)))
    except (ValueError, KeyError, TypeError):
        raise BrokenArchive(f"its {MANIFEST} cannot be read") from None
    told = [member.name for member in manifest.members]
    if sorted(names) != sorted([*told, MANIFEST]):
        raise BrokenArchive(f"its members are not those of its {MANIFEST}")
    for name in told:
        _check_name(name)
    return manifest


def _parsed(told: dict[str, Any]) -> Manifest:
    if told["format"] != FORMAT:
        raise BrokenArchive(f"it is of the kind {told['format']!r}, not {FORMAT}")
    members = tuple(Member(m["name"], int(m["size"]), m["sha256"]) for m in told["members"])
    return Manifest(members=members, **{name: told[name] for name in FACTS})


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or str(path) != name:
        raise BrokenArchive(f"it names a file outside its folder ({name!r})")


def _check(archive: zipfile.ZipFile, member: Member, folder: Path | None) -> None:
    digest, size = hashlib.sha256(), 0
    target = None if folder is None else _new_file(folder / member.name)
    try:
        with archive.open(member.name) as source:
            while block := source.read(BLOCK):
                digest.update(block)
                size += len(block)
                if size > member.size:
                    break
                if target is not None:
                    target.write(block)
        if target is not None:
            target.flush()
            os.fsync(target.fileno())
    finally:
        if target is not None:
            target.close()
    if size != member.size or digest.hexdigest() != member.sha256:
        raise BrokenArchive(f"{member.name} is not what the {MANIFEST} says")


def _new_file(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
