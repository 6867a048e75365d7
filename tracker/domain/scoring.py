"""The published weighting of Programme of Action reports, and our reading of it for one State.

The monitor weighs the commitments of the Programme of Action by rank and by how firmly they
bind. An outcome document makes no primary and subsidiary commitments, so ours takes the rank
alone and is no score of the monitor. It is never put beside that of another State.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracker.domain.documents import Commitment, OutcomeDocument, Strength, Theme
from tracker.domain.grid import Grid
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Progress

SOURCE: Final = "https://www.gunpolicy.org/fr/firearms/citation/quotes/8754"
# How firmly a commitment binds, with the points of a primary and of a subsidiary one.
WEIGHTS: Final[tuple[tuple[str, float, float], ...]] = (
    (N_("Firm"), 1.0, 0.5),
    (N_("Conditional"), 0.5, 0.25),
    (N_("Encouraged"), 0.5, 0.25),
)
# The most points that each theme of the published weighting can give.
MAXIMA: Final[tuple[tuple[str, float], ...]] = (
    (N_("Coordination agency"), 1.0),
    (N_("Point of contact"), 2.0),
    (N_("Manufacture"), 3.0),
    (N_("Marking"), 14.25),
    (N_("Records"), 4.0),
    (N_("Tracing"), 1.5),
    (N_("Transfers"), 12.0),
    (N_("Brokering"), 3.5),
    (N_("Stockpiles"), 4.5),
    (N_("Surplus"), 4.0),
    (N_("Public awareness"), 1.0),
    (N_("Other"), 6.0),
)
PUBLISHED_MAXIMUM: Final = sum(points for _, points in MAXIMA)
FIRM, LESS_FIRM, NOTHING = 1.0, 0.5, 0.0


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a maximum; ``withheld`` and ``unanswered`` are points of it that nobody can give.

    Multiples of a half.
    """

    points: float
    maximum: float
    withheld: float
    unanswered: float


@dataclass(frozen=True, slots=True)
class Score:
    """One State by itself; a commitment with several themes stands in each and once in all."""

    whole: Points
    themes: tuple[tuple[Theme, Points], ...]


def weight(commitment: Commitment) -> float:
    """Our reading: 1 where States commit to it without a qualifier, 0.5 where with one.

    0.5 where they are encouraged or to consider, nothing where a paragraph only recognises.
    """
    if commitment.strength is Strength.COMMIT:
        return LESS_FIRM if commitment.qualifiers else FIRM
    return NOTHING if commitment.may_be_left or commitment.strength is None else LESS_FIRM


def score_of(grid: Grid, document: OutcomeDocument, iso3: str) -> Score | None:
    """What the State says is implemented, weighed; ``None`` where it did not report."""
    if iso3 not in grid.answers:
        return None
    asked = [c for c in document.commitments if c.asks_states]
    themes = ((theme, [c for c in asked if theme in c.themes]) for theme in Theme)
    return Score(
        _points(grid, iso3, asked),
        tuple((theme, _points(grid, iso3, some)) for theme, some in themes if some),
    )


def _points(grid: Grid, iso3: str, commitments: Sequence[Commitment]) -> Points:
    """Commitments that do not apply lower the maximum."""
    weights: dict[str, float] = {}
    for commitment in commitments:
        value = grid.value(iso3, commitment.paragraph)
        weights[value] = weights.get(value, 0.0) + weight(commitment)
    return Points(
        points=weights.get(Progress.IMPLEMENTED, 0.0),
        maximum=sum(weights.values()) - weights.get(Progress.NOT_APPLICABLE, 0.0),
        withheld=weights.get(Absence.WITHHELD, 0.0),
        unanswered=weights.get(Absence.NOT_ANSWERED, 0.0),
    )
