"""How a State moved on a commitment from one cycle to the next."""

from enum import StrEnum

from tracker.domain.progress import Progress

LADDER = (
    Progress.NOT_STARTED.value,
    Progress.IN_DEVELOPMENT.value,
    Progress.PARTLY_IMPLEMENTED.value,
    Progress.IMPLEMENTED.value,
)


class Move(StrEnum):
    """What became of a pair State × commitment from one cycle to the next.

    A pair is compared where both reports give one of the four stages.
    """

    FURTHER = "further"
    SAME = "same"
    BACK = "back"
    NOT_COMPARED = "not_compared"


def move(before: str, now: str) -> Move:
    """Which way, on the four stages; both are values of ``Progress`` or ``Absence``."""
    if before not in LADDER or now not in LADDER:
        return Move.NOT_COMPARED
    steps = LADDER.index(now) - LADDER.index(before)
    return Move.FURTHER if steps > 0 else Move.BACK if steps < 0 else Move.SAME
