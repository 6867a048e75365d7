"""Which files of the instance folder a backup keeps, beside the database.

A new kind of file that must survive is one more line of ``KEPT``. Whatever is in neither table
is named to the operator, so that nothing is left behind unsaid.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kept:
    """A file, or a folder with all that is in it, by the pattern of its name."""

    pattern: str
    secret: bool = False  # whoever holds it can act as the tracker: kept only where asked


KEPT = (
    Kept("evidence"),  # files that States attach: tracker.delivery.evidence_files
    Kept("signing*", secret=True),  # private keys of receipts and checkpoints
    Kept("secret_key", secret=True),
)
# Databases are copied by their own means; the rest is made anew or lives for a day.
PASSING = (
    "*.sqlite3",
    "*.sqlite3-journal",
    "*.sqlite3-wal",
    "*.sqlite3-shm",
    "*.lock",
    "counters",
    "demo_evidence",
    "demo_signing_key.pem",
    "exports",
    "readers",
    "metrics",
    ".*",
)


def kept_files(instance: Path, *, with_secrets: bool) -> list[Path]:
    """Every file to keep, by its path below the folder, in order. Links are not followed."""
    found: list[Path] = []
    for entry in _entries(instance):
        kept = _kept(entry)
        if kept is not None and (with_secrets or not kept.secret):
            found += [entry] if entry.is_file() else sorted(_files_below(entry))
    return [path.relative_to(instance) for path in found]


def is_kept(entry: Path) -> bool:
    """Whether a file or folder of this name belongs in a backup."""
    return _kept(entry) is not None


def unknown_names(instance: Path) -> list[str]:
    """What stands there and is in neither table."""
    return [
        entry.name
        for entry in _entries(instance)
        if _kept(entry) is None
        if not any(fnmatchcase(entry.name, pattern) for pattern in PASSING)
    ]


def _entries(instance: Path) -> list[Path]:
    return sorted(instance.iterdir()) if instance.is_dir() else []


def _kept(entry: Path) -> Kept | None:
    return next((kept for kept in KEPT if fnmatchcase(entry.name, kept.pattern)), None)


def _files_below(folder: Path) -> list[Path]:
    """All but what is hidden: a file that is just being received."""
    return [
        path
        for path in folder.rglob("*")
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink()
    ]
