"""Contacts, assistance and targets of all States as long tables, one row an item."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.messages import N_
from tracker.exchange.columns import Column, Columns, Kind, adapted
from tracker.exchange.entries import NAMING, Entry, entry_of
from tracker.exchange.item_columns import ITEM_COLUMNS
from tracker.queries.shown_items import ShownItem, ShownItems


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item; or, without one, how many items of the State are withheld."""

    entry: Entry
    exported: ShownItem | None = None
    withheld: int | None = None

    @property
    def item(self) -> Item | None:
        """What the State says in it."""
        return self.exported.content if self.exported else None


def item_lines(part: Part) -> Callable[[Entry], Iterator[ItemLine]]:
    """From a State in a cycle to its items, then a row that counts those withheld."""

    def lines(entry: Entry) -> Iterator[ItemLine]:
        found = entry.contents.items[part] if entry.contents else ShownItems()
        for exported in found.shown:
            yield ItemLine(entry, exported)
        if found.withheld:
            yield ItemLine(entry, withheld=found.withheld)

    return lines


def _item(line: ItemLine) -> Item | None:
    return line.item


@cache
def item_columns(part: Part) -> Columns[ItemLine]:
    """State and cycle, the columns of the part, and what stands about the item."""
    own: Columns[Any] = ITEM_COLUMNS[part]
    headers = {column.key: column.header for column in own}
    return (
        *(adapted(column, entry_of) for column in NAMING),
        *(adapted(column, _item) for column in own),
        Column(
            "struck_out",
            N_("Struck out"),
            Kind.LABELS,
            14,
            lambda line: _struck(line, headers),
            N_("Parts of which the secretariat struck out a text; empty where there are none."),
        ),
        Column(
            "struck_reasons",
            N_("Why struck out"),
            Kind.TYPED,
            34,
            lambda line: _reasons(line) or None,
            N_("The reasons, one a line, in the order of the parts that were struck out."),
        ),
        Column(
            "withheld",
            N_("Withheld"),
            Kind.NUMBER,
            10,
            lambda line: line.withheld,
            N_(
                "How many more of the State's readers of this file may not see; empty where there "
                "are none."
            ),
        ),
        Column(
            "item",
            N_("Item"),
            Kind.CODE,
            24,
            lambda line: line.exported and line.exported.item_id,
            N_("Key of the item, the same in every file."),
            identifies=True,
        ),
    )


def _struck(line: ItemLine, headers: dict[str, str]) -> tuple[str, ...]:
    return tuple(headers[name] for name in line.exported.struck) if line.exported else ()


def _reasons(line: ItemLine) -> str:
    struck = line.exported.struck.values() if line.exported else ()
    return "\n".join(text.reason for text in struck)
