"""Contacts, assistance and targets of one submission, as a reader of one level may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.progress import Audience
from tracker.policy.scopes import admitted_audiences
from tracker.queries.item_rows import every_part, item_in, read_parts
from tracker.queries.items import SUBMITTED
from tracker.queries.strikes import StruckText


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item that may be read; ``struck``: what was struck out of it, by field."""

    item_id: str
    content: Item
    struck: Mapping[str, StruckText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownItems:
    """One part of a submission: the items that may be read, in order, and how many may not."""

    shown: tuple[ShownItem, ...] = ()
    withheld: int = 0


def shown_items(
    session: Session,
    submission_id: int,
    audience: Audience,
    struck: Mapping[int, tuple[StruckText, ...]],
) -> dict[Part, ShownItems]:
    """Every part of a submission; items that are withheld are counted and never read.

    ``struck`` is what ``struck_in_submission`` gives.
    """
    found = read_parts(session, shown_rows(audience), {"submission": submission_id})
    return {part: _shown(part, rows, struck) for part, rows in found.items()}


def _shown(
    part: Part,
    rows: Sequence[Row[*tuple[Any, ...]]],
    struck: Mapping[int, tuple[StruckText, ...]],
) -> ShownItems:
    readable = [row for row in rows if row.item_id is not None]
    return ShownItems(
        tuple(
            ShownItem(
                row.item_id,
                item_in(part, row),
                {text.field: text for text in struck.get(row.revision_id, ())},
            )
            for row in readable
        ),
        len(rows) - len(readable),
    )


@cache  # a compiled workbook asks it for every State
def shown_rows(audience: Audience) -> CompoundSelect[*tuple[Any, ...]]:
    """Every item, with nothing but its row id where it is withheld from this level."""
    admitted = admitted_audiences(audience)
    shown = {part: aliased(table) for part, table in SUBMITTED.items()}

    def rows_of(part: Part) -> Select[*tuple[Any, ...]]:
        table, readable = SUBMITTED[part], shown[part]
        of_it = and_(readable.id == table.id, readable.audience.in_(admitted))
        return (
            select(table.id.label("row_id"), readable.item_id, readable.revision_id)
            .outerjoin(readable, of_it)
            .where(table.submission_id == bindparam("submission"))
        )

    return every_part(shown, rows_of)
