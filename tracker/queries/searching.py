"""The texts of all answers in a cycle, for a search by one reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.domain.progress import Audience, Progress
from tracker.domain.roles import Actor
from tracker.models import Commitment, SubmissionResponse
from tracker.policy.scopes import admitted_audiences, audience_of
from tracker.queries.figures import shown_submissions
from tracker.queries.publications import reader_level


@dataclass(frozen=True, slots=True)
class SearchedAnswer:
    """One answer that may be read; ``texts``: narrative, reason, lead agency, titles of laws."""

    state_id: int
    paragraph: int
    progress: Progress | None
    language: str
    texts: tuple[str, ...]


def searched_answers(session: Session, cycle_id: int, actor: Actor) -> Iterator[SearchedAnswer]:
    """Every answer with a text, in no order, the actor's own State's whole; one statement.

    Words are compared in Python, since no way to ignore case and accents in every script is
    the same in both databases. What is withheld never leaves the database.
    """
    audience = audience_of(actor)
    own = [key for key in actor.state_ids if reader_level(actor, key) is Audience.SECRETARIAT]
    shown = shown_submissions(cycle_id, audience).subquery()
    row = SubmissionResponse
    rows = session.execute(
        select(
            shown.c.state_id,
            Commitment.paragraph,
            row.progress,
            row.narrative_language,
            row.measures,
            row.narrative,
            row.reason,
            row.lead_agency,
        )
        .join(row, row.submission_id == shown.c.id)
        .join(Commitment, Commitment.id == row.commitment_id)
        .where(or_(row.audience.in_(admitted_audiences(audience)), shown.c.state_id.in_(own)))
    )
    for state_id, paragraph, progress, language, measures, *typed in rows:
        texts = (*typed, *_titles(measures))
        if any(texts):
            yield SearchedAnswer(state_id, paragraph, progress, language, texts)


def _titles(measures: list[dict[str, Any]]) -> Iterator[str]:
    for measure in measures:
        yield measure["title"]
