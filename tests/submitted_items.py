"""Contacts, assistance and targets of submissions for tests of reading, put down as rows."""

from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.submitted import START
from tracker.domain.chain import GENESIS
from tracker.domain.items import Item, facts_of
from tracker.models import ChainEntry, ChainText, Submission, SubmittedItem
from tracker.models.ids import new_public_id
from tracker.queries.items import ITEM_SAVED, SUBMITTED, subject_of


def add_item(
    session: Session,
    submission: Submission,
    item: Item,
    *,
    item_id: str = "",
    struck: Mapping[str, str] | None = None,
) -> SubmittedItem:
    """One more item of a submission; ``struck``: reasons by the field that was struck out."""
    item_id = item_id or new_public_id()
    values = {f.name: getattr(item, f.name) for f in fields(item)}
    row = SUBMITTED[item.PART](
        submission_id=submission.id,
        item_id=item_id,
        revision_id=_revision(session, submission, item, item_id, struck or {}),
        **{n: list(v) if isinstance(v, tuple) else v for n, v in values.items()},
    )
    session.add(row)
    session.flush()
    return row


def _revision(
    session: Session, submission: Submission, item: Item, item_id: str, struck: Mapping[str, str]
) -> int:
    count = select(func.count()).where(ChainEntry.report_id == submission.report_id)
    number = (session.scalar(count) or 0) + 1
    entry = ChainEntry(
        report_id=submission.report_id,
        seq=number,
        kind=ITEM_SAVED,
        subject=subject_of(item.PART, item_id),
        version=number,
        at=START,
        actor_id=None,
        actor_public_id="",
        facts=facts_of(item),
        digests={},
        prev_hash=GENESIS,
        hash=GENESIS,
    )
    session.add(entry)
    session.flush()
    for field, reason in struck.items():
        session.add(
            ChainText(
                entry_id=entry.id,
                field=field,
                value=None,
                salt="salt",
                struck_at=START,
                struck_reason=reason,
            )
        )
    return entry.id
