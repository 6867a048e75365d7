"""Where the words that are struck out stand in the reports of a State."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from tracker.domain.items import KINDS
from tracker.domain.struck import is_wording_of, occurs, words_in
from tracker.models import ChainEntry, ChainText, Evidence
from tracker.queries.evidence import FILE_SAVED
from tracker.queries.items import ITEM_SAVED, named_by
from tracker.queries.strikes import copies_of
from tracker.queries.struck_texts import TITLE

Held = list[tuple[ChainEntry, ChainText]]


@dataclass(frozen=True, slots=True)
class Words:
    """What is struck out, and where: ``law`` is the title of the law it belongs to, if any."""

    field: str
    value: str
    law: str

    def stand_in(self, field: str, texts: Mapping[str, str]) -> bool:
        """Whether this is the place of one of these texts of an answer or item.

        Laws change places between revisions. An equal date may be that of another law: it counts
        by the title, and by its place only where no law has that title. Of a law that has lost its
        title it is the one such date there is; of several, the one in its place.
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
        if self.law:
            return field in named if named else field == self.field
        equal = [date for date in named if texts[date] == self.value]
        return field == self.field if len(equal) > 1 else field in equal


def law_of(field: str, texts: Mapping[str, str]) -> str:
    """The title of the law to which a text belongs; empty of none, and of one struck out."""
    return texts.get(f"{field.rpartition('.')[0]}.title", "")


def words_of(entry: ChainEntry, text: ChainText) -> Words:
    """The words of one text, with what tells their place in other revisions."""
    return Words(text.field, text.value or "", law_of(text.field, _texts(entry)))


def holders(
    session: Session, entry: ChainEntry, text: ChainText, reports: tuple[int, ...], named: str
) -> Held:
    """The text with its link; of an answer or item every other place where it stands the same.

    So does every wording of it that was never submitted, but for what the State says now, and every
    text of the same answer or item in which the words ``named`` occur. A file, or its name, goes
    wherever it was attached.
    """
    if entry.kind == FILE_SAVED:
        every = [(file, one) for file in _same_file(session, entry, reports) for one in file.texts]
        if text.field == TITLE:  # the file goes, its name with it
            return [(file, one) for file, one in every if one.value is not None]
        same_name = text.field, text.value
        return [(file, one) for file, one in every if (one.field, one.value) == same_name]
    if entry.kind not in ("response-saved", ITEM_SAVED):
        return [(entry, text)]
    words = words_of(entry, text)
    rows = _standing(session, entry, reports)
    same = [
        (e, t) for e, t in rows if t.value == words.value and words.stand_in(t.field, _texts(e))
    ]
    things = _things(entry, [holder for holder, _ in rows])
    inside = [(e, t) for e, t in rows if _thing(e) in things]
    gone = {t.id for e, t in same if _thing(e) in things} | {text.id}
    gone |= _never_submitted(session, words, inside, reports)
    gone |= {t.id for _, t in inside if occurs(named, t.value or "")}
    return [(e, t) for e, t in inside if t.id in gone]


def _same_file(
    session: Session, entry: ChainEntry, reports: tuple[int, ...]
) -> Sequence[ChainEntry]:
    """The links of every version of a file that has the same bytes."""
    bytes_of = select(Evidence.sha256).where(Evidence.revision_id == entry.id).scalar_subquery()
    links = select(Evidence.revision_id).where(
        Evidence.sha256 == bytes_of, Evidence.report_id.in_(reports)
    )
    return session.scalars(
        select(ChainEntry)
        .where(ChainEntry.id.in_(links))
        .order_by(ChainEntry.report_id, ChainEntry.seq)
        .options(selectinload(ChainEntry.texts))
        .execution_options(populate_existing=True)
    ).all()


def _standing(session: Session, entry: ChainEntry, reports: tuple[int, ...]) -> Held:
    """Every text of the same answer, or of all items of the same part, in order."""
    part = entry.subject.partition("/")[0]
    of_part = ChainEntry.subject.startswith(f"{part}/", autoescape=True)
    rows = session.execute(
        select(ChainEntry, ChainText)
        .join(ChainText, ChainText.entry_id == ChainEntry.id)
        .where(
            ChainEntry.report_id.in_(reports),
            ChainEntry.kind == entry.kind,
            of_part if entry.kind == ITEM_SAVED else ChainEntry.subject == entry.subject,
            ChainText.value.is_not(None),
        )
        .order_by(ChainEntry.report_id, ChainEntry.seq, ChainText.field)
        .options(selectinload(ChainEntry.texts))
        .execution_options(populate_existing=True)
    )
    return [(link, held) for link, held in rows]


def _never_submitted(
    session: Session, words: Words, inside: Held, reports: tuple[int, ...]
) -> set[int]:
    """Other wordings in the same field, in revisions that stand in no submission and are past.

    What the State says again, now or in a submission, is no wording of what is struck out.
    """
    if words.field.startswith("measures."):  # which of the laws was meant cannot be known
        return set()
    revisions = ChainEntry.report_id.in_(reports), ChainEntry.version.is_not(None)
    submitted = set(session.scalars(copies_of(select(ChainEntry.id).where(*revisions))))
    latest = session.scalars(  # also one that removes a row, or leaves an answer without a text
        select(func.max(ChainEntry.id))
        .where(*revisions)
        .group_by(ChainEntry.report_id, ChainEntry.subject)
    )
    spared, struck = submitted | set(latest), words_in(words.value)
    here = [(link.id in spared, text) for link, text in inside if text.field == words.field]
    stand = {text.value for kept, text in here if kept}
    return {
        text.id
        for _, text in here
        if text.value not in stand and is_wording_of(text.value or "", struck)
    }


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
