"""The checkpoints there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tracker.models import Checkpoint


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """One checkpoint with its signed statement."""

    number: int
    day: str
    made_at: datetime
    hash: str
    statement: dict[str, Any]

    @property
    def chains(self) -> int:
        """How many chains it lists."""
        return len(self.statement["heads"])


@dataclass(frozen=True, slots=True)
class CheckpointName:
    """One line of the list of all."""

    number: int
    day: str
    hash: str


def checkpoint_of_day(session: Session, day: str) -> CheckpointRow | None:
    """That of a day, written ``2026-03-02``."""
    return _one(session, select(Checkpoint).where(Checkpoint.day == day))


def checkpoint_or_none(session: Session, number: int) -> CheckpointRow | None:
    """One by its number."""
    return _one(session, select(Checkpoint).where(Checkpoint.number == number))


def last_checkpoint(session: Session) -> CheckpointRow | None:
    """The one with the highest number."""
    return _one(session, select(Checkpoint).order_by(Checkpoint.number.desc()).limit(1))


def latest_checkpoints(session: Session, limit: int) -> tuple[CheckpointRow, ...]:
    """The latest ones, the latest first."""
    rows = session.scalars(select(Checkpoint).order_by(Checkpoint.number.desc()).limit(limit))
    return tuple(_row(row) for row in rows)


def every_checkpoint(session: Session) -> tuple[CheckpointRow, ...]:
    """All of them, whole, by number: for the operator who verifies."""
    return tuple(
        _row(row) for row in session.scalars(select(Checkpoint).order_by(Checkpoint.number))
    )


def list_checkpoints(session: Session) -> tuple[CheckpointName, ...]:
    """All of them, without what they list, by number."""
    rows = session.execute(
        select(Checkpoint.number, Checkpoint.day, Checkpoint.hash).order_by(Checkpoint.number)
    )
    return tuple(CheckpointName(*row) for row in rows)


def _one(session: Session, query: Select[Checkpoint]) -> CheckpointRow | None:
    row = session.scalars(query).one_or_none()
    return _row(row) if row else None


def _row(row: Checkpoint) -> CheckpointRow:
    return CheckpointRow(row.number, row.day, row.made_at, row.hash, row.statement)
