"""Needs and offers of every State in a cycle, as a reader of one level may see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.assistance import Assistance
from tracker.domain.item_fields import Part
from tracker.domain.progress import Audience
from tracker.domain.states import State, StateStatus
from tracker.models import ChainText, SubmissionAssistance
from tracker.policy.scopes import admitted_audiences
from tracker.queries.exports import ExportedSubmission, counted_submissions
from tracker.queries.items import content_of_item
from tracker.queries.shown_items import ShownItem
from tracker.queries.states import StateRow
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
    states: tuple[ReportingState, ...] = field(default=())


def assistance_of_cycle(
    session: Session, cycle_id: int, states: Collection[StateRow], audience: Audience
) -> AssistanceOfCycle:
    """Every need and offer of these States. What is withheld is counted by State, never read.

    Takes four statements, however many there are.
    """
    submissions = counted_submissions(session, cycle_id, audience)
    reporting = [row for row in states if row.id in submissions]
    ids = [submissions[row.id].id for row in reporting]
    withheld = _withheld(session, ids, audience)
    found: dict[int, list[SubmissionAssistance]] = {}
    table = SubmissionAssistance
    for row in session.scalars(
        select(table)
        .where(table.submission_id.in_(ids), table.audience.in_(admitted_audiences(audience)))
        .order_by(table.id)
    ):
        found.setdefault(row.submission_id, []).append(row)
    struck = _struck(session, [row.revision_id for rows in found.values() for row in rows])
    return AssistanceOfCycle(
        tuple(
            _listed(state.state, submissions[state.id], row, struck.get(row.revision_id, {}))
            for state in reporting
            for row in found.get(submissions[state.id].id, ())
        ),
        tuple(
            ReportingState(row.state, submissions[row.id], withheld.get(submissions[row.id].id, 0))
            for row in reporting
        ),
    )


def _listed(
    state: State,
    submission: ExportedSubmission,
    row: SubmissionAssistance,
    struck: Mapping[str, StruckText],
) -> ListedAssistance:
    content = content_of_item(Part.ASSISTANCE, row)
    assert isinstance(content, Assistance)  # noqa: S101  # what the part holds
    return ListedAssistance(state, submission, ShownItem(row.item_id, content, struck), content)


def _withheld(session: Session, ids: Collection[int], audience: Audience) -> dict[int, int]:
    """How many a reader of this level may not see, by submission."""
    table = SubmissionAssistance
    rows = session.execute(
        select(table.submission_id, func.count())
        .where(table.submission_id.in_(ids), table.audience.not_in(admitted_audiences(audience)))
        .group_by(table.submission_id)
    )
    return {submission: number for submission, number in rows}


def _struck(session: Session, revisions: Collection[int]) -> dict[int, dict[str, StruckText]]:
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
