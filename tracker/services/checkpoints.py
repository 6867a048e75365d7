"""Checkpoints: once a day, a signed list of where every chain stands."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.domain.chain import GENESIS, instant
from tracker.domain.clock import Clock
from tracker.domain.signed import (
    CHECKPOINT_TAG,
    Signer,
    checkpoint_hash,
    checkpoint_statement,
    head_hash,
    signed,
)
from tracker.models import ChainHead, Checkpoint, NationalReport
from tracker.queries.checkpoints import CheckpointRow, checkpoint_of_day, last_checkpoint
from tracker.services.signing import expect_current


def make_checkpoint(
    session: Session, *, signer: Signer, clock: Clock
) -> tuple[CheckpointRow, bool]:
    """The checkpoint of this day (UTC), and whether it was made now."""
    now = clock()
    day = now.date().isoformat()
    standing = checkpoint_of_day(session, day)
    if standing is not None:
        return standing, False
    expect_current(session, signer=signer, at=now)
    try:
        with session.begin_nested():
            session.add(_next(session, signer, day, now))
    except IntegrityError:
        standing = checkpoint_of_day(session, day)
        if standing is None:
            raise
        return standing, False  # another worker made it at the same moment
    made = checkpoint_of_day(session, day)
    assert made is not None  # noqa: S101  # nosec B101  # written above
    return made, True


def _next(session: Session, signer: Signer, day: str, now: datetime) -> Checkpoint:
    before = last_checkpoint(session)
    number = before.number + 1 if before else 1
    statement = signed(
        CHECKPOINT_TAG,
        checkpoint_statement(
            number=number,
            day=day,
            made_at=instant(now),
            previous=before.hash if before else GENESIS,
            heads=_heads(session),
        ),
        signer,
    )
    return Checkpoint(
        number=number,
        day=day,
        made_at=now,
        hash=checkpoint_hash(statement),
        statement=statement,
    )


def _heads(session: Session) -> list[str]:
    """One statement, so that the list is one moment's."""
    rows = session.execute(
        select(NationalReport.public_id, ChainHead.seq, ChainHead.hash)
        .join(ChainHead, ChainHead.report_id == NationalReport.id)
        .where(ChainHead.seq > 0)
    )
    return [head_hash(report, seq, link) for report, seq, link in rows]
