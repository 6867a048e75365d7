"""The States behind a figure: which pairs State × commitment were counted in it.

What is true of a State is told of observers too, who are listed apart and count in no figure.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tracker.domain.grid import Grid
from tracker.domain.movement import Move, move


class Reporters(StrEnum):
    """Every pair of States that reported, in this cycle or in the one before too.

    Of the first rates of reporting are shares, of the second movements.
    """

    NOW = "reported"
    IN_BOTH = "in_both"


@dataclass(frozen=True, slots=True)
class StatePairs:
    """One State with the paragraphs of its commitments that were counted, never none."""

    iso3: str
    paragraphs: tuple[int, ...]


def pairs_with(
    grid: Grid, states: Sequence[str], paragraphs: Sequence[int], values: Collection[str]
) -> tuple[StatePairs, ...]:
    """The pairs whose value is one of these, by State in the order given."""
    rows = (
        StatePairs(iso3, tuple(p for p in paragraphs if grid.value(iso3, p) in values))
        for iso3 in states
    )
    return tuple(row for row in rows if row.paragraphs)


def pairs_moved(
    before: Grid, now: Grid, states: Sequence[str], paragraphs: Sequence[int], wanted: Move
) -> tuple[StatePairs, ...]:
    """The pairs that moved so, over those of these States that reported in both cycles."""
    both = before.answers.keys() & now.answers.keys()
    rows = (
        StatePairs(
            iso3,
            tuple(
                p for p in paragraphs if move(before.value(iso3, p), now.value(iso3, p)) is wanted
            ),
        )
        for iso3 in states
        if iso3 in both
    )
    return tuple(row for row in rows if row.paragraphs)


def pairs_of_reporting(
    grids: Sequence[Grid], states: Sequence[str], paragraphs: Sequence[int]
) -> tuple[StatePairs, ...]:
    """Every pair of those of these States that reported in each of the cycles."""
    rows = (
        StatePairs(iso3, tuple(paragraphs))
        for iso3 in states
        if all(iso3 in grid.answers for grid in grids)
    )
    return tuple(row for row in rows if row.paragraphs)
