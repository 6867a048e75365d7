"""From the rows of the sheets to the answers, laws, items and figures that they are about."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tracker.domain.chain import tagged_hash
from tracker.domain.errors import Problem
from tracker.domain.filled import REMOVE, TYPED, VALUE, FilledRow, FilledSheet, SheetRole
from tracker.exchange.importing.cells import SheetReader
from tracker.exchange.raw import RawCell
from tracker.exchange.template_columns import PARAGRAPH, SLOTS, YES
from tracker.exchange.template_identity import Identity

NEW_ITEM_TAG = "tracker/new-item/1"
ID_LENGTH = 22
ITEM_ID = re.compile(rf"[A-Za-z0-9_-]{{{ID_LENGTH}}}")
Fixed = Mapping[str, Mapping[str, str | int]]
Cells = Mapping[int, RawCell]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the rows of a template must say of themselves, by commitment and by figure.

    ``keys`` are those of the commitments by paragraph.
    """

    answers: Fixed
    figures: Fixed
    keys: Mapping[str, str]


class RowsReader:
    """Reads the rows of one sheet, each named once."""

    def __init__(self, reader: SheetReader, identity: Identity, expected: Expected) -> None:
        self._reader, self._identity, self._expected = reader, identity, expected
        self._slots = tuple(slot for slot in SLOTS[reader.role] if slot.entry)
        self._seen: set[str] = set()

    def read(self) -> FilledSheet:
        """Every row that says something."""
        read: Callable[[int, Cells], FilledRow | None] = {
            SheetRole.ANSWERS: self._answer,
            SheetRole.MEASURES: self._law,
            SheetRole.FIGURES: self._figure,
        }.get(self._reader.role, self._item)
        rows = (read(number, row) for number, row in self._reader.rows())
        kept = tuple(row for row in rows if row is not None)
        return FilledSheet(self._reader.raw.name, self._reader.letters(), kept)

    def _said(self, number: int, row: Cells, record: str) -> dict[str, str] | None:
        """What a row says; ``None`` where that is nothing. Unreadable cells are noted."""
        said, wrong = self._reader.texts(number, row, self._slots)
        for key, problem in wrong.items():
            self._reader.report(problem, number, key, record)
        return said or None

    def _answer(self, number: int, row: Cells) -> FilledRow | None:
        typed, key = self._reader.plain(row, PARAGRAPH), self._reader.plain(row, "id")
        record = self._expected.keys.get(_digits(typed), "")
        if not typed and not key:
            self._stray(number, row)
            return None
        said = self._said(number, row, record or key)
        if said is None:
            return None
        problem = self._misplaced(number, row, record, key)
        if problem is None and self._is_twice(record):
            problem = Problem("paragraph-twice", "", {"number": typed})
        if problem is not None:
            self._refuse(problem, said, number, PARAGRAPH, record)
            return None
        return FilledRow(number, record, self._identity.answers.get(record, 0), said)

    def _refuse(
        self, problem: Problem, said: Mapping[str, str], number: int, key: str, record: str = ""
    ) -> None:
        """Note a row that is not read with what was typed in it, which a copy must not lose."""
        typed = "\n".join(filter(None, said.values()))
        values = {**problem.values, TYPED: typed}
        self._reader.report(replace(problem, values=values), number, key, record)

    def _misplaced(self, number: int, row: Cells, record: str, key: str) -> Problem | None:
        """Why the row is not that of its paragraph."""
        typed = self._reader.plain(row, PARAGRAPH)
        fixed = self._expected.answers.get(record)
        if typed and fixed is None:
            return Problem("unknown-paragraph", "", {"value": typed[:80]})
        if fixed is None or key and key != record:
            return Problem("row-mixed")
        official = self._reader.plain(row, "official")
        if official and _folded(official) != _folded(str(fixed["official"])):
            return Problem("official-text-differs", "", {"number": typed})
        return None

    def _stray(self, number: int, row: Cells) -> None:
        """A row without a name: words in it would be lost unseen."""
        said = self._said(number, row, "")
        if said is not None:
            self._refuse(Problem("row-without-name"), said, number, self._slots[0].key)

    def _is_twice(self, name: str) -> bool:
        if name in self._seen:
            return True
        self._seen.add(name)
        return False

    def _law(self, number: int, row: Cells) -> FilledRow | None:
        name = self._reader.plain(row, "id")
        said = self._said(number, row, name.partition("#")[0])
        if said is None:
            return None
        typed = said.pop(PARAGRAPH, "")
        removed = self._removed(number, said, name)
        if not said and not removed:
            return None
        record = self._expected.keys.get(_digits(typed), "")
        key, _, position = name.partition("#")
        problem = self._law_problem(typed, record, name)
        if problem is not None:
            self._refuse(problem, {PARAGRAPH: typed, **said}, number, PARAGRAPH, key)
            return None
        version = self._identity.answers.get(record, 0)
        at = int(position) if position else None
        return FilledRow(number, record, version, said, at, removed)

    def _law_problem(self, typed: str, record: str, name: str) -> Problem | None:
        if not typed:
            return Problem("paragraph-needed")
        if not record:
            return Problem("unknown-paragraph", "", {"value": typed[:80]})
        if name and not re.fullmatch(rf"{re.escape(record)}#[0-9]{{1,3}}", name):
            return Problem("row-mixed")
        return Problem("row-twice") if name and self._is_twice(name) else None

    def _item(self, number: int, row: Cells) -> FilledRow | None:
        record = self._reader.plain(row, "id")
        said = self._said(number, row, record)
        if said is None:
            return None
        record = record or self._new_id(said)
        if not ITEM_ID.fullmatch(record):
            self._refuse(Problem("unknown-row"), said, number, self._slots[0].key)
            return None
        removed = self._removed(number, said, record)
        if not said and not removed:
            return None
        if self._is_twice(record):
            self._refuse(Problem("row-twice"), said, number, self._slots[0].key, record)
            return None
        version = self._identity.items.get(record, 0)
        return FilledRow(number, record, version, said, remove=removed)

    def _new_id(self, said: Mapping[str, str]) -> str:
        """An id for a row written below the empty ones: the same each time the file is read."""
        content = [self._identity.checksum, self._reader.role.value, dict(said)]
        return tagged_hash(NEW_ITEM_TAG, content)[:ID_LENGTH]

    def _removed(self, number: int, said: dict[str, str], record: str) -> bool:
        """Whether the row is to be removed; takes the cell out of what it says."""
        typed = said.pop(REMOVE, "")
        if typed not in ("", YES, "no"):
            allowed = ", ".join(self._reader.cells.words.flag(flag) for flag in (True, False))
            values = {"value": typed[:80], "allowed": allowed}
            self._reader.report(Problem("not-a-choice", "", values), number, REMOVE, record)
        return typed == YES

    def _figure(self, number: int, row: Cells) -> FilledRow | None:
        name = self._reader.plain(row, "id")
        fixed = self._expected.figures.get(name)
        slug, _, place = name.partition("/")
        if not name:
            self._stray(number, row)
            return None
        said, wrong = self._reader.texts(number, row, self._slots)
        for problem in wrong.values():
            self._reader.report(problem, number, VALUE, slug, place)
        if not said:
            return None
        if fixed is None or self._differs(row, fixed):
            self._reader.report(Problem("row-mixed"), number, VALUE, slug, place)
            return None
        if self._is_twice(name):
            self._reader.report(Problem("row-twice"), number, VALUE, slug, place)
            return None
        version = self._identity.figures.get(slug, 0)
        return FilledRow(number, slug, version, {place: said[VALUE]})

    def _differs(self, row: Cells, fixed: Mapping[str, str | int]) -> bool:
        """Whether a cell that names the row is not its own any more."""
        shown = ((self._reader.plain(row, key), str(text)) for key, text in fixed.items())
        return any(found and _folded(found) != _folded(own) for found, own in shown)


def _digits(typed: str) -> str:
    return typed.lstrip("0") if typed.isascii() and typed.isdigit() else ""


def _folded(text: str) -> str:
    return " ".join(text.split())
