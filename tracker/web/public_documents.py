"""Public pages of the outcome documents: the text, and each commitment with what States say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from flask.typing import ResponseReturnValue

from tracker.domain.documents import (
    Addressee,
    Commitment,
    OutcomeDocument,
    Section,
    Strength,
    Theme,
)
from tracker.domain.errors import NotFound, Problem
from tracker.domain.progress import COUNT_KEYS, Base, Distribution
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.documents import list_documents
from tracker.queries.publications import StateAnswer, answers_to_commitment
from tracker.web.access import requires
from tracker.web.locale import chosen_language
from tracker.web.public_choices import (
    by_name,
    choice,
    chosen_base,
    chosen_cycle,
    chosen_page,
    find_document,
    shown_keys,
    value_labels,
)
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.transaction import session

ANSWERS_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader wants to see of a document; ``None`` is everything."""

    addressee: Addressee | None = None
    strength: Strength | None = None
    theme: Theme | None = None

    def admit(self, commitment: Commitment) -> bool:
        """Whether the commitment is among what was asked for."""
        return (
            self.addressee in (None, commitment.addressee)
            and self.strength in (None, commitment.strength)
            and (self.theme is None or self.theme in commitment.themes)
        )

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return bool(self.addressee or self.strength or self.theme)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of the tree with the commitments that stand directly under it."""

    section: Section
    depth: int
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class Standings:
    """What States say of one commitment in one cycle, and the share each value has."""

    cycle: CycleRow
    base: Base
    distribution: Distribution
    states: dict[str, list[StateAnswer]]

    @property
    def keys(self) -> tuple[str, ...]:
        """The values inside the base."""
        return shown_keys(self.distribution, self.base)

    @property
    def size(self) -> int:
        """The denominator."""
        return self.distribution.size(self.base)


@requires(Action.PUBLIC_READ)
def documents() -> ResponseReturnValue:
    """Every outcome document."""
    return page("public/documents.html", documents=list_documents(session()))


@requires(Action.PUBLIC_READ)
def document(slug: str) -> ResponseReturnValue:
    """The headings with their chapeaux, and the commitments that the filters admit."""
    found = find_document(slug)
    filters = Filters(
        choice(Addressee, "addressee"), choice(Strength, "strength"), choice(Theme, "theme")
    )
    return page(
        "public/document.html",
        document=found,
        headings=headings_of(found, filters),
        shown=sum(filters.admit(c) for c in found.commitments),
        filters=filters,
        choices={"addressee": list(Addressee), "strength": list(Strength), "theme": list(Theme)},
        cycles=list_cycles(session(), slug),
    )


def headings_of(document: OutcomeDocument, filters: Filters) -> tuple[Heading, ...]:
    """The tree in order; under filters only headings with something beneath them."""
    admitted = [c for c in document.commitments if filters.admit(c)]
    used = {section.code for c in admitted for section in document.path(c.section)}
    return tuple(
        Heading(
            section,
            len(document.path(section.code)),
            tuple(c for c in admitted if c.section == section.code),
        )
        for section in document.sections
        if section.code in used or not filters.active
    )


@requires(Action.PUBLIC_READ)
def commitment(slug: str, paragraph: int) -> ResponseReturnValue:
    """The official wording, our reading of it, and what States say about it in one cycle."""
    found = find_document(slug)
    numbers = [c.paragraph for c in found.commitments]
    if paragraph not in numbers:
        raise NotFound(Problem("not-found"))
    place = numbers.index(paragraph)
    asked = found.commitments[place]
    cycles = list_cycles(session(), slug)
    cycle = chosen_cycle(cycles) if asked.asks_states else None
    answers = _answers(cycle, asked)
    readable = [answer for answer in answers if answer.content is not None]
    pages = max(ceil(len(readable) / ANSWERS_A_PAGE), 1)
    number = chosen_page(pages)
    return page(
        "public/commitment.html",
        document=found,
        commitment=asked,
        path=found.path(asked.section),
        previous=found.commitments[place - 1] if place else None,
        next=found.commitments[place + 1] if place + 1 < len(numbers) else None,
        has_official_text=chosen_language() in asked.text,
        cycles=cycles,
        standings=_standings(cycle, answers),
        readable=readable[(number - 1) * ANSWERS_A_PAGE : number * ANSWERS_A_PAGE],
        readable_count=len(readable),
        page_number=number,
        pages=pages,
        bases=list(Base),
        labels=value_labels(),
        audience=audience_of(current_actor()),
    )


def _answers(cycle: CycleRow | None, asked: Commitment) -> Sequence[StateAnswer]:
    if cycle is None:
        return ()
    found = answers_to_commitment(
        session(), actor=current_actor(), cycle_id=cycle.id, key=asked.key
    )
    return by_name(found, lambda answer: answer.name)


def _standings(cycle: CycleRow | None, answers: Sequence[StateAnswer]) -> Standings | None:
    base = chosen_base()
    if cycle is None:
        return None
    members = [answer for answer in answers if answer.is_member]
    states = {key: [a for a in members if a.value == key] for key in COUNT_KEYS}
    counts = Counter(answer.value for answer in members)
    return Standings(cycle, base, Distribution(counts), states)
