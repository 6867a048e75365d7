"""Values of indicators that others published."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain import published
from tracker.models import Area, PublishedValue, State


def published_values(session: Session, indicator: str) -> tuple[published.PublishedValue, ...]:
    """Every value of one indicator: regions in their order, then States by ISO code, by year."""
    rows = session.execute(
        select(PublishedValue, State, Area)
        .outerjoin(State, State.id == PublishedValue.state_id)
        .outerjoin(Area, Area.code == PublishedValue.area_code)
        .where(PublishedValue.indicator == indicator)
        .order_by(
            State.iso3.is_not(None),
            Area.position,
            State.iso3,
            PublishedValue.year_from,
            PublishedValue.year_to,
            PublishedValue.source,
        )
    )
    return tuple(_value(row, state, area) for row, state, area in rows)


def _value(row: PublishedValue, state: State | None, area: Area | None) -> published.PublishedValue:
    if state is not None:
        name, iso3, m49 = state.name, state.iso3, state.m49
    elif area is not None:
        name, iso3, m49 = area.name, "", area.code
    else:
        raise LookupError(f"published value {row.id} is of nowhere")
    return published.PublishedValue(
        name=name,
        iso3=iso3,
        m49=m49,
        year_from=row.year_from,
        year_to=row.year_to,
        value=Decimal(row.value),
        source=row.source,
        footnote=row.footnote,
    )
