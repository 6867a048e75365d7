"""Needs and offers of all States side by side: choosing, matching and summing them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from tracker.domain.assistance import Assistance, AssistanceKind, AssistanceStatus, Direction
from tracker.domain.documents import Theme
from tracker.domain.selection import areas_of
from tracker.domain.states import State

ENDED = (AssistanceStatus.COMPLETED, AssistanceStatus.WITHDRAWN)
"""Nobody looks for a partner any more."""


class Listed(Protocol):
    """One need or offer with the State whose it is."""

    @property
    def state(self) -> State:
        """Whose it is."""

    @property
    def content(self) -> Assistance:
        """What is needed or offered."""


L = TypeVar("L", bound=Listed)


@dataclass(frozen=True, slots=True)
class AssistanceChoice:
    """Everything where nothing is chosen; what is chosen holds together.

    ``area`` is the code of a UN regional group, an M49 region or sub-region.
    """

    direction: Direction | None = None
    theme: Theme | None = None
    kind: AssistanceKind | None = None
    status: AssistanceStatus | None = None
    area: str = ""
    paragraph: int | None = None

    def takes_state(self, state: State) -> bool:
        """Whether the State is in the area chosen."""
        return not self.area or self.area in areas_of(state)

    def takes(self, listed: Listed) -> bool:
        """Whether it is among what was asked for."""
        content = listed.content
        return (
            self.takes_state(listed.state)
            and self.direction in (None, content.direction)
            and self.theme in (None, content.theme)
            and self.kind in (None, content.kind)
            and self.status in (None, content.status)
            and self.paragraph in (None, *content.paragraphs)
        )


def not_ended(rows: Iterable[L]) -> tuple[L, ...]:
    """Those that are neither completed nor withdrawn: what counts and sums are made of."""
    return tuple(row for row in rows if row.content.status not in ENDED)


@dataclass(frozen=True, slots=True)
class CurrencySum:
    """What is named in one currency, in whole units of it; ``named`` is how many name an amount."""

    direction: Direction
    currency: str
    amount: int
    named: int


def currency_sums(rows: Iterable[Listed]) -> tuple[CurrencySum, ...]:
    """Needs, then offers, each by currency; currencies are never added to one another."""
    amounts: Counter[tuple[Direction, str]] = Counter()
    named: Counter[tuple[Direction, str]] = Counter()
    for row in rows:
        content = row.content
        if content.direction and content.amount is not None:
            amounts[content.direction, content.currency] += content.amount
            named[content.direction, content.currency] += 1
    order = list(Direction)
    keys = sorted(named, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(CurrencySum(*key, amounts[key], named[key]) for key in keys)


def counts_by_theme(rows: Iterable[Listed]) -> dict[Theme, Counter[Direction]]:
    """How many are needed and how many offered on each theme that has any, in its order."""
    found: dict[Theme, Counter[Direction]] = defaultdict(Counter)
    for row in rows:
        if row.content.theme and row.content.direction:
            found[row.content.theme][row.content.direction] += 1
    return {theme: found[theme] for theme in Theme if theme in found}


def matches_of(one: Listed, rows: Sequence[L]) -> tuple[L, ...]:
    """Offers of other States for a need, needs for an offer: same theme, the same kind first.

    What has ended is matched with nothing.
    """
    wanted = one.content
    if wanted.status in ENDED:
        return ()
    found = [row for row in rows if _meets(one, row)]
    return tuple(sorted(found, key=lambda row: not same_kind(one, row)))


def same_kind(one: Listed, other: Listed) -> bool:
    """Whether both say the same kind of assistance; where one says none, it is not the same."""
    return one.content.kind is not None and one.content.kind is other.content.kind


def _meets(one: Listed, other: Listed) -> bool:
    mine, theirs = one.content, other.content
    return (
        theirs.direction is not mine.direction
        and theirs.theme is mine.theme
        and theirs.status not in ENDED
        and other.state.iso3 != one.state.iso3
    )
