"""How a workbook of ours is known again: a very hidden sheet that names its kind."""

from enum import StrEnum

from tracker.domain.errors import Invalid, Problem

MARK_SHEET = "_tracker"


class FileKind(StrEnum):
    """What a workbook is, as cell A1 of ``MARK_SHEET`` says it: kind and version of layout."""

    REPORT = "tracker-report/1"
    COMPILED = "tracker-compiled/1"
    COMPARISON = "tracker-comparison/1"
    NEEDS = "tracker-needs/1"
    INDICATOR = "tracker-indicator/1"
    COMMITMENT = "tracker-commitment/1"
    SEARCH = "tracker-search/1"
    FIGURES = "tracker-figures/1"
    MATRIX = "tracker-matrix/1"
    BEHIND = "tracker-states/1"
    TEMPLATE = "tracker-template/1"

    @property
    def family(self) -> str:
        """The kind of a file without the version of its layout."""
        return family_of(self.value)


def family_of(mark: str) -> str:
    """The kind that a mark names, whatever the version of its layout; ``""`` for none."""
    return mark.rpartition("/")[0]


TO_READ = {
    FileKind.REPORT.family: "report-workbook",
    FileKind.COMPILED.family: "compiled-workbook",
}


def refuse_files_to_read(mark: str) -> None:
    """``Invalid`` for the mark of a workbook of ours that nobody fills in."""
    if code := TO_READ.get(family_of(mark)):
        raise Invalid(Problem(code))
