"""What went before a working copy: earlier submissions, every step, and why it is open again."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import takewhile

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.workflow import Step
from tracker.models import ChainEntry, ChainText, Submission, User
from tracker.queries.strikes import HELD, OF_STRIKE, TEXT_STRUCK, Strike, strikes_in
from tracker.queries.submissions import Made

STEPS = {f"step-{step.value}": step for step in Step}
OPENS_AGAIN = (Step.RETURN, Step.REOPEN)
_Event = tuple[ChainEntry, str, str, ChainEntry | None]
"""A link with the name of who added it, its reason, and of a strike the link that was struck."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One step in the life of a report: when, by whom, and why where a reason is asked for.

    ``number`` is that of the submission that it made or was about.
    """

    step: Step
    at: datetime
    by: str
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Past:
    """The earlier life of one report; its submissions, the first one first."""

    submissions: tuple[Made, ...] = ()
    opened_again: Taken | None = None
    strikes: tuple[Strike, ...] = ()

    @property
    def first_at(self) -> datetime | None:
        """When it was first submitted, and not withdrawn: that decides whether it is late."""
        return next((row.submitted_at for row in self.submissions if not row.withdrawn_at), None)

    @property
    def published(self) -> int | None:
        """The number of the submission that is published and not superseded."""
        rows = self.submissions
        return next((r.number for r in rows if r.published_at and not r.superseded_at), None)

    @property
    def withdrawn(self) -> int | None:
        """The number of the latest submission, where its State took it back."""
        latest = self.submissions[-1] if self.submissions else None
        return latest.number if latest and latest.withdrawn_at else None


def pasts_of(session: Session, report_ids: Collection[int]) -> dict[int, Past]:
    """The past of each of these reports; the caller has authorised the reader."""
    events = _events_of(session, report_ids)
    made: dict[int, list[Made]] = {report_id: [] for report_id in report_ids}
    columns = [getattr(Submission, field.name) for field in fields(Made)]
    rows = session.execute(
        select(Submission.report_id, *columns)
        .where(Submission.report_id.in_(report_ids))
        .order_by(Submission.number)
    )
    for report_id, *values in rows:
        made[report_id].append(Made(*values))
    return {
        number: Past(
            tuple(rows), opened_again(_steps_in(events[number])), _strikes_in(events[number])
        )
        for number, rows in made.items()
    }


def opened_again(steps: Iterable[Taken]) -> Taken | None:
    """The last return or reopening among these, the oldest first."""
    return next((taken for taken in reversed([*steps]) if taken.step in OPENS_AGAIN), None)


def came_of(steps: Iterable[Taken], number: int) -> Taken | None:
    """The return or reopening that the submission of this number answers; none of a first one."""
    return opened_again(takewhile(lambda t: (t.step, t.number) != (Step.SUBMIT, number), steps))


def steps_of(session: Session, report_ids: Collection[int]) -> dict[int, tuple[Taken, ...]]:
    """Every step of each of these reports, the oldest first; the caller authorised the reader."""
    events = _events_of(session, report_ids)
    return {report_id: tuple(_steps_in(found)) for report_id, found in events.items()}


def steps_and_strikes(
    session: Session, report_id: int
) -> tuple[tuple[Taken, ...], tuple[Strike, ...]]:
    """The steps of one report, and what was struck out of it, in one statement."""
    events = _events_of(session, [report_id])[report_id]
    return tuple(_steps_in(events)), _strikes_in(events)


def _events_of(session: Session, report_ids: Collection[int]) -> dict[int, list[_Event]]:
    """Steps and strikes of each report in one statement, the oldest first."""
    rows = session.execute(
        select(ChainEntry, User.name, ChainText.value, HELD)
        .outerjoin(User, ChainEntry.actor_id == User.id)
        .outerjoin(
            ChainText, and_(ChainText.entry_id == ChainEntry.id, ChainText.field == "reason")
        )
        .outerjoin(HELD, OF_STRIKE)
        .where(ChainEntry.report_id.in_(report_ids), ChainEntry.kind.in_([*STEPS, TEXT_STRUCK]))
        .order_by(ChainEntry.report_id, ChainEntry.seq)
    )
    found: dict[int, list[_Event]] = {report_id: [] for report_id in report_ids}
    for entry, name, reason, held in rows:
        found[entry.report_id].append((entry, name or "", reason or "", held))
    return found


def _steps_in(events: Iterable[_Event]) -> Iterator[Taken]:
    number = 0
    for entry, name, reason, _ in events:
        if entry.kind in STEPS:
            # A reopening names no submission: it is about the one that was published just before.
            number = entry.facts.get("number", number)
            yield Taken(STEPS[entry.kind], entry.at, name, reason, number)


def _strikes_in(events: Iterable[_Event]) -> tuple[Strike, ...]:
    return strikes_in((entry, held, reason) for entry, _, reason, held in events if held)
