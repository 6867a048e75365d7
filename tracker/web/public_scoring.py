"""The published weighting of reports as a page of method; where switched on, one State by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from flask.typing import ResponseReturnValue

from tracker.domain.scoring import Score, Weighting, score_of
from tracker.domain.states import State
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.grids import grids_of_cycles
from tracker.queries.states import list_states
from tracker.queries.weightings import list_weightings
from tracker.web.access import requires
from tracker.web.public_choices import by_name, chosen_cycle, find_document, only, refuse_state
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class Weighing:
    """What can be weighed, and what was: never more than one State.

    ``weighting`` is ``None`` where the document of the cycle has none.
    """

    weighting: Weighting | None
    cycles: tuple[CycleRow, ...]
    cycle: CycleRow | None
    members: list[State]
    state: State | None
    score: Score | None


@requires(Action.PUBLIC_READ)
def scoring() -> ResponseReturnValue:
    """Weights, maxima and caveats; ``?state=XAA&cycle=…`` where scoring is switched on."""
    is_on = current_app.config["SETTINGS"].scoring
    weightings = list_weightings(session())
    return page(
        "public/scoring.html",
        audience=audience_of(current_actor()),
        weightings=_apart(weightings),
        weighing=_weighing(weightings) if is_on else None,
    )


def _apart(weightings: Sequence[Weighting]) -> list[Weighting]:
    """Each published weighting once, though we may read it for several documents."""
    return list({weighting.source: weighting for weighting in reversed(weightings)}.values())[::-1]


def _weighing(weightings: Sequence[Weighting]) -> Weighing:
    cycles = list_cycles(session())
    cycle = chosen_cycle(cycles)
    members = by_name(
        (row.state for row in list_states(session(), members_only=True)), lambda s: dict(s.name)
    )
    state = _chosen_state(members)
    slug = cycle.document_slug if cycle else ""
    weighting = next((one for one in weightings if one.document == slug), None)
    return Weighing(weighting, cycles, cycle, members, state, _score(weighting, cycle, state))


def _chosen_state(members: list[State]) -> State | None:
    raw = only("state").upper()
    found = next((state for state in members if state.iso3 == raw), None)
    if raw and not found:
        refuse_state(raw, "state")
    return found


def _score(
    weighting: Weighting | None, cycle: CycleRow | None, state: State | None
) -> Score | None:
    if weighting is None or cycle is None or state is None:
        return None
    audience = audience_of(current_actor())
    grid = grids_of_cycles(session(), [cycle], [state.iso3], audience)[0]
    return score_of(weighting, grid, find_document(cycle.document_slug), state.iso3)
