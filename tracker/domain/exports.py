"""The life of an export: asked for, being made, there, or failed with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from tracker.domain.progress import Audience

FILE_LASTS = timedelta(days=1)
WAITING_OF_ONE = 3
WAITING_OF_ALL = 50
WAITING_SIGNED_OUT = 30  # of all: nobody without an account can fill the queue
KEPT_OF_ONE = 20
KEPT_SIGNED_OUT = 300  # nor the disk


class ExportStatus(StrEnum):
    """Where an export stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (ExportStatus.QUEUED, ExportStatus.RUNNING)


class ExportFormat(StrEnum):
    """What kind of file; the value is its suffix."""

    XLSX = "xlsx"
    CSV = "zip"
    """One CSV file for each table, in an archive."""
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The media type registered for it."""
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.CSV: "application/zip",
    ExportFormat.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What was asked for. ``since``: public id of the earlier export that it is compared with."""

    cycles: tuple[str, ...]
    audience: Audience
    language: str
    form: ExportFormat = ExportFormat.XLSX
    since: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the row keeps them."""
        return {
            "cycles": list(self.cycles),
            "audience": self.audience.value,
            "language": self.language,
            "format": self.form.value,
            "since": self.since,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "ExportOptions":
        """As they were kept."""
        return cls(
            cycles=tuple(kept["cycles"]),
            audience=Audience(kept["audience"]),
            language=kept["language"],
            form=ExportFormat(kept["format"]),
            since=kept["since"],
        )

    def compares_with(self, other: "ExportOptions") -> bool:
        """Whether both show the same cycles to the same audience: what differs is time."""
        return (set(self.cycles), self.audience) == (set(other.cycles), other.audience)

    @property
    def filename(self) -> str:
        """The name under which it is downloaded."""
        cycles = "+".join(self.cycles)[:150]
        return f"{cycles}_compiled_{self.audience}_{self.language}.{self.form}"
