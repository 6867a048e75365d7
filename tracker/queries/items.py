"""Contacts, assistance and targets: of a working copy, of a submission, and their revisions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, selectinload

from tracker.domain.item_fields import Part
from tracker.domain.items import KINDS, Item, item_from
from tracker.models import (
    Assistance,
    ChainEntry,
    Contact,
    SubmissionAssistance,
    SubmissionContact,
    SubmissionTarget,
    SubmittedItem,
    Target,
    User,
    WorkingItem,
)
from tracker.queries.item_rows import every_part, item_in, read_parts
from tracker.queries.submissions import earlier_report

WORKING: Mapping[Part, type[WorkingItem]] = {
    Part.CONTACTS: Contact,
    Part.ASSISTANCE: Assistance,
    Part.TARGETS: Target,
}
SUBMITTED: Mapping[Part, type[SubmittedItem]] = {
    Part.CONTACTS: SubmissionContact,
    Part.ASSISTANCE: SubmissionAssistance,
    Part.TARGETS: SubmissionTarget,
}
ITEM_SAVED = "item-saved"
"""The kind of the links that record items; ``removed`` among their facts ends the item."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a working copy with who saved it when. ``item_id`` is its public id."""

    item_id: str
    version: int
    content: Item
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class SubmittedItemRow:
    """One item as it was submitted, with the revision that it copies."""

    item_id: str
    revision_id: int
    content: Item


@dataclass(frozen=True, slots=True)
class ItemRevision:
    """One saved state of an item; ``content`` is ``None`` where it was removed.

    ``struck`` gives the reason for each text struck out later, by field.
    """

    version: int
    at: datetime
    actor: str
    source: str
    content: Item | None
    struck: Mapping[str, str]


def subject_of(part: Part, item_id: str) -> str:
    """How the chain names an item."""
    return f"{part}/{item_id}"


def named_by(subject: str) -> tuple[Part, str]:
    """The part and the id of the item that the chain names so."""
    part, _, item_id = subject.partition("/")
    return Part(part), item_id


def content_of_item(part: Part, row: WorkingItem | SubmittedItem) -> Item:
    """The stored columns as the domain's item."""
    kind = KINDS[part]
    values: dict[str, Any] = {f.name: getattr(row, f.name) for f in fields(kind)}
    if "paragraphs" in values:
        values["paragraphs"] = tuple(values["paragraphs"])
    return kind(**values)


def items_of(session: Session, report_id: int) -> dict[Part, tuple[ItemRow, ...]]:
    """Every item of a working copy, the first made first; every part has its tuple."""
    found = read_parts(session, _WORKING_ROWS, {"report": report_id})
    return {
        part: tuple(
            ItemRow(row.public_id, row.version, item_in(part, row), row.saved_at, row.saved_by)
            for row in rows
        )
        for part, rows in found.items()
    }


def _of_report(part: Part) -> Select[*tuple[Any, ...]]:
    table = WORKING[part]
    return (
        select(
            table.id.label("row_id"),
            table.public_id,
            table.version,
            table.saved_at,
            User.name.label("saved_by"),
        )
        .join(User, table.saved_by_id == User.id)
        .where(table.report_id == bindparam("report"))
    )


_WORKING_ROWS = every_part(WORKING, _of_report)


def submitted_items(
    session: Session, submission_id: int
) -> dict[Part, tuple[SubmittedItemRow, ...]]:
    """Every item of a submission, whoever may read it; readers get ``shown_items``."""
    return items_of_submissions(session, [submission_id])[submission_id]


def items_of_submissions(
    session: Session, submission_ids: Collection[int]
) -> dict[int, dict[Part, tuple[SubmittedItemRow, ...]]]:
    """The same of several submissions, by their row ids; one statement, however many."""
    found = read_parts(session, _SUBMITTED_ROWS, {"submissions": list(submission_ids)})
    return {
        submission_id: {
            part: tuple(
                SubmittedItemRow(row.item_id, row.revision_id, item_in(part, row))
                for row in rows
                if row.submission_id == submission_id
            )
            for part, rows in found.items()
        }
        for submission_id in submission_ids
    }


def _of_submissions(part: Part) -> Select[*tuple[Any, ...]]:
    table = SUBMITTED[part]
    return select(
        table.id.label("row_id"), table.item_id, table.revision_id, table.submission_id
    ).where(table.submission_id.in_(bindparam("submissions", expanding=True)))


_SUBMITTED_ROWS = every_part(SUBMITTED, _of_submissions)


@dataclass(frozen=True, slots=True)
class PreviousItems:
    """Rows of the earlier report that can be copied, of which cycle, and how many lack a text that
    was struck out.
    """

    cycle: str = ""
    whole: tuple[Item, ...] = ()
    lacking: int = 0


def previous_items(session: Session, report_id: int, part: Part) -> PreviousItems:
    """What the State said of this table in its earlier report."""
    earlier = earlier_report(session, report_id)
    if earlier is None:
        return PreviousItems()
    rows = [row.content for row in submitted_items(session, earlier.submission_id)[part]]
    whole = tuple(row for row in rows if all(getattr(row, name) for name in row.NEEDED))
    return PreviousItems(earlier.cycle, whole, len(rows) - len(whole))


def item_revisions(
    session: Session, report_id: int, part: Part, item_id: str
) -> tuple[ItemRevision, ...]:
    """Every saved state of an item, the first one first; none where there is no such item."""
    rows = session.execute(
        select(ChainEntry, User.name)
        .outerjoin(User, ChainEntry.actor_id == User.id)
        .where(
            ChainEntry.report_id == report_id,
            ChainEntry.kind == ITEM_SAVED,
            ChainEntry.subject == subject_of(part, item_id),
        )
        .order_by(ChainEntry.seq)
        .options(selectinload(ChainEntry.texts))
    )
    return tuple(
        ItemRevision(
            version=entry.version or 0,
            at=entry.at,
            actor=name or "",
            source=str(entry.facts.get("source", "")),
            content=item_of_link(entry),
            struck={t.field: t.struck_reason or "" for t in entry.texts if t.struck_at},
        )
        for entry, name in rows
    )


def removed_items(session: Session, report_id: int, part: Part) -> tuple[tuple[str, Item], ...]:
    """Id and last words of every item that was removed and is not there again."""
    entries = session.scalars(
        select(ChainEntry)
        .where(
            ChainEntry.report_id == report_id,
            ChainEntry.kind == ITEM_SAVED,
            ChainEntry.subject.startswith(subject_of(part, "")),
        )
        .order_by(ChainEntry.seq)
        .options(selectinload(ChainEntry.texts))
    )
    words: dict[str, Item] = {}
    gone: dict[str, Item] = {}
    for entry in entries:
        _, item_id = named_by(entry.subject)
        content = item_of_link(entry)
        if content is None:
            gone[item_id] = words[item_id]
        else:
            words[item_id] = content
            gone.pop(item_id, None)
    return tuple(gone.items())


def item_of_link(entry: ChainEntry) -> Item | None:
    """What a revision of an item says now; texts struck out are empty, ``None`` if removed."""
    if entry.facts.get("removed"):
        return None
    part, _ = named_by(entry.subject)
    return item_from(part, entry.facts, {text.field: text.value or "" for text in entry.texts})
