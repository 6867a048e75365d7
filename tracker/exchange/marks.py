"""How a workbook of ours is known again: a very hidden sheet that names its kind."""

from enum import StrEnum

MARK_SHEET = "_tracker"


class FileKind(StrEnum):
    """What a workbook is, as cell A1 of ``MARK_SHEET`` says it: kind and version of layout."""

    REPORT = "tracker-report/1"
    COMPILED = "tracker-compiled/1"
    COMPARISON = "tracker-comparison/1"
    TEMPLATE = "tracker-template/1"
