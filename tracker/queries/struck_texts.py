"""Texts of a page that were struck out since it was made: they say nothing.

A text struck out has no words left. One that an old page or file repeats is known by the digest
in the chain, so that nobody brings it back by accident; who means it writes it anew.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from tracker.domain.chain import text_digest
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, facts_of, item_from, texts_of
from tracker.domain.responses import ResponseContent, content_from
from tracker.models import ChainEntry, ChainText, NationalReport
from tracker.queries.items import subject_of

TITLE = "title"


@dataclass(frozen=True, slots=True)
class StruckText:
    """One text struck out of a revision, by the field that the chain names.

    ``law`` has salt and digest of the title of the law to which a struck date belonged.
    """

    report_id: int
    version: int
    at: datetime
    field: str
    salt: str
    digest: str
    law: tuple[str, str] | None

    def is_text(self, field: str, texts: Mapping[str, str], *, same_version: bool) -> bool:
        """Whether this one of the texts repeats it; of ``same_version`` laws keep their places."""
        if not self._is_place(field, texts, same_version):
            return False
        return text_digest(self.salt, texts[field]) == self.digest

    def _is_place(self, field: str, texts: Mapping[str, str], same_version: bool) -> bool:
        """Laws change places between revisions; an equal date may belong to another law."""
        if not self.field.startswith("measures."):
            return self.field == field
        part = self.field.rpartition(".")[2]
        if not (field.startswith("measures.") and field.endswith(f".{part}")):
            return False
        if part != "adopted_on" or (same_version and self.field == field):
            return True
        title = texts.get(f"{field.rpartition('.')[0]}.{TITLE}", "")
        if self.law is None:
            return not title and self.field == field
        salt, digest = self.law
        return text_digest(salt, title) == digest


def answer_without_struck(
    session: Session,
    report_id: int,
    key: str,
    version: int,
    opened: datetime,
    content: ResponseContent,
) -> ResponseContent:
    """What a page says that was opened at this version, then, without what was struck out since.

    Also out of the report of another cycle, from which the page may have copied it.
    """
    own = select(NationalReport.state_id).where(NationalReport.id == report_id).scalar_subquery()
    reports = select(NationalReport.id).where(NationalReport.state_id == own)
    struck = struck_texts(session, ChainEntry.report_id.in_(reports), ChainEntry.subject == key)
    texts = content.texts()
    left = _left([gone for _, gone in struck], report_id, version, opened, texts)
    return content if left == texts else content_from(content.facts(), left)


def item_without_struck(
    session: Session,
    report_id: int,
    part: Part,
    item_id: str,
    version: int,
    opened: datetime,
    item: Item,
) -> Item:
    """The same of a contact, a need, an offer or a target."""
    subject = subject_of(part, item_id)
    struck = struck_texts(session, ChainEntry.report_id == report_id, ChainEntry.subject == subject)
    texts = texts_of(item)
    left = _left([gone for _, gone in struck], report_id, version, opened, texts)
    return item if left == texts else item_from(part, facts_of(item), left)


def _left(
    struck: Iterable[StruckText],
    report_id: int,
    version: int,
    opened: datetime,
    texts: Mapping[str, str],
) -> dict[str, str]:
    """Two signs that a page is older than a strike: its version and its time."""
    since = [
        (gone, (gone.report_id, gone.version) == (report_id, version))
        for gone in struck
        if gone.at > opened or (gone.report_id == report_id and gone.version >= version)
    ]
    return {
        name: text
        for name, text in texts.items()
        if not any(gone.is_text(name, texts, same_version=same) for gone, same in since)
    }


def struck_texts(session: Session, *where: ColumnElement[bool]) -> Iterator[tuple[str, StruckText]]:
    """Every text struck out of an answer or item, by subject."""
    rows = session.execute(
        select(ChainEntry, ChainText)
        .join(ChainText, ChainText.entry_id == ChainEntry.id)
        .where(ChainEntry.version.is_not(None), ChainText.struck_at.is_not(None), *where)
        .options(selectinload(ChainEntry.texts))
    )
    for entry, text in rows:
        title = f"{text.field.rpartition('.')[0]}.{TITLE}"
        law = next(((t.salt, entry.digests[title]) for t in entry.texts if t.field == title), None)
        yield (
            entry.subject,
            StruckText(
                report_id=entry.report_id,
                version=entry.version or 0,
                at=text.struck_at or entry.at,
                field=text.field,
                salt=text.salt,
                digest=entry.digests[text.field],
                law=law,
            ),
        )
