"""What a reader chooses in the address of an indicator: year, area, category, State, standing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from tracker.domain.errors import Invalid, Problem
from tracker.domain.indicator_counts import StateCount
from tracker.domain.indicator_sums import StateValue
from tracker.domain.indicators import Category, IndicatorDefinition
from tracker.domain.progress import Absence, Audience
from tracker.domain.selection import areas_of
from tracker.domain.states import Area
from tracker.queries.indicator_values import (
    ReturnedValues,
    ShownValues,
    StateLine,
    ValueChoice,
    returned_values,
    shown_values,
)
from tracker.queries.kept import kept
from tracker.queries.states import StateRow
from tracker.web.locale import in_language
from tracker.web.public_choices import by_name, chosen_area, one_of, only, refuse_state
from tracker.web.render import label
from tracker.web.transaction import session

PARTIAL = "partial"  # computable, with a year over some of the categories only
STANDINGS = {
    "computable": None,
    PARTIAL: None,
    "not_computable": Absence.NOT_COMPUTABLE,
    "withheld": Absence.WITHHELD,
}
"""Where a State stands in a sum, as an address says it, and why it is left out of it."""


@dataclass(frozen=True, slots=True)
class ValuesView:
    """The values of one indicator as chosen, with the choices there are.

    ``of`` is the code of a formula or of an input counted, ``standing`` one of ``STANDINGS``: only
    the Member States that stand so in it are listed. Both are empty where all are.
    """

    definition: IndicatorDefinition
    shown: ShownValues
    areas: tuple[Area, ...]
    categories: tuple[Category, ...]
    rows: tuple[StateRow, ...]
    of: str
    standing: str

    @property
    def states(self) -> tuple[StateLine, ...]:
        """The States listed."""
        if not self.of:
            return self.shown.states
        place = list(columns_of(self.definition)).index(self.of)
        return tuple(
            line
            for line in self.shown.states
            if line.member and _stands(line, place, self.standing)
        )

    @property
    def silent(self) -> tuple[StateRow, ...]:
        """The Member States listed that returned nothing."""
        return () if self.of else self.shown.silent

    @property
    def stands(self) -> str:
        """``Sub-indicator A: computable`` where only those are listed."""
        if not self.of:
            return ""
        name = in_language(columns_of(self.definition)[self.of])
        word = standing_words(self.definition, self.of)[self.standing]
        return str(gettext("%(name)s: %(said)s", name=name, said=word))

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
        return self.shown.choice != ValueChoice() or bool(self.of)

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
            "of": self.of or None,
            "value": self.standing or None,
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
    of, standing = _standing(definition)
    return ValuesView(
        definition=definition,
        shown=shown,
        areas=read.areas,
        categories=counted,
        rows=tuple(by_name(read.rows, lambda row: dict(row.state.name))),
        of=of,
        standing=standing,
    )


def _stands(line: StateLine, place: int, standing: str) -> bool:
    """Whether the State stands so in the sum of a column, as ``columns_of`` numbers them."""
    columns: tuple[StateCount | StateValue, ...] = (*line.counts, *line.values)
    found = columns[place]
    return found.absence is STANDINGS[standing] and (standing != PARTIAL or bool(found.partial))


def columns_of(definition: IndicatorDefinition) -> Mapping[str, Mapping[str, str]]:
    """By code the names of the columns: inputs counted for themselves, then values."""
    counts = {code: definition.texts[code] for code in definition.counts}
    return counts | {formula.code: formula.label for formula in definition.formulas}


def standing_words(definition: IndicatorDefinition, of: str) -> dict[str, str]:
    """The words for ``STANDINGS`` of a column; of a count a State knows the figure or not."""
    rest = {
        PARTIAL: gettext("from part of the categories"),
        "withheld": label(Absence.WITHHELD),
    }
    if of in definition.counts:
        return {"computable": gettext("known"), "not_computable": gettext("unknown")} | rest
    not_computable = label(Absence.NOT_COMPUTABLE)
    return {"computable": gettext("computable"), "not_computable": not_computable} | rest


def _standing(definition: IndicatorDefinition) -> tuple[str, str]:
    columns = columns_of(definition)
    of = one_of("of", {code: in_language(dict(name)) for code, name in columns.items()})
    standing = one_of("value", standing_words(definition, of))
    if bool(of) != bool(standing):
        given, missing = ("of", "value") if of else ("value", "of")
        raise Invalid(Problem("needs-another", given, {"given": given, "missing": missing}))
    return of, standing


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
