"""The sheets of the offline template and their columns: one list for writing and for reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.domain.filled import REMOVE, VALUE, SheetRole
from tracker.domain.messages import N_
from tracker.exchange.columns import Column, Kind
from tracker.exchange.content_columns import CONTENT_COLUMNS, MEASURE_COLUMNS
from tracker.exchange.item_columns import ITEM_COLUMNS

NOTES = "notes"
PARAGRAPH = "paragraph"
YES = "yes"


@dataclass(frozen=True, slots=True)
class Slot:
    """One column of the template.

    ``entry``: somebody may fill it in; of ``choices`` where there are some. ``clearable``: it
    may be emptied, by the word for it. ``hidden`` columns name the row.
    """

    key: str
    header: str
    kind: Kind
    width: int
    help: str = ""
    choices: Sequence[StrEnum | str] = ()
    entry: bool = True
    clearable: bool = True
    hidden: bool = False


REQUIRED = {
    SheetRole.ANSWERS: ("good_practice", "audience"),
    SheetRole.MEASURES: ("title",),
    SheetRole.ASSISTANCE: ("direction", "theme", "description", "status", "audience"),
    SheetRole.TARGETS: ("statement", "audience"),
    SheetRole.CONTACTS: ("kind", "name", "audience"),
}
SHEET_NAMES: Mapping[SheetRole, str] = {
    SheetRole.ANSWERS: N_("Answers"),
    SheetRole.MEASURES: N_("Laws and instruments"),
    SheetRole.ASSISTANCE: N_("Assistance"),
    SheetRole.TARGETS: N_("Targets"),
    SheetRole.CONTACTS: N_("Contacts"),
    SheetRole.FIGURES: N_("Figures"),
}


def _slots(role: SheetRole, columns: Sequence[Column[Any]]) -> tuple[Slot, ...]:
    return tuple(
        Slot(
            key=column.key,
            header=column.header,
            kind=column.kind,
            width=column.width,
            help=column.help,
            choices=column.choices,
            clearable=column.key not in REQUIRED[role],
        )
        for column in columns
    )


def _fixed(key: str, header: str, width: int, kind: Kind = Kind.CODE) -> Slot:
    return Slot(key, header, kind, width, entry=False)


def _hidden(key: str, header: str) -> Slot:
    return Slot(key, header, Kind.CODE, 12, entry=False, hidden=True)


_REMOVE = Slot(
    REMOVE,
    N_("Remove"),
    Kind.FLAG,
    10,
    N_("Choose Yes to remove the whole row from the report."),
    choices=(YES,),
    clearable=False,
)
_PARAGRAPH = _fixed(PARAGRAPH, N_("Paragraph"), 10, Kind.NUMBER)
_ID = _hidden("id", N_("Key"))


def _item_slots(role: SheetRole) -> tuple[Slot, ...]:
    if role.part is None:
        raise ValueError(role)
    return (*_slots(role, ITEM_COLUMNS[role.part]), _REMOVE, _ID)


SLOTS: Mapping[SheetRole, tuple[Slot, ...]] = {
    SheetRole.ANSWERS: (
        _PARAGRAPH,
        _fixed("section", N_("Section"), 9),
        _fixed("official", N_("Official text"), 58, Kind.TYPED),
        *_slots(SheetRole.ANSWERS, CONTENT_COLUMNS),
        _ID,
    ),
    SheetRole.MEASURES: (
        Slot(
            PARAGRAPH,
            N_("Paragraph"),
            Kind.NUMBER,
            10,
            N_("Number of the paragraph under which the law or instrument is named."),
            clearable=False,
        ),
        *_slots(SheetRole.MEASURES, MEASURE_COLUMNS),
        _REMOVE,
        _ID,
    ),
    SheetRole.ASSISTANCE: _item_slots(SheetRole.ASSISTANCE),
    SheetRole.TARGETS: _item_slots(SheetRole.TARGETS),
    SheetRole.CONTACTS: _item_slots(SheetRole.CONTACTS),
    SheetRole.FIGURES: (
        _fixed("indicator", N_("Indicator"), 12),
        _fixed("year", N_("Year"), 8, Kind.NUMBER),
        _fixed("category", N_("Category"), 40),
        _fixed("input", N_("Figure asked for"), 52),
        Slot(
            VALUE,
            N_("Value"),
            Kind.NUMBER,
            14,
            N_("A whole number from 0. Leave it empty if unknown; unknown is not 0."),
        ),
        _ID,
    ),
}
NOTES_SLOT = Slot(NOTES, N_("Notes of the check"), Kind.TYPED, 60, entry=False)
# which cells of the row held a formula or an error: in a marked copy they are texts
UNREAD_SLOT = _hidden("unread", N_("Cells that cannot be read"))
CHECK_SLOTS = (NOTES_SLOT, UNREAD_SLOT)  # those that a marked copy has at the end of each sheet


def roles_of(sections: Sequence[str] | None) -> tuple[SheetRole, ...]:
    """The sheets of a template: a contributor's holds answers and laws only."""
    return tuple(SheetRole) if sections is None else (SheetRole.ANSWERS, SheetRole.MEASURES)
