"""What a report still lacks. Presence is asked for at submission only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracker.domain.documents import Commitment
from tracker.domain.progress import Progress
from tracker.domain.responses import ResponseContent


class Standing(StrEnum):
    """Where one commitment of a report stands."""

    ANSWERED = "answered"
    TO_DO = "to_do"
    MAY_BE_LEFT = "may_be_left"
    NOT_ASKED = "not_asked"


class Gap(StrEnum):
    """What is missing from one response."""

    NO_ANSWER = "no_answer"
    NO_PROGRESS = "no_progress"
    NO_REASON = "no_reason"


@dataclass(frozen=True, slots=True)
class Missing:
    """One gap of one commitment."""

    paragraph: int
    section: str
    gap: Gap


def gap_of(commitment: Commitment, content: ResponseContent | None) -> Gap | None:
    """What is missing from this response, if anything."""
    if not commitment.asks_states:
        return None
    if content is None or not content.says_something:
        return None if commitment.may_be_left else Gap.NO_ANSWER
    if content.progress is None:
        return Gap.NO_PROGRESS
    if content.progress is Progress.NOT_APPLICABLE and not content.reason:
        return Gap.NO_REASON
    return None


def standing_of(commitment: Commitment, content: ResponseContent | None) -> Standing:
    """Whether this commitment is answered, to do, may be left, or asks nothing."""
    if not commitment.asks_states:
        return Standing.NOT_ASKED
    if gap_of(commitment, content) is not None:
        return Standing.TO_DO
    if content is None or not content.says_something:
        return Standing.MAY_BE_LEFT
    return Standing.ANSWERED


def answered_of(
    commitments: Iterable[Commitment], contents: Mapping[str, ResponseContent]
) -> tuple[int, int]:
    """How many commitments that need an answer have a complete one, and how many need one."""
    needed = [c for c in commitments if c.asks_states and not c.may_be_left]
    standings = [standing_of(c, contents.get(c.key)) for c in needed]
    return standings.count(Standing.ANSWERED), len(needed)


def missing(
    commitments: tuple[Commitment, ...], contents: Mapping[str, ResponseContent]
) -> tuple[Missing, ...]:
    """Every gap, in the order of the document; ``contents`` by commitment key."""
    gaps = ((c, gap_of(c, contents.get(c.key))) for c in commitments)
    return tuple(Missing(c.paragraph, c.section, gap) for c, gap in gaps if gap is not None)
