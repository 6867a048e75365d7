"""Contacts, assistance and targets of one State, laid out on the grid of its report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.item_fields import Part
from tracker.domain.messages import N_
from tracker.domain.progress import Absence
from tracker.exchange.columns import Column, Kind, renderer
from tracker.exchange.details import STRUCK
from tracker.exchange.item_columns import CONTACT_COLUMNS, ITEM_COLUMNS
from tracker.exchange.report_rows import Box, lines_of, write_boxes
from tracker.exchange.report_sheet import COMMITMENT_AT, DETAILS_AT
from tracker.exchange.template_items import CONTACT_ITEMS, GENERATION
from tracker.exchange.words import Words
from tracker.exchange.workbook import Sheet
from tracker.queries.shown_items import ShownItem, ShownItems

OF_A_BODY = ("women", "men")
FIRST_BOX = COMMITMENT_AT + 1


@dataclass(frozen=True, slots=True)
class Place:
    """Which fields of an item stand in which columns of the grid.

    One field stands there alone under its own header; several are listed by name.
    """

    first: int
    last: int
    header: str
    keys: tuple[str, ...]


SERVES = N_("What it is for")
PLACES: Mapping[Part, tuple[Place, ...]] = {
    Part.ASSISTANCE: (
        Place(0, 0, N_("Needed or offered"), ("direction",)),
        Place(COMMITMENT_AT, COMMITMENT_AT, N_("Description"), ("description",)),
        Place(FIRST_BOX, DETAILS_AT - 1, SERVES, ("theme", "kind", "paragraphs")),
        Place(
            DETAILS_AT,
            DETAILS_AT,
            N_("Details"),
            ("amount", "currency", "partner", "status", "audience"),
        ),
    ),
    Part.TARGETS: (
        Place(0, 0, N_("Level"), ("level",)),
        Place(COMMITMENT_AT, COMMITMENT_AT, N_("Target"), ("statement",)),
        Place(FIRST_BOX, DETAILS_AT - 1, N_("Measure"), ("baseline", "value", "unit", "year")),
        Place(DETAILS_AT, DETAILS_AT, N_("Details"), ("paragraphs", "audience")),
    ),
}


def write_contacts(sheet: Sheet, items: ShownItems) -> None:
    """The coordination body and the points of contact, a field a row as in the template."""
    words = sheet.book.words
    sheet.may_break()
    sheet.line(words.label(Part.CONTACTS), "band")
    for kind in ContactKind:
        for item in contacts_of(items, kind):
            _write_contact(sheet, kind, item)
        if not contacts_of(items, kind):
            _row(sheet, _source(words, kind), words.label(kind), absence_words(words, items))
    _write_withheld(sheet, items)


def contacts_of(items: ShownItems, kind: ContactKind) -> list[ShownItem]:
    """The contacts of one kind that may be read."""
    return [
        item
        for item in items.shown
        if isinstance(item.content, Contact) and item.content.kind is kind
    ]


def absence_words(words: Words, items: ShownItems) -> str:
    """Why nothing of a kind is shown: which kind a withheld item is of, nobody is told."""
    if items.withheld:
        return words(N_("Withheld or not reported"))
    return words.label(Absence.NOT_REPORTED)


def withheld_words(words: Words, items: ShownItems) -> str:
    """How many items readers of the file may not see; ``""`` where they may see all."""
    if not items.withheld:
        return ""
    return words(N_("Withheld from readers of this file: %(count)s"), count=items.withheld)


def contact_line(words: Words, item: ShownItem) -> str:
    """One contact in one line: what was given of name, position, organisation and e-mail."""
    keys = ("name", "position", "organisation", "email")
    columns = [column for column in CONTACT_COLUMNS if column.key in keys]
    found = (_said(words, column, item) for column in columns)
    return ", ".join(text for text in found if text)


def _write_contact(sheet: Sheet, kind: ContactKind, item: ShownItem) -> None:
    words = sheet.book.words
    sheet.may_break()
    _row(sheet, _source(words, kind), words.label(kind), _field(words, _NAME, item), "band")
    for column in CONTACT_COLUMNS:
        of_body = column.key not in OF_A_BODY or kind is ContactKind.COORDINATION_BODY
        if column.key not in ("kind", "name") and of_body:
            style = "boxed_value" if column.kind is Kind.TYPED else "boxed"
            _row(sheet, "", words(column.header), _field(words, column, item), style)


_NAME = next(column for column in CONTACT_COLUMNS if column.key == "name")


def _source(words: Words, kind: ContactKind) -> str:
    return words.named(words(GENERATION), CONTACT_ITEMS[kind])


def _row(sheet: Sheet, source: str, name: str, text: str, style: str = "boxed") -> None:
    head = "band" if style == "band" else "boxed"
    boxes = (
        Box(0, 0, source, head),
        Box(COMMITMENT_AT, COMMITMENT_AT, name, head),
        Box(FIRST_BOX, DETAILS_AT, text, style),
    )
    write_boxes(sheet, boxes, lines_of(sheet, boxes))


def write_items(sheet: Sheet, part: Part, items: ShownItems) -> None:
    """Needs and offers, or targets: an item a row under a header of their own."""
    words = sheet.book.words
    sheet.may_break()
    sheet.line(words.label(part), "band")
    if items.shown:
        heads = [Box(p.first, p.last, words(p.header), "header") for p in PLACES[part]]
        write_boxes(sheet, heads, lines_of(sheet, heads))
    for number, item in enumerate(items.shown):
        if number:
            sheet.may_break()
        boxes = [_box(words, part, place, item) for place in PLACES[part]]
        write_boxes(sheet, boxes, lines_of(sheet, boxes))
    if not items.shown and not items.withheld:
        sheet.line(words.label(Absence.NOT_REPORTED), "note")
    _write_withheld(sheet, items)


def _write_withheld(sheet: Sheet, items: ShownItems) -> None:
    text = withheld_words(sheet.book.words, items)
    if text:
        sheet.line(text, "note")


def _box(words: Words, part: Part, place: Place, item: ShownItem) -> Box:
    columns = [column for column in ITEM_COLUMNS[part] if column.key in place.keys]
    if len(columns) == 1:
        text = _field(words, columns[0], item)
    else:
        text = "\n".join(_named(words, column, item) for column in columns)
    return Box(place.first, place.last, text, "boxed_value")


def _named(words: Words, column: Column[Any], item: ShownItem) -> str:
    said = _field(words, column, item)
    return words.named(words(column.header), said)


def _field(words: Words, column: Column[Any], item: ShownItem) -> str:
    """What an item says in one field, or why it says nothing."""
    return _said(words, column, item) or words.label(Absence.NOT_ANSWERED)


def _said(words: Words, column: Column[Any], item: ShownItem) -> str:
    value = renderer(column, words)(item.content)
    parts = ["" if value is None else str(value)]
    if column.key in item.struck:
        parts.append(words(STRUCK, reason=item.struck[column.key].reason))
    return " ".join(part for part in parts if part)
