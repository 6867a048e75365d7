"""What a compiled workbook is made of: one cycle, or several of the same outcome document."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.documents import LocalisedText, OutcomeDocument
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.indicators import IndicatorDefinition
from tracker.domain.progress import Audience
from tracker.domain.states import Area, State, StateStatus
from tracker.models import (
    ChainText,
    Clarification,
    Commitment,
    NationalReport,
    ReportingCycle,
    Submission,
    SubmissionResponse,
)
from tracker.models import State as StateTable
from tracker.policy.scopes import admitted_audiences
from tracker.queries.cycles import CycleRow, cycle_or_none
from tracker.queries.documents import document_or_none
from tracker.queries.exports import ExportedSubmission, counted_submissions, group_names
from tracker.queries.figures import CycleFigures, figures_of_cycle
from tracker.queries.indicators import list_indicators
from tracker.queries.states import (
    StateRow,
    data_version,
    is_demonstration,
    list_areas,
    list_states,
)

Since = tuple[datetime, Sequence[int]]
"""When an earlier export was made, and the ids of the submissions that it showed."""


@dataclass(frozen=True, slots=True)
class ListedState:
    """A State in the compiled workbook, with the submission that is shown of it in a cycle.

    ``earlier`` is the id of the submission that an earlier export showed, where there is one;
    ``struck`` are key and field of its texts that were struck out since.
    """

    state: State
    group: LocalisedText
    submission: ExportedSubmission | None
    earlier: int | None = None
    struck: tuple[tuple[str, str], ...] = ()

    @property
    def is_member(self) -> bool:
        """Whether it belongs to every base."""
        return self.state.status is StateStatus.MEMBER


@dataclass(frozen=True, slots=True)
class CompiledCycle:
    """One cycle without its answers. Its States are the same, in the same order, in each."""

    cycle: CycleRow
    states: tuple[ListedState, ...]
    figures: CycleFigures


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A clarification: who was asked what in which cycle, and the reply if there is one.

    ``withdrawn_at``: when the secretariat took it back.
    """

    iso3: str
    cycle_slug: str
    key: str
    submission: int
    question: str
    asked_at: datetime
    reply: str
    replied_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class CompiledExport:
    """Cycles of one outcome document without their answers, which are read State by State.

    ``cycles`` go by opening day. ``compared_with``: when the earlier export was made with which
    this one is compared. ``questions`` are for the secretariat only, and empty for all others.
    """

    document: OutcomeDocument
    indicators: tuple[IndicatorDefinition, ...]
    audience: Audience
    demonstration: bool
    data_version: int
    groups: tuple[Area, ...]
    cycles: tuple[CompiledCycle, ...]
    questions: tuple[AskedQuestion, ...] = ()
    compared_with: datetime | None = None

    @property
    def submission_ids(self) -> tuple[int, ...]:
        """The submissions shown, fixed when the export began."""
        return tuple(
            listed.submission.id
            for cycle in self.cycles
            for listed in cycle.states
            if listed.submission
        )

    @property
    def slugs(self) -> tuple[str, ...]:
        """Short names of the cycles."""
        return tuple(cycle.cycle.slug for cycle in self.cycles)


def compiled_export(
    session: Session, *, cycle_slugs: Sequence[str], audience: Audience, since: Since | None = None
) -> CompiledExport:
    """Whole cycles; the lists of submissions and the figures over them belong together.

    ``NotFound`` for an unknown cycle, ``Invalid`` where the cycles are on different documents.
    Of ``since``, only submissions that this reader may read now are compared with.
    """
    cycles = _cycles(session, cycle_slugs)
    slug = cycles[0].document_slug
    document = document_or_none(session, slug)
    if document is None:
        raise NotFound(Problem("unknown-document", "", {"slug": slug}))
    demonstration = is_demonstration(session)
    rows = _listed_states(session, demonstration)
    used = {row.state.group for row in rows}
    earlier = _earlier(session, since, audience) if since else {}
    struck = _struck_since(session, since[0], earlier.values(), audience) if since else {}
    return CompiledExport(
        document=document,
        indicators=list_indicators(session),
        audience=audience,
        demonstration=demonstration,
        data_version=data_version(session),
        groups=tuple(area for area in list_areas(session, "group") if area.code in used),
        cycles=tuple(_cycle(session, cycle, rows, audience, earlier, struck) for cycle in cycles),
        questions=_questions(session, cycles) if audience is Audience.SECRETARIAT else (),
        compared_with=since[0] if since else None,
    )


def _cycles(session: Session, slugs: Sequence[str]) -> tuple[CycleRow, ...]:
    """Each once, by opening day."""
    found = {}
    for slug in slugs:
        cycle = cycle_or_none(session, slug)
        if cycle is None:
            raise NotFound(Problem("unknown-cycle", "cycle", {"slug": slug[:80]}))
        found[cycle.id] = cycle
    first, *others = found.values()
    for other in others:
        if other.document_slug != first.document_slug:
            values = {"first": first.slug, "second": other.slug}
            raise Invalid(Problem("cycles-of-different-documents", "cycle", values))
    return tuple(sorted(found.values(), key=lambda row: (row.dates.opens_on, row.slug)))


def _listed_states(session: Session, demonstration: bool) -> tuple[StateRow, ...]:
    """Member States by group, then observer States."""
    order = {code: number for number, code in enumerate(group_names(session))}
    members = list_states(session, members_only=True)
    observers = (
        row
        for row in list_states(session)
        if row.state.status is StateStatus.OBSERVER and row.state.demonstration == demonstration
    )
    grouped = sorted(members, key=lambda row: order.get(row.state.group or "", len(order)))
    return (*grouped, *observers)


def _cycle(
    session: Session,
    cycle: CycleRow,
    rows: Sequence[StateRow],
    audience: Audience,
    earlier: Mapping[tuple[int, int], int],
    struck: Mapping[int, tuple[tuple[str, str], ...]],
) -> CompiledCycle:
    submissions = counted_submissions(session, cycle.id, audience)
    then = {row.id: earlier.get((cycle.id, row.id)) for row in rows}
    names = group_names(session)
    return CompiledCycle(
        cycle,
        tuple(
            ListedState(
                row.state,
                names.get(row.state.group or "", {}),
                submissions.get(row.id),
                then[row.id],
                struck.get(then[row.id] or 0, ()),
            )
            for row in rows
        ),
        figures_of_cycle(session, cycle_id=cycle.id, audience=audience),
    )


def _earlier(session: Session, since: Since, audience: Audience) -> dict[tuple[int, int], int]:
    """By cycle and State the submission shown then, if this reader may still read it."""
    query = (
        select(NationalReport.cycle_id, NationalReport.state_id, Submission.id)
        .join(Submission, Submission.report_id == NationalReport.id)
        .where(Submission.id.in_(since[1]))
        .order_by(Submission.number)
    )
    if audience is not Audience.SECRETARIAT:
        query = query.where(Submission.published_at.is_not(None))
    return {(cycle_id, state_id): found for cycle_id, state_id, found in session.execute(query)}


def _struck_since(
    session: Session, at: datetime, submissions: Iterable[int], audience: Audience
) -> dict[int, tuple[tuple[str, str], ...]]:
    """By submission, key and field of the texts of answers that may be read and are gone since."""
    rows = session.execute(
        select(SubmissionResponse.submission_id, Commitment.key, ChainText.field)
        .join(Commitment, SubmissionResponse.commitment_id == Commitment.id)
        .join(ChainText, ChainText.entry_id == SubmissionResponse.revision_id)
        .where(
            SubmissionResponse.submission_id.in_(list(submissions)),
            SubmissionResponse.audience.in_(admitted_audiences(audience)),
            ChainText.struck_at > at,
        )
        .order_by(Commitment.paragraph, ChainText.field)
    )
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for submission_id, key, field in rows:
        found[submission_id] = (*found.get(submission_id, ()), (key, field))
    return found


def _questions(session: Session, cycles: Sequence[CycleRow]) -> tuple[AskedQuestion, ...]:
    """Every question of these cycles, by State, cycle, paragraph and time."""
    rows = session.execute(
        select(
            StateTable.iso3,
            ReportingCycle.slug,
            Commitment.key,
            Submission.number,
            Clarification.question,
            Clarification.asked_at,
            Clarification.reply,
            Clarification.replied_at,
            Clarification.withdrawn_at,
        )
        .join(NationalReport, Clarification.report_id == NationalReport.id)
        .join(StateTable, NationalReport.state_id == StateTable.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .join(Commitment, Clarification.commitment_id == Commitment.id)
        .join(Submission, Clarification.submission_id == Submission.id)
        .where(ReportingCycle.id.in_([cycle.id for cycle in cycles]))
        .order_by(
            StateTable.iso3,
            ReportingCycle.opens_on,
            Commitment.paragraph,
            Clarification.asked_at,
            Clarification.id,
        )
    )
    return tuple(AskedQuestion(*row) for row in rows)
