"""What the database says on everything in an uploaded template, in few statements.

What a file was made from is the revision that its version names, read here and never taken from
the file. Texts struck out of it are empty: ``struck_in_files`` takes them out of the file too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, selectinload

from tracker.domain.clock import latest_day
from tracker.domain.filled import FilledTemplate, SheetRole
from tracker.domain.indicators import Figures
from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.merging import Basis, Sides
from tracker.domain.responses import ResponseContent, content_from
from tracker.models import ChainEntry, ChainText
from tracker.queries.indicators import figures_of_facts, returns_of
from tracker.queries.items import ITEM_SAVED, WORKING, item_of_link, items_of, subject_of
from tracker.queries.responses import responses_of
from tracker.queries.templates import TemplateFrame

Link = tuple[str, int]
Links = Mapping[Link, ChainEntry]
BATCH = 200


def import_basis(
    session: Session, frame: TemplateFrame, filled: FilledTemplate, *, at: datetime
) -> Basis:
    """Present and base of every record that the file names, as far as ``frame`` reaches."""
    report = frame.report_id
    own = {commitment.key for commitment in frame.commitments}
    whole = frame.sections is None and report is not None
    answers = responses_of(session, report) if report is not None else {}
    items = items_of(session, report) if whole and report is not None else {}
    returns = returns_of(session, report) if whole and report is not None else {}
    present = {
        **{key: row.version for key, row in answers.items()},
        **{subject_of(part, i.item_id): i.version for part, rows in items.items() for i in rows},
        **{slug: row.version for slug, row in returns.items()},
    }
    named = dict(_named(filled))
    past = {link for link in named.items() if link[1] not in (0, present.get(link[0], 0))}
    links = _links(session, report, past)
    new = {subject for subject, version in named.items() if not version} - {*present}
    laws = _laws_since(session, report, filled, present)
    reader = _Reader(present, named, links, _fresh(session, report, new), laws)
    return Basis(
        default_audience=frame.default_audience,
        paragraphs=frozenset(c.paragraph for c in frame.document.commitments),
        last_year=at.year,
        latest_day=latest_day(at),
        answers={
            key: reader.answer(key, answers[key].content if key in answers else None, frame)
            for key in {*answers, *named} & own
        },
        items={
            part: reader.items(part, {i.item_id: i.content for i in items.get(part, ())})
            for part in Part
        },
        figures={
            definition.slug: reader.figures(
                definition.slug,
                returns[definition.slug].figures if definition.slug in returns else {},
            )
            for definition in frame.indicators
        },
        indicators={definition.slug: definition for definition in frame.indicators},
    )


def _named(filled: FilledTemplate) -> Iterator[Link]:
    """The version of every record that the file names, as the chain calls it."""
    for role, sheet in filled.sheets.items():
        for row in sheet.rows:
            subject = subject_of(role.part, row.record) if role.part else row.record
            yield subject, row.version


def _links(session: Session, report_id: int | None, wanted: Iterable[Link]) -> Links:
    """The revisions of these subjects and versions."""
    if report_id is None:
        return {}
    found: dict[Link, ChainEntry] = {}
    every = sorted(wanted)
    for start in range(0, len(every), BATCH):
        rows = session.scalars(
            select(ChainEntry)
            .where(
                ChainEntry.report_id == report_id,
                tuple_(ChainEntry.subject, ChainEntry.version).in_(every[start : start + BATCH]),
            )
            .options(selectinload(ChainEntry.texts))
        )
        found |= {(row.subject, row.version or 0): row for row in rows}
    return found


@dataclass(frozen=True, slots=True)
class _Fresh:
    """What there is already of the ids that are new in the file, by subject.

    ``ended`` are items of this report that were removed, ``elsewhere`` those of other reports.
    """

    ended: Collection[str]
    elsewhere: Collection[str]


def _fresh(session: Session, report_id: int | None, subjects: Iterable[str]) -> _Fresh:
    """``subjects`` are new in the file and do not stand in the report."""
    ended, elsewhere = set[str](), set[str]()
    every = sorted(subjects)
    for start in range(0, len(every), BATCH):
        batch = every[start : start + BATCH]
        ended |= set(
            session.scalars(
                select(ChainEntry.subject).where(
                    ChainEntry.report_id == report_id,
                    ChainEntry.kind == ITEM_SAVED,
                    ChainEntry.subject.in_(batch),
                )
            )
        )
        for part, table in WORKING.items():
            prefix = subject_of(part, "")
            ids = [s.removeprefix(prefix) for s in batch if s.startswith(prefix)]
            taken = select(table.public_id).where(table.public_id.in_(ids))
            elsewhere |= {subject_of(part, i) for i in session.scalars(taken)} if ids else set()
    return _Fresh(ended, elsewhere)


def _laws_since(
    session: Session, report_id: int | None, filled: FilledTemplate, present: Mapping[str, int]
) -> Mapping[str, frozenset[str]]:
    """The titles of all laws in the revisions since the file was made, of answers to which it adds
    some.
    """
    made_from = {
        row.record: row.version
        for row in filled.rows(SheetRole.MEASURES)
        if row.position is None and row.version < present.get(row.record, 0)
    }
    found: dict[str, set[str]] = defaultdict(set)
    keys = sorted(made_from)
    for start in range(0, len(keys), BATCH):
        rows = session.execute(
            select(ChainEntry.subject, ChainEntry.version, ChainText.value)
            .join(ChainText, ChainText.entry_id == ChainEntry.id)
            .where(
                ChainEntry.report_id == report_id,
                ChainEntry.subject.in_(keys[start : start + BATCH]),
                ChainText.field.like("measures.%.title"),
            )
        )
        for subject, version, title in rows:
            if title and (version or 0) > made_from[subject]:
                found[subject].add(title)
    return {key: frozenset(titles) for key, titles in found.items()}


class _Reader:
    """The two sides of each record."""

    def __init__(
        self,
        present: Mapping[str, int],
        named: Mapping[str, int],
        links: Links,
        fresh: _Fresh,
        laws_since: Mapping[str, frozenset[str]],
    ) -> None:
        self._present, self._named, self._links, self._fresh = present, named, links, fresh
        self._laws_since = laws_since

    def _link(self, subject: str) -> tuple[int, ChainEntry | None, bool]:
        """The version that the file names, its revision if it is past, whether there is such."""
        version = self._named.get(subject, self._present.get(subject, 0))
        if version in (0, self._present.get(subject, 0)):
            return version, None, True
        link = self._links.get((subject, version))
        return version, link, link is not None

    def answer(
        self, key: str, theirs: ResponseContent | None, frame: TemplateFrame
    ) -> Sides[ResponseContent]:
        """The answer to one commitment."""
        empty = ResponseContent(audience=frame.default_audience)
        version, link, known = self._link(key)
        base = (theirs or empty) if version else empty
        if link is not None:
            base = content_from(link.facts, _texts(link))
        since = self._laws_since.get(key, frozenset())
        return Sides(
            self._present.get(key, 0),
            theirs or empty,
            base,
            known,
            laws_since=since,
            struck=_struck(link),
        )

    def items(self, part: Part, theirs: Mapping[str, Item]) -> dict[str, Sides[Item | None]]:
        """The items of one part, those that the file names and those that stand now."""
        prefix = subject_of(part, "")
        ids = {s.removeprefix(prefix) for s in self._named if s.startswith(prefix)}
        return {
            item_id: self._item(part, item_id, theirs.get(item_id)) for item_id in ids | {*theirs}
        }

    def _item(self, part: Part, item_id: str, theirs: Item | None) -> Sides[Item | None]:
        subject = subject_of(part, item_id)
        version, link, known = self._link(subject)
        base = theirs if version else None
        if link is not None:
            base = item_of_link(link)
        return Sides(
            self._present.get(subject, 0),
            theirs,
            base,
            known,
            ended=subject in self._fresh.ended,
            elsewhere=subject in self._fresh.elsewhere,
            struck=_struck(link),
        )

    def figures(self, slug: str, theirs: Figures) -> Sides[Figures]:
        """The figures of one indicator."""
        version, link, known = self._link(slug)
        base: Figures = theirs if version else {}
        if link is not None:
            base = figures_of_facts(link.facts)
        return Sides(self._present.get(slug, 0), theirs, base, known)


def _texts(link: ChainEntry) -> dict[str, str]:
    """The texts of a revision; those struck out are empty."""
    return {text.field: text.value or "" for text in link.texts}


def _struck(link: ChainEntry | None) -> frozenset[str]:
    """The fields of a past revision that were struck out."""
    return frozenset(text.field for text in link.texts if text.struck_at) if link else frozenset()
