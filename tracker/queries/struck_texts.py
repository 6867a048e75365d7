"""Texts of a page that were struck out since it was made: they say nothing.

A text struck out has no words left. One that an old page or file repeats is known by the digest
in the chain, so that nobody brings it back by accident; who means it writes it anew.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from tracker.domain.chain import text_digest
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, facts_of, item_from, texts_of
from tracker.domain.responses import ResponseContent, content_from
from tracker.models import ChainEntry, ChainText, NationalReport
from tracker.queries.items import subject_of

TITLE = "title"
T = TypeVar("T", bound=ResponseContent | Item)


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

    @property
    def place(self) -> str:
        """The part of an answer or item that it belonged to; of a law, all laws."""
        return self.field.partition(".")[0]

    def is_like(self, field: str, text: str) -> bool:
        """Whether this says the same in the same place, of whatever law."""
        is_there = self.place == field.partition(".")[0]
        same_part = self.field.rpartition(".")[2] == field.rpartition(".")[2]
        return is_there and same_part and text_digest(self.salt, text) == self.digest

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


@dataclass(frozen=True, slots=True)
class SinceStrike(Generic[T]):
    """What somebody typed on a page that may be older than a strike.

    ``left`` can be saved unasked: where a text was struck out since, it says what stands now, for
    whatever was typed there was made from the words that are gone. ``shown`` is what was typed
    without these very words, for who typed it to take from it what may be said: ``apart`` tells
    that some of it does not stand in ``left``.
    """

    left: T
    shown: T
    apart: bool


def answer_since_strike(
    session: Session,
    report_id: int,
    key: str,
    version: int,
    opened: datetime,
    typed: ResponseContent,
    standing: ResponseContent,
) -> SinceStrike[ResponseContent]:
    """Of an answer typed over ``version`` on a page made at ``opened``.

    Strikes in reports of other cycles count too: the page may have copied its text from there.
    """
    own = select(NationalReport.state_id).where(NationalReport.id == report_id).scalar_subquery()
    reports = select(NationalReport.id).where(NationalReport.state_id == own)
    every = struck_texts(session, ChainEntry.report_id.in_(reports), ChainEntry.subject == key)
    since = _since(every, report_id, version, opened)
    texts = typed.texts()
    said = {n: text for n, text in texts.items() if not any(g.is_like(n, text) for g in since)}
    shown = typed if said == texts else content_from(typed.facts(), said)
    left = _standing_there(typed, standing, {gone.place for gone in since})
    return SinceStrike(left, shown, _says_more(said, left.texts()))


def item_since_strike(
    session: Session,
    report_id: int,
    part: Part,
    item_id: str,
    version: int,
    opened: datetime,
    typed: Item,
    standing: Item,
) -> SinceStrike[Item]:
    """The same of a contact, a need, an offer or a target."""
    subject = subject_of(part, item_id)
    every = struck_texts(session, ChainEntry.report_id == report_id, ChainEntry.subject == subject)
    since = _since(every, report_id, version, opened)
    texts = texts_of(typed)
    said = {n: text for n, text in texts.items() if not any(g.is_like(n, text) for g in since)}
    shown = typed if said == texts else item_from(part, facts_of(typed), said)
    left = _standing_there(typed, standing, {gone.place for gone in since})
    return SinceStrike(left, shown, _says_more(said, texts_of(left)))


def _since(
    struck: Iterable[tuple[str, StruckText]], report_id: int, version: int, opened: datetime
) -> list[StruckText]:
    """Two signs that a page is older than a strike: its time and its version."""
    return [
        gone
        for _, gone in struck
        if gone.at > opened or (gone.report_id == report_id and gone.version >= version)
    ]


def _standing_there(typed: T, standing: T, places: Collection[str]) -> T:
    """What was typed, but for what was typed in these places: there it says what stands."""
    theirs = {place: getattr(standing, place) for place in places if getattr(typed, place)}
    return replace(typed, **theirs)


def _says_more(said: Mapping[str, str], left: Mapping[str, str]) -> bool:
    return not {*said.values()} <= {*left.values()}


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
