"""Texts of a page that were struck out since it was made: they say nothing.

A text struck out has no words left. One that an old page or file repeats is known by the digest
in the chain, so that nobody brings it back by accident; who means it writes it anew.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import Session, aliased, selectinload

from tracker.domain.chain import text_digest
from tracker.domain.item_fields import Part
from tracker.domain.items import KINDS, Item, facts_of, item_from, texts_of
from tracker.domain.responses import ResponseContent, content_from
from tracker.models import ChainEntry, ChainText, NationalReport
from tracker.queries.strikes import TEXT_STRUCK

TITLE = "title"
TOLD = aliased(ChainEntry)
"""The link that records a strike."""

_TOLD_OF = and_(
    TOLD.report_id == ChainEntry.report_id,
    TOLD.kind == TEXT_STRUCK,
    TOLD.facts["seq"].as_integer() == ChainEntry.seq,
    TOLD.facts["field"].as_string() == ChainText.field,
)
T = TypeVar("T", bound=ResponseContent | Item)


@dataclass(frozen=True, slots=True)
class StruckWords:
    """One text struck out of a revision, by the field that the chain names.

    ``number`` is that of the strike, higher than those of earlier ones of the same State; ``name``
    has salt and digest of what names the law or row to which it belonged.
    """

    report_id: int
    version: int
    number: int
    at: datetime
    field: str
    salt: str
    digest: str
    name: tuple[str, str] | None

    @property
    def place(self) -> str:
        """The part of an answer or item that it belonged to; of a law, all laws."""
        return self.field.partition(".")[0]

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
        return self.is_of(title) if self.name or title else self.field == field

    def is_of(self, name: str) -> bool:
        """Whether the law or row to which it belonged had this name."""
        return self.name is not None and text_digest(self.name[0], name) == self.name[1]


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


@dataclass(frozen=True, slots=True)
class Typed:
    """Over which version something was typed, on a page that knew of the strikes up to ``seen``.

    ``base`` is the oldest version that any of its texts was typed over; ``copied`` tells of a text
    of the report of another cycle.
    """

    report_id: int
    version: int
    base: int
    seen: int
    copied: bool

    def is_before(self, gone: StruckWords) -> bool:
        """Whether what was typed may still hold this text."""
        if gone.report_id != self.report_id:
            return self.copied and gone.number > self.seen
        return gone.version >= self.base and (
            gone.number > self.seen or gone.version >= self.version
        )


def struck_of_subjects(
    session: Session, report_id: int, subjects: Collection[str]
) -> Mapping[str, list[StruckWords]]:
    """What was struck out of these answers or items, in every report of the State: a page may have
    copied its text from the cycle before.
    """
    reports = _beside(report_id)
    found: dict[str, list[StruckWords]] = defaultdict(list)
    where = ChainEntry.report_id.in_(reports), ChainEntry.subject.in_(subjects)
    for subject, gone in struck_texts(session, *where):
        found[subject].append(gone)
    return found


def _beside(report_id: int) -> Select[int]:
    """The reports of the State that made this one."""
    own = select(NationalReport.state_id).where(NationalReport.id == report_id).scalar_subquery()
    return select(NationalReport.id).where(NationalReport.state_id == own)


def last_strike(session: Session, report_id: int, *, of_state: bool = False) -> int:
    """The number of the last strike in a report, or in all of its State; read it before the texts
    of a page, so that a strike meanwhile counts as later.
    """
    reports = _beside(report_id) if of_state else select(literal(report_id))
    number = select(func.max(ChainEntry.id)).where(
        ChainEntry.report_id.in_(reports), ChainEntry.kind == TEXT_STRUCK
    )
    return session.scalar(number) or 0


def answer_since_strike(
    struck: Iterable[StruckWords],
    about: Typed,
    typed: ResponseContent,
    standing: ResponseContent,
) -> SinceStrike[ResponseContent]:
    """Of an answer."""
    since = [gone for gone in struck if about.is_before(gone)]
    said = _without(since, about, typed.texts())
    shown = typed if said == typed.texts() else content_from(typed.facts(), said)
    left = _standing_there(typed, standing, {gone.place for gone in since})
    return SinceStrike(left, shown, _says_more(said, left.texts()))


def item_since_strike(
    struck: Iterable[StruckWords], about: Typed, typed: Item, standing: Item
) -> SinceStrike[Item]:
    """Of a contact, a need, an offer or a target."""
    since = [gone for gone in struck if about.is_before(gone)]
    said = _without(since, about, texts_of(typed))
    shown = typed if said == texts_of(typed) else item_from(typed.PART, facts_of(typed), said)
    left = _standing_there(typed, standing, {gone.place for gone in since})
    return SinceStrike(left, shown, _says_more(said, texts_of(left)))


def _without(
    since: Iterable[StruckWords], about: Typed, texts: Mapping[str, str]
) -> dict[str, str]:
    gone = [
        (one, (one.report_id, one.version) == (about.report_id, about.version)) for one in since
    ]
    return {
        name: text
        for name, text in texts.items()
        if not any(one.is_text(name, texts, same_version=same) for one, same in gone)
    }


def _standing_there(typed: T, standing: T, places: Collection[str]) -> T:
    """What was typed, but for what was typed in these places: there it says what stands."""
    theirs = {place: getattr(standing, place) for place in places if getattr(typed, place)}
    return replace(typed, **theirs)


def _says_more(said: Mapping[str, str], left: Mapping[str, str]) -> bool:
    return not {*said.values()} <= {*left.values()}


def naming_text(subject: str, field: str) -> str:
    """The field that names the row, or the law, to which a text belongs."""
    kind = subject.partition("/")[0]
    if kind in list(Part):
        return KINDS[Part(kind)].TEXTS[0]
    return f"{field.rpartition('.')[0]}.{TITLE}"


def struck_texts(
    session: Session, *where: ColumnElement[bool]
) -> Iterator[tuple[str, StruckWords]]:
    """Every text struck out of an answer or item, by subject."""
    rows = session.execute(
        select(ChainEntry, ChainText, TOLD.id)
        .join(ChainText, ChainText.entry_id == ChainEntry.id)
        .join(TOLD, _TOLD_OF)
        .where(ChainEntry.version.is_not(None), ChainText.struck_at.is_not(None), *where)
        .options(selectinload(ChainEntry.texts))
    )
    for entry, text, number in rows:
        title = naming_text(entry.subject, text.field)
        name = next(((t.salt, entry.digests[title]) for t in entry.texts if t.field == title), None)
        yield (
            entry.subject,
            StruckWords(
                report_id=entry.report_id,
                version=entry.version or 0,
                number=number,
                at=text.struck_at or entry.at,
                field=text.field,
                salt=text.salt,
                digest=entry.digests[text.field],
                name=name,
            ),
        )
