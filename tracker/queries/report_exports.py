"""One State's report, as a reader of one level may see it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.domain.documents import LocalisedText
from tracker.domain.errors import NotFound, Problem
from tracker.domain.progress import Audience
from tracker.domain.states import State
from tracker.queries.exports import (
    ExportedSubmission,
    Frame,
    StateAnswers,
    counted_submissions,
    frame_of,
    group_names,
    state_answers,
)
from tracker.queries.states import state_or_none


@dataclass(frozen=True, slots=True)
class ReportExport:
    """One State's report."""

    frame: Frame
    state: State
    group: LocalisedText
    submission: ExportedSubmission
    contents: StateAnswers


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
