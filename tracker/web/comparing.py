"""States and groups side by side: what the address asks for, and its page."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import groupby
from typing import Any

from flask import current_app, render_template, request, url_for
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
from tracker.domain.comparison_totals import totals
from tracker.domain.documents import OutcomeDocument, Section
from tracker.domain.errors import Problem
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
from tracker.queries.kept import Keeper, keeper
from tracker.queries.states import StateRow, list_areas, list_reporting_states
from tracker.web.access import requires
from tracker.web.compared_choices import (
    chosen_areas,
    chosen_states,
    count_problem,
    listed,
    named_cycles,
)
from tracker.web.locale import chosen_language, in_language, locale_name
from tracker.web.public_choices import (
    by_name,
    choices,
    chosen_base,
    find_document,
    only,
    own_states,
    refuse_state,
    value_labels,
)
from tracker.web.public_selection import chosen_selection, kinds_of
from tracker.web.render import label, page, problem_text
from tracker.web.session import current_actor
from tracker.web.transaction import session

ReadsColumns = Callable[..., tuple[StateColumn, ...]]
MOST_KEPT = 8  # comparisons; one is about half a megabyte


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, as the address says, and what of it this reader may read.

    ``before`` is the cycle compared with: the earlier of two that were named, else the previous
    one. ``states`` and ``areas`` are those that can be chosen, ``state_codes`` and ``group_codes``
    those that are; ``refused`` says why so many are not compared: then there are no ``columns``.
    ``own`` are States that are compared and whose answers the reader reads whole, as one of their
    people; ``for_all`` is whether anybody is shown the same of the States.
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
    state_codes: tuple[str, ...]
    group_codes: tuple[str, ...]
    refused: Problem | None
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def kinds(self) -> dict[str, list[StrEnum]]:
        """What commitments can be chosen by, and the choices there are."""
        return kinds_of(self.document)

    @property
    def is_told_twice(self) -> bool:
        """Whether a State read whole is counted in a group as others read it."""
        groups = [column for column in self.columns if isinstance(column, GroupColumn)]
        return any(state.iso3 in group.states for state in self.own for group in groups)

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
    found, keep = chosen_comparison(read=brief_columns), keeper(session())
    first = only("first").upper()
    if first and all(state.iso3 != first for state in found.states):
        refuse_state(first, "first")
    values = {
        "view": found,
        "bases": tuple(Base),
        "onlys": tuple(Only),
        "forms": tuple(ExportFormat),
        "most": MOST,
        "first": first,
        "options": _options(found.states),
        "labels": value_labels(),
        "totals": partial(totals, found.columns, found.rows, found.base),
        "audiences": {value.value: label(value) for value in Audience},
        "moves": {move.value: label(move) for move in Move},
        "keep": keep,
    }
    shown = page(
        "public/compare.html",
        view=found,
        problem=problem_text(found.refused) if found.refused else "",
        audience=found.audience,
        own=[in_language(state.name) for state in found.own],
        compared=partial(_compared, keep, values),
    )
    return shown, 422 if found.refused else 200


def _compared(keep: Keeper, values: Mapping[str, Any]) -> Markup:
    """What stands under the heading; written once a version of the data for all who see the same.

    In a meeting many open the same link.
    """

    def write(keys: Iterable[Hashable]) -> dict[Hashable, Markup]:
        written = render_template("public/_compared.html", **values)
        return dict.fromkeys(keys, Markup(written))  # noqa: S704  # nosec B704  # escaped there

    key = _shared_name(values["view"], values["first"])
    return keep.each("comparison", [key], write, most=MOST_KEPT)[key] if key else write([key])[key]


def _shared_name(view: Comparison, first: str) -> Hashable | None:
    """What all have in common who are shown the same; ``None`` where others are shown other things.

    The address holds what is chosen, and a language of ours that was asked for in it; the cycle
    compared with follows from it and the cycles there are.
    """
    known = ("", *current_app.config["SETTINGS"].languages)
    is_public = view.for_all and view.audience is Audience.PUBLIC
    if not is_public or view.refused or request.args.get("lang", "") not in known:
        return None
    address = url_for("public.comparison", **view.arguments(first=first or None))
    cycles = tuple(cycle.slug for cycle in (view.cycle, *view.cycles))
    return address, locale_name(), cycles


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

    Nor are there any of too few or too many: the choice is given back with what is wrong with it.

    ``states`` and ``groups`` are codes, ``cycles`` or ``cycle`` one or two short names: each may
    be repeated and may list several with commas between them. Two cycles in one list stand in any
    order; in two fields the second is the one compared with, and ``Invalid`` if it is the later.
    ``Invalid`` for a wrong choice, ``NotFound`` for an unknown cycle. Twelve statements at most.
    """
    actor = current_actor()
    every = list_cycles(session())
    named = named_cycles(every)
    same = tuple(row for row in every if row.document_slug == named[0].document_slug)
    cycle, earlier = named[0], same[same.index(named[0]) + 1 :]
    before = named[1] if len(named) > 1 else next(iter(earlier), None)
    document = find_document(cycle.document_slug)
    areas = list_areas(session())
    rows = list_reporting_states(session())
    selection = chosen_selection(document, areas)
    states, groups = chosen_states(rows), chosen_areas(areas)
    given = len(states) + len(groups)
    refused = count_problem(given) if given and not LEAST <= given <= MOST else None
    base, only = chosen_base(), choices(Only, "only")
    members = _members(rows)
    used = {code for state in members for code in areas_of(state)}
    columns: tuple[Column, ...] = ()
    if not refused:
        columns = (
            *(read(session(), actor, states, cycle, before, earlier) if states else ()),
            *_group_columns(groups, members, cycle, before, base),
        )
    return Comparison(
        cycle=cycle,
        before=before,
        named_cycles=tuple(row.slug for row in named) if listed("cycles", "cycle") else (),
        cycles=same,
        document=document,
        audience=audience_of(actor),
        own=own_states(states),
        for_all=reads_as_the_public(actor, states),
        base=base,
        selection=selection,
        only=only,
        states=tuple(row.state for row in rows),
        areas=tuple(area for area in areas if area.code in used or area in groups),
        state_codes=tuple(row.state.iso3 for row in states),
        group_codes=tuple(area.code for area in groups),
        refused=refused,
        columns=columns,
        rows=compare(columns, selection.all_commitments(document), only) if columns else (),
    )


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
