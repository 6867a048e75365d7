"""The clock: passed in, so that time can be set in tests."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

LAST_TIME_ZONE = timezone(timedelta(hours=-12))
FIRST_TIME_ZONE = timezone(timedelta(hours=14))


class Clock(Protocol):
    """Gives the present instant in UTC."""

    def __call__(self) -> datetime: ...


def system_clock() -> datetime:
    """The present instant in UTC, to the microsecond."""
    return datetime.now(UTC)


def latest_day(at: datetime) -> date:
    """The day that has begun somewhere on Earth: no day after it is one of the past or present."""
    return at.astimezone(FIRST_TIME_ZONE).date()


def is_on_time(at: datetime, due: date | None) -> bool:
    """Whether ``at`` lies before the due day ends in UTC−12, the last zone on Earth."""
    return due is None or at.astimezone(LAST_TIME_ZONE).date() <= due
