"""The public page of one commitment: its wording, and what States say about it, cycle by cycle."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue

from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.errors import NotFound, Problem
from tracker.domain.grid import Grid, count_moves, states_in_both
from tracker.domain.movement import Move
from tracker.domain.needs import AssistanceChoice
from tracker.domain.progress import COUNT_KEYS, Base, Distribution, Progress
from tracker.domain.states import Area
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.grids import grids_of_commitment
from tracker.queries.needs import ListedAssistance, assistance_of_cycle
from tracker.queries.publications import StateAnswer, answers_to_commitment
from tracker.queries.states import StateRow, list_reporting_states
from tracker.web.access import requires
from tracker.web.locale import chosen_language
from tracker.web.public_answers import Answers, chosen_answers
from tracker.web.public_choices import (
    by_name,
    chosen_base,
    chosen_cycle,
    find_document,
    own_names,
    shown_keys,
    value_labels,
)
from tracker.web.public_overview import SHOWN_MOVES
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One regional group with the standings of its Member States."""

    area: Area
    distribution: Distribution


@dataclass(frozen=True, slots=True)
class CycleLine:
    """One cycle with its standings."""

    cycle: CycleRow
    distribution: Distribution


@dataclass(frozen=True, slots=True)
class Movement:
    """What became of the commitment since the cycle before, over the States in both."""

    before: CycleRow
    states: int
    counts: Counter[Move]


@dataclass(frozen=True, slots=True)
class Standings:
    """What States say of one commitment in one cycle, and the share each value has.

    ``cycles`` are all cycles of the document, the latest first, this one among them.
    """

    cycle: CycleRow
    base: Base
    distribution: Distribution
    states: dict[str, list[StateAnswer]]
    groups: tuple[GroupLine, ...]
    cycles: tuple[CycleLine, ...]
    movement: Movement | None

    @property
    def keys(self) -> tuple[str, ...]:
        """The values inside the base."""
        return shown_keys(self.distribution, self.base)

    @property
    def size(self) -> int:
        """The denominator."""
        return self.distribution.size(self.base)


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """One commitment, and what States say of it in the cycle chosen; no standings without one.

    ``states`` are those that may report.
    """

    document: OutcomeDocument
    commitment: Commitment
    cycles: tuple[CycleRow, ...]
    standings: Standings | None
    answers: Answers
    states: tuple[StateRow, ...]

    @property
    def arguments(self) -> dict[str, Any]:
        """What is chosen, as it stands in an address."""
        place = {"slug": self.document.slug, "paragraph": self.commitment.paragraph}
        if self.standings is None:
            return place
        chosen = {"cycle": self.standings.cycle.slug, "base": self.standings.base.value}
        return place | chosen | self.answers.arguments


def commitment_view(slug: str, paragraph: int) -> CommitmentView:
    """Read what the address names; ``NotFound`` where there is no such commitment or cycle."""
    found = find_document(slug)
    if paragraph not in found.paragraphs:
        raise NotFound(Problem("no-such-paragraph", "", {"number": paragraph}))
    asked = found.commitments[found.paragraphs.index(paragraph)]
    cycles = list_cycles(session(), slug)
    cycle = chosen_cycle(cycles) if asked.asks_states else None
    answers = _read_answers(cycle, asked)
    states = list_reporting_states(session())
    return CommitmentView(
        document=found,
        commitment=asked,
        cycles=cycles,
        standings=_standings(cycle, cycles, asked, answers),
        answers=chosen_answers(by_name(answers, lambda answer: answer.name)),
        states=states,
    )


@requires(Action.PUBLIC_READ)
def commitment(slug: str, paragraph: int) -> ResponseReturnValue:
    """The official wording, our reading of it, and what States say about it in one cycle."""
    view = commitment_view(slug, paragraph)
    found, asked, standings = view.document, view.commitment, view.standings
    place = found.paragraphs.index(paragraph)
    return page(
        "public/commitment.html",
        document=found,
        commitment=asked,
        path=found.path(asked.section),
        previous=found.commitments[place - 1] if place else None,
        next=found.commitments[place + 1] if place + 1 < len(found.commitments) else None,
        has_official_text=chosen_language() in asked.text,
        cycles=view.cycles,
        standings=standings,
        answers=view.answers,
        chosen=view.arguments,
        assistance=_assistance(standings.cycle if standings else None, asked),
        bases=list(Base),
        stages=list(Progress),
        moves=SHOWN_MOVES,
        labels=value_labels(),
        audience=audience_of(current_actor()),
        own=own_names(view.states),
    )


def _read_answers(cycle: CycleRow | None, asked: Commitment) -> Sequence[StateAnswer]:
    if cycle is None:
        return ()
    return answers_to_commitment(session(), actor=current_actor(), cycle_id=cycle.id, key=asked.key)


def _assistance(cycle: CycleRow | None, asked: Commitment) -> tuple[ListedAssistance, ...]:
    """The needs and offers that name the paragraph, as far as this reader may read them."""
    if cycle is None:
        return ()
    every = assistance_of_cycle(session(), cycle.id, audience_of(current_actor()))
    chosen = AssistanceChoice(paragraph=asked.paragraph)
    rows = by_name(every.rows, lambda row: dict(row.state.name))
    return tuple(row for row in rows if chosen.takes(row))


def _standings(
    cycle: CycleRow | None,
    cycles: Sequence[CycleRow],
    asked: Commitment,
    answers: Sequence[StateAnswer],
) -> Standings | None:
    if cycle is None:
        return None
    members = [answer for answer in answers if answer.is_member]
    codes = [answer.iso3 for answer in members]
    grids = grids_of_commitment(
        session(), cycles, (asked.key, asked.paragraph), codes, audience_of(current_actor())
    )
    lines = tuple(
        CycleLine(row, grid.distribution(codes, (asked.paragraph,)))
        for row, grid in zip(cycles, grids, strict=True)
    )
    counts = Counter(answer.value for answer in members)
    by_value = by_name(members, lambda answer: answer.name)
    return Standings(
        cycle=cycle,
        base=chosen_base(),
        distribution=Distribution(counts),
        states={key: [a for a in by_value if a.value == key] for key in COUNT_KEYS},
        groups=_by_group(members),
        cycles=lines,
        movement=_movement(cycles, grids, cycles.index(cycle)),
    )


def _by_group(members: Sequence[StateAnswer]) -> tuple[GroupLine, ...]:
    areas: dict[str, Area] = {}
    counts: dict[str, Counter[str]] = {}
    for answer in members:
        if answer.group:
            areas[answer.group.code] = answer.group
            counts.setdefault(answer.group.code, Counter())[answer.value] += 1
    return tuple(GroupLine(area, Distribution(counts[code])) for code, area in areas.items())


def _movement(cycles: Sequence[CycleRow], grids: Sequence[Grid], place: int) -> Movement | None:
    if place + 1 >= len(cycles):
        return None
    now, before = grids[place], grids[place + 1]
    counts = count_moves(before, now, now.states, now.paragraphs)
    return Movement(cycles[place + 1], len(states_in_both(before, now)), counts)
