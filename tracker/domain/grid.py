"""State × commitment in one cycle as one reader sees it, and everything counted over it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker.domain.movement import Move, move
from tracker.domain.progress import Absence, Distribution


@dataclass(frozen=True, slots=True)
class Grid:
    """The one word for each pair; ``answers`` holds reporting States only.

    ``states`` are the States of every base, by ISO code; ``answers`` gives for each State whose
    report this reader is shown, by paragraph, the progress or ``withheld``; a paragraph that is
    not there was not answered. Observer States may be in ``answers``, never in ``states``.
    """

    cycle: str
    states: tuple[str, ...]
    paragraphs: tuple[int, ...]
    answers: Mapping[str, Mapping[int, str]]

    @property
    def reporting(self) -> tuple[str, ...]:
        """The States of the base that reported."""
        return tuple(iso3 for iso3 in self.states if iso3 in self.answers)

    def value(self, iso3: str, paragraph: int) -> str:
        """The one of ``COUNT_KEYS`` under which the pair counts."""
        found = self.answers.get(iso3)
        if found is None:
            return Absence.NOT_REPORTED.value
        return found.get(paragraph, Absence.NOT_ANSWERED.value)

    def distribution(self, states: Iterable[str], paragraphs: Sequence[int]) -> Distribution:
        """Pairs by value over these States and commitments."""
        counts: Counter[str] = Counter()
        for iso3 in states:
            found = self.answers.get(iso3)
            if found is None:
                counts[Absence.NOT_REPORTED.value] += len(paragraphs)
                continue
            values = [found[p] for p in paragraphs if p in found]
            counts.update(values)
            counts[Absence.NOT_ANSWERED.value] += len(paragraphs) - len(values)
        return Distribution(counts)

    def states_with(self, value: str, states: Iterable[str], paragraph: int) -> tuple[str, ...]:
        """Which of these States give this value on the commitment."""
        return tuple(iso3 for iso3 in states if self.value(iso3, paragraph) == value)


def states_in_both(before: Grid, now: Grid) -> tuple[str, ...]:
    """The States of the base that reported in both cycles."""
    return tuple(iso3 for iso3 in now.reporting if iso3 in before.answers)


def count_moves(
    before: Grid, now: Grid, states: Iterable[str], paragraphs: Sequence[int]
) -> Counter[Move]:
    """Pairs by move, over those of these States that reported in both cycles."""
    both = set(states_in_both(before, now))
    return Counter(
        move(before.value(iso3, paragraph), now.value(iso3, paragraph))
        for iso3 in states
        if iso3 in both
        for paragraph in paragraphs
    )
