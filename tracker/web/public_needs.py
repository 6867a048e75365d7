"""The public page of needs and offers: listed, chosen in the address, matched with one another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from math import ceil
from typing import Any

from flask.typing import ResponseReturnValue

from tracker.domain.assistance import AssistanceKind, AssistanceStatus, Direction
from tracker.domain.documents import OutcomeDocument, Theme
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.needs import (
    AssistanceChoice,
    counts_by_theme,
    currency_sums,
    matches_of,
    not_ended,
    same_kind,
)
from tracker.domain.progress import Audience
from tracker.domain.selection import areas_of
from tracker.domain.states import Area
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.needs import (
    AssistanceOfCycle,
    ListedAssistance,
    ReportingState,
    assistance_of_cycle,
)
from tracker.queries.states import list_areas
from tracker.web.access import requires
from tracker.web.public_choices import (
    by_name,
    choice,
    chosen_area,
    chosen_cycle,
    chosen_page,
    find_document,
    only,
)
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.transaction import session

ROWS_A_PAGE = 40
THEMES, DIRECTIONS = list(Theme), list(Direction)


@dataclass(frozen=True)
class NeedsView:
    """Needs and offers of one cycle as a reader of one level sees them, and what was chosen.

    ``every`` holds all of them; ``rows`` those chosen, or those that meet ``matched``, in the
    order in which they are listed.
    """

    cycle: CycleRow
    cycles: tuple[CycleRow, ...]
    document: OutcomeDocument
    audience: Audience
    areas: tuple[Area, ...]
    chosen: AssistanceChoice
    every: AssistanceOfCycle
    matched: ListedAssistance | None

    @cached_property
    def rows(self) -> tuple[ListedAssistance, ...]:
        """Those listed: by theme, needs before offers, by State; matches of the same kind first."""
        if self.matched:
            return matches_of(self.matched, by_name(self.every.rows, _name))
        found = by_name((row for row in self.every.rows if self.chosen.takes(row)), _name)
        return tuple(sorted(found, key=_place))

    @property
    def counted(self) -> tuple[ListedAssistance, ...]:
        """Those of Member States that have not ended: what every count and sum is made of."""
        return not_ended(row for row in self.rows if row.is_member)

    @property
    def ended(self) -> int:
        """How many listed of Member States are completed or withdrawn, and in no count."""
        return sum(row.is_member for row in self.rows) - len(self.counted)

    @property
    def withheld(self) -> int:
        """How many of the States chosen are not for this reader, whatever they are about."""
        return sum(row.withheld for row in self.states)

    @property
    def states(self) -> tuple[ReportingState, ...]:
        """The reporting States chosen."""
        return tuple(row for row in self.every.states if self.chosen.takes_state(row.state))

    def matches(self, one: ListedAssistance) -> tuple[int, int]:
        """How many meet it, and how many of these are of the same kind."""
        found = matches_of(one, self.every.rows)
        return len(found), sum(same_kind(one, other) for other in found)

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The view as it stands in an address, with some things changed (``None`` takes away)."""
        chosen = self.chosen
        found: dict[str, Any] = {
            "cycle": self.cycle.slug,
            "direction": chosen.direction,
            "theme": chosen.theme,
            "kind": chosen.kind,
            "status": chosen.status,
            "area": chosen.area or None,
            "paragraph": chosen.paragraph,
            "match": self.matched.shown.item_id if self.matched else None,
        }
        return {key: value for key, value in (found | changes).items() if value is not None}


def _name(row: ListedAssistance) -> dict[str, str]:
    return dict(row.state.name)


def _place(row: ListedAssistance) -> tuple[int, int]:
    content = row.content
    return (
        THEMES.index(content.theme) if content.theme else len(THEMES),
        DIRECTIONS.index(content.direction) if content.direction else len(DIRECTIONS),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """What stands under one theme and one direction on the page."""

    theme: Theme | None
    direction: Direction | None
    rows: tuple[ListedAssistance, ...]


def _groups(rows: Sequence[ListedAssistance]) -> tuple[Group, ...]:
    """In the order in which they are listed."""
    together = groupby(rows, key=lambda row: (row.content.theme, row.content.direction))
    return tuple(Group(*key, tuple(found)) for key, found in together)


def needs_view(audience: Audience) -> NeedsView | None:
    """Read what the address asks for at this level; ``None`` while there is no cycle.

    ``Invalid`` for a wrong choice, ``NotFound`` for an unknown cycle or item. Seven statements.
    """
    cycles = list_cycles(session())
    cycle = chosen_cycle(cycles)
    if cycle is None:
        return None
    document = find_document(cycle.document_slug)
    areas = list_areas(session())
    every = assistance_of_cycle(session(), cycle.id, audience)
    view = NeedsView(
        cycle=cycle,
        cycles=cycles,
        document=document,
        audience=audience,
        areas=tuple(a for a in areas if any(a.code in areas_of(s.state) for s in every.states)),
        chosen=_chosen(document, areas),
        every=every,
        matched=None,
    )
    wanted = only("match")
    return (
        replace(view, matched=_named(every, wanted), chosen=AssistanceChoice()) if wanted else view
    )


def _chosen(document: OutcomeDocument, areas: Sequence[Area]) -> AssistanceChoice:
    return AssistanceChoice(
        direction=choice(Direction, "direction"),
        theme=choice(Theme, "theme"),
        kind=choice(AssistanceKind, "kind"),
        status=choice(AssistanceStatus, "status"),
        area=chosen_area(areas),
        paragraph=_paragraph(document),
    )


def _paragraph(document: OutcomeDocument) -> int | None:
    raw = only("paragraph")
    if not raw:
        return None
    numbers = document.paragraphs
    if raw in map(str, numbers):
        return int(raw)
    allowed = f"{numbers[0]}–{numbers[-1]}"
    raise Invalid(Problem("not-a-choice", "paragraph", {"value": raw[:80], "allowed": allowed}))


def _named(every: AssistanceOfCycle, item_id: str) -> ListedAssistance:
    for row in every.rows:
        if row.shown.item_id == item_id:
            return row
    raise NotFound(Problem("unknown-assistance", "match", {"value": item_id[:80]}))


@requires(Action.PUBLIC_READ)
def needs() -> ResponseReturnValue:
    """Needs and offers of one cycle, by theme; or those that meet one of them."""
    audience = audience_of(current_actor())
    view = needs_view(audience)
    if view is None:
        return page("public/needs.html", view=None, audience=audience)
    pages = max(ceil(len(view.rows) / ROWS_A_PAGE), 1)
    number = chosen_page(pages)
    shown = view.rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    return page(
        "public/needs.html",
        view=view,
        audience=audience,
        shown=shown,
        groups=_groups(shown),
        meet={row.shown.item_id: view.matches(row) for row in shown},
        themes=counts_by_theme(view.counted),
        sums=currency_sums(view.counted),
        counts={d: sum(row.content.direction is d for row in view.counted) for d in Direction},
        observers=sum(not row.is_member for row in view.rows),
        page_number=number,
        pages=pages,
        kinds={
            "direction": list(Direction),
            "theme": list(Theme),
            "kind": list(AssistanceKind),
            "status": list(AssistanceStatus),
        },
        same_kind=same_kind,
    )
