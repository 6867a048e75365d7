"""Public pages of the States: who there is, and what each one published."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from tracker.domain.documents import OutcomeDocument
from tracker.domain.errors import NotFound, Problem
from tracker.domain.indicator_tables import ReturnTable, return_table
from tracker.domain.movement import Move
from tracker.domain.progress import SHOWN_ORDER, Absence
from tracker.domain.states import Area, State, StateStatus
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import list_cycles
from tracker.queries.exports import StateAnswers, state_answers
from tracker.queries.grids import values_of_submission
from tracker.queries.indicators import list_indicators
from tracker.queries.publications import reader_level, shown_of_state
from tracker.queries.record import record_of_state
from tracker.queries.states import (
    StateRow,
    introduced_state,
    is_demonstration,
    list_areas,
    list_states,
    state_or_none,
)
from tracker.queries.submissions import SubmissionRow, list_submissions_of_state
from tracker.web.access import requires
from tracker.web.public_choices import (
    by_name,
    find_document,
    named_cycle,
    one_of,
    only,
    own_names,
    value_labels,
)
from tracker.web.render import label, page
from tracker.web.session import current_actor
from tracker.web.state_progress import SectionProgress, paragraphs_with, progress_by_section
from tracker.web.transaction import session

WORDS = tuple(value for value in SHOWN_ORDER if value is not Absence.NOT_REPORTED)
"""What a commitment may count under in a report that was made."""


@dataclass(frozen=True, slots=True)
class StateGroup:
    """One regional group: its own States, and those only listed in it."""

    area: Area
    states: tuple[State, ...]
    also_listed: tuple[State, ...]


@requires(Action.PUBLIC_READ)
def states() -> ResponseReturnValue:
    """Member States by group, observer States apart."""
    every = [row.state for row in list_states(session())]
    demonstration = is_demonstration(session())
    members = [
        state
        for state in every
        if state.status is StateStatus.MEMBER and state.demonstration == demonstration
    ]
    observers = [state for state in every if state.status is StateStatus.OBSERVER]
    on_record = [
        state
        for state in every
        if state.status is StateStatus.MEMBER and state.demonstration != demonstration
    ]
    areas = list_areas(session(), "group")
    return page(
        "public/states.html",
        members=len(members),
        groups=_groups(areas, members),
        observers=_named(observers),
        on_record=_groups(areas, on_record),
    )


def _groups(areas: Iterable[Area], states: list[State]) -> tuple[StateGroup, ...]:
    groups = (
        StateGroup(
            area,
            _named(state for state in states if state.group == area.code),
            _named(state for state in states if state.also_listed == area.code),
        )
        for area in areas
    )
    return tuple(group for group in groups if group.states)


def _named(states: Iterable[State]) -> tuple[State, ...]:
    return tuple(by_name(states, lambda state: dict(state.name)))


def find_state(iso3: str) -> StateRow:
    """The State; ``NotFound`` with a sentence that names what was asked for."""
    found = state_or_none(session(), iso3)
    if found is None:
        raise _unknown(iso3)
    return found


def _unknown(iso3: str) -> NotFound:
    return NotFound(Problem("unknown-state", "", {"code": iso3[:80]}))


@requires(Action.PUBLIC_READ)
def state(iso3: str) -> ResponseReturnValue:
    """What the State published in the cycle asked for, and its official record.

    ``?value=``: of the answers only those counted under this word, or that moved so.
    """
    found = introduced_state(session(), iso3)
    if found is None:
        raise _unknown(iso3)
    row = found.row
    shown, others = shown_of_state(session(), current_actor(), row.id)
    chosen = _chosen(shown)
    report = _contents(row.id, chosen)
    words = {word.value: label(word) for word in (*WORDS, *Move)}
    value = one_of("value", words)
    return page(
        "public/state.html",
        state=row.state,
        introduced=found,
        record=record_of_state(session(), row.id),
        shown=shown,
        others=others,
        report=report,
        progress=_progress(row.id, report, shown, value) if report else None,
        value=words.get(value),
        keys=[word.value for word in WORDS],
        labels=value_labels(),
        moves=list(Move),
        audience=audience_of(current_actor()),
        own=own_names([row]) if shown else [],
    )


@dataclass(frozen=True, slots=True)
class StateProgress:
    """Sections of one report; ``before`` is the cycle of the report before, empty if none is.

    ``asked_for`` holds the paragraphs of the word that was asked for, ``None`` if none was.
    """

    sections: tuple[SectionProgress, ...]
    before: str
    asked_for: frozenset[int] | None

    @property
    def whole(self) -> SectionProgress:
        """All commitments that ask."""
        return self.sections[-1]


def _progress(
    state_id: int, report: "ReadReport", shown: tuple[SubmissionRow, ...], value: str
) -> StateProgress:
    """The report against the one that the State made before it on the same document."""
    rows = [row for row in shown if row.document_slug == report.document.slug]
    cycles = [row.cycle_slug for row in rows]
    earlier = rows[cycles.index(report.submission.cycle_slug) + 1 :][:1]
    level = reader_level(current_actor(), state_id)
    before = values_of_submission(session(), earlier[0].id, level) if earlier else None
    now = _values(report)
    return StateProgress(
        progress_by_section(report.document, now, before),
        earlier[0].cycle_slug if earlier else "",
        paragraphs_with(report.document, now, before, value) if value else None,
    )


def _values(report: "ReadReport") -> dict[int, str]:
    """By paragraph the progress, or ``withheld``."""
    found = {}
    for commitment in report.document.commitments:
        answer = report.contents.answers.get(commitment.key)
        if answer and answer.content is None:
            found[commitment.paragraph] = Absence.WITHHELD.value
        elif answer and answer.content and answer.content.progress:
            found[commitment.paragraph] = answer.content.progress.value
    return found


def _chosen(rows: tuple[SubmissionRow, ...]) -> SubmissionRow | None:
    """The submission of the cycle in the query string, else of the latest cycle.

    ``None`` where the State has none; ``NotFound`` where there is no such cycle.
    """
    slug = only("cycle")
    if not slug:
        return rows[0] if rows else None
    found = next((row for row in rows if row.cycle_slug == slug), None)
    if found is None:
        named_cycle(list_cycles(session()), slug)
    return found


@requires(Action.PUBLIC_READ)
def submission(iso3: str, number: int) -> ResponseReturnValue:
    """One submission that the reader may see, in force or superseded, and marked as what it is."""
    row = find_state(iso3)
    found = [
        entry
        for entry in list_submissions_of_state(session(), current_actor(), row.id)
        if entry.number == number and only("cycle") in ("", entry.cycle_slug)
    ]
    if not found:
        raise NotFound(Problem("not-found"))
    return page(
        "public/submission.html",
        state=row.state,
        report=_contents(row.id, found[0]),
        audience=audience_of(current_actor()),
        own=own_names([row]),
    )


@dataclass(frozen=True, slots=True)
class ReadReport:
    """One submission with everything in it that this reader may read."""

    submission: SubmissionRow
    document: OutcomeDocument
    contents: StateAnswers
    tables: tuple[ReturnTable, ...]


def _contents(state_id: int, row: SubmissionRow | None) -> ReadReport | None:
    if row is None:
        return None
    level = reader_level(current_actor(), state_id)
    contents = state_answers(session(), row.id, level)
    return ReadReport(
        submission=row,
        document=find_document(row.document_slug),
        contents=contents,
        tables=_tables(contents),
    )


def _tables(contents: StateAnswers) -> tuple[ReturnTable, ...]:
    """The figures of every indicator returned, laid out to be read."""
    if not contents.returns:
        return ()
    definitions = {definition.slug: definition for definition in list_indicators(session())}
    return tuple(
        return_table(definitions[row.indicator], row.audience, row.figures)
        for row in contents.returns.values()
    )
