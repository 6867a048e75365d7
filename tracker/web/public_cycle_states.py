"""The States behind a figure of a cycle, each with the paragraphs that were counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from tracker.domain.behind import Reporters, StatePairs, pairs_moved, pairs_of_reporting, pairs_with
from tracker.domain.documents import Commitment
from tracker.domain.errors import Invalid, Problem
from tracker.domain.grid import states_in_both
from tracker.domain.movement import Move
from tracker.domain.progress import SHOWN_ORDER, Absence, Base, Distribution, Progress
from tracker.domain.selection import areas_of
from tracker.domain.states import State, StateStatus
from tracker.policy.actions import Action
from tracker.queries.states import list_states
from tracker.web.access import requires
from tracker.web.public_choices import by_name, not_a_choice, only, refuse_state
from tracker.web.public_selection import CycleView, cycle_view
from tracker.web.render import label, page
from tracker.web.transaction import session

Value = Progress | Absence | Move | Reporters
# Where more pairs were counted, each State gets its number, which leads on to its paragraphs.
LISTED_PAIRS = 1_500
# Here all commitments chosen are counted of each State: their numbers say nothing.
WHOLE_REPORTS = (Absence.NOT_REPORTED, *Reporters)
SINCE = (*Move, Reporters.IN_BOTH)  # what compares with the cycle before


@dataclass(frozen=True, slots=True)
class Figure:
    """Which figure it is: of what States, commitments and value; without a value the base."""

    view: CycleView
    value: Value | None
    paragraph: int | None
    state: State | None

    @property
    def paragraphs(self) -> tuple[int, ...]:
        """Those of the commitments chosen; all of them where whole reports are counted."""
        if self.value is Reporters.NOW:
            return self.view.grid.paragraphs
        return tuple(p for p in self.view.paragraphs if self.paragraph in (None, p))

    @property
    def codes(self) -> tuple[str, ...]:
        """ISO codes of the States chosen."""
        return tuple(code for code in self.view.codes if not self.state or self.state.iso3 == code)

    @property
    def leaves_out_paragraph(self) -> bool:
        """Whether the filters leave out the one commitment asked for: then nothing is counted."""
        return self.paragraph is not None and self.paragraph not in self.paragraphs

    @property
    def leaves_out_state(self) -> bool:
        """Whether the filters leave out the one State asked for: then nothing is counted."""
        return self.state is not None and self.state.iso3 not in self.view.codes

    def pairs(self, states: Sequence[str]) -> tuple[StatePairs, ...]:
        """What was counted of these States."""
        view, value = self.view, self.value
        if value is Reporters.NOW:
            return pairs_of_reporting([view.grid], states, self.paragraphs)
        if isinstance(value, Move | Reporters):
            if view.before is None:
                return ()
            if isinstance(value, Reporters):
                return pairs_of_reporting([view.before, view.grid], states, self.paragraphs)
            return pairs_moved(view.before, view.grid, states, self.paragraphs, value)
        values = (value.value,) if value else Distribution({}).keys(view.base)
        return pairs_with(view.grid, states, self.paragraphs, values)

    def size(self, states: Sequence[str]) -> int:
        """The pairs of these States that the figure is a share of."""
        view = self.view
        if isinstance(self.value, Move):
            both = states_in_both(view.before, view.grid) if view.before else ()
            return len(set(both).intersection(states)) * len(self.paragraphs)
        if isinstance(self.value, Reporters):
            return len(states) * len(self.paragraphs)
        return view.grid.distribution(states, self.paragraphs).size(view.base)

    def address(self, **changes: Any) -> str:
        """This page with some things changed."""
        return url_for("public.cycle_states", **self.arguments(**changes))

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The figure as it stands in an address."""
        own = {
            "value": self.value,
            "paragraph": self.paragraph,
            "state": self.state and self.state.iso3,
        }
        return self.view.arguments(**(own | changes))


@dataclass(frozen=True, slots=True)
class Behind:
    """The figure with the Member States that were counted in it, and ``observers`` in no base."""

    figure: Figure
    rows: list[tuple[State, StatePairs]]
    observers: list[tuple[State, StatePairs]]

    @property
    def pairs(self) -> int:
        """How many pairs of Member States were counted."""
        return sum(len(row.paragraphs) for _, row in self.rows)


@requires(Action.PUBLIC_READ)
def cycle_states(slug: str) -> ResponseReturnValue:
    """``?value=``: a value, a move, ``reported`` or ``in_both``; ``?paragraph=25``; ``?state=XAA``.

    Filters and base are those of the overview.
    """
    found = states_behind(slug)
    figure, view = found.figure, found.figure.view
    return page(
        "public/cycle_states.html",
        view=view,
        audience=view.audience,
        figure=figure,
        commitment=_named(view, figure.paragraph),
        rows=[row for _, row in found.rows],
        names={row.iso3: state for state, row in found.rows},
        sizes={row.iso3: figure.size((row.iso3,)) for _, row in found.rows},
        observers=found.observers,
        pairs=found.pairs,
        size=figure.size(figure.codes),
        bases=[base for base in Base if _is_inside(figure.value, base)],
        by_state=found.pairs > LISTED_PAIRS or figure.value in WHOLE_REPORTS,
        in_both=figure.value is Reporters.IN_BOTH,
        rates=figure.value is Reporters.NOW,
        of_moves=isinstance(figure.value, Move),
    )


def states_behind(slug: str) -> Behind:
    """What stands on the page, and in its files."""
    view = cycle_view(slug, with_previous=only("value") in SINCE)
    figure = Figure(view, _chosen_value(view), _chosen_paragraph(view), _chosen_state(view))
    chosen = [state for state in view.states if state.iso3 in figure.codes]
    return Behind(figure, _named_pairs(figure, chosen), _observers(figure))


def _named_pairs(figure: Figure, states: Iterable[State]) -> list[tuple[State, StatePairs]]:
    """Those of these States that were counted, by name."""
    known = {state.iso3: state for state in states}
    found = ((known[row.iso3], row) for row in figure.pairs(tuple(known)))
    return by_name(found, lambda one: dict(one[0].name))


def _named(view: CycleView, paragraph: int | None) -> Commitment | None:
    """The one commitment asked for, also where the filters leave it out."""
    return next((c for c in view.document.commitments if c.paragraph == paragraph), None)


def _chosen_value(view: CycleView) -> Value | None:
    """A value inside the base, or a move where there is a cycle before."""
    raw = only("value")
    choices: list[Value] = [value for value in SHOWN_ORDER if _is_inside(value, view.base)]
    choices += [Reporters.NOW, *(SINCE if view.before else ())]
    for value in choices:
        if value == raw:
            return value
    if not raw:
        return None
    words = {value.value: label(value) for value in choices}
    raise Invalid(not_a_choice("value", raw, words))


def _is_inside(value: Value | None, base: Base) -> bool:
    return value is None or value in Distribution({}).keys(base)


def _chosen_paragraph(view: CycleView) -> int | None:
    raw = only("paragraph")
    if not raw:
        return None
    asked = {str(paragraph): paragraph for paragraph in view.grid.paragraphs}
    if raw not in asked:
        raise Invalid(Problem("paragraph-asks-nothing", "paragraph", {"number": raw[:80]}))
    return asked[raw]


def _chosen_state(view: CycleView) -> State | None:
    raw = only("state").upper()
    found = [state for state in view.members if state.iso3 == raw]
    if raw and not found:
        refuse_state(raw, "state")
    return found[0] if raw else None


def _observers(figure: Figure) -> list[tuple[State, StatePairs]]:
    """Observer States of which the same is true; they stand in no base."""
    area = figure.view.selection.area
    found = [
        row.state
        for row in list_states(session())
        if row.state.status is StateStatus.OBSERVER
        and row.state.iso3 in figure.view.grid.answers
        and (not area or area in areas_of(row.state))
    ]
    return [] if figure.state else _named_pairs(figure, found)
