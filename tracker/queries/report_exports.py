"""One State's report, as a reader of one level may see it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.domain.documents import LocalisedText
from tracker.domain.errors import NotFound, Problem
from tracker.domain.progress import Audience
from tracker.domain.states import State
from tracker.models import Submission
from tracker.queries.exports import (
    ExportedSubmission,
    Frame,
    StateAnswers,
    counted_submissions,
    exported_submission,
    frame_of,
    group_names,
    state_answers,
)
from tracker.queries.states import state_by_id, state_or_none


@dataclass(frozen=True, slots=True)
class ReportExport:
    """One State's report; ``own``: made for the State itself, with everything it submitted."""

    frame: Frame
    state: State
    group: LocalisedText
    submission: ExportedSubmission
    contents: StateAnswers
    own: bool = False


def report_export(
    session: Session, *, cycle_slug: str, iso3: str, audience: Audience
) -> ReportExport:
    """One State's report; ``NotFound`` where this reader is shown no submission."""
    frame = frame_of(session, cycle_slug, audience)
    row = state_or_none(session, iso3)
    if row is None:
        raise NotFound(Problem("unknown-state", "state", {"code": iso3[:80]}))
    found = counted_submissions(session, frame.cycle.id, audience).get(row.id)
    if found is None:
        values = {"state": row.state.iso3, "cycle": frame.cycle.slug}
        raise NotFound(Problem("no-submission-shown", "", values))
    return ReportExport(
        frame=frame,
        state=row.state,
        group=group_names(session).get(row.state.group or "", {}),
        submission=found,
        contents=state_answers(session, found.id, audience),
    )


def own_report_export(session: Session, submission_id: int) -> ReportExport:
    """Any submission of a report for its own State; the caller has made sure that it is."""
    submission = session.get_one(Submission, submission_id)
    report = submission.report
    frame = frame_of(session, report.cycle.slug, Audience.SECRETARIAT)
    state = state_by_id(session, report.state_id).state
    return ReportExport(
        frame=frame,
        state=state,
        group=group_names(session).get(state.group or "", {}),
        submission=exported_submission(submission, named=True),
        contents=state_answers(session, submission_id, Audience.SECRETARIAT),
        own=True,
    )
