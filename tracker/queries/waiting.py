"""What waits to be done beside the pages, for whoever watches the site."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.exports import UNFINISHED, ExportStatus
from tracker.domain.mail import MailState
from tracker.models import Checkpoint, Export, OutgoingMail


@dataclass(frozen=True, slots=True)
class Queue:
    """How many rows are in each state, and for how many seconds the oldest unfinished one waits."""

    name: str
    states: dict[str, int]
    age: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """The queues, and when the last checkpoint was made."""

    queues: tuple[Queue, ...]
    checkpoint_at: datetime | None


def waiting_work(session: Session, now: datetime) -> Waiting:
    """As it stands now."""
    mail = session.execute(
        select(OutgoingMail.state, func.count(), func.min(OutgoingMail.created_at)).group_by(
            OutgoingMail.state
        )
    )
    exports = session.execute(
        select(Export.status, func.count(), func.min(Export.requested_at)).group_by(Export.status)
    )
    return Waiting(
        queues=(
            _queue(
                "mail",
                tuple(MailState),
                ((r[0], r[1], r[2]) for r in mail),
                (MailState.QUEUED,),
                now,
            ),
            _queue(
                "exports",
                tuple(ExportStatus),
                ((r[0], r[1], r[2]) for r in exports),
                UNFINISHED,
                now,
            ),
        ),
        checkpoint_at=session.scalar(select(func.max(Checkpoint.made_at))),
    )


def _queue(
    name: str,
    states: tuple[str, ...],
    found: Iterable[tuple[str, int, datetime]],
    unfinished: tuple[str, ...],
    now: datetime,
) -> Queue:
    rows = list(found)
    counted = dict.fromkeys(states, 0) | {state: number for state, number, _ in rows}
    oldest = min((since for state, _, since in rows if state in unfinished), default=now)
    numbers = {str(state): number for state, number in counted.items()}
    return Queue(name, numbers, (now - oldest).total_seconds())
