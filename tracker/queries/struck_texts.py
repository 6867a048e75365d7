"""Texts of a template or page that were struck out since it was made: they say nothing.

A text struck out has no words left. One that a file or an old page repeats is known by the digest
in the chain, so that nobody brings it back by accident; who means it writes it anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.chain import text_digest
from tracker.domain.filled import FilledRow, FilledSheet, FilledTemplate, SheetRole
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, facts_of, item_from, texts_of
from tracker.domain.responses import ResponseContent, content_from
from tracker.models import ChainEntry, ChainText
from tracker.queries.items import subject_of

TITLE = "title"


@dataclass(frozen=True, slots=True)
class _Struck:
    """One text struck out of a revision, by the field that the chain names."""

    version: int
    field: str
    salt: str
    digest: str

    def is_text(self, version: int, field: str, text: str) -> bool:
        """Whether it is repeated by what was made from this revision or before it."""
        if self.version < version or not self._is_place(version, field):
            return False
        return text_digest(self.salt, text) == self.digest

    def _is_place(self, version: int, field: str) -> bool:
        """Laws change places between revisions; an equal date may belong to another law."""
        if not self.field.startswith("measures.") or self.field.endswith(".adopted_on"):
            return self.field == field and (field.count(".") == 0 or self.version == version)
        part = self.field.rpartition(".")[2]
        return field.startswith("measures.") and field.endswith(f".{part}")


def without_struck(
    session: Session, report_id: int | None, filled: FilledTemplate
) -> FilledTemplate:
    """The template without texts that were struck out; a new law without its name is left out."""
    struck = _struck(session, report_id) if report_id is not None else {}
    if not struck:
        return filled
    sheets = {
        role: replace(sheet, rows=tuple(_rows(role, sheet, struck)))
        for role, sheet in filled.sheets.items()
    }
    return replace(filled, sheets=sheets)


def answer_without_struck(
    session: Session, report_id: int, key: str, version: int, content: ResponseContent
) -> ResponseContent:
    """What a page says that was opened at this version, without what was struck out since."""
    texts = content.texts()
    left = _left(session, report_id, key, version, texts)
    return content if left == texts else content_from(content.facts(), left)


def item_without_struck(
    session: Session, report_id: int, part: Part, item_id: str, version: int, item: Item
) -> Item:
    """The same of a contact, a need, an offer or a target."""
    texts = texts_of(item)
    left = _left(session, report_id, subject_of(part, item_id), version, texts)
    return item if left == texts else item_from(part, facts_of(item), left)


def _left(
    session: Session, report_id: int, subject: str, version: int, texts: Mapping[str, str]
) -> dict[str, str]:
    struck = _struck(session, report_id).get(subject, ())
    return {
        name: text
        for name, text in texts.items()
        if not any(gone.is_text(version, name, text) for gone in struck)
    }


def _struck(session: Session, report_id: int) -> Mapping[str, list[_Struck]]:
    """Every text struck out of an answer or item of the report, by subject."""
    rows = session.execute(
        select(ChainEntry, ChainText)
        .join(ChainText, ChainText.entry_id == ChainEntry.id)
        .where(
            ChainEntry.report_id == report_id,
            ChainEntry.version.is_not(None),
            ChainText.struck_at.is_not(None),
        )
    )
    found: dict[str, list[_Struck]] = defaultdict(list)
    for entry, text in rows:
        digest = entry.digests[text.field]
        found[entry.subject].append(_Struck(entry.version or 0, text.field, text.salt, digest))
    return found


def _rows(
    role: SheetRole, sheet: FilledSheet, struck: Mapping[str, list[_Struck]]
) -> Iterator[FilledRow]:
    for row in sheet.rows:
        subject = subject_of(role.part, row.record) if role.part else row.record
        gone = _repeated(role, row, struck.get(subject, ()))
        if role is SheetRole.MEASURES and row.position is None and TITLE in gone:
            continue
        left = {name: text for name, text in row.texts.items() if name not in gone}
        yield replace(row, texts=left) if gone else row


def _repeated(role: SheetRole, row: FilledRow, struck: Iterable[_Struck]) -> set[str]:
    """The columns of a row whose texts were struck out."""
    lead = f"measures.{row.position}." if role is SheetRole.MEASURES else ""
    return {
        name
        for text in struck
        for name, said in row.texts.items()
        if text.is_text(row.version, f"{lead}{name}", said)
    }
