"""What a reader chooses in the address of an indicator: year, area, category, State."""

from dataclasses import dataclass
from typing import Any

from tracker.domain.indicators import Category, IndicatorDefinition
from tracker.domain.progress import Audience
from tracker.domain.selection import areas_of
from tracker.domain.states import Area
from tracker.queries.indicator_values import (
    ReturnedValues,
    ShownValues,
    ValueChoice,
    returned_values,
    shown_values,
)
from tracker.queries.kept import kept
from tracker.queries.states import StateRow
from tracker.web.locale import in_language
from tracker.web.public_choices import by_name, chosen_area, one_of, only, refuse_state
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class ValuesView:
    """The values of one indicator as chosen, with the choices there are."""

    definition: IndicatorDefinition
    shown: ShownValues
    areas: tuple[Area, ...]
    categories: tuple[Category, ...]
    rows: tuple[StateRow, ...]

    @property
    def area(self) -> Area | None:
        """The group or region chosen."""
        return next((a for a in self.areas if a.code == self.shown.choice.area), None)

    @property
    def category(self) -> Category | None:
        """The category chosen."""
        code = self.shown.choice.category
        return next((c for c in self.categories if c.code == code), None)

    @property
    def narrowed(self) -> bool:
        """Whether anything is chosen."""
        return self.shown.choice != ValueChoice()

    @property
    def places(self) -> frozenset[str] | None:
        """Codes of the State chosen and its regions, or of the region and its States; else none."""
        chosen = self.shown.choice
        if chosen.state:
            (state,) = [row.state for row in self.rows if row.state.iso3 == chosen.state]
            return frozenset((state.iso3, *areas_of(state)))
        if chosen.area:
            inside = [row.state.iso3 for row in self.rows if chosen.area in areas_of(row.state)]
            return frozenset((chosen.area, *inside))
        return None

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The view as it stands in an address, with some things changed (``None`` takes away)."""
        chosen = self.shown.choice
        found: dict[str, Any] = {
            "slug": self.definition.slug,
            "year": chosen.year,
            "area": chosen.area or None,
            "category": chosen.category or None,
            "state": chosen.state or None,
        }
        return {key: value for key, value in (found | changes).items() if value is not None}


def values_view(definition: IndicatorDefinition, audience: Audience) -> ValuesView:
    """Read and compute what the address names; ``Invalid`` for a wrong choice."""
    read = returned_values(session(), definition, audience=audience)
    counted = tuple(category for category in definition.categories if category.counted)
    choice = _choice(read, counted)

    def compute() -> ShownValues:
        return shown_values(read, choice)

    shown = (
        kept(session(), ("shown values", definition.slug), compute)
        if audience is Audience.PUBLIC and choice == ValueChoice()
        else compute()
    )
    return ValuesView(
        definition=definition,
        shown=shown,
        areas=read.areas,
        categories=counted,
        rows=tuple(by_name(read.rows, lambda row: dict(row.state.name))),
    )


def _choice(read: ReturnedValues, counted: tuple[Category, ...]) -> ValueChoice:
    year = one_of("year", {str(year): str(year) for year in read.years})
    return ValueChoice(
        year=int(year) if year else None,
        area=chosen_area(read.areas),
        category=one_of("category", {c.code: in_language(dict(c.label)) for c in counted}),
        state=_chosen_state(read.rows),
    )


def _chosen_state(rows: tuple[StateRow, ...]) -> str:
    """The ISO code of the State of ``?state``, ``""`` without one; ``Invalid`` if unknown."""
    raw = only("state")
    if raw and raw.upper() not in {row.state.iso3 for row in rows}:
        refuse_state(raw, "state")
    return raw.upper()
