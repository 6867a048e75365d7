"""The life of an export: asked for, being made, there, or failed with a reason."""

from datetime import timedelta
from enum import StrEnum

FILE_LASTS = timedelta(days=1)


class ExportStatus(StrEnum):
    """Where an export stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
