"""Which reminder of a reporting cycle is the one to send on a day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tracker.domain.clock import LAST_TIME_ZONE
from tracker.domain.cycles import CycleDates
from tracker.domain.workflow import ReportStatus

ANNOUNCED_FOR = timedelta(days=7)


class ReminderStage(StrEnum):
    """A reminder by its distance from the due day."""

    BEFORE_30 = "before-30"
    BEFORE_7 = "before-7"
    BEFORE_1 = "before-1"
    AFTER_1 = "after-1"
    AFTER_14 = "after-14"

    @property
    def late(self) -> bool:
        """Whether the due day has passed."""
        return self in (ReminderStage.AFTER_1, ReminderStage.AFTER_14)


# Each holds until the next one begins, so that a worker that was down sends the one that is true
# now, never all that it missed. The last one is given up a month after the due day.
_BEGINS: tuple[tuple[int, ReminderStage | None], ...] = (
    (-30, ReminderStage.BEFORE_30),
    (-7, ReminderStage.BEFORE_7),
    (-1, ReminderStage.BEFORE_1),
    (1, ReminderStage.AFTER_1),
    (14, ReminderStage.AFTER_14),
    (31, None),
)


def days_late(due: date, at: datetime) -> int:
    """How many days the due day has passed; below zero before it. Days end in UTC−12."""
    return (at.astimezone(LAST_TIME_ZONE).date() - due).days


def stage_at(dates: CycleDates, at: datetime) -> ReminderStage | None:
    """The reminder that is due now in a cycle, if any."""
    if dates.due_on is None or not dates.is_open(at):
        return None
    passed = days_late(dates.due_on, at)
    begun = [stage for begins, stage in _BEGINS if passed >= begins]
    return begun[-1] if begun else None


def is_announced_at(dates: CycleDates, at: datetime) -> bool:
    """Whether the opening of a cycle is news: in its first week."""
    return dates.is_open(at) and at.date() < dates.opens_on + ANNOUNCED_FOR


@dataclass(frozen=True, slots=True)
class ReportState:
    """What a reminder must know of a State's report; ``status`` is ``None`` if not begun."""

    status: ReportStatus | None
    submitted_before: bool

    def needs(self, stage: ReminderStage) -> bool:
        """Whether the State still has to act. A returned report was on time if it ever was."""
        if self.status is ReportStatus.RETURNED:
            return not stage.late
        return self.status in (None, ReportStatus.DRAFT) and not self.submitted_before
