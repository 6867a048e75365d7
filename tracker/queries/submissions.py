"""Submissions: read by the secretariat from the start, by others once published."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session, aliased

from tracker.domain.progress import Audience
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import Actor
from tracker.domain.workflow import ReportStatus, Step
from tracker.models import (
    ChainEntry,
    Commitment,
    NationalReport,
    OutcomeDocument,
    ReportingCycle,
    State,
    Submission,
    SubmissionResponse,
)
from tracker.policy.scopes import readable_submissions


@dataclass(frozen=True, slots=True)
class Made:
    """One submission and what became of it, without what it says."""

    number: int
    submitted_at: datetime
    withdrawn_at: datetime | None
    returned_at: datetime | None
    accepted_at: datetime | None
    published_at: datetime | None
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class SubmissionRow(Made):
    """One submission without its answers. ``status`` is that of the report now."""

    id: int
    public_id: str
    report_id: int
    report_public_id: str
    status: ReportStatus
    state_id: int
    iso3: str
    state_name: dict[str, str]
    cycle_slug: str
    document_slug: str
    submitter_name: str
    submitter_title: str
    on_time: bool
    content_hash: str
    receipt: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Acceptor:
    """Who accepted a report; ``public_id`` is the one that stands in its chain."""

    user_id: int | None
    public_id: str


@dataclass(frozen=True, slots=True)
class SubmittedResponse:
    """One answer as it was submitted, with the revision it copies."""

    key: str
    paragraph: int
    revision_id: int
    content: ResponseContent


def list_submissions(session: Session, actor: Actor, report_id: int) -> tuple[SubmissionRow, ...]:
    """The submissions of a report that the actor may read, the first one first."""
    query = _select(actor).where(Submission.report_id == report_id).order_by(Submission.number)
    return _rows(session, query)


def list_submissions_beside(
    session: Session, actor: Actor, public_id: str
) -> tuple[SubmissionRow, ...]:
    """The same of the report that the submission of this public id belongs to."""
    report = select(Submission.report_id).where(Submission.public_id == public_id).scalar_subquery()
    query = _select(actor).where(Submission.report_id == report).order_by(Submission.number)
    return _rows(session, query)


def submission_or_none(session: Session, actor: Actor, public_id: str) -> SubmissionRow | None:
    """One submission by its public id, or none that the actor may know of."""
    rows = _rows(session, _select(actor).where(Submission.public_id == public_id))
    return rows[0] if rows else None


def list_submissions_of_state(
    session: Session, actor: Actor, state_id: int
) -> tuple[SubmissionRow, ...]:
    """Every submission of a State that the actor may read, the latest first."""
    query = (
        _select(actor)
        .where(NationalReport.state_id == state_id)
        .order_by(
            ReportingCycle.opens_on.desc(), ReportingCycle.slug.desc(), Submission.number.desc()
        )
    )
    return _rows(session, query)


def submitted_responses(session: Session, submission_id: int) -> dict[str, SubmittedResponse]:
    """Every answer of a submission by commitment key; the caller applies the audience."""
    return responses_of_submissions(session, [submission_id])[submission_id]


def responses_of_submissions(
    session: Session, submission_ids: Collection[int]
) -> dict[int, dict[str, SubmittedResponse]]:
    """The same of several submissions, by their row ids; one statement, however many."""
    rows = session.execute(
        select(SubmissionResponse, Commitment.key, Commitment.paragraph)
        .join(Commitment, SubmissionResponse.commitment_id == Commitment.id)
        .where(SubmissionResponse.submission_id.in_(submission_ids))
        .order_by(Commitment.paragraph)
    )
    found: dict[int, dict[str, SubmittedResponse]] = {number: {} for number in submission_ids}
    for row, key, paragraph in rows:
        response = SubmittedResponse(key, paragraph, row.revision_id, submitted_content(row))
        found[row.submission_id][key] = response
    return found


def submitted_content(row: SubmissionResponse) -> ResponseContent:
    """The frozen columns as the domain's content."""
    return ResponseContent(
        progress=row.progress,
        reason=row.reason,
        narrative=row.narrative,
        narrative_language=row.narrative_language,
        lead_agency=row.lead_agency,
        good_practice=row.good_practice,
        audience=Audience(row.audience),
        measures=tuple(Measure(**measure) for measure in row.measures),
    )


def _select(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Submission, NationalReport, State, ReportingCycle, OutcomeDocument.slug)
        .join(NationalReport, Submission.report_id == NationalReport.id)
        .join(State, NationalReport.state_id == State.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .join(OutcomeDocument, ReportingCycle.document_id == OutcomeDocument.id)
        .where(readable_submissions(actor))
    )


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> tuple[SubmissionRow, ...]:
    return tuple(
        SubmissionRow(
            id=row.id,
            public_id=row.public_id,
            number=row.number,
            report_id=report.id,
            report_public_id=report.public_id,
            status=report.status,
            state_id=state.id,
            iso3=state.iso3,
            state_name=state.name,
            cycle_slug=cycle.slug,
            document_slug=document,
            submitted_at=row.submitted_at,
            submitter_name=row.submitter_name,
            submitter_title=row.submitter_title,
            on_time=row.on_time,
            content_hash=row.content_hash,
            receipt=row.receipt,
            withdrawn_at=row.withdrawn_at,
            returned_at=row.returned_at,
            accepted_at=row.accepted_at,
            published_at=row.published_at,
            superseded_at=row.superseded_at,
        )
        for row, report, state, cycle, document in session.execute(query)
    )


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """The last submission of the last earlier cycle in which a State reported."""

    submission_id: int
    cycle: str


def earlier_report(session: Session, report_id: int) -> EarlierReport | None:
    """What the State last submitted on the same document before the cycle of this report."""
    report, cycle = aliased(NationalReport), aliased(ReportingCycle)
    row = session.execute(
        select(Submission.id, ReportingCycle.slug)
        .join(NationalReport, Submission.report_id == NationalReport.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .join(report, report.state_id == NationalReport.state_id)
        .join(cycle, report.cycle_id == cycle.id)
        .where(
            report.id == report_id,
            ReportingCycle.document_id == cycle.document_id,
            tuple_(ReportingCycle.opens_on, ReportingCycle.slug)
            < tuple_(cycle.opens_on, cycle.slug),
            Submission.withdrawn_at.is_(None),
        )
        .order_by(
            ReportingCycle.opens_on.desc(), ReportingCycle.slug.desc(), Submission.number.desc()
        )
        .limit(1)
    ).one_or_none()
    return EarlierReport(*row) if row else None


@dataclass(frozen=True, slots=True)
class EarlierAnswers:
    """What a State said in its earlier report, by commitment key, and in which cycle."""

    cycle: str
    answers: Mapping[str, ResponseContent]


def earlier_answers(session: Session, report_id: int) -> EarlierAnswers:
    """Empty where the State made no earlier report."""
    earlier = earlier_report(session, report_id)
    if earlier is None:
        return EarlierAnswers("", {})
    rows = submitted_responses(session, earlier.submission_id)
    return EarlierAnswers(earlier.cycle, {key: answer.content for key, answer in rows.items()})


def acceptor_of(session: Session, report_id: int) -> Acceptor | None:
    """Who accepted the report last."""
    link = session.scalars(
        select(ChainEntry)
        .where(ChainEntry.report_id == report_id, ChainEntry.kind == f"step-{Step.ACCEPT.value}")
        .order_by(ChainEntry.seq.desc())
        .limit(1)
    ).one_or_none()
    return Acceptor(link.actor_id, link.actor_public_id) if link else None
