"""Weightings of reports as they were loaded."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.scoring import Weighting, weighting_from
from tracker.models import OutcomeDocument
from tracker.models import Weighting as Row


def list_weightings(session: Session) -> tuple[Weighting, ...]:
    """That of each document which has one, by document."""
    rows = session.scalars(
        select(Row.definition)
        .join(OutcomeDocument, OutcomeDocument.id == Row.document_id)
        .order_by(OutcomeDocument.slug)
    )
    return tuple(weighting_from(definition) for definition in rows)
