"""Evidence: files that a State attaches to an answer. Each has versions; none is ever deleted."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, Final

from tracker.domain.errors import Invalid, Problem
from tracker.domain.uploads import MEGABYTE
from tracker.domain.values import parse_text, without_refused

LARGEST_EVIDENCE: Final = 10 * MEGABYTE
LARGEST_IN_ALL: Final = 200 * MEGABYTE  # of one report, every version counted
MOST_FILES: Final = 10  # that an answer holds at once
MOST_VERSIONS: Final = 500  # saved states of files that one report holds in all
LONGEST_TITLE: Final = 200
LONGEST_NAME: Final = 100
CHECKSUM: Final = re.compile("[0-9a-f]{64}")


class EvidenceKind(StrEnum):
    """What a file is by its content; the value is the ending that it is given."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    PNG = "png"
    JPEG = "jpg"

    @property
    def media_type(self) -> str:
        """Under which it is sent."""
        return MEDIA_TYPES[self]


OFFICE: Final = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES: Final = {
    EvidenceKind.PDF: "application/pdf",
    EvidenceKind.DOCX: f"{OFFICE}wordprocessingml.document",
    EvidenceKind.XLSX: f"{OFFICE}spreadsheetml.sheet",
    EvidenceKind.PPTX: f"{OFFICE}presentationml.presentation",
    EvidenceKind.PNG: "image/png",
    EvidenceKind.JPEG: "image/jpeg",
}


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """The bytes of one version: what they are, how many, and their SHA-256 in hexadecimal."""

    kind: EvidenceKind
    size: int
    sha256: str

    def facts(self) -> dict[str, Any]:
        """As they stand in the chain."""
        return {"kind": self.kind.value, "size": self.size, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class EvidenceWords:
    """What the State says of a file. ``filename`` is the name that it was sent under, cleaned."""

    title: str
    language: str
    filename: str

    def texts(self) -> dict[str, str]:
        """The free texts as they stand beside the chain."""
        return {"title": self.title, "filename": self.filename}


def parse_title(raw: str | None, *, place: str) -> str:
    """A title on one line, which every file needs."""
    title = " ".join(parse_text(raw, place=place, limit=LONGEST_TITLE).split())
    if not title:
        raise Invalid(Problem("required", place))
    return title


def clean_name(sent: str) -> str:
    """The name of a file without folders, ending and what no name should hold; may be empty."""
    last = PurePosixPath(sent.replace("\\", "/")).name
    stem = without_refused(last).rpartition(".")[0] or last
    kept = "".join(c if c.isprintable() and c not in '<>:"/\\|?*\ufffd' else "_" for c in stem)
    return kept.strip(" ._")[:LONGEST_NAME]
