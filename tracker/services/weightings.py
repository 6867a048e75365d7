"""Loading weightings of reports; safe to repeat."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.domain import scoring
from tracker.domain.errors import NotFound, Problem
from tracker.models import OutcomeDocument, Weighting


def load_weightings(session: Session, weightings: Iterable[scoring.Weighting]) -> None:
    """Put these in the place of all there are; ``NotFound`` where one is of an unknown document."""
    ids = {
        slug: key for slug, key in session.execute(select(OutcomeDocument.slug, OutcomeDocument.id))
    }
    session.execute(delete(Weighting))
    for weighting in weightings:
        if weighting.document not in ids:
            raise NotFound(Problem("unknown-document", "", {"slug": weighting.document}))
        definition = scoring.weighting_data(weighting)
        session.add(Weighting(document_id=ids[weighting.document], definition=definition))
    session.flush()
