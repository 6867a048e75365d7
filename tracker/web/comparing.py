"""States and groups side by side: what the address asks for, and its page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from tracker.domain.comparison import (
    LEAST,
    MOST,
    Column,
    GroupColumn,
    Only,
    Row,
    StateColumn,
    compare,
)
from tracker.domain.documents import OutcomeDocument, Section
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.exports import ExportFormat
from tracker.domain.movement import Move
from tracker.domain.progress import Audience, Base
from tracker.domain.selection import Selection, areas_of
from tracker.domain.states import Area, State, StateStatus
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.comparison import brief_columns, reads_as_the_public, state_columns
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.grids import grids_of_cycles
from tracker.queries.kept import keeper
from tracker.queries.states import StateRow, list_areas, list_reporting_states
from tracker.web.access import requires
from tracker.web.locale import chosen_language, in_language
from tracker.web.public_choices import (
    by_name,
    choices,
    chosen_base,
    current_cycle,
    find_document,
    named_cycle,
    only,
    own_states,
    refuse_state,
    value_labels,
)
from tracker.web.public_selection import chosen_selection, kinds_of
from tracker.web.render import label, page
from tracker.web.session import current_actor
from tracker.web.transaction import session

ReadsColumns = Callable[..., tuple[StateColumn, ...]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, as the address says, and what of it this reader may read.

    ``before`` is the cycle compared with: the earlier of two that were named, else the previous
    one. ``states`` and ``areas`` are those that can be chosen; ``own`` are States that
    are compared and whose answers the reader reads whole, as one of their people;
    ``for_all`` is whether anybody is shown the same of the States.
    """

    cycle: CycleRow
    before: CycleRow | None
    named_cycles: tuple[str, ...]
    cycles: tuple[CycleRow, ...]
    document: OutcomeDocument
    audience: Audience
    own: tuple[State, ...]
    for_all: bool
    base: Base
    selection: Selection
    only: tuple[Only, ...]
    states: tuple[State, ...]
    areas: tuple[Area, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def kinds(self) -> dict[str, list[StrEnum]]:
        """What commitments can be chosen by, and the choices there are."""
        return kinds_of(self.document)

    @property
    def state_codes(self) -> tuple[str, ...]:
        """The States compared."""
        return tuple(c.code for c in self.columns if isinstance(c, StateColumn))

    @property
    def group_codes(self) -> tuple[str, ...]:
        """The groups compared."""
        return tuple(c.code for c in self.columns if isinstance(c, GroupColumn))

    @property
    def behind(self) -> tuple[str, ...]:
        """By column the address of the States of a group that are counted, of paragraph 0."""
        slug, base = self.cycle.slug, self.base.value
        return tuple(
            url_for("public.cycle_states", slug=slug, area=c.code, base=base, paragraph=0)
            if isinstance(c, GroupColumn)
            else ""
            for c in self.columns
        )

    @property
    def is_since_the_last(self) -> bool:
        """Whether moves are since the cycle before: of others no page lists the States."""
        return self.before in self.cycles[self.cycles.index(self.cycle) + 1 :][:1]

    @property
    def sections(self) -> tuple[tuple[Section, tuple[Row, ...]], ...]:
        """The rows by the heading above them."""
        grouped = groupby(self.rows, key=lambda row: row.commitment.section)
        return tuple((self.document.section(code), tuple(rows)) for code, rows in grouped)

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """The comparison as it stands in an address, some of it changed (``None`` takes away)."""
        chosen = self.selection
        found: dict[str, Any] = {
            "states": ",".join(self.state_codes) or None,
            "groups": ",".join(self.group_codes) or None,
            "cycles": ",".join(self.named_cycles) or None,
            "section": chosen.section or None,
            "theme": chosen.theme,
            "level": chosen.level,
            "strength": list(chosen.strengths) or None,
            "addressee": chosen.addressee,
            "only": list(self.only) or None,
            "base": None if self.base is Base.MEMBERS else self.base.value,
        }
        return {key: value for key, value in (found | changes).items() if value is not None}


@requires(Action.PUBLIC_READ)
def comparison() -> ResponseReturnValue:
    """The form to choose with, and under it what was chosen side by side."""
    found = chosen_comparison(read=brief_columns)
    first = only("first").upper()
    return page(
        "public/compare.html",
        view=found,
        audience=found.audience,
        own=[in_language(state.name) for state in found.own],
        bases=tuple(Base),
        onlys=tuple(Only),
        forms=tuple(ExportFormat),
        most=MOST,
        first=first if any(state.iso3 == first for state in found.states) else "",
        options=_options(found.states),
        labels=value_labels(),
        audiences={value.value: label(value) for value in Audience},
        moves={move.value: label(move) for move in Move},
        keep=keeper(session()),
    )


def _options(states: Iterable[State]) -> Markup:
    """The States by name as options of a list; written once a version of the data and language."""

    def write(languages: list[str]) -> dict[str, Markup]:
        option = Markup('<option value="{}">{}</option>')
        named = by_name(states, lambda state: dict(state.name))
        written = [option.format(state.iso3, in_language(state.name)) for state in named]
        return dict.fromkeys(languages, Markup("").join(written))

    language = chosen_language()
    return keeper(session()).each("state options", [language], write)[language]


def chosen_comparison(read: ReadsColumns = state_columns) -> Comparison:
    """Read what the address names; ``columns`` are empty where it names nothing to compare.

    ``states`` and ``groups`` are codes, ``cycles`` or ``cycle`` one or two short names: each may
    be repeated and may list several with commas between them. Two cycles in one list stand in any
    order; in two fields the second is the one compared with, and ``Invalid`` if it is the later.
    ``Invalid`` for a wrong choice, ``NotFound`` for an unknown cycle. Twelve statements at most.
    """
    actor = current_actor()
    every = list_cycles(session())
    named = _named_cycles(every)
    same = tuple(row for row in every if row.document_slug == named[0].document_slug)
    cycle, earlier = named[0], same[same.index(named[0]) + 1 :]
    before = named[1] if len(named) > 1 else next(iter(earlier), None)
    document = find_document(cycle.document_slug)
    areas = list_areas(session())
    rows = list_reporting_states(session())
    selection = chosen_selection(document, areas)
    states, groups = _chosen_states(rows), _chosen_areas(areas)
    given = len(states) + len(groups)
    if given and not LEAST <= given <= MOST:
        raise Invalid(count_problem(given))
    base, only = chosen_base(), choices(Only, "only")
    members = _members(rows)
    used = {code for state in members for code in areas_of(state)}
    columns: tuple[Column, ...] = (
        *(read(session(), actor, states, cycle, before, earlier) if states else ()),
        *_group_columns(groups, members, cycle, before, base),
    )
    return Comparison(
        cycle=cycle,
        before=before,
        named_cycles=tuple(row.slug for row in named) if _listed("cycles", "cycle") else (),
        cycles=same,
        document=document,
        audience=audience_of(actor),
        own=own_states(states),
        for_all=reads_as_the_public(actor, states),
        base=base,
        selection=selection,
        only=only,
        states=tuple(row.state for row in rows),
        areas=tuple(area for area in areas if area.code in used),
        columns=columns,
        rows=compare(columns, selection.all_commitments(document), only) if columns else (),
    )


def _listed(*names: str) -> tuple[str, ...]:
    """What stands in the address under these names, each once, in the order given."""
    raws = (raw for name in names for raw in request.args.getlist(name))
    given = (part.strip() for raw in raws for part in raw.split(","))
    return tuple(dict.fromkeys(part for part in given if part))


def _named_cycles(every: tuple[CycleRow, ...]) -> tuple[CycleRow, ...]:
    """The cycle to show, then the one to compare it with if that was named too."""
    slugs = _listed("cycles", "cycle")
    if len(slugs) > 2:
        raise Invalid(Problem("compare-one-or-two-cycles", "cycles", {"given": len(slugs)}))
    found = [named_cycle(every, slug) for slug in slugs]
    if not found:
        current = current_cycle(every)
        if current is None:
            raise NotFound(Problem("unknown-cycle", "cycle", {"slug": ""}))
        return (current,)
    if found[0].document_slug != found[-1].document_slug:
        values = {"first": found[0].slug, "second": found[-1].slug}
        raise Invalid(Problem("cycles-not-comparable", "cycles", values))
    newest_first = tuple(sorted(found, key=every.index))
    if _in_two_fields() and newest_first[0] is not found[0]:
        values = {"first": found[0].slug, "second": found[-1].slug}
        raise Invalid(Problem("movement-since-a-later-cycle", "cycles", values))
    return newest_first


def _in_two_fields() -> bool:
    """As the form sends them: the cycle to show, then the one to compare it with."""
    return sum(bool(raw.strip()) for raw in request.args.getlist("cycles")) > 1


def _chosen_states(rows: Sequence[StateRow]) -> tuple[StateRow, ...]:
    known = {row.state.iso3: row for row in rows}
    codes = dict.fromkeys(code.upper() for code in _listed("states"))
    for code in codes:
        if code not in known:
            refuse_state(code, "states")
    return tuple(known[code] for code in codes)


def _chosen_areas(areas: Iterable[Area]) -> tuple[Area, ...]:
    known = {area.code: area for area in areas}
    for code in _listed("groups"):
        if code not in known:
            raise Invalid(Problem("unknown-area", "groups", {"code": code[:80]}))
    return tuple(known[code] for code in _listed("groups"))


def count_problem(given: int) -> Problem:
    """So many cannot be compared."""
    return Problem("compare-so-many", "states", {"least": LEAST, "most": MOST, "given": given})


def _members(rows: Iterable[StateRow]) -> list[State]:
    return [row.state for row in rows if row.state.status is StateStatus.MEMBER]


def _group_columns(
    areas: Sequence[Area],
    members: Sequence[State],
    cycle: CycleRow,
    before: CycleRow | None,
    base: Base,
) -> Iterable[GroupColumn]:
    if not areas:
        return
    cycles = (cycle, *((before,) if before else ()))
    codes = [state.iso3 for state in members]
    now, *then = grids_of_cycles(session(), cycles, codes, audience_of(current_actor()))
    for area in areas:
        inside = Selection(area=area.code).states(members)
        yield GroupColumn(area, inside, base, now, then[0] if then else None)
