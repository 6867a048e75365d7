"""The grid State × commitment of cycles as a reader sees it."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from tracker.domain.documents import Addressee
from tracker.domain.grid import Grid
from tracker.domain.progress import Absence, Audience
from tracker.models import (
    Commitment,
    NationalReport,
    OutcomeDocument,
    State,
    Submission,
    SubmissionResponse,
)
from tracker.policy.scopes import admitted_audiences
from tracker.queries.cycles import CycleRow
from tracker.queries.figures import shown_in_cycles
from tracker.queries.kept import kept, kept_each

Answers = dict[str, dict[int, str]]


def grids_of_cycles(
    session: Session, cycles: Sequence[CycleRow], states: Sequence[str], audience: Audience
) -> tuple[Grid, ...]:
    """One grid for each of these cycles on one document; ``states`` are those of every base.

    Takes three statements at most: what the public reads is kept. What the reader may not read
    leaves the database as ``withheld``, never as what it says.
    """
    if not cycles:
        return ()
    document = cycles[0].document_slug
    paragraphs = kept(session, ("asked", document), lambda: _asked(session, document))
    ids = [cycle.id for cycle in cycles]

    def read(missing: list[int]) -> dict[int, Answers]:
        return _answers(session, missing, paragraphs, audience)

    if audience is Audience.PUBLIC:
        answers = kept_each(session, "grid", ids, read)
    else:
        answers = read(ids)
    asked = tuple(paragraphs.values())
    return tuple(Grid(cycle.slug, tuple(states), asked, answers[cycle.id]) for cycle in cycles)


def _answers(
    session: Session, cycle_ids: Sequence[int], paragraphs: Mapping[int, int], audience: Audience
) -> dict[int, Answers]:
    """By cycle, for each State whose report the reader is shown, the word by paragraph."""
    answers: dict[int, Answers] = {cycle_id: {} for cycle_id in cycle_ids}
    of_submission: dict[int, dict[int, str]] = {}
    for submission_id, cycle_id, iso3 in _shown(session, cycle_ids, audience):
        of_submission[submission_id] = answers[cycle_id][iso3] = {}
    by_text = {str(submission_id): found for submission_id, found in of_submission.items()}
    for commitment_id, value, giving in session.execute(
        _values(audience, of_submission, paragraphs)
    ):
        paragraph = paragraphs[commitment_id]
        for written in giving.split(","):
            by_text[written][paragraph] = value
    return answers


def grids_of_commitment(
    session: Session,
    cycles: Sequence[CycleRow],
    commitment: tuple[str, int],
    states: Sequence[str],
    audience: Audience,
) -> tuple[Grid, ...]:
    """Grids of one commitment (key, paragraph) alone, in one statement however many cycles."""
    key, paragraph = commitment
    by_cycle: dict[int, dict[str, dict[int, str]]] = {cycle.id: {} for cycle in cycles}
    row, value = SubmissionResponse, _value(audience)
    asked = select(Commitment.id).where(Commitment.key == key).scalar_subquery()
    of_it = and_(row.submission_id == Submission.id, row.commitment_id == asked)
    for _, _, cycle_id, iso3, found in session.execute(
        shown_in_cycles(list(by_cycle), audience)
        .outerjoin(row, of_it)
        .add_columns(NationalReport.cycle_id, State.iso3, value)
    ):
        by_cycle[cycle_id][iso3] = {} if found is None else {paragraph: found}
    return tuple(
        Grid(cycle.slug, tuple(states), (paragraph,), by_cycle[cycle.id]) for cycle in cycles
    )


def values_of_submission(
    session: Session, submission_id: int, audience: Audience
) -> Mapping[int, str]:
    """By paragraph the progress that one submission gives, or ``withheld``."""
    row, value = SubmissionResponse, _value(audience)
    rows = session.execute(
        select(Commitment.paragraph, value)
        .join(row, row.commitment_id == Commitment.id)
        .where(row.submission_id == submission_id, value.is_not(None))
    )
    return {paragraph: found for paragraph, found in rows}


def _asked(session: Session, document: str) -> Mapping[int, int]:
    """Paragraphs of the commitments that ask, by row id, in the order of the document."""
    rows = session.execute(
        select(Commitment.id, Commitment.paragraph)
        .join(OutcomeDocument, Commitment.document_id == OutcomeDocument.id)
        .where(OutcomeDocument.slug == document, Commitment.addressee != Addressee.SECRETARIAT)
        .order_by(Commitment.paragraph)
    )
    return {commitment_id: paragraph for commitment_id, paragraph in rows}


def _shown(
    session: Session, cycle_ids: Sequence[int], audience: Audience
) -> list[tuple[int, int, str]]:
    """Submission shown, cycle and ISO code of every reporting State, observers among them."""
    query = shown_in_cycles(cycle_ids, audience)
    rows = session.execute(query.add_columns(NationalReport.cycle_id, State.iso3))
    return [(submission_id, cycle_id, iso3) for _, submission_id, cycle_id, iso3 in rows]


def _values(
    audience: Audience, submissions: Collection[int], commitments: Collection[int]
) -> Select[int, str, str]:
    """Commitment, value and the submissions that give it, with commas between them.

    A few rows for each commitment: one for each answer takes half as long again. Both lists are
    given so that the index alone answers.
    """
    row, value = SubmissionResponse, _value(audience).label("value")
    giving = func.aggregate_strings(cast(row.submission_id, String), ",")
    return (
        select(row.commitment_id, value, giving)
        .where(
            row.commitment_id.in_(commitments),
            row.submission_id.in_(submissions),
            value.is_not(None),
        )
        .group_by(row.commitment_id, "value")
    )


def _value(audience: Audience) -> ColumnElement[str]:
    """The progress, or ``withheld``; nothing where no answer is joined."""
    row = SubmissionResponse
    return case(
        (row.audience.in_(admitted_audiences(audience)), type_coerce(row.progress, String)),
        (row.audience.is_not(None), type_coerce(Absence.WITHHELD.value, String)),
    )
