"""The States behind a figure of a cycle as a file, with the paragraphs that were counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tracker.domain.messages import N_
from tracker.domain.states import State
from tracker.exchange.columns import Column, Kind
from tracker.exchange.cycle_files import CyclePage, cycle_file, state_columns
from tracker.exchange.marks import FileKind
from tracker.exchange.matrix_files import Pair, pair_columns
from tracker.exchange.page_files import Listed, PageFile
from tracker.exchange.words import Words


@dataclass(frozen=True, slots=True)
class BehindLine:
    """One State: how many of its pairs were counted, ``of`` how many; observers are of none."""

    state: State
    counted: int
    of: int | None


@dataclass(frozen=True, slots=True)
class FigureLine:
    """The figure itself; ``value`` is ``None`` for everything in the base."""

    value: StrEnum | None
    paragraph: int | None
    states: int
    states_chosen: int
    pairs: int
    pairs_of: int


@dataclass(frozen=True, slots=True)
class BehindPage:
    """What the page shows: ``pairs`` are those of the States listed, observers' at the end.

    ``state`` is the one State of which the figure is, if it is of one.
    """

    page: CyclePage
    figure: FigureLine
    state: State | None
    states: Sequence[BehindLine]
    pairs: Sequence[Pair]


def behind_file(data: BehindPage, words: Words) -> PageFile:
    """The tables of the page, with what was chosen."""
    states = (*state_columns(data.page, lambda line: line.state), *_STATES)
    tables = [
        Listed("figure", N_("Figure"), _FIGURE, [data.figure], 1),
        Listed("states", N_("States"), states, data.states, 3),
        Listed("pairs", N_("Pairs"), pair_columns(data.page), data.pairs, 3),
    ]
    return cycle_file(
        data.page,
        FileKind.BEHIND,
        N_("States behind a figure"),
        tables,
        words,
        facts=_facts(data, words),
        rules=_RULES,
    )


def _facts(data: BehindPage, words: Words) -> Iterator[tuple[str, str]]:
    """What the figure is of besides the filters."""
    if data.figure.paragraph:
        yield words(N_("The one commitment")), str(data.figure.paragraph)
    if data.state:
        yield words(N_("The one State")), words.text(data.state.name)


_RULES = (
    N_(
        "Observer States of which the same is true stand at the end; they are in no number of the "
        "figure."
    ),
    N_("Movement counts only States that reported in both cycles, whatever base is chosen."),
)
_FIGURE: tuple[Column[FigureLine], ...] = (
    Column("value", N_("Value"), Kind.LABEL, 26, lambda line: line.value,
           N_("What is true of what is counted; empty of everything in the base.")),
    Column("paragraph", N_("Paragraph"), Kind.NUMBER, 10, lambda line: line.paragraph,
           N_("The one commitment asked for; empty of all chosen.")),
    Column("states", N_("States behind it"), Kind.NUMBER, 12, lambda line: line.states,
           N_("Number of Member States.")),
    Column("states_chosen", N_("Member States chosen"), Kind.NUMBER, 12,
           lambda line: line.states_chosen, N_("Number of Member States.")),
    Column("pairs", N_("Pairs counted"), Kind.NUMBER, 12, lambda line: line.pairs,
           N_("Number of pairs State × commitment.")),
    Column("base_size", N_("Pairs in the base"), Kind.NUMBER, 12, lambda line: line.pairs_of,
           N_("Pairs State × commitment of which the figure is a share.")),
)  # fmt: skip
_STATES: tuple[Column[BehindLine], ...] = (
    Column("standing", N_("Standing"), Kind.LABEL, 14, lambda line: line.state.status,
           N_("Member State, or observer State, which stands outside every base.")),
    Column("pairs", N_("Commitments counted"), Kind.NUMBER, 12, lambda line: line.counted,
           N_("Commitments of the State that were counted.")),
    Column("base_size", N_("Commitments in the base"), Kind.NUMBER, 12, lambda line: line.of,
           N_("Commitments of the State in the base; empty of observer States.")),
)  # fmt: skip
