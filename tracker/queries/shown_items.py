"""Contacts, assistance and targets of one submission, as a reader of one level may see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.progress import Audience
from tracker.models import ChainText
from tracker.policy.scopes import admitted_audiences
from tracker.queries.items import SUBMITTED, content_of_item
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


def shown_items(session: Session, submission_id: int, audience: Audience) -> dict[Part, ShownItems]:
    """Every part of a submission; items that are withheld are counted and never read."""
    of = {"submission": submission_id}
    counted = session.execute(_counts(audience), of).one()._mapping
    rows = {
        part: session.scalars(_shown(part, audience), of).all() if counted[part.value] else ()
        for part in Part
    }
    struck: dict[int, dict[str, StruckText]] = {}
    if any(rows.values()):
        for text in session.scalars(_STRUCK, of):
            if text.struck_at is not None:
                gone = StruckText(text.field, text.struck_at, text.struck_reason or "")
                struck.setdefault(text.entry_id, {})[text.field] = gone
    return {
        part: ShownItems(
            tuple(
                ShownItem(row.item_id, content_of_item(part, row), struck.get(row.revision_id, {}))
                for row in found
            ),
            counted[f"{part}_withheld"],
        )
        for part, found in rows.items()
    }


# These are built once: a compiled workbook asks each of them for every State.
@cache
def _shown(part: Part, audience: Audience) -> Select[Any]:
    table = SUBMITTED[part]
    return (
        select(table)
        .where(
            table.submission_id == bindparam("submission"),
            _audience(part).in_(admitted_audiences(audience)),
        )
        .order_by(table.id)
    )


@cache
def _counts(audience: Audience) -> Select[*tuple[Any, ...]]:
    """One row: how many items of each part a reader of this level may see, and may not."""
    admitted = admitted_audiences(audience)
    return select(
        *(
            select(func.count())
            .select_from(table)
            .where(table.submission_id == bindparam("submission"), condition)
            .scalar_subquery()
            .label(name)
            for part, table in SUBMITTED.items()
            for name, condition in (
                (part.value, _audience(part).in_(admitted)),
                (f"{part}_withheld", _audience(part).not_in(admitted)),
            )
        )
    )


def _audience(part: Part) -> Any:
    return SUBMITTED[part].__table__.c.audience


_STRUCK = (
    select(ChainText)
    .where(
        ChainText.struck_at.is_not(None),
        ChainText.entry_id.in_(
            union_all(
                *(
                    select(table.revision_id).where(table.submission_id == bindparam("submission"))
                    for table in SUBMITTED.values()
                )
            )
        ),
    )
    .order_by(ChainText.id)
)
