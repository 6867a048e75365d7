"""National reports for tests, made by the services alone: opened, answered, taken to a status."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import make_actor, state_id
from tests.signing import SIGNER
from tracker.delivery.signing import FileSigner
from tracker.domain.indicators import Figures
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import Actor, Role
from tracker.domain.workflow import ReportStatus
from tracker.models import (
    Clarification,
    Commitment,
    NationalReport,
    ReportingCycle,
    Response,
    Submission,
)
from tracker.services import clarifications, submissions
from tracker.services.indicators import save_indicator
from tracker.services.reports import open_report
from tracker.services.responses import save_response
from tracker.services.strikes import strike

BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class TickingClock:
    """A clock that moves on by one minute each time it is read."""

    def __init__(self, start: datetime = BEGINNING) -> None:
        self._minutes = itertools.count()
        self.start = start

    def __call__(self) -> datetime:
        return self.start + timedelta(minutes=next(self._minutes))


@dataclass
class Reporting:
    """One State at work on its report, with the people who take part."""

    session: Session
    report: NationalReport
    focal_point: Actor
    reviewer: Actor
    administrator: Actor
    clock: TickingClock

    def answer(self, paragraph: int, **content: Any) -> Response:
        """Save an answer as the focal point; ``content`` as in ``ResponseContent``."""
        commitment = commitment_id(self.session, paragraph)
        query = select(Response).where(
            Response.report_id == self.report.id, Response.commitment_id == commitment
        )
        row = self.session.scalars(query).one_or_none()
        save_response(
            self.session,
            actor=self.focal_point,
            report_id=self.report.id,
            commitment_id=commitment,
            expected_version=row.version if row else 0,
            content=ResponseContent(**content),
            clock=self.clock,
        )
        return self.session.scalars(query).one()

    def save_figures(
        self,
        figures: Figures,
        *,
        version: int = 0,
        audience: Audience = Audience.PUBLIC,
    ) -> None:
        """Save amounts of indicator 16.4.2 as the focal point."""
        save_indicator(
            self.session,
            actor=self.focal_point,
            report_id=self.report.id,
            indicator="sdg-16-4-2",
            expected_version=version,
            audience=audience,
            figures=figures,
            clock=self.clock,
        )

    def submit(self, signer: FileSigner = SIGNER) -> Submission:
        """Submit, gaps confirmed."""
        return submissions.submit(
            self.session,
            actor=self.focal_point,
            report_id=self.report.id,
            name="Ama Mensah",
            title="Director",
            has_authority=True,
            confirmed_gaps=True,
            clock=self.clock,
            signer=signer,
        )

    def accept(self, submission: Submission) -> None:
        """Accept as the reviewer."""
        submissions.accept(
            self.session, actor=self.reviewer, submission_id=submission.id, clock=self.clock
        )

    def publish(self, submission: Submission) -> None:
        """Publish as the administrator."""
        submissions.publish(
            self.session, actor=self.administrator, submission_id=submission.id, clock=self.clock
        )

    def give_back(self, submission: Submission, reason: str = "Please complete.") -> None:
        """Return as the reviewer."""
        submissions.return_report(
            self.session,
            actor=self.reviewer,
            submission_id=submission.id,
            reason=reason,
            clock=self.clock,
        )

    def ask(self, submission: Submission, question: str, paragraph: int = 28) -> Clarification:
        """Ask about one answer as the reviewer."""
        return clarifications.ask(
            self.session,
            actor=self.reviewer,
            submission_id=submission.id,
            commitment_id=commitment_id(self.session, paragraph),
            question=question,
            clock=self.clock,
        )

    def strike_out(
        self,
        entry_id: int,
        field: str,
        reason: str = "A private person was named.",
        *,
        named: str = "",
    ) -> tuple[str, ...]:
        """Strike a text of a link of the history out as the administrator."""
        return strike(
            self.session,
            actor=self.administrator,
            entry_id=entry_id,
            field=field,
            reason=reason,
            clock=self.clock,
            named=named,
        )

    def reopen(self, reason: str = "New law in force.") -> None:
        """Reopen as the focal point."""
        submissions.reopen(
            self.session,
            actor=self.focal_point,
            report_id=self.report.id,
            reason=reason,
            clock=self.clock,
        )


def commitment_id(session: Session, paragraph: int) -> int:
    """The row id of a BMS7 paragraph."""
    key = f"bms7/annex/{paragraph}"
    return session.scalars(select(Commitment.id).where(Commitment.key == key)).one()


def begin_report(session: Session, iso3: str = "GHA", cycle: str = "bms7") -> Reporting:
    """An empty draft, by a fresh focal point."""
    clock = TickingClock()
    focal_point = make_actor(session, Role.FOCAL_POINT, iso3)
    cycle_id = session.scalars(select(ReportingCycle.id).where(ReportingCycle.slug == cycle)).one()
    report = open_report(
        session,
        actor=focal_point,
        state_id=state_id(session, iso3),
        cycle_id=cycle_id,
        clock=clock,
    )
    return Reporting(
        session=session,
        report=report,
        focal_point=focal_point,
        reviewer=make_actor(session, Role.REVIEWER),
        administrator=make_actor(session, Role.ADMINISTRATOR),
        clock=clock,
    )


def report_at(
    session: Session, status: ReportStatus, iso3: str = "GHA", cycle: str = "bms7"
) -> tuple[Reporting, Submission | None]:
    """A report with answers to paragraphs 28 and 30 at ``status``, with its submission."""
    work = begin_report(session, iso3, cycle)
    work.answer(
        28,
        progress=Progress.PARTLY_IMPLEMENTED,
        narrative=f"The law of {iso3} is being drafted.",
        narrative_language="en",
        measures=(Measure("Arms Act", "2024-06", "https://example.org/arms-act"),),
    )
    work.answer(30, progress=Progress.NOT_APPLICABLE, reason="No such border.")
    if status is ReportStatus.DRAFT:
        return work, None
    submission = work.submit()
    if status is ReportStatus.RETURNED:
        work.give_back(submission)
    if status in (ReportStatus.ACCEPTED, ReportStatus.PUBLISHED):
        work.accept(submission)
    if status is ReportStatus.PUBLISHED:
        work.publish(submission)
    session.commit()
    return work, submission
