"""What an uploaded template would change: shown cell by cell, settled, then applied as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.merging import EVERY, Choice, Plan, PlannedCell, Verdict
from tracker.exchange.template_marked import write_marked
from tracker.exchange.translations import translator
from tracker.policy.actions import Action
from tracker.queries.cycles import cycle_or_none
from tracker.queries.import_plans import ImportPlanRow, import_plan_or_none
from tracker.queries.indicators import list_indicators
from tracker.queries.reports import ReportRow
from tracker.queries.templates import template_export
from tracker.services import importing as services
from tracker.services.import_plans import mark_applied, settle_plan
from tracker.services.importing import ImportRefused
from tracker.web.access import requires
from tracker.web.exports import download, made
from tracker.web.importing_words import Named, PlanWords
from tracker.web.locale import chosen_language
from tracker.web.render import page, problem_text
from tracker.web.reporting import is_editable, load_document, load_report
from tracker.web.session import current_actor
from tracker.web.transaction import release, session

blueprint = Blueprint("importing", __name__, url_prefix="/reports/<report_id>/imports")
CHOSEN = "choice:"
SHOWN = (Verdict.NEW, Verdict.CHANGED)


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """The new and changed cells of one sheet."""

    name: str
    cells: tuple[Named, ...]


def _load(report_id: str, plan_id: str) -> tuple[ReportRow, ImportPlanRow]:
    """The report and the reader's own plan for it; 404 otherwise."""
    report = load_report(report_id)
    row = import_plan_or_none(session(), current_actor(), plan_id, at=system_clock())
    cycle = cycle_or_none(session(), report.cycle_slug)
    if row is None or cycle is None or (row.state_id, row.cycle_id) != (report.state_id, cycle.id):
        raise NotFound(Problem("not-found"))
    return report, row


def _plan(row: ImportPlanRow) -> Plan:
    return services.plan_import(
        session(),
        actor=current_actor(),
        state_id=row.state_id,
        cycle_id=row.cycle_id,
        filled=row.filled,
        choices=row.choices,
        clock=system_clock,
    )


@blueprint.get("/<plan_id>")
@requires(Action.REPORT_EDIT)
def show(report_id: str, plan_id: str) -> ResponseReturnValue:
    """The plan as it is now: what somebody saved since is seen at once."""
    report, row = _load(report_id, plan_id)
    return _page(report, row, _plan(row))


def _page(report: ReportRow, row: ImportPlanRow, plan: Plan, alert: str = "") -> str:
    words = PlanWords(load_document(report), list_indicators(session()))
    settled = tuple(cell for cell in plan.cells if cell.apart is Verdict.CONFLICT)
    return page(
        "reports/import.html",
        report=report,
        row=row,
        plan=plan,
        alert=alert,
        count={verdict.value: plan.count(verdict) for verdict in Verdict},
        conflicts=[(words.named(cell), _choice(row, cell)) for cell in settled],
        errors=[words.told(placed) for placed in plan.errors],
        changes=tuple(_by_sheet(words.named(cell) for cell in _applied(plan))),
        changing=any(record.changes for record in plan.records),
        blocked=[placed for placed in plan.errors if not placed.sheet],
        editable=is_editable(report),
    )


def _applied(plan: Plan) -> Iterator[PlannedCell]:
    return (c for c in plan.cells if c.verdict in SHOWN and c.apart is not Verdict.CONFLICT)


def _by_sheet(cells: Iterator[Named]) -> Iterator[SheetChanges]:
    for name, own in groupby(cells, key=lambda named: named.cell.sheet):
        yield SheetChanges(name, tuple(own))


def _choice(row: ImportPlanRow, cell: PlannedCell) -> str:
    return row.choices.get(cell.place, row.choices.get(EVERY, ""))


@blueprint.post("/<plan_id>")
@requires(Action.REPORT_EDIT)
def decide(report_id: str, plan_id: str) -> ResponseReturnValue:
    """Settle conflicts, one by one or all at once; or apply everything in one transaction."""
    report, row = _load(report_id, plan_id)
    try:
        settle_plan(
            session(),
            actor=current_actor(),
            public_id=row.public_id,
            choices=_choices_sent(),
            clock=system_clock,
        )
    except Invalid as error:
        return _page(report, row, _plan(row), problem_text(error.problem)), 422
    if request.form.get("action") != "apply":
        return redirect(url_for(".show", report_id=report_id, plan_id=plan_id, _anchor="plan"), 303)
    return _apply(*_load(report_id, plan_id))


def _choices_sent() -> dict[str, str]:
    action = request.form.get("action", "")
    named = [name for name in request.form if name.startswith(CHOSEN)]
    if action in (f"all-{Choice.MINE}", f"all-{Choice.THEIRS}"):
        choice = action.removeprefix("all-")
        return {EVERY: choice, **{name.removeprefix(CHOSEN): choice for name in named}}
    return {name.removeprefix(CHOSEN): request.form[name] for name in named}


def _apply(report: ReportRow, row: ImportPlanRow) -> ResponseReturnValue:
    try:
        plan = services.apply_import(
            session(),
            actor=current_actor(),
            state_id=row.state_id,
            cycle_id=row.cycle_id,
            filled=row.filled,
            choices=row.choices,
            skip_invalid="skip_invalid" in request.form,
            clock=system_clock,
            source=f"file:{row.filename}",
            seen=request.form.get("seen", ""),
        )
    except ImportRefused as error:
        status = 409 if error.problem.code == "import-changed" else 422
        return _page(report, row, error.plan, problem_text(error.problem)), status
    mark_applied(session(), actor=current_actor(), public_id=row.public_id, clock=system_clock)
    flash(_applied_text(plan))
    return redirect(url_for("reporting.show", report_id=report.public_id), 303)


def _applied_text(plan: Plan) -> str:
    count = plan.count(Verdict.NEW) + plan.count(Verdict.CHANGED)
    told = ngettext(
        "The file was applied: %(num)s cell was saved.",
        "The file was applied: %(num)s cells were saved.",
        count,
    )
    left = len(plan.errors)
    if left:
        told += " " + ngettext(
            "%(num)s wrong cell was left out.", "%(num)s wrong cells were left out.", left
        )
    return str(told)


@blueprint.get("/<plan_id>/marked.xlsx")
@requires(Action.REPORT_EDIT)
def marked(report_id: str, plan_id: str) -> ResponseReturnValue:
    """The same workbook, with errors and conflicts marked beside the cells."""
    report, row = _load(report_id, plan_id)
    plan = _plan(row)
    data = template_export(
        session(),
        actor=current_actor(),
        state_id=row.state_id,
        cycle_slug=report.cycle_slug,
        last_year=system_clock().year,
    )
    language, maker = row.filled.language, made()
    release()
    return download(
        lambda target: write_marked(
            target,
            data,
            row.filled,
            plan,
            translate=translator(language),
            language=language,
            made=maker,
        ),
        f"{report.cycle_slug}_{report.iso3}_checked_{chosen_language()}.xlsx",
    )
