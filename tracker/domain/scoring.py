"""A published weighting of reports, and our reading of it for one document and one State.

What weighs how much is a file in ``seed/weightings``, one for each outcome document. The points
of a State are no score of those who published it, and never put beside those of another State.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from tracker.domain.documents import (
    Commitment,
    LocalisedText,
    OutcomeDocument,
    Strength,
    Theme,
)
from tracker.domain.grid import Grid
from tracker.domain.progress import Absence, Progress

RECOGNISE: Final = Strength.RECOGNISE


@dataclass(frozen=True, slots=True)
class Binding:
    """How firmly a commitment binds, with the points of a primary and of a subsidiary one."""

    label: LocalisedText
    primary: float
    subsidiary: float


@dataclass(frozen=True, slots=True)
class Maximum:
    """The most points that one theme of the published weighting can give."""

    label: LocalisedText
    points: float


@dataclass(frozen=True, slots=True)
class Weighting:
    """A published weighting, and our reading of it for one outcome document.

    ``strengths`` gives for each strength the points of a commitment without and with a qualifier;
    ``reading`` says the same in words. Points are multiples of a quarter, so sums are exact.
    """

    document: str
    name: LocalisedText
    about: LocalisedText
    source: str
    bindings: tuple[Binding, ...]
    maxima: tuple[Maximum, ...]
    reading: LocalisedText
    strengths: Mapping[str, tuple[float, float]]

    @property
    def total(self) -> float:
        """The most points that all themes can give together."""
        return sum(theme.points for theme in self.maxima)

    @property
    def heaviest(self) -> tuple[Maximum, ...]:
        """The two themes that can give most, the heavier first."""
        return tuple(sorted(self.maxima, key=lambda theme: -theme.points)[:2])

    def weight(self, commitment: Commitment) -> float:
        """The points of one commitment, by its first verb that does more than recognise."""
        acts = [strength for strength in commitment.strengths if strength is not RECOGNISE]
        strength = next(iter(acts), commitment.strength)
        if strength is None or not commitment.asks_states:
            return 0.0
        plain, qualified = self.strengths[strength.value]
        return qualified if commitment.qualifiers else plain


def weighting_data(weighting: Weighting) -> dict[str, Any]:
    """The weighting as plain data that JSON can hold."""
    return asdict(weighting)


def weighting_from(data: Mapping[str, Any]) -> Weighting:
    """The weighting again from what ``weighting_data`` gave, also after a turn through JSON."""
    rest = {name: data[name] for name in ("document", "name", "about", "source", "reading")}
    return Weighting(
        **rest,
        bindings=tuple(Binding(**row) for row in data["bindings"]),
        maxima=tuple(Maximum(**row) for row in data["maxima"]),
        strengths={name: (plain, more) for name, (plain, more) in data["strengths"].items()},
    )


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a maximum; ``withheld`` and ``unanswered`` are points of it that nobody can give.

    Multiples of a quarter.
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


def score_of(
    weighting: Weighting, grid: Grid, document: OutcomeDocument, iso3: str
) -> Score | None:
    """What the State says is implemented, weighed; ``None`` where it did not report."""
    if iso3 not in grid.answers:
        return None
    asked = [c for c in document.commitments if c.asks_states]
    themes = ((theme, [c for c in asked if theme in c.themes]) for theme in Theme)
    return Score(
        _points(weighting, grid, iso3, asked),
        tuple((theme, _points(weighting, grid, iso3, some)) for theme, some in themes if some),
    )


def _points(
    weighting: Weighting, grid: Grid, iso3: str, commitments: Sequence[Commitment]
) -> Points:
    """Commitments that do not apply lower the maximum."""
    weights: dict[str, float] = {}
    for commitment in commitments:
        value = grid.value(iso3, commitment.paragraph)
        weights[value] = weights.get(value, 0.0) + weighting.weight(commitment)
    return Points(
        points=weights.get(Progress.IMPLEMENTED, 0.0),
        maximum=sum(weights.values()) - weights.get(Progress.NOT_APPLICABLE, 0.0),
        withheld=weights.get(Absence.WITHHELD, 0.0),
        unanswered=weights.get(Absence.NOT_ANSWERED, 0.0),
    )
