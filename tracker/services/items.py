"""Saving contacts, assistance and targets, under the same contract as a response."""

from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock, latest_day
from tracker.domain.contacts import Contact
from tracker.domain.errors import Invalid, NotFound, Problem, StaleEdit
from tracker.domain.item_fields import Part
from tracker.domain.items import MAX_ITEMS, Item, facts_of, texts_of
from tracker.domain.roles import Actor
from tracker.models import ChainEntry, Commitment, NationalReport, WorkingItem
from tracker.models.ids import new_public_id
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.queries.items import ITEM_SAVED, WORKING, content_of_item, previous_items, subject_of
from tracker.queries.strikes import STRIKE
from tracker.services import chain
from tracker.services.reports import editable_report


@dataclass(frozen=True, slots=True)
class SavedItem:
    """An acknowledged save or removal. ``changed`` is false where nothing was new."""

    item_id: str
    version: int
    saved_at: datetime
    changed: bool


def save_item(
    session: Session,
    *,
    actor: Actor,
    report_id: int,
    part: Part,
    item_id: str,
    expected_version: int,
    content: Item | None,
    clock: Clock,
    source: str = "form",
) -> SavedItem:
    """Save one item over ``expected_version``; ``content`` ``None`` removes it.

    A new item has version 0 and an ``item_id`` that the caller made (``new_public_id``): sent
    twice, it is made once. ``StaleEdit`` where another version stands (its ``current_version``
    is that of the removal where the item was removed), ``WrongStatus`` where the report is locked,
    ``NotFound`` where the id belongs to another report, ``Invalid`` for a paragraph that the
    document does not have, for a day of confirmation that has not come and for one item too many.
    """
    now = clock()
    state_id = session.get_one(NationalReport, report_id).state_id
    authorise(actor, Action.REPORT_EDIT, Subject(state_id=state_id))
    report = editable_report(session, report_id, at=now)
    row = _row(session, part, report, item_id)
    current = row.version if row else last_version(session, report.id, part, item_id)
    if row and content_of_item(part, row) == content:
        return SavedItem(item_id, row.version, row.saved_at, changed=False)
    if row is None and content is None:  # removed before: the same answer again
        return SavedItem(item_id, 0, now, changed=False)
    if current != expected_version:
        raise StaleEdit(Problem("stale-edit"), current)
    _check(session, part, report, content, now, is_new=row is None)
    return record_item(session, actor, report, part, item_id, row, content, now, source)


def copy_items(
    session: Session, *, actor: Actor, report_id: int, part: Part, clock: Clock
) -> tuple[SavedItem, ...]:
    """Make a new row of each one that the State last submitted in the cycle before.

    Only where this report has none of that part: sent twice, they are made once. A need, an
    offer or a target reaches nobody whom the report's default audience leaves out.
    """
    now = clock()
    state_id = session.get_one(NationalReport, report_id).state_id
    authorise(actor, Action.REPORT_EDIT, Subject(state_id=state_id))
    report = editable_report(session, report_id, at=now)
    if _count(session, part, report):
        return ()
    saved = []
    for content in previous_items(session, report.id, part).whole:
        if part is not Part.CONTACTS and not content.audience.admits(report.default_audience):
            content = replace(content, audience=report.default_audience)
        item_id = new_public_id()
        saved.append(record_item(session, actor, report, part, item_id, None, content, now, "copy"))
    return tuple(saved)


def record_item(
    session: Session,
    actor: Actor,
    report: NationalReport,
    part: Part,
    item_id: str,
    row: WorkingItem | None,
    content: Item | None,
    now: datetime,
    source: str,
) -> SavedItem:
    """Write ``content`` as the next version of an item of a locked report; ``None`` ends it."""
    version = last_version(session, report.id, part, item_id) + 1  # counts on after a removal
    if content is not None:
        _write(session, actor, report, part, item_id, row, content, version, now)
    elif row is not None:
        session.delete(row)
    if source != STRIKE:
        report.last_saved_at = now
    chain.append(
        session,
        report=report,
        actor=actor,
        kind=ITEM_SAVED,
        at=now,
        subject=subject_of(part, item_id),
        version=version,
        facts={**(facts_of(content) if content else {}), "removed": not content, "source": source},
        texts=texts_of(content) if content else {},
    )
    return SavedItem(item_id, version, now, changed=True)


def _row(session: Session, part: Part, report: NationalReport, item_id: str) -> WorkingItem | None:
    table = WORKING[part]
    row = session.scalars(
        select(table).where(table.public_id == item_id).execution_options(populate_existing=True)
    ).one_or_none()
    if row is not None and row.report_id != report.id:
        raise NotFound(Problem("not-found"))
    return row


def _check(
    session: Session,
    part: Part,
    report: NationalReport,
    content: Item | None,
    now: datetime,
    *,
    is_new: bool,
) -> None:
    problems = list(content.not_yet(latest_day(now))) if isinstance(content, Contact) else []
    if is_new and _count(session, part, report) >= MAX_ITEMS:
        problems.append(Problem("too-many-items", "", {"limit": MAX_ITEMS}))
    named = getattr(content, "paragraphs", ())
    if named:
        known = set(
            session.scalars(
                select(Commitment.paragraph).where(
                    Commitment.document_id == report.cycle.document_id,
                    Commitment.paragraph.in_(named),
                )
            )
        )
        problems += [
            Problem("no-such-paragraph", "paragraphs", {"number": number})
            for number in named
            if number not in known
        ]
    if problems:
        raise Invalid(*problems)


def _count(session: Session, part: Part, report: NationalReport) -> int:
    table = WORKING[part]
    count = select(func.count()).select_from(table).where(table.report_id == report.id)
    return session.scalar(count) or 0


def last_version(session: Session, report_id: int, part: Part, item_id: str) -> int:
    """What the history of an item has come to, its removal included; 0 of a new one."""
    last = session.scalar(
        select(func.max(ChainEntry.version)).where(
            ChainEntry.report_id == report_id, ChainEntry.subject == subject_of(part, item_id)
        )
    )
    return last or 0


def _write(
    session: Session,
    actor: Actor,
    report: NationalReport,
    part: Part,
    item_id: str,
    row: WorkingItem | None,
    content: Item,
    version: int,
    now: datetime,
) -> None:
    if row is None:
        row = WORKING[part](public_id=item_id, report_id=report.id)
        session.add(row)
    for field in fields(content):
        value = getattr(content, field.name)
        setattr(row, field.name, list(value) if isinstance(value, tuple) else value)
    row.version, row.saved_at, row.saved_by_id = version, now, actor.user_id or 0
