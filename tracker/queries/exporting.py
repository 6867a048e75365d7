"""Exports and where they stand: for who asked, and for the worker that makes them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tracker.domain.exports import UNFINISHED, ExportOptions, ExportStatus
from tracker.domain.roles import Role
from tracker.models import Export, User
from tracker.queries.accounts import actor_of


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export. Steps count the submissions written; ``size`` is in bytes once it is made."""

    id: int
    public_id: str
    options: ExportOptions
    status: ExportStatus
    steps_done: int
    steps_total: int
    submissions: tuple[int, ...]
    filename: str
    size: int | None
    problem: str
    requested_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime
    file_deleted_at: datetime | None

    @property
    def unfinished(self) -> bool:
        """Whether there is something to wait for."""
        return self.status in UNFINISHED

    def has_file(self, now: datetime) -> bool:
        """Whether the file is there to be fetched."""
        kept = self.file_deleted_at is None and now < self.expires_at
        return self.status is ExportStatus.DONE and kept


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What the worker needs. ``made_for`` is empty where nobody was signed in; ``role`` is theirs.

    ``since``: when the export it is compared with began, and its submissions.
    """

    export: ExportRow
    made_for: str
    role: Role | None
    since: tuple[datetime, list[int]] | None


def export_or_none(session: Session, public_id: str, requester: str) -> ExportRow | None:
    """One export of this requester's; nobody else may learn that it is there."""
    found = _rows(session, Export.public_id == public_id, Export.requester == requester)
    return found[0] if found else None


def list_exports(session: Session, requester: str, limit: int = 50) -> tuple[ExportRow, ...]:
    """The requester's latest exports, the last one first."""
    return _rows(session, Export.requester == requester)[::-1][:limit]


def last_exports(session: Session, requester: str) -> tuple[ExportRow, ...]:
    """The last finished export of each choice of cycles and audience, the last one first."""
    done = _rows(session, Export.requester == requester, Export.status == ExportStatus.DONE)
    found: dict[tuple[object, ...], ExportRow] = {}
    for row in reversed(done):
        found.setdefault((frozenset(row.options.cycles), row.options.audience), row)
    return tuple(found.values())


def count_before(session: Session, export: ExportRow) -> int:
    """How many exports come before this one, which waits."""
    waiting = select(func.count()).select_from(Export).where(Export.status.in_(UNFINISHED))
    return session.scalar(waiting.where(Export.id < export.id)) or 0


def begun_at(session: Session, public_id: str) -> datetime | None:
    """When an export began, which is how late the reports are that it shows."""
    return session.scalar(select(Export.begun_at).where(Export.public_id == public_id))


def unfinished_exports(session: Session, status: ExportStatus) -> tuple[ExportRow, ...]:
    """The exports that wait, or that are being made, in the order in which they were asked for."""
    return _rows(session, Export.status == status)


def export_job(session: Session, export_id: int) -> ExportJob:
    """Everything that making one export takes, except what it shows."""
    export = _rows(session, Export.id == export_id)[0]
    user = session.scalar(
        select(User).join(Export, Export.user_id == User.id).where(Export.id == export_id)
    )
    grants = actor_of(session, user).grants if user else ()
    earlier = _rows(session, Export.public_id == export.options.since)
    since = [(row.begun_at, list(row.submissions)) for row in earlier if row.begun_at]
    return ExportJob(
        export,
        user.name if user else "",
        grants[0].role if grants else None,
        since[0] if since else None,
    )


def files_to_keep(session: Session, now: datetime) -> frozenset[str]:
    """Public ids of the exports that have, or may be getting, a file."""
    rows = _rows(session, Export.status != ExportStatus.FAILED, Export.file_deleted_at.is_(None))
    return frozenset(row.public_id for row in rows if row.unfinished or row.has_file(now))


def _rows(session: Session, *where: ColumnElement[bool]) -> tuple[ExportRow, ...]:
    query = select(Export).where(*where).order_by(Export.requested_at, Export.id)
    return tuple(_row(export) for export in session.scalars(query))


def _row(export: Export) -> ExportRow:
    return ExportRow(
        id=export.id,
        public_id=export.public_id,
        options=ExportOptions.from_json(export.options),
        status=export.status,
        steps_done=export.steps_done,
        steps_total=export.steps_total,
        submissions=tuple(export.submissions),
        filename=export.filename,
        size=export.size,
        problem=export.problem,
        requested_at=export.requested_at,
        begun_at=export.begun_at,
        ended_at=export.ended_at,
        expires_at=export.expires_at,
        file_deleted_at=export.file_deleted_at,
    )
