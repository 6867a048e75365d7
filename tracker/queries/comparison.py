"""What a few States said in the cycles on one document, as one reader may read it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.assistance import Assistance
from tracker.domain.comparison import Report, Said, Source, StateColumn
from tracker.domain.excerpts import brief
from tracker.domain.progress import Audience
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import Actor
from tracker.models import (
    ChainText,
    Commitment,
    NationalReport,
    Submission,
    SubmissionAssistance,
    SubmissionResponse,
)
from tracker.policy.scopes import admitted_audiences, audience_of
from tracker.queries.cycles import CycleRow
from tracker.queries.exports import ANSWER_FIELDS
from tracker.queries.figures import shown_in_cycles
from tracker.queries.kept import kept_each
from tracker.queries.publications import reader_level
from tracker.queries.states import StateRow


@dataclass(frozen=True, slots=True)
class _Shown:
    """A submission that the reader is shown, and its place."""

    id: int
    state_id: int
    cycle: CycleRow
    source: Source


def state_columns(
    session: Session,
    actor: Actor,
    states: Sequence[StateRow],
    cycle: CycleRow,
    before: CycleRow | None,
    earlier: Sequence[CycleRow],
) -> tuple[StateColumn, ...]:
    """A column for each State, in the order given; three statements however many there are.

    ``before`` is the cycle compared with; ``earlier`` are those before ``cycle``, the latest
    first, in which the last words of a State are looked for that did not report in it. A State's
    own people read all that it submitted; what anybody else may not read stays in the database.
    """
    cycles = {row.id: row for row in (cycle, *earlier, *((before,) if before else ()))}
    shown = _needed(_shown(session, actor, states, cycles), cycle, before)
    own = {row.id for row in states if reader_level(actor, row.id) is Audience.SECRETARIAT}
    reader = _Reader(audience_of(actor), frozenset(s.id for s in shown if s.state_id in own))
    answers = _answers(session, reader, [submission.id for submission in shown])
    assistance = _assistance(session, reader, [s.id for s in shown if s.cycle.id == cycle.id])
    reports = {
        (s.state_id, s.cycle.id): Report(s.source, answers[s.id], assistance.get(s.id, ()))
        for s in shown
    }
    return tuple(
        StateColumn(
            state=row.state,
            report=reports.get((row.id, cycle.id)),
            before=reports.get((row.id, before.id)) if before else None,
            compared_with=before.slug if before else "",
            earlier=[reports[key] for e in earlier if (key := (row.id, e.id)) in reports],
        )
        for row in states
    )


def brief_columns(
    session: Session,
    actor: Actor,
    states: Sequence[StateRow],
    cycle: CycleRow,
    before: CycleRow | None,
    earlier: Sequence[CycleRow],
) -> tuple[StateColumn, ...]:
    """The same with texts cut where a page cuts them; kept where anybody reads as much."""

    def read(rows: Sequence[StateRow]) -> Iterator[StateColumn]:
        return map(brief, state_columns(session, actor, rows, cycle, before, earlier))

    if not reads_as_the_public(actor, states):
        return tuple(read(states))
    by_key = {(row.id, cycle.id, before and before.id): row for row in states}
    found = kept_each(
        session,
        "compared",
        list(by_key),
        lambda missing: dict(zip(missing, read([by_key[key] for key in missing]), strict=True)),
    )
    return tuple(found[key] for key in by_key)


def reads_as_the_public(actor: Actor, states: Iterable[StateRow]) -> bool:
    """Whether of these States this reader reads what is published, and that as anybody does."""
    return all(reader_level(actor, row.id) is Audience.PUBLIC for row in states)


def _shown(
    session: Session, actor: Actor, states: Sequence[StateRow], cycles: Mapping[int, CycleRow]
) -> list[_Shown]:
    query = (
        shown_in_cycles(cycles, audience_of(actor))
        .add_columns(
            NationalReport.cycle_id,
            Submission.number,
            Submission.submitted_at,
            Submission.published_at,
            Submission.on_time,
        )
        .where(NationalReport.state_id.in_([row.id for row in states]))
    )
    return [
        _Shown(submission_id, state_id, cycles[cycle_id], Source(cycles[cycle_id].slug, *rest))
        for state_id, submission_id, cycle_id, *rest in session.execute(query)
    ]


def _needed(shown: list[_Shown], cycle: CycleRow, before: CycleRow | None) -> list[_Shown]:
    """Those of the cycles compared, and all earlier ones of States that did not report in it."""
    reporting = {s.state_id for s in shown if s.cycle.id == cycle.id}
    compared = {cycle.id} | ({before.id} if before else set())
    return [s for s in shown if s.cycle.id in compared or s.state_id not in reporting]


@dataclass(frozen=True, slots=True)
class _Reader:
    """What of these submissions may be read: up to this level, and ``own`` ones whole."""

    audience: Audience
    own: Collection[int]


_SUBMISSIONS: BindParameter[list[int]] = bindparam("submissions", expanding=True)


def _admits(table: Any, audience: Audience) -> ColumnElement[bool]:
    """Rows with an audience and a submission that may be read: of this level, or of ``own``."""
    return or_(
        table.audience.in_(admitted_audiences(audience)),
        table.submission_id.in_(bindparam("own", expanding=True)),
    )


def _answers(
    session: Session, reader: _Reader, submissions: Sequence[int]
) -> dict[int, dict[int, Said]]:
    """Answers by submission and paragraph; of a withheld one only that it is there."""
    found: dict[int, dict[int, Said]] = {submission_id: {} for submission_id in submissions}
    if not submissions:
        return found
    answers = session.execute(
        _select_answers(reader.audience), {"submissions": submissions, "own": list(reader.own)}
    )
    for submission_id, paragraph, revision, struck, measures, *fields in answers:
        if revision is None:
            found[submission_id][paragraph] = Said(None)
            continue
        listed = tuple(Measure(**measure) for measure in measures)
        content = ResponseContent(**dict(zip(ANSWER_FIELDS, fields, strict=True)), measures=listed)
        found[submission_id][paragraph] = Said(content, bool(struck))
    return found


# Built once for each level: making it takes longer than four States' answers.
@cache
def _select_answers(audience: Audience) -> Select[*tuple[Any, ...]]:
    """Submission, paragraph, revision, if a text is struck, measures, then ``ANSWER_FIELDS``."""
    row, shown = SubmissionResponse, aliased(SubmissionResponse)
    struck = exists().where(
        ChainText.entry_id == shown.revision_id, ChainText.struck_at.is_not(None)
    )
    fields = [getattr(shown, name) for name in ANSWER_FIELDS]
    return (
        select(
            row.submission_id,
            Commitment.paragraph,
            shown.revision_id,
            struck,
            shown.measures,
            *fields,
        )
        .join(Commitment, row.commitment_id == Commitment.id)
        .outerjoin(shown, and_(shown.id == row.id, _admits(shown, audience)))
        .where(row.submission_id.in_(_SUBMISSIONS))
    )


def _assistance(
    session: Session, reader: _Reader, submissions: Sequence[int]
) -> dict[int, tuple[Assistance, ...]]:
    """Needs and offers that may be read, by submission, as the State put them in order."""
    found: dict[int, tuple[Assistance, ...]] = {}
    if not submissions:
        return found
    items = session.execute(
        _select_assistance(reader.audience), {"submissions": submissions, "own": list(reader.own)}
    )
    for submission_id, *fields in items:
        values = dict(zip(Assistance.PARSERS, fields, strict=True))
        values["paragraphs"] = tuple(values["paragraphs"])
        found[submission_id] = (*found.get(submission_id, ()), Assistance(**values))
    return found


@cache
def _select_assistance(audience: Audience) -> Select[*tuple[Any, ...]]:
    table = SubmissionAssistance
    return (
        select(table.submission_id, *(getattr(table, name) for name in Assistance.PARSERS))
        .where(table.submission_id.in_(_SUBMISSIONS), _admits(table, audience))
        .order_by(table.id)
    )
