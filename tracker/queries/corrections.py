"""What went before a working copy: earlier submissions, and why it is open again."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.workflow import Step
from tracker.models import ChainEntry, ChainText, Submission, User
from tracker.queries.submissions import Made

OPENED_AGAIN = {f"step-{step.value}": step for step in (Step.RETURN, Step.REOPEN)}


@dataclass(frozen=True, slots=True)
class OpenedAgain:
    """The last time that a report was returned or reopened: when, by whom, and why."""

    step: Step
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Past:
    """The earlier life of one report; its submissions, the first one first."""

    submissions: tuple[Made, ...] = ()
    opened_again: OpenedAgain | None = None

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
    again = _opened_again(session, report_ids)
    made: dict[int, list[Made]] = {report_id: [] for report_id in report_ids}
    columns = [getattr(Submission, field.name) for field in fields(Made)]
    rows = session.execute(
        select(Submission.report_id, *columns)
        .where(Submission.report_id.in_(report_ids))
        .order_by(Submission.number)
    )
    for report_id, *values in rows:
        made[report_id].append(Made(*values))
    return {number: Past(tuple(rows), again.get(number)) for number, rows in made.items()}


def _opened_again(session: Session, report_ids: Collection[int]) -> dict[int, OpenedAgain]:
    rows = session.execute(
        select(ChainEntry.report_id, ChainEntry.kind, ChainEntry.at, User.name, ChainText.value)
        .outerjoin(User, ChainEntry.actor_id == User.id)
        .outerjoin(
            ChainText, and_(ChainText.entry_id == ChainEntry.id, ChainText.field == "reason")
        )
        .where(ChainEntry.report_id.in_(report_ids), ChainEntry.kind.in_(OPENED_AGAIN))
        .order_by(ChainEntry.report_id, ChainEntry.seq)
    )
    return {
        report_id: OpenedAgain(OPENED_AGAIN[kind], at, name or "", reason or "")
        for report_id, kind, at, name, reason in rows
    }
