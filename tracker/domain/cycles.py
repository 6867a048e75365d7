"""The dates of a reporting cycle and the order they must stand in."""

import re
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from tracker.domain.clock import LAST_TIME_ZONE
from tracker.domain.errors import Invalid, Problem

FIRST_YEAR = 2001  # of the Programme of Action
LAST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class CycleDates:
    """Opens, is due, closes (may be open-ended), and the period that reports cover."""

    opens_on: date
    due_on: date | None = None
    closes_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None

    def is_open(self, at: datetime) -> bool:
        """Whether reports may be opened and saved at this instant.

        From the start of the opening day (UTC) until the closing day has ended in UTC−12.
        """
        if at.astimezone(UTC).date() < self.opens_on:
            return False
        return self.closes_on is None or at.astimezone(LAST_TIME_ZONE).date() <= self.closes_on


def check_dates(slug: str, dates: CycleDates) -> None:
    """``Invalid`` with every date of an unlikely year or that stands before one it must follow."""
    problems = []
    for field in fields(dates):
        day = getattr(dates, field.name)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            values = {"value": day.isoformat(), "first": FIRST_YEAR, "last": LAST_YEAR}
            problems.append(Problem("day-unlikely", field.name, values))
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?", slug):
        problems.append(Problem("not-a-slug", "slug", {"value": slug[:80]}))
    if dates.due_on and dates.due_on < dates.opens_on:
        problems.append(Problem("due-before-opening", "due_on"))
    if dates.closes_on and dates.closes_on < (dates.due_on or dates.opens_on):
        problems.append(Problem("closes-too-early", "closes_on"))
    if dates.period_from and dates.period_to and dates.period_to < dates.period_from:
        problems.append(Problem("period-reversed", "period_to"))
    if problems:
        raise Invalid(*problems)
