"""What waits to be done beside the pages, for whoever watches the site."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    mail = select(OutgoingMail.state, func.count(), func.min(OutgoingMail.created_at))
    exports = select(Export.status, func.count(), func.min(Export.requested_at))
    return Waiting(
        queues=(
            _queue(
                "mail",
                MailState,
                (MailState.QUEUED,),
                session.execute(mail.group_by(OutgoingMail.state)),
                now,
            ),
            _queue(
                "exports",
                ExportStatus,
                UNFINISHED,
                session.execute(exports.group_by(Export.status)),
                now,
            ),
        ),
        checkpoint_at=session.scalar(select(func.max(Checkpoint.made_at))),
    )


def _queue(
    name: str, states: Iterable[str], unfinished: Iterable[str], rows: Iterable[Any], now: datetime
) -> Queue:
    """Of rows of a state, their number and the oldest of them."""
    found = [(str(state), number, since) for state, number, since in rows]
    counted = {str(state): 0 for state in states} | {state: n for state, n, _ in found}
    oldest = min((since for state, _, since in found if state in unfinished), default=now)
    return Queue(name, counted, (now - oldest).total_seconds())
