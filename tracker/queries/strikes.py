"""What was struck out, and what of an answer can be."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import ChainText, Commitment, SubmissionResponse


@dataclass(frozen=True, slots=True)
class StruckText:
    """The place of a text that is gone. ``field`` as in the chain: ``measures.0.title``."""

    field: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class StandingText:
    """A text of a submitted answer as it stands."""

    field: str
    value: str


def struck_in_submission(session: Session, submission_id: int) -> dict[str, tuple[StruckText, ...]]:
    """What was struck out of a submission's answers, by commitment key.

    The caller shows it only beside answers that the reader may read.
    """
    rows = session.execute(
        select(Commitment.key, ChainText.field, ChainText.struck_at, ChainText.struck_reason)
        .join(SubmissionResponse, SubmissionResponse.commitment_id == Commitment.id)
        .join(ChainText, ChainText.entry_id == SubmissionResponse.revision_id)
        .where(SubmissionResponse.submission_id == submission_id, ChainText.struck_at.is_not(None))
        .order_by(Commitment.paragraph, ChainText.field)
    )
    struck: dict[str, list[StruckText]] = defaultdict(list)
    for key, field, at, reason in rows:
        if at is not None:
            struck[key].append(StruckText(field, at, reason or ""))
    return {key: tuple(texts) for key, texts in struck.items()}


def standing_texts(session: Session, revision_id: int) -> tuple[StandingText, ...]:
    """The texts of one revision that can be struck out, by field."""
    rows = session.scalars(
        select(ChainText)
        .where(ChainText.entry_id == revision_id, ChainText.struck_at.is_(None))
        .order_by(ChainText.field)
    )
    return tuple(StandingText(row.field, row.value or "") for row in rows)
