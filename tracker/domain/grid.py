"""State × commitment in one cycle as one reader sees it, and everything counted over it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker.domain.movement import Move, move
from tracker.domain.progress import Absence, Distribution

NOT_REPORTED, NOT_ANSWERED = Absence.NOT_REPORTED.value, Absence.NOT_ANSWERED.value


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
        return self.row(iso3, (paragraph,))[0]

    def row(self, iso3: str, paragraphs: Sequence[int]) -> list[str]:
        """The same for one State and several commitments, in their order."""
        found = self.answers.get(iso3)
        if found is None:
            return [NOT_REPORTED] * len(paragraphs)
        return [found.get(paragraph, NOT_ANSWERED) for paragraph in paragraphs]

    def distribution(self, states: Iterable[str], paragraphs: Sequence[int]) -> Distribution:
        """Pairs by value over these States and commitments."""
        counts: Counter[str] = Counter()
        for iso3 in states:
            counts.update(self.row(iso3, paragraphs))
        return Distribution(counts)


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
