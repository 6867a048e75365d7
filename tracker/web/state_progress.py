"""What one report says section by section, and what changed since the cycle before."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.domain.documents import OutcomeDocument, Section
from tracker.domain.grid import Grid, count_moves
from tracker.domain.movement import Move, move
from tracker.domain.progress import Distribution


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """The commitments under one heading, or all of them where ``section`` is ``None``.

    ``moves`` count against the cycle before; ``None`` where the State has no report there.
    """

    section: Section | None
    asked: int
    distribution: Distribution
    moves: Counter[Move] | None


def progress_by_section(
    document: OutcomeDocument, now: Mapping[int, str], before: Mapping[int, str] | None
) -> tuple[SectionProgress, ...]:
    """Each heading that holds commitments which ask, then all of them.

    ``now`` and ``before`` give the progress, or ``withheld``, by paragraph.
    """
    asking = [commitment for commitment in document.commitments if commitment.asks_states]
    parts: list[tuple[Section | None, Sequence[int]]] = []
    for section in document.blocks():
        inside = [c.paragraph for c in asking if c.section == section.code]
        if inside:
            parts.append((section, inside))
    parts.append((None, [commitment.paragraph for commitment in asking]))
    return tuple(_counted(section, inside, now, before) for section, inside in parts)


def paragraphs_with(
    document: OutcomeDocument,
    now: Mapping[int, str],
    before: Mapping[int, str] | None,
    value: str,
) -> frozenset[int]:
    """Those counted under a value of progress or absence, or under a move since ``before``."""
    asking = [commitment.paragraph for commitment in document.commitments if commitment.asks_states]
    words = _of_one_state(asking, now).row(*ONE, asking)
    if value in list(Move):
        earlier = _of_one_state(asking, before or {}).row(*ONE, asking)
        words = [move(*pair).value for pair in zip(earlier, words, strict=True)]
    return frozenset(p for p, word in zip(asking, words, strict=True) if word == value)


def _counted(
    section: Section | None,
    inside: Sequence[int],
    now: Mapping[int, str],
    before: Mapping[int, str] | None,
) -> SectionProgress:
    grid = _of_one_state(inside, now)
    moves = None
    if before is not None:
        moves = count_moves(_of_one_state(inside, before), grid, ONE, inside)
    return SectionProgress(section, len(inside), grid.distribution(ONE, inside), moves)


ONE = ("",)
"""The one State of these grids needs no code."""


def _of_one_state(paragraphs: Sequence[int], values: Mapping[int, str]) -> Grid:
    return Grid("", ONE, tuple(paragraphs), {ONE[0]: values})
