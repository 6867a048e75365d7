"""Needs and offers of every State in a cycle, as a reader of one level may see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.assistance import Assistance
from tracker.domain.item_fields import Part
from tracker.domain.progress import Audience
from tracker.domain.states import State, StateStatus
from tracker.models import ChainText, Submission, SubmissionAssistance
from tracker.models import State as StateTable
from tracker.policy.scopes import admitted_audiences
from tracker.queries.exports import ExportedSubmission, exported_submission
from tracker.queries.figures import shown_submissions
from tracker.queries.items import content_of_item
from tracker.queries.shown_items import ShownItem
from tracker.queries.states import state_from
from tracker.queries.strikes import StruckText


@dataclass(frozen=True, slots=True)
class ListedAssistance:
    """One need or offer with its State and the submission that holds it."""

    state: State
    submission: ExportedSubmission
    shown: ShownItem
    content: Assistance

    @property
    def is_member(self) -> bool:
        """Whether its State belongs to every base."""
        return self.state.status is StateStatus.MEMBER


@dataclass(frozen=True, slots=True)
class ReportingState:
    """A State with the submission that is shown, and how many needs and offers are withheld."""

    state: State
    submission: ExportedSubmission
    withheld: int


@dataclass(frozen=True, slots=True)
class AssistanceOfCycle:
    """What may be read, State by State by code, and every reporting State."""

    rows: tuple[ListedAssistance, ...] = ()
    states: tuple[ReportingState, ...] = ()


def assistance_of_cycle(session: Session, cycle_id: int, audience: Audience) -> AssistanceOfCycle:
    """Every need and offer. What is withheld is counted by State, and never read.

    Takes two statements, however many there are.
    """
    found = session.execute(_select(cycle_id, audience)).all()
    struck = _struck(session, [row.revision_id for *_, row in found if row])
    named = audience is Audience.SECRETARIAT
    rows: list[ListedAssistance] = []
    states: list[ReportingState] = []
    for _, entries in groupby(found, key=lambda entry: entry[0].id):
        entries_of_state = list(entries)
        state_row, submission_row, *_ = entries_of_state[0]
        state = state_from(state_row)
        submission = exported_submission(submission_row, named=named)
        withheld = sum(there is not None and row is None for *_, there, row in entries_of_state)
        states.append(ReportingState(state, submission, withheld))
        rows += [
            _listed(state, submission, row, struck.get(row.revision_id, {}))
            for *_, row in entries_of_state
            if row
        ]
    return AssistanceOfCycle(tuple(rows), tuple(states))


def _select(cycle_id: int, audience: Audience) -> Select[*tuple[Any, ...]]:
    """State, submission, id of each need and offer, and the whole of it where it is admitted."""
    shown = shown_submissions(cycle_id, audience).subquery()
    every, open_to = SubmissionAssistance, aliased(SubmissionAssistance)
    admitted = open_to.audience.in_(admitted_audiences(audience))
    return (
        select(StateTable, Submission, every.id, open_to)
        .join(shown, shown.c.state_id == StateTable.id)
        .join(Submission, Submission.id == shown.c.id)
        .outerjoin(every, every.submission_id == Submission.id)
        .outerjoin(open_to, and_(open_to.id == every.id, admitted))
        .order_by(StateTable.iso3, every.id)
    )


def _listed(
    state: State,
    submission: ExportedSubmission,
    row: SubmissionAssistance,
    struck: Mapping[str, StruckText],
) -> ListedAssistance:
    content = content_of_item(Part.ASSISTANCE, row)
    assert isinstance(content, Assistance)  # noqa: S101  # nosec B101  # what the part holds
    return ListedAssistance(state, submission, ShownItem(row.item_id, content, struck), content)


def _struck(session: Session, revisions: Collection[int]) -> dict[int, dict[str, StruckText]]:
    if not revisions:
        return {}
    rows = session.scalars(
        select(ChainText)
        .where(ChainText.entry_id.in_(revisions), ChainText.struck_at.is_not(None))
        .order_by(ChainText.id)
    )
    found: dict[int, dict[str, StruckText]] = {}
    for text in rows:
        if text.struck_at is not None:
            gone = StruckText(text.field, text.struck_at, text.struck_reason or "")
            found.setdefault(text.entry_id, {})[text.field] = gone
    return found
