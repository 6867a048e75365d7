"""Texts of a template that were struck out since it was made: they say nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.chain import text_digest
from tracker.domain.filled import FilledRow, FilledSheet, FilledTemplate, PlacedProblem, SheetRole
from tracker.domain.items import KINDS
from tracker.models import ChainEntry, NationalReport
from tracker.queries.items import subject_of
from tracker.queries.struck_texts import TITLE, StruckWords, struck_texts


def without_struck(
    session: Session, state_id: int, report_id: int | None, filled: FilledTemplate
) -> FilledTemplate:
    """The template without texts that were struck out; a new law without its name is left out.

    Also out of the reports of other cycles, from which it may have been pasted; and without those
    of cells that are kept for the marked copy alone.
    """
    reports = select(NationalReport.id).where(NationalReport.state_id == state_id)
    found = tuple(struck_texts(session, ChainEntry.report_id.in_(reports)))
    if not found:
        return filled
    out = _StruckOut(found, report_id, filled.made_at)
    left = {role: out.left_of(role, sheet) for role, sheet in filled.sheets.items()}
    gone = (place for role, sheet in filled.sheets.items() for place in _gone(sheet, left[role]))
    return replace(
        filled,
        sheets=left,
        left_out=(*filled.left_out, *gone),
        problems=tuple(out.not_quoted(placed) for placed in filled.problems),
        leftovers=tuple(part for part in filled.leftovers if not out.is_loose(part.text)),
    )


def _gone(sheet: FilledSheet, left: FilledSheet) -> Iterator[tuple[str, str]]:
    """Sheet and cell of each text that is no longer there."""
    kept = {row.number: row.texts for row in left.rows}
    for row in sheet.rows:
        for name in row.texts:
            if name not in kept.get(row.number, ()):
                yield sheet.name, sheet.cell(row, name)


@dataclass(frozen=True, slots=True)
class _StruckOut:
    """What was struck out of the reports of a State, by subject; ``report_id`` is the file's."""

    every: tuple[tuple[str, StruckWords], ...]
    report_id: int | None
    made_at: datetime | None

    def left_of(self, role: SheetRole, sheet: FilledSheet) -> FilledSheet:
        """What is left of a sheet."""
        refused = (
            replace(
                row,
                named=self._not_loose(row.named),
                texts=self._not_loose(row.texts),
                unread=self._not_loose(row.unread),
            )
            for row in sheet.refused
        )
        return replace(sheet, rows=tuple(self._rows(role, sheet)), refused=tuple(refused))

    def _rows(self, role: SheetRole, sheet: FilledSheet) -> Iterator[FilledRow]:
        for row in sheet.rows:
            gone = self._repeated(role, row)
            if role is SheetRole.MEASURES and row.position is None and TITLE in gone:
                continue
            left = {name: text for name, text in row.texts.items() if name not in gone}
            yield replace(row, texts=left, unread=self._not_loose(row.unread))

    def _repeated(self, role: SheetRole, row: FilledRow) -> set[str]:
        """The columns of a row whose texts were struck out since it was made."""
        lead = f"measures.{row.position}." if role is SheetRole.MEASURES else ""
        texts = {f"{lead}{name}": said for name, said in row.texts.items()}
        return {
            name
            for gone, same in self._of(role, row)
            for name in row.texts
            if gone.is_text(f"{lead}{name}", texts, same_version=same)
        }

    def _of(self, role: SheetRole, row: FilledRow) -> Iterator[tuple[StruckWords, bool]]:
        """What was struck out of this record since the file was made, and whether of the version
        that it was made from. A row that is new in the file may be any other of its name, pasted.
        """
        subject = subject_of(role.part, row.record) if role.part else row.record
        others = subject_of(role.part, "") if role.part and not row.version else None
        name = row.texts.get(KINDS[role.part].TEXTS[0], "") if role.part else ""
        for place, gone in self.every:
            own, since = gone.report_id == self.report_id, self._is_since(gone)
            if place == subject and (since or own and gone.version >= row.version):
                yield gone, own and gone.version == row.version
            elif since and others and place.startswith(others) and gone.is_of(name):
                yield gone, False

    def _is_since(self, gone: StruckWords) -> bool:
        return self.made_at is not None and gone.at > self.made_at

    def is_loose(self, text: str) -> bool:
        """Whether a text without a place is any of those struck out since the file was made."""
        return any(
            text_digest(gone.salt, text) == gone.digest
            for _, gone in self.every
            if self._is_since(gone)
        )

    def not_quoted(self, placed: PlacedProblem) -> PlacedProblem:
        """What is wrong with a cell, which may say what was typed there."""
        told = placed.problem.values
        left = self._not_loose({name: said for name, said in told.items() if isinstance(said, str)})
        values = {name: left.get(name, "") if isinstance(v, str) else v for name, v in told.items()}
        return replace(placed, problem=replace(placed.problem, values=values))

    def _not_loose(self, texts: Mapping[str, str]) -> dict[str, str]:
        return {name: text for name, text in texts.items() if not self.is_loose(text)}
