"""The secretariat's board: who has begun, submitted, is late, by regional group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tracker.domain.clock import is_on_time, system_clock
from tracker.domain.errors import NotFound, Problem
from tracker.domain.progress import Audience
from tracker.domain.workflow import ReportStatus
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.corrections import Taken, came_of, steps_of
from tracker.queries.coverage import CoverageGroup, CoverageRow, coverage_of_cycle
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.review import LatestSubmission, latest_submissions
from tracker.web.access import requires
from tracker.web.public_choices import by_name, chosen_cycle, current_cycle
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("review", __name__, url_prefix="/review")

NOT_BEGUN, LATE = "not_begun", "late"
FILTERS = (NOT_BEGUN, *(status.value for status in ReportStatus), LATE)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One Member State. ``overdue``: the due day has passed and nothing was submitted."""

    row: CoverageRow
    latest: LatestSubmission | None
    overdue: bool

    @property
    def late(self) -> bool:
        """Submitted late, or overdue."""
        return self.overdue or self.row.on_time is False

    def fits(self, status: str) -> bool:
        """Whether the line belongs under this filter; an empty one takes all."""
        if status == LATE:
            return self.late
        if status == ReportStatus.PUBLISHED:
            return self.row.is_published
        return not status or status == (self.row.status or NOT_BEGUN)


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A report that the secretariat has to review or publish; ``why``: what it came of, if so."""

    cycle: str
    row: LatestSubmission
    days: int
    why: Taken | None


@dataclass(frozen=True, slots=True)
class BoardGroup:
    """Member States of one regional group, or of all; ``name`` is empty for all."""

    code: str
    name: dict[str, str]
    lines: tuple[BoardLine, ...]

    @property
    def size(self) -> int:
        """How many Member States count here."""
        return len(self.lines)

    def count(self, status: str) -> int:
        """How many of them fit a filter."""
        return sum(line.fits(status) for line in self.lines)

    @property
    def begun(self) -> int:
        """How many have a working copy."""
        return self.size - self.count(NOT_BEGUN)

    @property
    def submitted(self) -> int:
        """How many have submitted at least once, whatever became of it."""
        return sum(line.row.submitted_at is not None for line in self.lines)


def board_groups(
    groups: Iterable[CoverageGroup],
    latest: dict[str, LatestSubmission],
    due: date | None,
    now: datetime,
) -> tuple[BoardGroup, ...]:
    """The groups of a cycle's coverage with their submissions and who is overdue."""
    due_passed = not is_on_time(now, due)
    return tuple(
        BoardGroup(
            group.code,
            group.name,
            tuple(
                BoardLine(row, latest.get(row.iso3), due_passed and row.submitted_at is None)
                for row in group.rows
            ),
        )
        for group in groups
    )


@blueprint.get("")
@requires(Action.COVERAGE_WATCH)
def home() -> ResponseReturnValue:
    """Coverage of one cycle, filtered by status and group, and what waits for the secretariat."""
    authorise(current_actor(), Action.COVERAGE_WATCH)
    cycles = list_cycles(session())
    now = system_clock()
    cycle = chosen_cycle(cycles, _latest_with_reports)
    if cycle is None:
        raise NotFound(Problem("unknown-cycle", "", {"slug": ""}))
    everything = latest_submissions(session(), current_actor(), [row.id for row in cycles])
    latest = everything[cycle.id]
    groups = board_groups(
        coverage_of_cycle(session(), cycle_id=cycle.id, audience=Audience.SECRETARIAT),
        latest,
        cycle.dates.due_on,
        now,
    )
    everybody = BoardGroup("", {}, tuple(line for group in groups for line in group.lines))
    status, group = _chosen_filters(groups)
    shown = [g for g in groups if group in ("", g.code)]
    return page(
        "review/home.html",
        cycle=cycle,
        cycles=cycles,
        groups=groups,
        everybody=everybody,
        waiting=_waiting(cycles, everything, now),
        observers=[row for row in latest.values() if row.is_observer],
        filters=FILTERS,
        status=status,
        group=group,
        lines=by_name(
            [line for g in shown for line in g.lines if line.fits(status)],
            lambda line: line.row.name,
        ),
        shown_size=sum(g.size for g in shown),
    )


def _latest_with_reports(cycles: tuple[CycleRow, ...]) -> CycleRow | None:
    """The latest cycle in which any State has begun, else the current one."""
    return next((cycle for cycle in cycles if cycle.has_reports), current_cycle(cycles))


def _waiting(
    cycles: tuple[CycleRow, ...],
    latest: Mapping[int, Mapping[str, LatestSubmission]],
    now: datetime,
) -> list[Awaiting]:
    """What the secretariat has to review or publish, of every cycle, the longest waiting first."""
    found = [
        (cycle.slug, row)
        for cycle in cycles
        for row in latest[cycle.id].values()
        if row.status in (ReportStatus.SUBMITTED, ReportStatus.ACCEPTED)
    ]
    steps = steps_of(session(), [row.report_id for _, row in found])
    return [
        Awaiting(
            slug, row, (now - row.submitted_at).days, came_of(steps[row.report_id], row.number)
        )
        for slug, row in sorted(found, key=lambda pair: pair[1].submitted_at)
    ]


def _chosen_filters(groups: tuple[BoardGroup, ...]) -> tuple[str, str]:
    """What stands in the address; anything unknown shows everything."""
    status, group = request.args.get("status", ""), request.args.get("group", "")
    return (
        status if status in FILTERS else "",
        group if group in [g.code for g in groups] else "",
    )
