"""From the rows of the sheets to the answers, laws, items and figures that they are about."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tracker.domain.chain import tagged_hash
from tracker.domain.errors import Problem
from tracker.domain.filled import REMOVE, VALUE, FilledRow, FilledSheet, RefusedRow, SheetRole
from tracker.exchange.importing.cells import Said, SheetReader
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
        self._naming = tuple(slot.key for slot in SLOTS[reader.role] if not slot.entry)
        self._versions: Mapping[str, int] = {
            SheetRole.ANSWERS: identity.answers,
            SheetRole.MEASURES: identity.answers,
            SheetRole.FIGURES: identity.figures,
        }.get(reader.role, identity.items)
        self._seen: set[str] = set()
        self._refused: list[RefusedRow] = []

    def read(self) -> FilledSheet:
        """Every row that says something."""
        read: Callable[[int, Cells], FilledRow | None] = {
            SheetRole.ANSWERS: self._answer,
            SheetRole.MEASURES: self._law,
            SheetRole.FIGURES: self._figure,
        }.get(self._reader.role, self._item)
        rows = (read(number, row) for number, row in self._reader.rows())
        kept = tuple(row for row in rows if row is not None)
        letters = self._reader.letters()
        return FilledSheet(self._reader.raw.name, letters, kept, tuple(self._refused))

    def _said(self, number: int, row: Cells, record: str, place: str = "") -> Said:
        """What a row says; unreadable cells are noted, that of a figure under its place."""
        said = self._reader.said(number, row, self._slots)
        for key, problem in said.wrong.items():
            self._reader.report(problem, number, key, record, place)
        return said

    def _refuse(
        self, problem: Problem | None, said: Said, number: int, row: Cells, key: str,
        record: str = "", place: str = "",
    ) -> None:  # fmt: skip
        """Keep a row that is not read, which a copy must not lose.

        Where nothing of it can be read, that is told already.
        """
        if problem is not None and said.texts:
            self._reader.report(problem, number, key, record, place)
        self._reader.take(number, *self._naming)
        named = {key: self._reader.plain(row, key) for key in self._naming}
        name = named["id"]
        parts = (name, name.partition("#")[0], name.partition("/")[0])
        known = next((part for part in parts if part in self._versions), "")
        version = self._versions.get(known, 0)
        named = {key: text for key, text in named.items() if text}
        self._refused.append(RefusedRow(number, known, version, named, said.texts, said.unread))

    def _take_own(self, number: int, row: Cells, fixed: Mapping[str, str | int]) -> None:
        """The cells that name a row, where they say what they have to: nobody typed there."""
        own = (
            k
            for k, text in fixed.items()
            if _folded(self._reader.plain(row, k)) == _folded(str(text))
        )
        self._reader.take(number, *own)

    def _answer(self, number: int, row: Cells) -> FilledRow | None:
        typed, key = self._reader.plain(row, PARAGRAPH), self._reader.plain(row, "id")
        record = self._expected.keys.get(_digits(typed), "")
        self._take_own(number, row, self._expected.answers.get(record, {}))
        said = self._said(number, row, record or key)
        if not said:
            return None
        if not typed and not key:
            self._stray(said, number, row)
            return None
        problem = self._misplaced(row, record, key)
        if problem is None and self._is_twice(record):
            problem = Problem("paragraph-twice", "", {"number": typed})
        if problem is not None:
            self._refuse(problem, said, number, row, PARAGRAPH, record)
            return None
        version = self._identity.answers.get(record, 0)
        return FilledRow(number, record, version, said.texts, unread=said.unread)

    def _misplaced(self, row: Cells, record: str, key: str) -> Problem | None:
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

    def _stray(self, said: Said, number: int, row: Cells) -> None:
        """A row without a name: words in it would be lost unseen."""
        self._refuse(Problem("row-without-name"), said, number, row, self._slots[0].key)

    def _is_twice(self, name: str) -> bool:
        if name in self._seen:
            return True
        self._seen.add(name)
        return False

    def _law(self, number: int, row: Cells) -> FilledRow | None:
        name = self._reader.plain(row, "id")
        key, _, position = name.partition("#")
        said = self._said(number, row, key)
        if said.texts.get(REMOVE) == "no":
            del said.texts[REMOVE]
        typed = said.texts.get(PARAGRAPH, "")
        record = self._expected.keys.get(_digits(typed), "")
        if key in self._expected.answers:
            self._reader.take(number, "id")
        if not {*said.texts, *said.unread} - {PARAGRAPH}:
            if typed and not key == record != "":  # somebody typed a number, and nothing with it
                self._reader.leave(number, PARAGRAPH)
            if PARAGRAPH in said.unread:
                self._refuse(None, said, number, row, PARAGRAPH, key)
            return None
        problem = None if PARAGRAPH in said.unread else self._law_problem(typed, record, name)
        if problem is not None or PARAGRAPH in said.unread:
            self._refuse(problem, said, number, row, PARAGRAPH, key)
            return None
        del said.texts[PARAGRAPH]
        removed = self._removed(number, said, name)
        if not said and not removed:
            return None
        version = self._identity.answers.get(record, 0)
        at = int(position) if position else None
        return FilledRow(number, record, version, said.texts, at, removed, said.unread)

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
        if ITEM_ID.fullmatch(record):
            self._reader.take(number, "id")
        if not said:
            return None
        record = record or self._new_id(said)
        if not ITEM_ID.fullmatch(record):
            self._refuse(Problem("unknown-row"), said, number, row, self._slots[0].key)
            return None
        removed = self._removed(number, said, record)
        if not said and not removed:
            return None
        if self._is_twice(record):
            if removed:
                said.texts[REMOVE] = YES
            self._refuse(Problem("row-twice"), said, number, row, self._slots[0].key, record)
            return None
        version = self._identity.items.get(record, 0)
        return FilledRow(number, record, version, said.texts, remove=removed, unread=said.unread)

    def _new_id(self, said: Said) -> str:
        """An id for a row written below the empty ones: the same each time the file is read."""
        content = [self._identity.checksum, self._reader.role.value, said.texts or said.unread]
        return tagged_hash(NEW_ITEM_TAG, content)[:ID_LENGTH]

    def _removed(self, number: int, said: Said, record: str) -> bool:
        """Whether the row is to be removed; takes the cell out of what it says."""
        typed = said.texts.pop(REMOVE, "")
        if typed not in ("", YES, "no"):
            allowed = ", ".join(self._reader.cells.words.flag(flag) for flag in (True, False))
            values = {"value": typed[:80], "allowed": allowed}
            self._reader.report(Problem("not-a-choice", "", values), number, REMOVE, record)
            said.unread[REMOVE] = typed
        return typed == YES

    def _figure(self, number: int, row: Cells) -> FilledRow | None:
        name = self._reader.plain(row, "id")
        fixed = self._expected.figures.get(name)
        slug, _, place = name.partition("/")
        self._take_own(number, row, fixed or {})
        said = self._said(number, row, slug, place)
        if not said:
            return None
        if not name:
            self._stray(said, number, row)
            return None
        if fixed is None or self._differs(row, fixed):
            self._refuse(Problem("row-mixed"), said, number, row, VALUE, slug, place)
            return None
        if self._is_twice(name):
            self._refuse(Problem("row-twice"), said, number, row, VALUE, slug, place)
            return None
        texts, unread = _renamed(said.texts, place), _renamed(said.unread, place)
        version = self._identity.figures.get(slug, 0)
        return FilledRow(number, slug, version, texts, unread=unread)

    def _differs(self, row: Cells, fixed: Mapping[str, str | int]) -> bool:
        """Whether a cell that names the row is not its own any more."""
        shown = ((self._reader.plain(row, key), str(text)) for key, text in fixed.items())
        return any(found and _folded(found) != _folded(own) for found, own in shown)


def _renamed(values: Mapping[str, str], place: str) -> dict[str, str]:
    return {place: values[VALUE]} if VALUE in values else {}


def _digits(typed: str) -> str:
    return typed.lstrip("0") if typed.isascii() and typed.isdigit() else ""


def _folded(text: str) -> str:
    return " ".join(text.split())
