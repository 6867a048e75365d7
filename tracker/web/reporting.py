"""The focal point's side: home, one report's task list, its default audience."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tracker.domain.clock import is_on_time, system_clock
from tracker.domain.completeness import Missing, missing
from tracker.domain.documents import OutcomeDocument
from tracker.domain.errors import NotFound, NotPermitted, Problem
from tracker.domain.progress import Audience
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.domain.values import parse_audience
from tracker.domain.workflow import report_is_editable
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.queries.cycles import CycleRow, cycle_or_none, list_cycles
from tracker.queries.documents import document_or_none, documents_by_slug
from tracker.queries.indicator_reporting import figures_given
from tracker.queries.reports import ReportRow, list_readable_reports, readable_report_or_none
from tracker.queries.responses import responses_of
from tracker.queries.states import StateRow, states_by_id
from tracker.services import reports as report_services
from tracker.web.access import requires
from tracker.web.desks import Desk, desks_of, reads_whole
from tracker.web.item_views import part_tasks
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.shown_to import refuse_other_person
from tracker.web.transaction import session

blueprint = Blueprint("reporting", __name__, url_prefix="/reports")


def load_report(public_id: str) -> ReportRow:
    """A working copy that the actor may read at least in part; 404 otherwise.

    What is sent for it by somebody whom its form was not shown to is refused here.
    """
    report = readable_report_or_none(session(), current_actor(), public_id)
    if report is None:
        raise NotFound(Problem("not-found"))
    refuse_other_person()
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


def contents_of(report: ReportRow) -> dict[str, ResponseContent]:
    """What the working copy says, by commitment key."""
    return {key: row.content for key, row in responses_of(session(), report.id).items()}


@blueprint.get("")
@requires(Action.SESSION_USE)
def home() -> ResponseReturnValue:
    """What is due when, what is missing, what the secretariat asked."""
    actor = current_actor()
    reports = list_readable_reports(session(), actor)
    slugs = {report.document_slug for report in reports}
    desks = desks_of(reports, documents_by_slug(session(), slugs))
    begun = {(desk.report.state_id, desk.cycle.slug) for desk in desks}
    now = system_clock()
    states = states_by_id(session(), actor.state_ids)
    cycles = list_cycles(session())
    unbegun: list[tuple[StateRow, CycleRow]] = [
        (state, cycle)
        for state in states
        for cycle in cycles
        if cycle.dates.is_open(now) and (state.id, cycle.slug) not in begun
    ]
    own = {state.id for state in states if actor.holds(Role.FOCAL_POINT, state_id=state.id)}
    waiting = [(state, cycle) for state, cycle in unbegun if state.id in own]
    late = {cycle.id for _, cycle in waiting if not is_on_time(now, cycle.dates.due_on)}
    under_way, rest = _most_urgent_first(desks)
    return page(
        "reports/home.html",
        under_way=under_way,
        waiting=waiting,
        of_others=[(state, cycle) for state, cycle in unbegun if state.id not in own],
        rest=rest,
        late=late,
        states=states,
    )


def _most_urgent_first(desks: tuple[Desk, ...]) -> tuple[list[Desk], list[Desk]]:
    """The reports that await something of their State, and the others; the newest cycle first."""
    newest = sorted(desks, key=lambda desk: desk.cycle.dates.opens_on, reverse=True)
    newest.sort(key=lambda desk: desk.urgency)
    return [desk for desk in newest if desk.urgency < 2], [
        desk for desk in newest if desk.urgency == 2
    ]


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
    (desk,) = desks_of([report], {document.slug: document})
    whole = reads_whole(report)
    return page(
        "reports/show.html",
        desk=desk,
        report=report,
        whole=whole,
        submissions=desk.past.submissions if whole else (),
        figures=figures_given(session(), report.id) if whole else (),
        parts=part_tasks(session(), report.id, system_clock().date()) if whole else (),
        strikes=desk.past.strikes if whole else (),
        document=document,
        audiences=list(Audience),
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
