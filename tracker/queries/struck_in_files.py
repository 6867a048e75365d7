"""Texts of a template that were struck out since it was made: they say nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from tracker.domain.filled import FilledRow, FilledSheet, FilledTemplate, SheetRole
from tracker.models import ChainEntry
from tracker.queries.items import subject_of
from tracker.queries.struck_texts import TITLE, StruckText, struck_texts


def without_struck(
    session: Session, report_id: int | None, filled: FilledTemplate
) -> FilledTemplate:
    """The template without texts that were struck out; a new law without its name is left out."""
    struck: dict[str, list[StruckText]] = defaultdict(list)
    for subject, gone in struck_texts(session, ChainEntry.report_id == report_id):
        struck[subject].append(gone)
    if not struck:
        return filled
    sheets = {
        role: replace(sheet, rows=tuple(_rows(role, sheet, struck)))
        for role, sheet in filled.sheets.items()
    }
    return replace(filled, sheets=sheets)


def _rows(
    role: SheetRole, sheet: FilledSheet, struck: Mapping[str, list[StruckText]]
) -> Iterator[FilledRow]:
    for row in sheet.rows:
        subject = subject_of(role.part, row.record) if role.part else row.record
        gone = _repeated(role, row, struck.get(subject, ()))
        if role is SheetRole.MEASURES and row.position is None and TITLE in gone:
            continue
        left = {name: text for name, text in row.texts.items() if name not in gone}
        yield replace(row, texts=left) if gone else row


def _repeated(role: SheetRole, row: FilledRow, struck: Iterable[StruckText]) -> set[str]:
    """The columns of a row whose texts were struck out of its version or a later one."""
    lead = f"measures.{row.position}." if role is SheetRole.MEASURES else ""
    texts = {f"{lead}{name}": said for name, said in row.texts.items()}
    return {
        name
        for gone in struck
        for name in row.texts
        if gone.version >= row.version
        and gone.is_text(f"{lead}{name}", texts, same_version=gone.version == row.version)
    }
