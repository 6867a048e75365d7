"""Where the words that are struck out stand in the reports of a State."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.domain.items import KINDS
from tracker.models import ChainEntry, ChainText
from tracker.queries.items import ITEM_SAVED, named_by


def holders(
    session: Session, entry: ChainEntry, text: ChainText, reports: tuple[int, ...]
) -> list[tuple[ChainEntry, ChainText]]:
    """The text with its link; of an answer or item every other place where it stands the same."""
    if entry.kind not in ("response-saved", ITEM_SAVED):
        return [(entry, text)]
    rows = session.execute(
        select(ChainEntry, ChainText)
        .join(ChainText, ChainText.entry_id == ChainEntry.id)
        .where(
            ChainEntry.report_id.in_(reports),
            ChainEntry.kind == entry.kind,
            ChainText.value == text.value,
        )
        .order_by(ChainEntry.report_id, ChainEntry.seq, ChainText.field)
        .options(selectinload(ChainEntry.texts))
        .execution_options(populate_existing=True)
    )
    found = [(holder, same) for holder, same in rows if same_place(text.field, same.field)]
    things = _things(entry, [holder for holder, _ in found])
    return [(holder, same) for holder, same in found if _thing(holder) in things]


def _things(struck: ChainEntry, holders: Sequence[ChainEntry]) -> set[tuple[int, str]]:
    """The answer or item that is struck in, by report and subject, and its like in other reports.

    A row copied into the report of another cycle has an id of its own: it is known by the text
    that names it, its first, in any version, also where one strike took that out of both.
    """
    if struck.kind != ITEM_SAVED:
        return {_thing(holder) for holder in holders if holder.subject == struck.subject}
    own = _thing(struck)
    part = named_by(struck.subject)[0]
    name = KINDS[part].TEXTS[0]
    names = {_words_of(holder, name) for holder in holders if _thing(holder) == own} - {None}
    return {own} | {
        _thing(holder)
        for holder in holders
        if holder.report_id != struck.report_id
        and named_by(holder.subject)[0] is part
        and _words_of(holder, name) in names
    }


def _thing(entry: ChainEntry) -> tuple[int, str]:
    return entry.report_id, entry.subject


def _words_of(entry: ChainEntry, field: str) -> tuple[str | None, datetime | None] | None:
    """The words, or when they were struck out; ``None`` where there never were any."""
    return next(((t.value, t.struck_at) for t in entry.texts if t.field == field), None)


def same_place(struck: str, other: str) -> bool:
    """Laws change places between revisions; an equal date may belong to another law."""
    part = struck.rpartition(".")[2]
    if struck.startswith("measures.") and part != "adopted_on":
        return other.startswith("measures.") and other.endswith(f".{part}")
    return struck == other
