"""What an uploaded template would change: shown cell by cell, settled, then applied as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext, ngettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.merging import Plan, PlannedCell, Verdict, chosen
from tracker.exchange.plan_lines import PlanLine, loose_sentences, oddities, plan_lines
from tracker.exchange.template_marked import write_marked
from tracker.exchange.template_words import CellWords
from tracker.exchange.translations import translator
from tracker.exchange.words import Words
from tracker.policy.actions import Action
from tracker.queries.cycles import cycle_or_none
from tracker.queries.import_plans import ImportPlanRow, import_plan_or_none
from tracker.queries.reports import ReportRow
from tracker.queries.templates import TemplateFrame, template_export
from tracker.services import importing as services
from tracker.services.import_plans import mark_applied, settle_plan
from tracker.services.importing import ImportRefused
from tracker.web.access import requires
from tracker.web.exports import download, made
from tracker.web.locale import chosen_language
from tracker.web.render import page, problem_text
from tracker.web.reporting import is_editable, load_report
from tracker.web.session import current_actor
from tracker.web.transaction import release, session
from tracker.web.workbooks import frame_of

blueprint = Blueprint("importing", __name__, url_prefix="/reports/<report_id>/imports")
CHOSEN, AGAINST, SKIP = "choice:", "against:", "skip_invalid"
SHOWN = (Verdict.NEW, Verdict.CHANGED)
CONFLICT = Verdict.CONFLICT
MOST_SHOWN = 300  # lines of one list: a whole report may say thousands of things


@dataclass(frozen=True, slots=True)
class SheetLines:
    """The first new and changed cells of one sheet, and how many more there are."""

    name: str
    lines: tuple[PlanLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing to correct or to look at: sheet and cell, what it is about, and the sentence."""

    place: str
    about: str
    text: str


def _load(report_id: str, plan_id: str) -> tuple[ReportRow, ImportPlanRow]:
    """The report and the reader's own plan for it; 404 for what is no longer kept, too."""
    report = load_report(report_id)
    row = import_plan_or_none(session(), current_actor(), plan_id, at=system_clock())
    cycle = cycle_or_none(session(), report.cycle_slug)
    if row is None or cycle is None or (row.state_id, row.cycle_id) != (report.state_id, cycle.id):
        raise NotFound(Problem("file-not-kept"))
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
    frame, words = frame_of(report), CellWords(Words(chosen_language(), gettext))
    release()  # a refusal holds the write lock until here: nobody's save waits for the page
    clashes = _clashes(plan)
    errors = tuple(islice(_errors(plan, frame, words), MOST_SHOWN))
    return page(
        "reports/import.html",
        report=report,
        row=row,
        plan=plan,
        alert=alert,
        count={verdict.value: plan.count(verdict) for verdict in Verdict},
        conflicts=[
            (line, _choice(row, line)) for line in plan_lines(clashes[:MOST_SHOWN], frame, words)
        ],
        more_conflicts=len(clashes[MOST_SHOWN:]),
        errors=errors,
        more_errors=len(plan.errors) - len(errors),
        odd=[Wrong(sheet, about, text) for sheet, about, text in oddities(plan, frame, words)],
        changes=tuple(_by_sheet(plan, frame, words)),
        changing=any(record.changes for record in plan.records),
        blocked=any(not placed.sheet for placed in plan.errors),
        editable=is_editable(report),
        skipping=SKIP in request.values,
    )


def _clashes(plan: Plan) -> list[PlannedCell]:
    """The conflicts in the order of the sheets; if not all are shown, the settled ones last."""
    found = [cell for cell in plan.cells if cell.apart is CONFLICT]
    if len(found) > MOST_SHOWN:
        found.sort(key=lambda cell: cell.verdict is not CONFLICT)
    return found


def _errors(plan: Plan, frame: TemplateFrame, words: CellWords) -> Iterator[Wrong]:
    """What could not be read, then what cannot be saved, each made as it is asked for."""
    for sheet, cell, about, sentence in loose_sentences(plan, frame, words):
        yield Wrong(_joined(sheet, cell), about, sentence)
    for line in plan_lines((cell for cell in plan.cells if cell.problems), frame, words):
        for sentence in line.sentences:
            yield Wrong(_joined(line.sheet, line.cell), _joined(line.about, line.column), sentence)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _by_sheet(plan: Plan, frame: TemplateFrame, words: CellWords) -> Iterator[SheetLines]:
    """One table a sheet: the lines of an answer and of its laws stand together, on two sheets."""
    sheets: dict[str, list[PlannedCell]] = {}
    for cell in plan.cells:
        if cell.verdict in SHOWN and cell.apart is not CONFLICT:
            sheets.setdefault(cell.sheet, []).append(cell)
    for name, found in sheets.items():
        lines = tuple(plan_lines(found[:MOST_SHOWN], frame, words))
        yield SheetLines(name, lines, len(found) - len(lines))


def _choice(row: ImportPlanRow, line: PlanLine) -> str:
    return chosen(row.choices, line.place, line.against) or ""


@blueprint.post("/<plan_id>")
@requires(Action.REPORT_EDIT)
def decide(report_id: str, plan_id: str) -> ResponseReturnValue:
    """Settle conflicts, one by one or all at once; or apply everything in one transaction."""
    report, row = _load(report_id, plan_id)
    if row.applied_at:  # a nervous hand clicks twice, or another window shows it still
        at = format_datetime(row.applied_at, "short")
        told = gettext(
            "The file “%(file)s” was applied already, at %(at)s UTC. Nothing was saved now.",
            file=row.filename,
            at=at,
        )
        then = ngettext("%(num)s cell was saved then.", "%(num)s cells were saved then.", row.saved)
        flash(f"{told} {then}")
        return _to_report(report)
    against = _seen_conflicts(row)
    try:
        settle_plan(
            session(),
            actor=current_actor(),
            public_id=row.public_id,
            choices=_choices_sent(against),
            against=against,
            clock=system_clock,
        )
    except Invalid as error:
        return _page(report, row, _plan(row), problem_text(error.problem)), 422
    if request.form.get("action") != "apply":
        ticked = "y" if SKIP in request.form else None
        address = url_for(
            ".show", report_id=report_id, plan_id=plan_id, skip_invalid=ticked, _anchor="plan"
        )
        return redirect(address, 303)
    return _apply(*_load(report_id, plan_id))


def _sent_for_all() -> str:
    """The choice that was made for all conflicts at once; else empty."""
    choice = request.form.get("action", "").removeprefix("all-")
    return choice if f"all-{choice}" == request.form.get("action") else ""


def _seen_conflicts(row: ImportPlanRow) -> dict[str, str]:
    """The texts that the form was shown against, by place.

    What is chosen for all is for the conflicts that did not fit on the page, too: those of now,
    if nothing was saved since.
    """
    sent = {n.removeprefix(AGAINST): v for n, v in request.form.items() if n.startswith(AGAINST)}
    if _sent_for_all() and len(sent) >= MOST_SHOWN:
        plan = _plan(row)
        if plan.fingerprint == request.form.get("seen"):
            sent |= {cell.place: cell.against for cell in _clashes(plan)}
    return sent


def _choices_sent(against: Mapping[str, str]) -> dict[str, str]:
    """Those of the form; one for all goes over what was chosen before."""
    if choice := _sent_for_all():
        return dict.fromkeys(against, choice)
    return {
        name.removeprefix(CHOSEN): value
        for name, value in request.form.items()
        if name.startswith(CHOSEN)
    }


def _apply(report: ReportRow, row: ImportPlanRow) -> ResponseReturnValue:
    try:
        plan = services.apply_import(
            session(),
            actor=current_actor(),
            state_id=row.state_id,
            cycle_id=row.cycle_id,
            filled=row.filled,
            choices=row.choices,
            skip_invalid=SKIP in request.form,
            clock=system_clock,
            seen=request.form.get("seen", ""),
        )
    except ImportRefused as error:
        status = 409 if error.problem.code == "import-changed" else 422
        return _page(report, row, error.plan, problem_text(error.problem)), status
    saved = plan.count(Verdict.NEW) + plan.count(Verdict.CHANGED)
    mark_applied(
        session(),
        actor=current_actor(),
        public_id=row.public_id,
        saved=saved,
        clock=system_clock,
    )
    flash(_applied_text(saved, plan.wrong_cells))
    return _to_report(report)


def _to_report(report: ReportRow) -> ResponseReturnValue:
    return redirect(url_for("reporting.show", report_id=report.public_id), 303)


def _applied_text(saved: int, left: int) -> str:
    told = ngettext(
        "The file was applied: %(num)s cell was saved.",
        "The file was applied: %(num)s cells were saved.",
        saved,
    )
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
        f"{report.cycle_slug}_{report.iso3}_checked_{language}.xlsx",
    )
