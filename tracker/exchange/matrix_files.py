"""The matrix of a cycle as a file: a row for each State, the same cell by cell, and its sums."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.domain.documents import Commitment
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Distribution, Progress
from tracker.domain.states import State
from tracker.exchange.columns import Column, Columns, Kind
from tracker.exchange.commitments import KEY, PARAGRAPH
from tracker.exchange.comparison_columns import progress_or_absence
from tracker.exchange.cycle_files import (
    IN_VIEW,
    SECTION,
    CyclePage,
    count_columns,
    cycle_file,
    state_columns,
)
from tracker.exchange.marks import FileKind
from tracker.exchange.overview_files import CommitmentLine, commitment_columns
from tracker.exchange.page_files import Listed, PageFile
from tracker.exchange.words import Words

PROGRESS_HELP = N_("Progress in words, or why there is none.")


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One State: what it says on each commitment chosen, and how many of them say what."""

    state: State
    values: Sequence[str]
    counts: Distribution


@dataclass(frozen=True, slots=True)
class Pair:
    """One State on one commitment; ``value`` is the one word under which it counts."""

    state: State
    commitment: Commitment
    value: str


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """What the page shows: ``rows`` in its order, ``totals`` of the ``commitments``."""

    page: CyclePage
    commitments: Sequence[Commitment]
    rows: Sequence[MatrixRow]
    totals: Sequence[Distribution]


def matrix_file(data: MatrixPage, words: Words) -> PageFile:
    """The tables of the page, with what was chosen."""
    base = data.page.base
    sums = list(map(CommitmentLine, data.commitments, data.totals))
    tables = [
        Listed("matrix", N_("Matrix"), _row_columns(data), data.rows, IN_VIEW),
        Listed("cells", N_("One row a cell"), pair_columns(data.page), list(_cells(data)), 3),
        Listed("commitments", N_("Commitments"), commitment_columns(base), sums, 3),
    ]
    return cycle_file(data.page, FileKind.MATRIX, N_("Matrix"), tables, words)


def _cells(data: MatrixPage) -> Iterator[Pair]:
    for row in data.rows:
        for commitment, value in zip(data.commitments, row.values, strict=True):
            yield Pair(row.state, commitment, value)


def _row_columns(data: MatrixPage) -> Columns[MatrixRow]:
    return (
        *state_columns(data.page, lambda row: row.state),
        *(Column(f"p{one.paragraph}", str(one.paragraph), Kind.LABEL, 13, _said(at), PROGRESS_HELP)
          for at, one in enumerate(data.commitments)),
        *count_columns(lambda row: row.counts, data.page.base, pairs=True),
    )  # fmt: skip


def _said(at: int) -> Callable[[MatrixRow], Progress | Absence]:
    return lambda row: progress_or_absence(row.values[at])


def pair_columns(page: CyclePage) -> Columns[Any]:
    """State × commitment with what is said."""
    return (
        *state_columns(page, lambda pair: pair.state),
        PARAGRAPH,
        KEY,
        SECTION,
        Column("progress", N_("Progress"), Kind.LABEL, 18,
               lambda pair: progress_or_absence(pair.value), PROGRESS_HELP),
    )  # fmt: skip
