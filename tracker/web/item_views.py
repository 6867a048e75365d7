"""Contacts, assistance and targets as pages show them: words and labels in the page's language."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from babel.dates import format_date
from flask_babel import gettext
from sqlalchemy.orm import Session

from tracker.domain.contacts import Contact
from tracker.domain.differences import Piece, diff_words
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, is_decimal, typed_texts
from tracker.domain.struck import item_name
from tracker.exchange.item_columns import ITEM_COLUMNS
from tracker.extensions import DAY
from tracker.forms.item import LONG_TEXTS
from tracker.queries.items import ItemRow, items_of
from tracker.web.locale import locale_name
from tracker.web.render import label, write_number

COUNTED = ("women", "men", "amount")
DAY_FIELD = "confirmed_on"
HEADERS = {part: {c.key: c.header for c in columns} for part, columns in ITEM_COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One field that says something, as it is read. ``long``: a text of its own."""

    name: str
    label: str
    text: str
    long: bool


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One field that differs; words kept, added and removed."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class PartTask:
    """One table of a working copy on the task list; ``to_confirm`` counts contacts."""

    part: Part
    rows: int
    to_confirm: int


def field_label(name: str, part: Part) -> str:
    """The words for a field: those of its column."""
    return str(gettext(HEADERS[part][name]))


def item_words(item: Item) -> dict[str, str]:
    """Every field as it is read, by name; empty where nothing is said."""
    typed = typed_texts(item)
    typed |= {name: getattr(item, name) for name in typed if is_decimal(item.PART, name)}
    return {f.name: _word(f.name, getattr(item, f.name), typed[f.name]) for f in fields(item)}


def _word(name: str, value: Any, typed: str) -> str:
    if isinstance(value, StrEnum):
        return label(value)
    if name == DAY_FIELD and value:
        return str(format_date(date.fromisoformat(value), DAY, locale=locale_name()))
    return write_number(value) if name in COUNTED and value is not None else typed


def item_title(item: Item) -> str:
    """What the item is, in a few words of ours."""
    return " · ".join(str(gettext(word)) for word in item_name(item))


def item_lines(item: Item) -> tuple[Line, ...]:
    """The fields that say something, but for its audience and what its title says."""
    said = {"audience", "direction", "theme", "level"}
    if isinstance(item, Contact):
        said.add("kind")
    words = item_words(item)
    return tuple(
        Line(name, field_label(name, item.PART), text, name in LONG_TEXTS)
        for name, text in words.items()
        if text and name not in said
    )


def changed_lines(old: Item | None, new: Item | None) -> tuple[ChangedLine, ...]:
    """Every field that differs, in the order of the form; ``None`` says nothing."""
    known = new or old
    if known is None:
        return ()
    before, after = (item_words(item) if item else {} for item in (old, new))
    return tuple(
        ChangedLine(field_label(f.name, known.PART), diff_words(*pair))
        for f in fields(known)
        for pair in ((before.get(f.name, ""), after.get(f.name, "")),)
        if pair[0] != pair[1]
    )


def to_confirm(row: ItemRow, today: date) -> bool:
    """Whether it is a contact that the State should look at again."""
    return isinstance(row.content, Contact) and row.content.to_confirm(today)


def part_tasks(session: Session, report_id: int, today: date) -> tuple[PartTask, ...]:
    """The three tables of a working copy with their counts."""
    return tuple(
        PartTask(part, len(rows), sum(to_confirm(row, today) for row in rows))
        for part, rows in items_of(session, report_id).items()
    )
