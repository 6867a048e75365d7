"""Where the words that are struck out stand in the reports of a State."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.domain.items import KINDS
from tracker.models import ChainEntry, ChainText
from tracker.queries.items import ITEM_SAVED, named_by


@dataclass(frozen=True, slots=True)
class Words:
    """What is struck out, and where: ``law`` is the title of the law it belongs to, if any."""

    field: str
    value: str
    law: str

    def stand_in(self, field: str, texts: Mapping[str, str]) -> bool:
        """Whether this is the place of one of these texts of an answer or item.

        Laws change places between revisions. An equal date may be that of another law: it counts
        by the title, and by its place only where no law has that title.
        """
        part = self.field.rpartition(".")[2]
        if not self.field.startswith("measures."):
            return self.field == field
        if not (field.startswith("measures.") and field.endswith(f".{part}")):
            return False
        if part != "adopted_on":
            return True
        dates = [name for name in texts if name.endswith(f".{part}")]
        named = [date for date in dates if law_of(date, texts) == self.law]
        return field in named if named else field == self.field


def law_of(field: str, texts: Mapping[str, str]) -> str:
    """The title of the law to which a text belongs; empty of none, and of one struck out."""
    return texts.get(f"{field.rpartition('.')[0]}.title", "")


def words_of(entry: ChainEntry, text: ChainText) -> Words:
    """The words of one text, with what tells their place in other revisions."""
    return Words(text.field, text.value or "", law_of(text.field, _texts(entry)))


def holders(
    session: Session, entry: ChainEntry, text: ChainText, reports: tuple[int, ...]
) -> list[tuple[ChainEntry, ChainText]]:
    """The text with its link; of an answer or item every other place where it stands the same."""
    if entry.kind not in ("response-saved", ITEM_SAVED):
        return [(entry, text)]
    words = words_of(entry, text)
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
    found = [(link, same) for link, same in rows if words.stand_in(same.field, _texts(link))]
    things = _things(entry, [holder for holder, _ in found])
    return [(holder, same) for holder, same in found if _thing(holder) in things]


def _things(struck: ChainEntry, holders: Sequence[ChainEntry]) -> set[tuple[int, str]]:
    """The answer or item that is struck in, by report and subject, and its like in other reports.

    A row copied into the report of another cycle has an id of its own: it is known by the text
    that names it, its first, in any version, also where one strike took that out of both; and so
    is its copy in the cycle after that.
    """
    if struck.kind != ITEM_SAVED:
        return {_thing(holder) for holder in holders if holder.subject == struck.subject}
    part = named_by(struck.subject)[0]
    name = KINDS[part].TEXTS[0]
    alike = [holder for holder in holders if named_by(holder.subject)[0] is part]
    found, before = {_thing(struck)}, 0
    while len(found) > before:
        before = len(found)
        names = {_name(holder, name) for holder in alike if _thing(holder) in found} - {None}
        found |= {
            _thing(holder)
            for holder in alike
            if holder.report_id != struck.report_id and _name(holder, name) in names
        }
    return found


def _thing(entry: ChainEntry) -> tuple[int, str]:
    return entry.report_id, entry.subject


def _texts(entry: ChainEntry) -> dict[str, str]:
    return {text.field: text.value or "" for text in entry.texts}


def _name(entry: ChainEntry, field: str) -> tuple[str | None, datetime | None] | None:
    """The words, or when they were struck out; ``None`` where there never were any."""
    return next(((t.value, t.struck_at) for t in entry.texts if t.field == field), None)
