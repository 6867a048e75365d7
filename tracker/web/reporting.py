"""The focal point's side: home, one report's task list, its default audience."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.domain.clock import is_on_time, system_clock
from tracker.domain.completeness import Missing, Standing, gap_of, missing, standing_of
from tracker.domain.documents import OutcomeDocument, Section
from tracker.domain.errors import NotFound, NotPermitted, Problem
from tracker.domain.progress import Audience
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.domain.values import parse_audience
from tracker.domain.workflow import report_is_editable
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.queries.clarifications import ClarificationRow, list_for_reports
from tracker.queries.cycles import CycleRow, cycle_or_none, list_cycles
from tracker.queries.documents import document_or_none, documents_by_slug
from tracker.queries.indicator_reporting import years_returned
from tracker.queries.reports import (
    ReportRow,
    list_readable_reports,
    readable_report_or_none,
    return_reason,
)
from tracker.queries.responses import responses_of, responses_of_reports
from tracker.queries.states import StateRow, states_by_id
from tracker.queries.submissions import list_submissions
from tracker.services import reports as report_services
from tracker.web.access import requires
from tracker.web.item_views import part_tasks
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("reporting", __name__, url_prefix="/reports")


@dataclass(frozen=True, slots=True)
class SectionTask:
    """One line of the task list. Paragraphs that may be left are never among ``asked``."""

    section: Section
    asked: int
    answered: int
    to_do: int
    questions: int

    @property
    def done(self) -> bool:
        """Nothing to do and nothing asked."""
        return self.to_do == 0 and self.questions == 0


@dataclass(frozen=True, slots=True)
class Desk:
    """One report on the focal point's home page."""

    report: ReportRow
    cycle: CycleRow
    tasks: tuple[SectionTask, ...]
    questions: tuple[ClarificationRow, ...]
    editable: bool
    on_time: bool

    @property
    def to_do(self) -> int:
        """Commitments without a complete answer."""
        return sum(task.to_do for task in self.tasks)

    @property
    def asked(self) -> int:
        """Commitments that need an answer."""
        return sum(task.asked for task in self.tasks)

    @property
    def answered(self) -> int:
        """Commitments with a complete answer."""
        return sum(task.answered for task in self.tasks)


def load_report(public_id: str) -> ReportRow:
    """A working copy that the actor may read at least in part; 404 otherwise."""
    report = readable_report_or_none(session(), current_actor(), public_id)
    if report is None:
        raise NotFound(Problem("not-found"))
    return report


def is_editable(report: ReportRow) -> bool:
    """Whether the State may change and submit this report now; who may do it is not asked here."""
    return report_is_editable(report.status, report.dates, system_clock())


def load_document(report: ReportRow) -> OutcomeDocument:
    """The outcome document that a report is about."""
    document = document_or_none(session(), report.document_slug)
    if document is None:
        raise NotFound(Problem("not-found"))
    return document


def readable_sections(report: ReportRow, document: OutcomeDocument) -> tuple[Section, ...]:
    """The blocks that the actor may read: all, or those assigned to a contributor."""
    return tuple(
        section
        for section in document.blocks()
        if may(current_actor(), Action.REPORT_READ, Subject(report.state_id, section.code))
    )


def tasks_of(
    report: ReportRow,
    document: OutcomeDocument,
    contents: dict[str, ResponseContent],
    questions: tuple[ClarificationRow, ...],
) -> tuple[SectionTask, ...]:
    """The task list: every readable block with its counts."""
    open_keys = [row.key for row in questions if row.open]
    tasks = []
    for section in readable_sections(report, document):
        commitments = document.in_section(section.code)
        needed = [c for c in commitments if c.asks_states and not c.may_be_left]
        standings = [standing_of(c, contents.get(c.key)) for c in needed]
        gaps = sum(1 for c in commitments if gap_of(c, contents.get(c.key)))
        tasks.append(
            SectionTask(
                section=section,
                asked=len(needed),
                answered=standings.count(Standing.ANSWERED),
                to_do=gaps,
                questions=sum(1 for c in commitments if c.key in open_keys),
            )
        )
    return tuple(tasks)


def contents_of(report: ReportRow) -> dict[str, ResponseContent]:
    """What the working copy says, by commitment key."""
    return {key: row.content for key, row in responses_of(session(), report.id).items()}


def _desks(
    reports: Sequence[ReportRow], documents: Mapping[str, OutcomeDocument]
) -> tuple[Desk, ...]:
    """Every report as its State works on it; as many statements for one as for several."""
    cycles = {cycle.slug: cycle for cycle in list_cycles(session())}
    ids = [report.id for report in reports]
    answers = responses_of_reports(session(), ids)
    whole = [report.id for report in reports if _reads_whole(report)]
    questions = list_for_reports(session(), whole) if whole else ()
    return tuple(
        _desk(
            report,
            cycles[report.cycle_slug],
            documents[report.document_slug],
            {key: row.content for key, row in answers[report.id].items()},
            tuple(row for row in questions if row.report_id == report.id),
        )
        for report in reports
    )


def _desk(
    report: ReportRow,
    cycle: CycleRow,
    document: OutcomeDocument,
    contents: dict[str, ResponseContent],
    questions: tuple[ClarificationRow, ...],
) -> Desk:
    return Desk(
        report,
        cycle,
        tasks_of(report, document, contents, questions),
        questions,
        editable=is_editable(report),
        on_time=is_on_time(system_clock(), cycle.dates.due_on),
    )


def _reads_whole(report: ReportRow) -> bool:
    """Questions go to focal points and observers, who read the whole report."""
    return may(current_actor(), Action.REPORT_READ, Subject(report.state_id))


@blueprint.get("")
@requires(Action.SESSION_USE)
def home() -> ResponseReturnValue:
    """What is due when, what is missing, what the secretariat asked."""
    actor = current_actor()
    reports = list_readable_reports(session(), actor)
    slugs = {report.document_slug for report in reports}
    desks = list(_desks(reports, documents_by_slug(session(), slugs)))
    begun = {(desk.report.state_id, desk.cycle.slug) for desk in desks}
    now = system_clock()
    states = states_by_id(session(), actor.state_ids)
    cycles = list_cycles(session())
    waiting: list[tuple[StateRow, CycleRow]] = [
        (state, cycle)
        for state in states
        for cycle in cycles
        if cycle.dates.is_open(now) and (state.id, cycle.slug) not in begun
        if actor.holds(Role.FOCAL_POINT, state_id=state.id)
    ]
    desks.sort(key=lambda desk: desk.cycle.dates.opens_on, reverse=True)
    late = {cycle.id for _, cycle in waiting if not is_on_time(now, cycle.dates.due_on)}
    return page("reports/home.html", desks=desks, waiting=waiting, late=late, states=states)


@blueprint.post("")
@requires(Action.REPORT_OPEN)
def open_report() -> ResponseReturnValue:
    """Begin the State's report in a cycle."""
    actor = current_actor()
    cycle = cycle_or_none(session(), request.form.get("cycle", ""))
    state_id = request.form.get("state", type=int)
    if cycle is None or state_id not in actor.state_ids:
        raise NotFound(Problem("not-found"))
    report = report_services.open_report(
        session(), actor=actor, state_id=state_id, cycle_id=cycle.id, clock=system_clock
    )
    return redirect(url_for("reporting.show", report_id=report.public_id), 303)


@blueprint.get("/<report_id>")
@requires(Action.REPORT_READ)
def show(report_id: str) -> ResponseReturnValue:
    """The task list of one report."""
    report = load_report(report_id)
    document = load_document(report)
    (desk,) = _desks([report], {document.slug: document})
    whole = _reads_whole(report)
    submissions = list_submissions(session(), current_actor(), report.id) if whole else ()
    return page(
        "reports/show.html",
        desk=desk,
        report=report,
        whole=whole,
        submissions=submissions,
        indicators=years_returned(session(), report.id) if whole else (),
        parts=part_tasks(session(), report.id, system_clock().date()) if whole else (),
        document=document,
        audiences=list(Audience),
        returned_reason=return_reason(session(), report.id) if whole else "",
        editable=desk.editable,
    )


@blueprint.post("/<report_id>/audience")
@requires(Action.REPORT_SUBMIT)
def set_audience(report_id: str) -> ResponseReturnValue:
    """Choose who may read answers that are saved for the first time from now on."""
    report = load_report(report_id)
    if not may(current_actor(), Action.REPORT_SUBMIT, Subject(report.state_id)):
        raise NotPermitted(Problem("not-permitted"))
    report_services.set_default_audience(
        session(),
        actor=current_actor(),
        report_id=report.id,
        audience=parse_audience(request.form.get("audience"), place="audience"),
        clock=system_clock,
    )
    return redirect(url_for("reporting.show", report_id=report.public_id), 303)


def gaps_of(report: ReportRow, document: OutcomeDocument) -> tuple[Missing, ...]:
    """Everything that the report still lacks."""
    return missing(document.commitments, contents_of(report))
