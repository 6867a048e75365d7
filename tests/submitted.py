"""Submissions for tests of reading, put down as rows: any State, any history of a report."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.people import state_id
from tracker.domain.chain import GENESIS
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience
from tracker.domain.responses import ResponseContent
from tracker.domain.workflow import ReportStatus
from tracker.models import (
    ChainEntry,
    ChainText,
    Commitment,
    NationalReport,
    OutcomeDocument,
    ReportingCycle,
    Submission,
    SubmissionFigure,
    SubmissionResponse,
    User,
)
from tracker.services.documents import touch

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STATUS_AFTER = {
    "submitted": ReportStatus.SUBMITTED,
    "withdrawn": ReportStatus.DRAFT,
    "returned": ReportStatus.RETURNED,
    "accepted": ReportStatus.ACCEPTED,
    "published": ReportStatus.PUBLISHED,
}
Answers = Mapping[int, ResponseContent]


def make_cycle(
    session: Session,
    slug: str = "bms7-2026",
    due: date | None = None,
    opens: date = date(2026, 1, 1),
) -> ReportingCycle:
    """A cycle on BMS7."""
    document = session.scalars(select(OutcomeDocument).where(OutcomeDocument.slug == "bms7")).one()
    cycle = ReportingCycle(
        slug=slug, document_id=document.id, opens_on=opens, due_on=due, created_at=START
    )
    session.add(cycle)
    session.flush()
    return cycle


def make_report(session: Session, cycle: ReportingCycle, iso3: str) -> NationalReport:
    """The State's working copy, as a draft without answers; the same one each time."""
    state = state_id(session, iso3)
    report = session.scalars(
        select(NationalReport).where(
            NationalReport.cycle_id == cycle.id, NationalReport.state_id == state
        )
    ).one_or_none()
    if report is None:
        report = NationalReport(
            state_id=state,
            cycle_id=cycle.id,
            status=ReportStatus.DRAFT,
            default_audience=Audience.PUBLIC,
            opened_at=START,
            last_saved_at=START,
        )
        session.add(report)
        session.flush()
    return report


def make_submission(
    session: Session,
    cycle: ReportingCycle,
    iso3: str,
    answers: Answers,
    stage: str = "published",
    *,
    on_time: bool = True,
    struck: Mapping[tuple[int, str], str] | None = None,
    submitter: str = "A. Person",
) -> Submission:
    """The next submission of a report, left at ``stage``; ``struck``: reasons by answer, field."""
    report = make_report(session, cycle, iso3)
    earlier = session.scalars(select(Submission).where(Submission.report_id == report.id)).all()
    number = len(earlier) + 1
    at = START + timedelta(days=number)
    reached = {stage: at + timedelta(hours=2)} | (
        {"accepted": at + timedelta(hours=1)} if stage == "published" else {}
    )
    submission = Submission(
        report_id=report.id,
        number=number,
        submitted_at=at,
        submitted_by_id=_anybody(session).id,
        submitter_name=submitter,
        submitter_title="Director",
        on_time=on_time,
        content_hash=f"{report.id:032x}{number:032x}",
        receipt={},
        withdrawn_at=reached.get("withdrawn"),
        returned_at=reached.get("returned"),
        accepted_at=reached.get("accepted"),
        published_at=reached.get("published"),
    )
    session.add(submission)
    session.flush()
    if stage == "published":
        touch(session)
        for other in earlier:
            if other.published_at and not other.superseded_at:
                other.superseded_at, other.superseded_by_id = at, submission.id
    report.status = STATUS_AFTER[stage]
    _add_answers(session, report, submission, answers, struck or {})
    session.flush()
    return submission


def add_figures(
    session: Session,
    submission: Submission,
    figures: Mapping[Cell, int],
    audience: Audience = Audience.PUBLIC,
    *,
    indicator: str = "sdg-16-4-2",
) -> None:
    """Figures of an indicator in a submission, for readers of one audience."""
    session.add_all(
        SubmissionFigure(
            submission_id=submission.id,
            indicator=indicator,
            audience=audience,
            year=cell.year,
            category=cell.category,
            input=cell.input,
            value=value,
        )
        for cell, value in figures.items()
    )
    session.flush()


def found_arms(year: int = 2024, **values: int) -> dict[Cell, int]:
    """Figures of found arms by input."""
    return {Cell(year, "found", name): value for name, value in values.items()}


def _anybody(session: Session) -> User:
    user = session.scalars(select(User).limit(1)).first()
    if user is None:
        user = User(
            email="anybody@example.org",
            name="Anybody",
            language="en",
            is_active=True,
            created_at=START,
        )
        session.add(user)
        session.flush()
    return user


def _add_answers(
    session: Session,
    report: NationalReport,
    submission: Submission,
    answers: Answers,
    struck: Mapping[tuple[int, str], str],
) -> None:
    """All at once: hundreds of tests put down thousands of answers."""
    keys = {f"bms7/annex/{paragraph}": paragraph for paragraph in answers}
    ids = {
        keys[key]: number
        for key, number in session.execute(
            select(Commitment.key, Commitment.id).where(Commitment.key.in_(keys))
        )
    }
    revisions = _add_revisions(session, report, answers)
    for (paragraph, field), reason in struck.items():
        if paragraph in revisions:
            session.add(
                ChainText(
                    entry_id=revisions[paragraph].id,
                    field=field,
                    value=None,
                    salt="salt",
                    struck_at=START,
                    struck_reason=reason,
                )
            )
    session.add_all(
        SubmissionResponse(
            submission_id=submission.id,
            commitment_id=ids[paragraph],
            revision_id=revisions[paragraph].id,
            progress=content.progress,
            reason=content.reason,
            narrative=content.narrative,
            narrative_language=content.narrative_language,
            lead_agency=content.lead_agency,
            good_practice=content.good_practice,
            audience=content.audience,
            measures=[asdict(measure) for measure in content.measures],
        )
        for paragraph, content in answers.items()
    )


def _add_revisions(
    session: Session, report: NationalReport, answers: Answers
) -> dict[int, ChainEntry]:
    """The links that the answers copy, by paragraph."""
    before = session.scalar(
        select(func.count()).select_from(ChainEntry).where(ChainEntry.report_id == report.id)
    )
    entries = {
        paragraph: ChainEntry(
            report_id=report.id,
            seq=number,
            kind="response-saved",
            subject=f"bms7/annex/{paragraph}",
            version=number,
            at=START,
            actor_id=None,
            actor_public_id="",
            facts=content.facts(),
            digests={},
            prev_hash=GENESIS,
            hash=GENESIS,
        )
        for number, (paragraph, content) in enumerate(answers.items(), start=(before or 0) + 1)
    }
    session.add_all(entries.values())
    session.flush()
    return entries
