"""Indicators: the page on which a State fills in figures, and the public page of values."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem, StaleEdit, WrongStatus
from tracker.domain.indicator_checks import check
from tracker.domain.indicator_tables import return_table, year_table, years_asked
from tracker.domain.indicators import (
    PLACE,
    IndicatorDefinition,
    in_words,
    parse_figures,
    parse_year,
    years_of,
)
from tracker.domain.published import chosen_values
from tracker.domain.values import parse_audience, western_digits
from tracker.forms.indicator import IndicatorForm
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise, may
from tracker.policy.rules import Subject
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import cycle_or_none, list_cycles
from tracker.queries.indicator_reporting import indicators_reported
from tracker.queries.indicators import definition_of, returns_of, saved_figures
from tracker.queries.published import published_values
from tracker.queries.reports import ReportRow
from tracker.queries.states import count_members
from tracker.services.indicators import save_indicator
from tracker.services.responses import Saved
from tracker.web.access import requires
from tracker.web.indicator_choices import values_view
from tracker.web.indicator_desk import Desk, Typed
from tracker.web.locale import chosen_language
from tracker.web.public_choices import by_name, current_cycle
from tracker.web.render import page, problem_text
from tracker.web.reporting import is_editable, load_report
from tracker.web.revalidation import revalidate
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("indicators", __name__)
blueprint.after_request(revalidate)


def _load(report_id: str, slug: str, action: Action) -> Desk:
    report = load_report(report_id)
    actor, subject = current_actor(), Subject(report.state_id)
    authorise(actor, action, subject)
    return Desk(
        report=report,
        definition=definition_of(session(), slug),
        stored=returns_of(session(), report.id).get(slug),
        editable=is_editable(report) and may(actor, Action.REPORT_EDIT, subject),
    )


@blueprint.get("/reports/<report_id>/indicators/<slug>")
@requires(Action.REPORT_READ)
def edit(report_id: str, slug: str) -> ResponseReturnValue:
    """The figures of one indicator, to fill in or, without the right, to read."""
    desk = _load(report_id, slug, Action.REPORT_READ)
    if not desk.editable:
        table = return_table(desk.definition, desk.audience, desk.figures)
        return page(
            "indicators/read.html",
            desk=desk,
            report=desk.report,
            table=table,
            is_open=is_editable(desk.report),
        )
    return _form_page(desk, Typed(_fresh_form(desk), desk.stored_texts()))


def _fresh_form(desk: Desk) -> IndicatorForm:
    waiting = request.args.get("year", "")[:4]
    return IndicatorForm(
        data={"version": str(desk.version), "audience": desk.audience.value, "add_year": waiting}
    )


@blueprint.post("/reports/<report_id>/indicators/<slug>")
@requires(Action.REPORT_EDIT)
def save(report_id: str, slug: str) -> ResponseReturnValue:
    """Save the figures, or add a year to the page; what was typed never goes away.

    The key Enter adds the year where one is typed, else it saves, as in any other form.
    """
    desk = _load(report_id, slug, Action.REPORT_EDIT)
    texts = {name: text for name, text in request.form.items() if name.startswith(f"{PLACE}-")}
    typed = Typed(IndicatorForm(request.form), texts)
    action, waiting = request.form.get("action"), (typed.form.add_year.data or "").strip()
    if action == "add-year" or (action == "enter" and waiting):
        return _add_year(desk, typed)
    try:
        saved = _save(desk, typed)
    except Invalid as error:
        typed.problems = error.problems
        return _form_page(desk, typed), 422
    except StaleEdit as error:
        typed.conflict = True
        before = int(typed.form.version.data or 0)
        typed.take_unchanged(desk, saved_figures(session(), desk.report.id, slug, before))
        typed.form.version.data = str(error.current_version)
        return _form_page(desk, typed), 409
    except WrongStatus as error:
        typed.alerts.append(problem_text(error.problem))
        return _form_page(desk, typed), 409
    at = format_datetime(saved.saved_at, "short")
    flash(gettext("Saved at %(at)s UTC.", at=at) if saved.changed else gettext("Nothing changed."))
    left = waiting[:4] or None  # a year that was typed and not added stays in its field
    return redirect(url_for("indicators.edit", report_id=report_id, slug=slug, year=left), 303)


def _save(desk: Desk, typed: Typed) -> Saved:
    version = typed.form.version.data or ""
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Invalid(Problem("form-expired"))
    last = system_clock().year
    return save_indicator(
        session(),
        actor=current_actor(),
        report_id=desk.report.id,
        indicator=desk.definition.slug,
        expected_version=int(version),
        audience=parse_audience(
            typed.form.audience.data, place="audience", default=desk.report.default_audience
        ),
        figures=parse_figures(desk.definition, typed.texts, last_year=last),
        clock=system_clock,
    )


def _add_year(desk: Desk, typed: Typed) -> ResponseReturnValue:
    try:
        asked = western_digits(typed.form.add_year.data)
        year = parse_year(asked, last=system_clock().year, place="add_year")
    except Invalid as error:
        typed.problems = error.problems
        return _form_page(desk, typed), 422
    typed.form.add_year.data = ""
    added = gettext("The year %(year)s was added. Nothing is saved yet.", year=str(year))
    there = gettext(
        "The year %(year)s is on this page already. Nothing is saved yet.", year=str(year)
    )
    typed.alerts.append(there if year in _years_shown(desk, typed) else added)
    return _form_page(desk, typed, extra=year)


def _years_shown(desk: Desk, typed: Typed) -> set[int]:
    return {*_years_asked(desk.report), *years_of(desk.figures), *_years_sent(typed.texts)}


def _form_page(desk: Desk, typed: Typed, extra: int | None = None) -> str:
    definition, language = desk.definition, chosen_language()
    years = sorted(_years_shown(desk, typed) | ({extra} if extra else set()))
    errors: dict[str, list[str]] = defaultdict(list)
    summary = []
    for problem in typed.problems:
        text = problem_text(in_words(definition, problem, language))
        if problem.place in typed.form:
            typed.form.show(problem)
        errors[problem.place].append(text)
        href = f"#{problem.place}" if problem.place else ""
        summary.append({"href": href, "message": _with_place(definition, problem, text)})
    return page(
        "reports/indicator.html",
        desk=desk,
        report=desk.report,
        definition=definition,
        form=typed.form,
        tables=[year_table(definition, desk.figures, year) for year in years],
        texts=typed.texts,
        stored_texts=desk.stored_texts(),
        unsaved=typed.differs_from(desk),
        conflict=typed.conflict,
        alerts=typed.alerts,
        errors=errors,
        summary=summary,
        warnings=[
            {
                "href": f"#{problem.place}",
                "message": problem_text(in_words(definition, problem, language)),
            }
            for problem in check(definition, desk.figures).warnings
        ],
    )


def _with_place(definition: IndicatorDefinition, problem: Problem, text: str) -> str:
    """The sentence, led by the names of its cell unless it names them itself."""
    parts = problem.place.split("-")
    labels = definition.labels(chosen_language())
    if "year" in problem.values or len(parts) != 4 or not {parts[2], parts[3]} <= labels.keys():
        return text
    place = f"{labels[parts[3]]}, {labels[parts[2]]}, {parts[1]}"
    return str(gettext("%(place)s: %(problem)s", place=place, problem=text))


def _years_asked(report: ReportRow) -> tuple[int, ...]:
    cycle = cycle_or_none(session(), report.cycle_slug)
    if cycle is None:
        raise NotFound(Problem("not-found"))
    dates = cycle.dates
    last = system_clock().year
    return years_asked(dates.opens_on, dates.period_from, dates.period_to, last=last)


def _years_sent(texts: Mapping[str, str]) -> set[int]:
    """The years of the columns that were on the page; nonsense among them is left aside."""
    years = set()
    for place in texts:
        try:
            part = place.split("-")[1]
            years.add(parse_year(part, last=system_clock().year, place=place))
        except Invalid:
            continue
    return years


@blueprint.get("/indicators")
@requires(Action.PUBLIC_READ)
def index() -> ResponseReturnValue:
    """Every indicator, what it measures, and how many States reported in the latest cycle."""
    audience = audience_of(current_actor())
    cycle = current_cycle(list_cycles(session()))
    return page(
        "indicators/index.html",
        cycle=cycle,
        audience=audience,
        members=count_members(session()),
        rows=[
            replace(row, states=by_name(row.states, lambda state: state.name))
            for row in indicators_reported(session(), cycle.id if cycle else None, audience)
        ],
    )


@blueprint.get("/indicators/<slug>")
@requires(Action.PUBLIC_READ)
def show(slug: str) -> ResponseReturnValue:
    """The definition, the formulas in words, and every published value with its sums."""
    audience = audience_of(current_actor())
    view = values_view(definition_of(session(), slug), audience)
    return page(
        "indicators/show.html",
        definition=view.definition,
        view=view,
        shown=view.shown,
        states=by_name(view.states, lambda line: dict(line.row.state.name)),
        silent=by_name(view.silent, lambda row: dict(row.state.name)),
        published=chosen_values(
            published_values(session(), view.definition.slug),
            view.places,
            view.shown.choice.year,
        ),
        audience=audience,
    )
