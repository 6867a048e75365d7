"""What a reader chooses in the address of a public page: cycle, base, filters."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import NoReturn, TypeVar

from flask import request

from tracker.domain.clock import system_clock
from tracker.domain.documents import OutcomeDocument
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.progress import SHOWN_ORDER, Base, Distribution
from tracker.domain.searching import Search, fold, parse_search
from tracker.domain.states import Area, State
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import CycleRow
from tracker.queries.documents import document_or_none
from tracker.queries.publications import reader_level
from tracker.queries.states import StateRow, state_or_none
from tracker.web.locale import in_language
from tracker.web.render import label
from tracker.web.session import current_actor
from tracker.web.transaction import session

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def only(name: str) -> str:
    """The text that the query string gives, ``""`` if none; ``Invalid`` where it gives several."""
    given = {raw.strip() for raw in request.args.getlist(name)} - {""}
    if len(given) > 1:
        raise Invalid(Problem("one-only", name, {"name": name}))
    return given.pop() if given else ""


def choice(kind: type[E], name: str) -> E | None:
    """One of the values of ``kind`` from the query string; ``Invalid`` for any other text."""
    raw = only(name)
    return _parsed(kind, name, raw) if raw else None


def choices(kind: type[E], name: str) -> tuple[E, ...]:
    """Every value of ``kind`` that the query string names, each once, in the order of ``kind``."""
    given = [raw.strip() for raw in request.args.getlist(name)]
    chosen = {_parsed(kind, name, raw) for raw in given if raw}
    return tuple(value for value in kind if value in chosen)


def _parsed(kind: type[E], name: str, raw: str) -> E:
    try:
        return kind(raw)
    except ValueError:
        words = {value.value: label(value) for value in kind}
        raise Invalid(not_a_choice(name, raw, words)) from None


def one_of(name: str, allowed: Mapping[str, str]) -> str:
    """One of the codes ``allowed`` (with their words) from the query string, ``""`` if none."""
    raw = only(name)
    if raw and raw not in allowed:
        raise Invalid(not_a_choice(name, raw, allowed))
    return raw


def not_a_choice(name: str, raw: str, allowed: Mapping[str, str]) -> Problem:
    """What the address says where it can say only the codes ``allowed``, told with their words."""
    told = (code if code == word else f"{code} ({word})" for code, word in allowed.items())
    return Problem("not-a-choice", name, {"value": raw[:80], "allowed": ", ".join(told)})


def refuse_state(code: str, place: str) -> NoReturn:
    """Raise ``Invalid``: there is no such State, or it is one that makes no reports here."""
    exists = state_or_none(session(), code) is not None
    problem = "state-makes-no-reports" if exists else "unknown-state"
    raise Invalid(Problem(problem, place, {"code": code[:80]}))


def asked_search() -> Search | None:
    """What the query string wants to be looked for; ``Invalid`` where it is too long or twice."""
    return parse_search(only("q"), place="q")


def chosen_area(areas: Iterable[Area]) -> str:
    """The code of the group or region in the query string, ``""`` for all of them."""
    named = only("area") and {area.code: in_language(dict(area.name)) for area in areas}
    return one_of("area", named or {})


def chosen_base() -> Base:
    """What percentages of the page are shares of; all Member States unless asked otherwise."""
    return choice(Base, "base") or Base.MEMBERS


def find_document(slug: str) -> OutcomeDocument:
    """The document; ``NotFound`` with a sentence that names what was asked for."""
    found = document_or_none(session(), slug)
    if found is None:
        raise NotFound(Problem("unknown-document", "", {"slug": slug[:80]}))
    return found


def current_cycle(cycles: tuple[CycleRow, ...]) -> CycleRow | None:
    """The latest cycle with a published report: a new one hides nothing while it is empty.

    Without any published report the cycle opened last; ``cycles`` come the latest first.
    """
    today = system_clock().date()
    opened = [cycle for cycle in cycles if cycle.dates.opens_on <= today]
    published = [cycle for cycle in cycles if cycle.has_published]
    return next(iter(published or opened or cycles), None)


def chosen_cycle(
    cycles: tuple[CycleRow, ...],
    otherwise: Callable[[tuple[CycleRow, ...]], CycleRow | None] = current_cycle,
) -> CycleRow | None:
    """The cycle named in the query string, else ``otherwise``; ``NotFound`` if unknown."""
    slug = only("cycle")
    return named_cycle(cycles, slug) if slug else otherwise(cycles)


def named_cycle(cycles: tuple[CycleRow, ...], slug: str, place: str = "cycle") -> CycleRow:
    """The cycle with this slug; ``NotFound`` with a sentence that names what was asked for."""
    for cycle in cycles:
        if cycle.slug == slug:
            return cycle
    raise NotFound(Problem("unknown-cycle", place, {"slug": slug[:80]}))


def chosen_page(pages: int) -> int:
    """The page of a long list, from 1 to ``pages``; ``NotFound`` for one that it does not have."""
    raw = only("page") or "1"
    if raw in map(str, range(1, pages + 1)):
        return int(raw)
    raise NotFound(Problem("no-such-page", "page", {"value": raw[:80], "last": pages}))


def shown_keys(distribution: Distribution, base: Base) -> tuple[str, ...]:
    """The values inside the base, in the order in which they are shown."""
    inside = distribution.keys(base)
    return tuple(value.value for value in SHOWN_ORDER if value.value in inside)


def value_labels() -> dict[str, str]:
    """The word for every value of a distribution."""
    return {value.value: label(value) for value in SHOWN_ORDER}


def by_name(rows: Iterable[T], name: Callable[[T], dict[str, str]]) -> list[T]:
    """Rows in the order of a State's name in the page's language, accents aside."""
    return sorted(rows, key=lambda row: fold(in_language(name(row))))


def own_states(states: Iterable[StateRow]) -> tuple[State, ...]:
    """Those of which this reader reads more than others of the same level: all that they said."""
    actor = current_actor()
    level = audience_of(actor)
    return tuple(row.state for row in states if reader_level(actor, row.id) is not level)


def own_names(states: Iterable[StateRow]) -> list[str]:
    """What these are called, for the notice above a page."""
    return [in_language(state.name) for state in own_states(states)]
