"""Who and what the demonstration reports are made with: people, ids, a clock that moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tracker.cli.demo_texts import Library
from tracker.domain.indicators import IndicatorDefinition
from tracker.domain.roles import Actor
from tracker.domain.signed import Signer


class MovingClock:
    """A clock that stands where it is put, only ever later, and moves on when it is read."""

    def __init__(self) -> None:
        self.now = datetime(2021, 9, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=2)
        return self.now

    def put(self, moment: datetime) -> None:
        """Go to a moment, unless it is past."""
        self.now = max(self.now, moment)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A commitment as saving needs it."""

    commitment_id: int
    section: str
    may_be_left: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """Who and what the reports need. ``people``: all who edit, by State, the focal point first."""

    library: Library
    state_ids: Mapping[str, int]
    cycle_ids: Mapping[str, int]
    paragraphs: Mapping[int, Paragraph]
    indicators: Mapping[str, IndicatorDefinition]
    people: Mapping[str, tuple[Actor, ...]]
    reviewer: Actor
    administrator: Actor
    signer: Signer

    @property
    def may_be_left(self) -> frozenset[int]:
        """The paragraphs that only recognise."""
        return frozenset(n for n, paragraph in self.paragraphs.items() if paragraph.may_be_left)
