"""What the address of a comparison names: cycles, States, groups."""

from collections.abc import Iterable, Sequence

from flask import request

from tracker.domain.comparison import LEAST, MOST
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.states import Area
from tracker.queries.cycles import CycleRow
from tracker.queries.states import StateRow
from tracker.web.public_choices import current_cycle, named_cycle, refuse_state


def listed(*names: str) -> tuple[str, ...]:
    """What stands in the address under these names, each once, in the order given."""
    raws = (raw for name in names for raw in request.args.getlist(name))
    given = (part.strip() for raw in raws for part in raw.split(","))
    return tuple(dict.fromkeys(part for part in given if part))


def named_cycles(every: tuple[CycleRow, ...]) -> tuple[CycleRow, ...]:
    """The cycle to show, then the one to compare it with if that was named too."""
    slugs = listed("cycles", "cycle")
    if len(slugs) > 2:
        raise Invalid(Problem("compare-one-or-two-cycles", "cycles", {"given": len(slugs)}))
    found = [named_cycle(every, slug, _place_of(slug)) for slug in slugs]
    if not found:
        current = current_cycle(every)
        if current is None:
            raise NotFound(Problem("unknown-cycle", "cycle", {"slug": ""}))
        return (current,)
    if found[0].document_slug != found[-1].document_slug:
        values = {"first": found[0].slug, "second": found[-1].slug}
        raise Invalid(Problem("cycles-not-comparable", "cycles", values))
    if _in_two_fields() and len(found) == 1:
        raise Invalid(Problem("movement-since-itself", "cycles", {"slug": found[0].slug}))
    newest_first = tuple(sorted(found, key=every.index))
    if _in_two_fields() and newest_first[0] is not found[0]:
        values = {"first": found[0].slug, "second": found[-1].slug}
        raise Invalid(Problem("movement-since-a-later-cycle", "cycles", values))
    return newest_first


def _place_of(slug: str) -> str:
    return "cycles" if slug in listed("cycles") else "cycle"


def _in_two_fields() -> bool:
    """As the form sends them: the cycle to show, then the one to compare it with."""
    return sum(bool(raw.strip()) for raw in request.args.getlist("cycles")) > 1


def chosen_states(rows: Sequence[StateRow]) -> tuple[StateRow, ...]:
    known = {row.state.iso3: row for row in rows}
    codes = dict.fromkeys(code.upper() for code in listed("states"))
    for code in codes:
        if code not in known:
            refuse_state(code, "states")
    return tuple(known[code] for code in codes)


def chosen_areas(areas: Iterable[Area]) -> tuple[Area, ...]:
    known = {area.code: area for area in areas}
    for code in listed("groups"):
        if code not in known:
            raise Invalid(Problem("unknown-area", "groups", {"code": code[:80]}))
    return tuple(known[code] for code in listed("groups"))


def count_problem(given: int) -> Problem:
    """So many cannot be compared."""
    return Problem("compare-so-many", "states", {"least": LEAST, "most": MOST, "given": given})
