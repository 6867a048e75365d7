"""Contacts, assistance and targets: the tables of a report, one item a row.

One door for values here too: form, workbook and API all come through ``parse_item``.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from tracker.domain import values
from tracker.domain.assistance import Assistance, AssistanceKind, AssistanceStatus, Direction
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.documents import Level, Theme
from tracker.domain.errors import Invalid, Problem
from tracker.domain.item_fields import Part
from tracker.domain.progress import Audience
from tracker.domain.targets import Target

MAX_ITEMS = 200
Item = Contact | Assistance | Target
KINDS: Mapping[Part, type[Contact] | type[Assistance] | type[Target]] = {
    Part.CONTACTS: Contact,
    Part.ASSISTANCE: Assistance,
    Part.TARGETS: Target,
}


def empty_item(part: Part, default_audience: Audience) -> Item:
    """An item that says nothing. Contacts stay with the secretariat unless the State says more."""
    kind = KINDS[part]
    return kind() if part is Part.CONTACTS else kind(audience=default_audience)


def is_decimal(part: Part, name: str) -> bool:
    """Whether a field is a decimal number."""
    return KINDS[part].PARSERS.get(name) is values.parse_decimal


def parse_item(
    part: Part,
    raw: Mapping[str, str | None],
    *,
    default_audience: Audience,
    may_lack: Collection[str] = (),
) -> Item:
    """Read an item from typed texts by field name; ``Invalid`` lists every problem.

    Where no audience came, contacts are for the secretariat and everything else for the
    report's ``default_audience``: never a wider one. What an item needs it ``may_lack`` where it
    was struck out.
    """
    kind, problems, found = KINDS[part], list[Problem](), dict[str, Any]()
    fallback = empty_item(part, default_audience)
    given = {**raw, "audience": (raw.get("audience") or "").strip() or fallback.audience.value}
    for name, parse in kind.PARSERS.items():
        try:
            found[name] = parse(given.get(name), place=name)
        except Invalid as error:
            problems.extend(error.problems)
    wrong = {problem.place for problem in problems}
    item = kind(**found)
    lacking = (n for n in kind.NEEDED if n not in wrong | {*may_lack} and not getattr(item, n))
    problems += [Problem("required", name) for name in lacking]
    problems += [problem for problem in item.problems() if problem.place not in wrong]
    if problems:
        raise Invalid(*problems)
    return item


def facts_of(item: Item) -> dict[str, Any]:
    """The parts of an item that are no free text, ready for canonical JSON."""
    found = {f.name: getattr(item, f.name) for f in fields(item) if f.name not in item.TEXTS}
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def texts_of(item: Item) -> dict[str, str]:
    """The free texts of an item by field; empty ones are left out."""
    return {name: text for name in item.TEXTS if (text := getattr(item, name))}


def item_from(part: Part, facts: Mapping[str, Any], texts: Mapping[str, str]) -> Item:
    """The item again from what ``facts_of`` and ``texts_of`` gave; other facts are left aside."""
    kind = KINDS[part]
    known: dict[str, Any] = {
        name: _typed(part, name, facts[name]) for name in kind.PARSERS if name in facts
    }
    known |= {name: texts.get(name, "") for name in kind.TEXTS}
    return kind(**known)


def _typed(part: Part, name: str, value: Any) -> Any:
    if name == "paragraphs":
        return tuple(value)
    enums = ENUM_FIELDS[part]
    return enums[name](value) if name in enums and value is not None else value


def typed_texts(item: Item) -> dict[str, str]:
    """The item as it would be typed, by field: what ``parse_item`` reads."""
    return {f.name: _as_typed(item.PART, f.name, getattr(item, f.name)) for f in fields(item)}


def _as_typed(part: Part, name: str, value: Any) -> str:
    if value is None:
        return ""
    if is_decimal(part, name):
        return values.typed_decimal(value)
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


ENUM_FIELDS: Mapping[Part, Mapping[str, type[StrEnum]]] = {
    Part.CONTACTS: {"kind": ContactKind, "audience": Audience},
    Part.ASSISTANCE: {
        "direction": Direction,
        "theme": Theme,
        "kind": AssistanceKind,
        "status": AssistanceStatus,
        "audience": Audience,
    },
    Part.TARGETS: {"level": Level, "audience": Audience},
}
