"""The three tables of items read in one statement.

Each table has columns of its own, so a row has those of all three: its own are filled.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, cast, literal, null, union_all
from sqlalchemy.orm import Session

from tracker.domain.item_fields import Part
from tracker.domain.items import KINDS, Item

_COLUMNS = {
    part: tuple((field.name, f"{part}_{field.name}") for field in fields(kind))
    for part, kind in KINDS.items()
}


def every_part(
    tables: Mapping[Part, Any], rows_of: Callable[[Part], Select[*tuple[Any, ...]]]
) -> CompoundSelect[*tuple[Any, ...]]:
    """Everything that ``rows_of`` selects, ``row_id`` among it, with the fields of ``tables``."""
    return union_all(
        *(
            rows_of(part).add_columns(literal(part.value).label("part"), *_fields(tables, part))
            for part in Part
        )
    ).order_by("row_id")


def _fields(tables: Mapping[Part, Any], own: Part) -> Iterable[Any]:
    for part, table in tables.items():
        for name, label in _COLUMNS[part]:
            column = getattr(table, name)
            yield (column if part is own else cast(null(), column.type)).label(label)


def read_parts(
    session: Session, query: CompoundSelect[*tuple[Any, ...]], values: Mapping[str, Any]
) -> dict[Part, list[Row[*tuple[Any, ...]]]]:
    """The rows of a query of ``every_part`` by part, in the order of their ids."""
    found: dict[Part, list[Row[*tuple[Any, ...]]]] = {part: [] for part in Part}
    for row in session.execute(query, values):
        found[Part(row.part)].append(row)
    return found


def item_in(part: Part, row: Row[*tuple[Any, ...]]) -> Item:
    """The item that a row of ``every_part`` holds."""
    held = row._mapping
    values: dict[str, Any] = {name: held[label] for name, label in _COLUMNS[part]}
    if "paragraphs" in values:
        values["paragraphs"] = tuple(values["paragraphs"])
    return KINDS[part](**values)
