"""What each State or group of a comparison says on all its commitments together."""

from collections import Counter
from collections.abc import Sequence

from tracker.domain.comparison import Column, GroupCell, Row, StateColumn
from tracker.domain.grid import count_moves, states_in_both
from tracker.domain.progress import Base, Distribution


def totals(columns: Sequence[Column], rows: Sequence[Row], base: Base) -> tuple[GroupCell, ...]:
    """By column the pairs State × commitment of these rows that ask States.

    Of a State shares are of all of them, of a group of those in the base.
    ``in_both`` counts pairs too: those of States that reported in both cycles; ``moves`` is
    ``None`` of a State that did not report in both, and where there is no cycle to compare with.
    """
    asking = [row for row in rows if row.commitment.asks_states]
    return tuple(_total(column, asking, base) for column in columns)


def _total(column: Column, rows: Sequence[Row], base: Base) -> GroupCell:
    if isinstance(column, StateColumn):
        cells = [column.cell(row.commitment) for row in rows]
        moves = Counter(cell.move for cell in cells if cell.move)
        distribution = Distribution(Counter(cell.value for cell in cells))
        moved = moves if column.report and column.before else None
        return GroupCell(distribution, Base.MEMBERS, moved, moves.total())
    paragraphs = [row.commitment.paragraph for row in rows]
    distribution = column.grid.distribution(column.states, paragraphs)
    if column.before is None:
        return GroupCell(distribution, base)
    both = set(states_in_both(column.before, column.grid)).intersection(column.states)
    moves = count_moves(column.before, column.grid, column.states, paragraphs)
    return GroupCell(distribution, base, moves, len(both) * len(paragraphs))
