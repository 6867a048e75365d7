"""The life of a national report: what may follow what. Who may do it stands in the policy."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.domain.cycles import CycleDates


class ReportStatus(StrEnum):
    """Where the working copy of a national report stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    PUBLISHED = "published"

    @property
    def editable(self) -> bool:
        """Whether the State may change its working copy while the cycle is open."""
        return self in (ReportStatus.DRAFT, ReportStatus.RETURNED)


class Step(StrEnum):
    """What changes the status."""

    OPEN = "open"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    ACCEPT = "accept"
    PUBLISH = "publish"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Transition:
    """From which statuses a step leads where, and whether it needs a reason."""

    sources: frozenset[ReportStatus | None]
    target: ReportStatus
    needs_reason: bool = False


TRANSITIONS: dict[Step, Transition] = {
    Step.OPEN: Transition(frozenset({None}), ReportStatus.DRAFT),
    Step.SUBMIT: Transition(
        frozenset({ReportStatus.DRAFT, ReportStatus.RETURNED}), ReportStatus.SUBMITTED
    ),
    Step.WITHDRAW: Transition(frozenset({ReportStatus.SUBMITTED}), ReportStatus.DRAFT),
    Step.RETURN: Transition(
        frozenset({ReportStatus.SUBMITTED, ReportStatus.ACCEPTED}),
        ReportStatus.RETURNED,
        needs_reason=True,
    ),
    Step.ACCEPT: Transition(frozenset({ReportStatus.SUBMITTED}), ReportStatus.ACCEPTED),
    Step.PUBLISH: Transition(frozenset({ReportStatus.ACCEPTED}), ReportStatus.PUBLISHED),
    Step.REOPEN: Transition(
        frozenset({ReportStatus.PUBLISHED}), ReportStatus.DRAFT, needs_reason=True
    ),
}


def may_follow(status: ReportStatus | None, step: Step) -> bool:
    """Whether ``step`` can be taken from ``status``."""
    return status in TRANSITIONS[step].sources


def report_is_editable(status: ReportStatus, dates: CycleDates, at: datetime) -> bool:
    """Whether the State may change and submit its report now.

    The end of the cycle stops drafts, never a returned report: its return asks for a new one.
    """
    return status is ReportStatus.RETURNED or (status.editable and dates.is_open(at))
