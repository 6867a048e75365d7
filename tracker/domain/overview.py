"""The overview of a cycle: what is counted over its grid, part by part."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from tracker.domain.documents import Commitment, OutcomeDocument, Section
from tracker.domain.grid import Grid, count_moves
from tracker.domain.movement import Move
from tracker.domain.progress import Base, Distribution, Progress, total
from tracker.domain.selection import areas_of
from tracker.domain.states import Area, State

RANKED = 10
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Part(Generic[K]):
    """The commitments that stand under one heading, theme, level, …; ``of`` is which one."""

    of: K
    paragraphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    """How many of the Member States of an area reported."""

    area: Area
    reporting: int
    members: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """One commitment with the States by what they say of it."""

    commitment: Commitment
    distribution: Distribution


def parts_by_section(
    document: OutcomeDocument, commitments: Sequence[Commitment], within: str = ""
) -> tuple[Part[Section], ...]:
    """Headings with something in them; each holds all headings beneath it.

    ``within``: the code of a heading; nothing above and beside it is given.
    """
    above = {c.section: document.path(c.section) for c in commitments}
    parts = (
        Part(section, tuple(c.paragraph for c in commitments if section in above[c.section]))
        for section in document.sections
        if not within or document.section(within) in document.path(section.code)
    )
    return tuple(part for part in parts if part.paragraphs)


def parts_by(
    values: Iterable[K],
    commitments: Sequence[Commitment],
    of: Callable[[Commitment], Collection[K | None]],
) -> tuple[Part[K], ...]:
    """Values that commitments have; a commitment with several stands in the part of each."""
    parts = (Part(v, tuple(c.paragraph for c in commitments if v in of(c))) for v in values)
    return tuple(part for part in parts if part.paragraphs)


def by_paragraph(
    grid: Grid, states: Sequence[str], paragraphs: Sequence[int]
) -> dict[int, Distribution]:
    """States by value for each commitment; their sums are those of any part."""
    return {paragraph: grid.distribution(states, (paragraph,)) for paragraph in paragraphs}


@dataclass(frozen=True, slots=True)
class Ranking:
    """Those shown; ``tied`` are not, though their share is that of the last one."""

    rows: tuple[Ranked, ...]
    tied: int


def summed(counts: Mapping[int, Distribution], paragraphs: Iterable[int]) -> Distribution:
    """Pairs by value over these commitments."""
    return total([counts[paragraph] for paragraph in paragraphs])


def moves_by_paragraph(
    before: Grid, now: Grid, states: Sequence[str], paragraphs: Sequence[int]
) -> dict[int, Counter[Move]]:
    """States by move for each commitment, over those that reported in both cycles."""
    return {p: count_moves(before, now, states, (p,)) for p in paragraphs}


def summed_moves(counts: Mapping[int, Counter[Move]], paragraphs: Iterable[int]) -> dict[Move, int]:
    """Pairs by move over these commitments."""
    return {move: sum(counts[p][move] for p in paragraphs) for move in Move}


def ranked(
    counts: Mapping[int, Distribution], commitments: Sequence[Commitment], base: Base
) -> tuple[Ranking, Ranking]:
    """The ten most and the ten least implemented, by share of the base, ties by paragraph.

    Commitments with an empty base have no share and are in neither; one that nobody says is
    implemented is not among the most.
    """
    rows = [Ranked(c, counts[c.paragraph]) for c in commitments]
    shares = {
        row.commitment.paragraph: Fraction(
            row.distribution[Progress.IMPLEMENTED], row.distribution.size(base)
        )
        for row in rows
        if row.distribution.size(base)
    }
    least = sorted(
        (row for row in rows if row.commitment.paragraph in shares),
        key=lambda row: (shares[row.commitment.paragraph], row.commitment.paragraph),
    )
    most = sorted(
        (row for row in least if shares[row.commitment.paragraph]),
        key=lambda row: (-shares[row.commitment.paragraph], row.commitment.paragraph),
    )
    return _first(most, shares), _first(least, shares)


def _first(rows: Sequence[Ranked], shares: Mapping[int, Fraction]) -> Ranking:
    shown, others = rows[:RANKED], rows[RANKED:]
    own = [shares[row.commitment.paragraph] for row in others]
    last = shares[shown[-1].commitment.paragraph] if shown else None
    return Ranking(tuple(shown), own.count(last) if last is not None else 0)


def reported_by_area(
    grid: Grid, members: Sequence[State], areas: Iterable[Area]
) -> tuple[Reported, ...]:
    """The rate of reporting of each area, over all its Member States."""
    reporting = set(grid.reporting)
    inside = ((area, [s.iso3 for s in members if area.code in areas_of(s)]) for area in areas)
    return tuple(
        Reported(area, len(reporting.intersection(codes)), len(codes)) for area, codes in inside
    )
