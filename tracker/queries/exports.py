"""What workbooks are made of, as a reader of one level may see it.

Submissions never change. So an export fixes the list of them first, and then reads State by
State in short transactions: the picture is consistent, and no read stays open for long.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.documents import LocalisedText, OutcomeDocument
from tracker.domain.errors import NotFound, Problem
from tracker.domain.indicators import IndicatorDefinition
from tracker.domain.item_fields import Part
from tracker.domain.progress import Audience
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.workflow import ReportStatus
from tracker.models import Commitment, Submission, SubmissionResponse
from tracker.policy.scopes import admitted_audiences
from tracker.queries.cycles import CycleRow, cycle_or_none
from tracker.queries.documents import document_or_none
from tracker.queries.figures import shown_submissions
from tracker.queries.indicators import SubmittedReturn, list_indicators, submitted_returns
from tracker.queries.shown_items import ShownItems, shown_items
from tracker.queries.states import (
    data_version,
    is_demonstration,
    list_areas,
)
from tracker.queries.struck_and_files import ShownFile, of_submission


@dataclass(frozen=True, slots=True)
class ExportedSubmission:
    """One submission. ``submitter`` is empty for whom it is not said.

    ``chain_place`` is the number and the hash of the link that recorded it, as in its receipt.
    """

    id: int
    number: int
    status: ReportStatus
    submitted_at: datetime
    accepted_at: datetime | None
    published_at: datetime | None
    on_time: bool
    content_hash: str
    submitter: str = ""
    withdrawn_at: datetime | None = None
    superseded_at: datetime | None = None
    chain_place: str = ""


@dataclass(frozen=True, slots=True)
class ExportedAnswer:
    """One answer. ``content`` is ``None`` where it is withheld; ``struck``: reasons by field."""

    content: ResponseContent | None
    struck: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StateAnswers:
    """Everything a submission says: answers by commitment key, figures by indicator, items."""

    answers: Mapping[str, ExportedAnswer]
    returns: Mapping[str, SubmittedReturn]
    items: Mapping[Part, ShownItems]
    files: Mapping[str, tuple[ShownFile, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every workbook of a cycle is about."""

    cycle: CycleRow
    document: OutcomeDocument
    indicators: tuple[IndicatorDefinition, ...]
    audience: Audience
    demonstration: bool
    data_version: int


def state_answers(session: Session, submission_id: int, audience: Audience) -> StateAnswers:
    """What one submission says to a reader of this level; the rest is never read into memory."""
    of = {"submission": submission_id}
    beside = of_submission(session, submission_id, audience)
    struck = beside.struck
    found: dict[str, ExportedAnswer] = {}
    for key, revision, measures, *fields in session.execute(_answers(audience), of):
        if revision is None:
            found[key] = ExportedAnswer(None)
            continue
        content = dict(zip(ANSWER_FIELDS, fields, strict=True))
        listed = tuple(Measure(**measure) for measure in measures)
        gone = {text.field: text.reason for text in struck.get(revision, ())}
        found[key] = ExportedAnswer(ResponseContent(**content, measures=listed), gone)
    return StateAnswers(
        answers=found,
        returns=submitted_returns(session, submission_id, audience=audience),
        items=shown_items(session, submission_id, audience, struck),
        files={key: files for (_, key), files in beside.files.items()},
    )


# These are built once: a compiled workbook asks each of them for every State.
_OF_SUBMISSION = SubmissionResponse.submission_id == bindparam("submission")
ANSWER_FIELDS = (
    "progress",
    "reason",
    "narrative",
    "narrative_language",
    "lead_agency",
    "good_practice",
    "audience",
)


@cache
def _answers(audience: Audience) -> Select[*tuple[Any, ...]]:
    """Key, revision, measures of each answer, then ``ANSWER_FIELDS``; the key alone if withheld."""
    shown = aliased(SubmissionResponse)
    admitted = shown.audience.in_(admitted_audiences(audience))
    fields = [getattr(shown, name) for name in ANSWER_FIELDS]
    return (
        select(Commitment.key, shown.revision_id, shown.measures, *fields)
        .join(SubmissionResponse, SubmissionResponse.commitment_id == Commitment.id)
        .outerjoin(shown, and_(shown.id == SubmissionResponse.id, admitted))
        .where(_OF_SUBMISSION)
        .order_by(Commitment.paragraph)
    )


def frame_of(session: Session, cycle_slug: str, audience: Audience) -> Frame:
    """What a workbook is about; ``NotFound`` where there is no such cycle."""
    cycle = cycle_or_none(session, cycle_slug)
    if cycle is None:
        raise NotFound(Problem("unknown-cycle", "cycle", {"slug": cycle_slug[:80]}))
    document = document_or_none(session, cycle.document_slug)
    if document is None:
        raise NotFound(Problem("unknown-document", "", {"slug": cycle.document_slug}))
    return Frame(
        cycle=cycle,
        document=document,
        indicators=list_indicators(session),
        audience=audience,
        demonstration=is_demonstration(session),
        data_version=data_version(session),
    )


def counted_submissions(
    session: Session, cycle_id: int, audience: Audience
) -> dict[int, ExportedSubmission]:
    """The submission of each State that counts for a reader of this level, by State."""
    shown = shown_submissions(cycle_id, audience).subquery()
    rows = session.execute(
        select(shown.c.state_id, Submission).join(Submission, Submission.id == shown.c.id)
    )
    named = audience is Audience.SECRETARIAT
    return {state_id: exported_submission(row, named=named) for state_id, row in rows}


def exported_submission(row: Submission, *, named: bool) -> ExportedSubmission:
    """One submission; ``named``: also who submitted it and when it was accepted."""
    link = row.receipt.get("chain", {})
    who = (row.submitter_name, row.submitter_title)  # either may have been struck out
    return ExportedSubmission(
        id=row.id,
        number=row.number,
        status=_status(row),
        submitted_at=row.submitted_at,
        accepted_at=row.accepted_at if named else None,
        published_at=row.published_at,
        on_time=row.on_time,
        content_hash=row.content_hash,
        submitter=", ".join(filter(None, who)) if named else "",
        withdrawn_at=row.withdrawn_at,
        superseded_at=row.superseded_at,
        chain_place=f"{link['seq']} · {link['hash']}" if link else "",
    )


def _status(row: Submission) -> ReportStatus:
    """What became of this submission; the report itself may have been reopened since."""
    if row.published_at:
        return ReportStatus.PUBLISHED
    if row.returned_at:
        return ReportStatus.RETURNED
    return ReportStatus.ACCEPTED if row.accepted_at else ReportStatus.SUBMITTED


def group_names(session: Session) -> dict[str, LocalisedText]:
    """The names of the UN regional groups by code, in order."""
    return {area.code: area.name for area in list_areas(session, "group")}
