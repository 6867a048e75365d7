"""The public page that searches what States say on all commitments of a cycle."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from flask.typing import ResponseReturnValue

from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.errors import Problem
from tracker.domain.searching import Search
from tracker.domain.states import State, StateStatus
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.searching import SearchedAnswer, searched_answers
from tracker.queries.states import list_reporting_states, list_states
from tracker.web.access import requires
from tracker.web.public_choices import (
    asked_search,
    by_name,
    chosen_cycle,
    chosen_page,
    find_document,
    own_names,
)
from tracker.web.render import page, problem_text
from tracker.web.session import current_actor
from tracker.web.transaction import session

HITS_A_PAGE = 30
MOST_IN_FILE = 2000  # answers; the file is made while its reader and a thread of ours wait


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer in which everything was found; ``place`` is the text in which some of it stands:
    0 the narrative, 1 the reason, 2 the lead agency, from 3 on titles of laws.
    """

    state: State
    answer: SearchedAnswer
    place: int

    @property
    def text(self) -> str:
        """The text itself."""
        return self.answer.texts[self.place]

    @property
    def language(self) -> str:
        """The language of the text, where the State said it."""
        return self.answer.language if self.place < 2 and self.answer.language != "other" else ""

    @property
    def is_member(self) -> bool:
        """Whether its State belongs to every base."""
        return self.state.status is StateStatus.MEMBER


@dataclass(frozen=True, slots=True)
class HitsOn:
    """What was found on one commitment, of what is shown on the page."""

    commitment: Commitment
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """How many answers were searched, and those found, by paragraph and State."""

    cycle: CycleRow
    search: Search
    document: OutcomeDocument
    searched: int
    hits: tuple[Hit, ...]

    @property
    def arguments(self) -> dict[str, str]:
        """The search as it stands in an address."""
        return {"q": self.search.typed, "cycle": self.cycle.slug}

    @property
    def too_many(self) -> Problem | None:
        """Why there is no file of them."""
        values = {"found": len(self.hits), "limit": MOST_IN_FILE}
        return Problem("too-many-found", "", values) if len(self.hits) > MOST_IN_FILE else None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where to look for words that no answer holds: what is called so, and the other cycles."""

    commitments: tuple[Commitment, ...]
    states: tuple[State, ...]
    cycles: tuple[CycleRow, ...]


@requires(Action.PUBLIC_READ)
def search() -> ResponseReturnValue:
    """Paragraph × State with an excerpt, over every answer that the reader may read."""
    asked, cycles = asked_search(), list_cycles(session())
    cycle = chosen_cycle(cycles)
    if cycle is None or asked is None:
        return page("public/search.html", cycle=cycle, cycles=cycles, search=None, results=None)
    results = results_of(cycle, asked)
    document = results.document
    pages = max(ceil(len(results.hits) / HITS_A_PAGE), 1)
    number = chosen_page(pages)
    shown = results.hits[(number - 1) * HITS_A_PAGE : number * HITS_A_PAGE]
    return page(
        "public/search.html",
        cycle=cycle,
        cycles=cycles,
        document=document,
        search=asked,
        results=results,
        no_file=problem_text(results.too_many) if results.too_many else "",
        found=_by_commitment(document, shown),
        elsewhere=None if results.hits else _elsewhere(results, cycles),
        commitments=len({hit.answer.paragraph for hit in results.hits}),
        page_number=number,
        pages=pages,
        audience=audience_of(current_actor()),
        own=own_names(list_reporting_states(session())),
    )


def results_of(cycle: CycleRow, asked: Search) -> Results:
    """Every answer that the reader may read and in which everything asked for stands."""
    document = find_document(cycle.document_slug)
    states = {row.id: row.state for row in list_states(session())}
    searched, hits = 0, []
    for answer in searched_answers(session(), cycle.id, current_actor()):
        searched += 1
        if asked.meets(answer.texts):
            hits.append(_hit(states[answer.state_id], answer, asked))
    named = by_name(hits, lambda hit: dict(hit.state.name))
    in_order = tuple(sorted(named, key=lambda hit: hit.answer.paragraph))
    return Results(cycle, asked, document, searched, in_order)


def _hit(state: State, answer: SearchedAnswer, asked: Search) -> Hit:
    """The narrative, or whatever else holds one of the words where the narrative does not."""
    places = range(len(answer.texts))
    return Hit(state, answer, next(at for at in places if asked.meets_some(answer.texts[at])))


def _elsewhere(results: Results, cycles: Iterable[CycleRow]) -> Elsewhere:
    asked, cycle = results.search, results.cycle
    states = (row.state for row in list_reporting_states(session()))
    return Elsewhere(
        tuple(one for one in results.document.commitments if asked.meets(_called(one))),
        tuple(by_name((one for one in states if asked.meets(_names(one))), _name)),
        tuple(one for one in cycles if one != cycle and one.document_slug == cycle.document_slug),
    )


def _called(commitment: Commitment) -> tuple[str, ...]:
    return (*commitment.title.values(), *commitment.text.values())


def _names(state: State) -> tuple[str, ...]:
    return (state.iso3, *state.name.values(), *(former.name for former in state.former_names))


def _name(state: State) -> dict[str, str]:
    return dict(state.name)


def _by_commitment(document: OutcomeDocument, hits: Iterable[Hit]) -> tuple[HitsOn, ...]:
    by_paragraph = {commitment.paragraph: commitment for commitment in document.commitments}
    together = groupby(hits, key=lambda hit: hit.answer.paragraph)
    return tuple(HitsOn(by_paragraph[paragraph], tuple(found)) for paragraph, found in together)
