"""Coverage of a cycle: which Member States reported, how far the report is, and when.

The public and the States learn of published reports only; the secretariat of every report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.progress import Audience
from tracker.domain.workflow import ReportStatus
from tracker.models import Area, NationalReport, State, Submission
from tracker.queries.states import is_member


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One Member State in one cycle; ``status`` is ``None`` where there is nothing to know of.

    ``submitted_at`` and ``on_time`` are those of the first submission not withdrawn: a later
    correction does not make a report late. ``published_at`` is that of the one in force.
    """

    iso3: str
    name: dict[str, str]
    group_code: str
    also_listed_code: str | None
    status: ReportStatus | None = None
    last_saved_at: datetime | None = None
    submitted_at: datetime | None = None
    on_time: bool | None = None
    accepted_at: datetime | None = None
    published_at: datetime | None = None
    submissions: int = 0

    @property
    def is_published(self) -> bool:
        """Whether a published report is in force, also where its State reopened it."""
        return self.published_at is not None


@dataclass(frozen=True, slots=True)
class CoverageGroup:
    """One regional group with its Member States; each counts in one group only."""

    code: str
    name: dict[str, str]
    rows: tuple[CoverageRow, ...]
    also_listed: tuple[CoverageRow, ...] = ()

    @property
    def member_states(self) -> int:
        """How many Member States count in this group."""
        return len(self.rows)

    @property
    def published(self) -> int:
        """How many of them have a published report."""
        return count_published(self.rows)

    @property
    def submitted(self) -> int:
        """How many of them have submitted, as far as the reader may know."""
        return sum(row.submitted_at is not None for row in self.rows)


def count_published(rows: Iterable[CoverageRow]) -> int:
    """How many of these States have a published report."""
    return sum(row.is_published for row in rows)


def coverage_of_cycle(
    session: Session, *, cycle_id: int, audience: Audience
) -> tuple[CoverageGroup, ...]:
    """Every Member State by group, groups in their order, States by code."""
    rows = _rows(session, cycle_id)
    if audience is not Audience.SECRETARIAT:
        rows = [_as_public(row) for row in rows]
    areas = session.execute(
        select(Area.code, Area.name).where(Area.kind == "group").order_by(Area.position)
    )
    groups = (
        CoverageGroup(
            code,
            name,
            tuple(row for row in rows if row.group_code == code),
            tuple(row for row in rows if row.also_listed_code == code),
        )
        for code, name in areas
    )
    return tuple(group for group in groups if group.rows)


def _as_public(row: CoverageRow) -> CoverageRow:
    if not row.is_published:
        return CoverageRow(row.iso3, row.name, row.group_code, row.also_listed_code)
    return CoverageRow(
        iso3=row.iso3,
        name=row.name,
        group_code=row.group_code,
        also_listed_code=row.also_listed_code,
        status=ReportStatus.PUBLISHED,
        submitted_at=row.submitted_at,
        on_time=row.on_time,
        published_at=row.published_at,
    )


def _rows(session: Session, cycle_id: int) -> list[CoverageRow]:
    reports = and_(NationalReport.state_id == State.id, NationalReport.cycle_id == cycle_id)
    made = (
        select(
            Submission.report_id,
            func.min(Submission.number).label("first"),
            func.max(Submission.number).label("last"),
            func.count().label("number"),
            func.max(case((Submission.superseded_at.is_(None), Submission.published_at))).label(
                "published_at"
            ),
        )
        .where(Submission.withdrawn_at.is_(None))
        .group_by(Submission.report_id)
        .subquery()
    )
    first, last = aliased(Submission), aliased(Submission)
    rows = session.execute(
        select(
            State.iso3,
            State.name,
            State.group_code,
            State.also_listed_code,
            NationalReport.status,
            NationalReport.last_saved_at,
            first.submitted_at,
            first.on_time,
            last.accepted_at,
            made.c.published_at,
            func.coalesce(made.c.number, 0),
        )
        .select_from(State)
        .outerjoin(NationalReport, reports)
        .outerjoin(made, made.c.report_id == NationalReport.id)
        .outerjoin(
            first,
            and_(first.report_id == NationalReport.id, first.number == made.c.first),
        )
        .outerjoin(
            last,
            and_(last.report_id == NationalReport.id, last.number == made.c.last),
        )
        .where(is_member())
        .order_by(State.iso3)
    )
    return [CoverageRow(iso3, name, group or "", *others) for iso3, name, group, *others in rows]
