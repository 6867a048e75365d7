"""What part of a cycle the reader asks for in the address, and that part read."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.domain.documents import Addressee, Commitment, Level, OutcomeDocument, Strength, Theme
from tracker.domain.grid import Grid
from tracker.domain.progress import Audience, Base
from tracker.domain.selection import Selection, areas_of
from tracker.domain.states import Area, State
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.grids import grids_of_cycles
from tracker.queries.states import list_areas, list_states
from tracker.web.public_choices import (
    choice,
    choices,
    chosen_area,
    chosen_base,
    find_document,
    named_cycle,
    one_of,
)
from tracker.web.session import current_actor
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class CycleView:
    """One cycle as this reader sees it, with what was chosen of it.

    ``states`` are the Member States chosen and ``commitments`` those chosen that ask; ``grid``
    holds all of both; ``before`` is the grid of the previous cycle on the same document.
    """

    cycle: CycleRow
    cycles: tuple[CycleRow, ...]
    document: OutcomeDocument
    audience: Audience
    base: Base
    selection: Selection
    areas: tuple[Area, ...]
    members: tuple[State, ...]
    states: tuple[State, ...]
    commitments: tuple[Commitment, ...]
    grid: Grid
    before: Grid | None

    @property
    def codes(self) -> tuple[str, ...]:
        """ISO codes of the States chosen."""
        return tuple(state.iso3 for state in self.states)

    @property
    def paragraphs(self) -> tuple[int, ...]:
        """Paragraphs of the commitments chosen."""
        return tuple(commitment.paragraph for commitment in self.commitments)

    @property
    def kinds(self) -> dict[str, list[StrEnum]]:
        """What commitments that ask can be chosen by, and the choices there are."""
        return kinds_of(self.document)

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The view as it stands in an address, with some things changed (``None`` takes away)."""
        chosen = self.selection
        base = None if self.base is Base.MEMBERS else self.base.value
        found: dict[str, Any] = {
            "slug": self.cycle.slug,
            "base": base,
            "area": chosen.area or None,
            "section": chosen.section or None,
            "theme": chosen.theme,
            "level": chosen.level,
            "strength": list(chosen.strengths) or None,
            "addressee": chosen.addressee,
        }
        return {key: value for key, value in (found | changes).items() if value is not None}


def cycle_view(slug: str, *, with_previous: bool = False) -> CycleView:
    """Read what the address names; ``NotFound`` for the cycle, ``Invalid`` for a wrong choice.

    Ten statements at most.
    """
    cycles = list_cycles(session())
    cycle = named_cycle(cycles, slug)
    same = tuple(row for row in cycles if row.document_slug == cycle.document_slug)
    document = find_document(cycle.document_slug)
    areas = list_areas(session())
    members = tuple(row.state for row in list_states(session(), members_only=True))
    selection = chosen_selection(document, areas)
    audience = audience_of(current_actor())
    wanted = (cycle, *(same[same.index(cycle) + 1 :][:1] if with_previous else ()))
    grids = grids_of_cycles(session(), wanted, [state.iso3 for state in members], audience)
    chosen = set(selection.states(members))
    used = {code for state in members for code in areas_of(state)}
    return CycleView(
        cycle=cycle,
        cycles=same,
        document=document,
        audience=audience,
        base=chosen_base(),
        selection=selection,
        areas=tuple(area for area in areas if area.code in used),
        members=members,
        states=tuple(state for state in members if state.iso3 in chosen),
        commitments=selection.commitments(document),
        grid=grids[0],
        before=grids[1] if len(grids) > 1 else None,
    )


def kinds_of(document: OutcomeDocument) -> dict[str, list[StrEnum]]:
    """What commitments that ask can be chosen by, and the choices there are."""
    asking = [c for c in document.commitments if c.asks_states]
    return {
        "theme": [t for t in Theme if any(t in c.themes for c in asking)],
        "level": [value for value in Level if any(c.level is value for c in asking)],
        "strength": [s for s in Strength if any(c.strength is s for c in asking)],
        "addressee": [a for a in Addressee if any(c.addressee is a for c in asking)],
    }


def chosen_selection(document: OutcomeDocument, areas: Sequence[Area]) -> Selection:
    """The filters of the address: area, section, theme, level, strength (several), addressee."""
    return Selection(
        area=chosen_area(areas),
        section=one_of("section", {s.code: s.code for s in document.sections}),
        theme=choice(Theme, "theme"),
        level=choice(Level, "level"),
        strengths=choices(Strength, "strength"),
        addressee=choice(Addressee, "addressee"),
    )
