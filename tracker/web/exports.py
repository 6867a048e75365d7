"""Downloads made at once: one report, a comparison, a list of needs and offers."""

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

from flask import Blueprint, Response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted, Problem
from tracker.domain.exports import ExportFormat
from tracker.domain.progress import Audience
from tracker.domain.values import parse_audience, parse_choice
from tracker.exchange.comparison import ComparisonExport, write_comparison
from tracker.exchange.needs_files import AssistanceList, ListForm, write_needs_file
from tracker.exchange.report import Order
from tracker.exchange.report_files import write_report_file
from tracker.exchange.translations import translator
from tracker.exchange.words import Made, Words
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import list_cycles
from tracker.queries.report_exports import ReportExport, own_report_export, report_export
from tracker.queries.states import installed, list_areas
from tracker.web.access import requires
from tracker.web.compared_choices import count_problem
from tracker.web.comparing import chosen_comparison
from tracker.web.locale import chosen_language
from tracker.web.public_choices import only
from tracker.web.public_needs import needs_view
from tracker.web.session import current_actor
from tracker.web.submitting import load_submission, load_whole
from tracker.web.transaction import release, session

blueprint = Blueprint("exports", __name__)


@blueprint.get("/states/<iso3>/report.<form>")
@requires(Action.PUBLIC_READ)
def report(iso3: str, form: str) -> ResponseReturnValue:
    """A State's published report; of the latest cycle that has one, where none is named."""
    kind, order = format_of(form), _order()
    return _report_file(_report(iso3, only("cycle"), _audience()), kind, order)


@blueprint.get("/reports/<report_id>/submissions/<int:number>/report.<form>")
@requires(Action.REPORT_READ)
def own_report(report_id: str, number: int, form: str) -> ResponseReturnValue:
    """Any submission of a report, whole, for its own State."""
    kind, order = format_of(form), _order()
    row = load_submission(load_whole(report_id, Action.REPORT_READ), number)
    return _report_file(own_report_export(session(), row.id), kind, order)


def format_of(ending: str) -> ExportFormat:
    """The format that the end of an address names."""
    try:
        return ExportFormat(ending)
    except ValueError:
        raise NotFound(Problem("not-found")) from None


def _order() -> Order:
    return parse_choice(request.args.get("order"), Order, "order") or Order.SECTION


def _report_file(data: ReportExport, form: ExportFormat, order: Order) -> Response:
    language, maker = chosen_language(), made()
    release()
    version = f"_{data.submission.number}" if data.own else ""
    version += "_by-paragraph" if order is Order.PARAGRAPH else ""
    return download(
        lambda target: write_report_file(
            target,
            data,
            form,
            translate=translator(language),
            language=language,
            made=maker,
            order=order,
        ),
        f"{data.frame.cycle.slug}_{data.state.iso3}_report{version}_{language}.{form}",
        form.media_type,
    )


@blueprint.get("/compare.<form>")
@requires(Action.PUBLIC_READ)
def compared(form: str) -> ResponseReturnValue:
    """Exactly what the page of a comparison shows, at the same choices in the address."""
    kind, found = format_of(form), chosen_comparison()
    if not found.columns:
        raise Invalid(found.refused or count_problem(0))
    language, maker = chosen_language(), made()
    demonstration, version = installed(session())
    data = ComparisonExport(
        document=found.document,
        cycle=found.cycle.slug,
        before=found.before.slug if found.before else "",
        audience=found.audience,
        own=tuple(state.iso3 for state in found.own),
        base=found.base,
        selection=found.selection,
        only=found.only,
        columns=found.columns,
        rows=found.rows,
        demonstration=demonstration,
        data_version=version,
        address=url_for("public.comparison", _external=True, **found.arguments()),
    )
    release()
    words = Words(language, translator(language))
    codes = "+".join(column.code for column in found.columns)
    narrow = "" if found.audience is Audience.PUBLIC else f"_{found.audience}"
    return download(
        lambda target: write_comparison(target, data, kind, words=words, made=maker),
        f"{found.cycle.slug}_{codes}_comparison{narrow}_{language}.{kind}",
        kind.media_type,
    )


@blueprint.get("/needs.<form>")
@requires(Action.PUBLIC_READ)
def needs(form: str) -> ResponseReturnValue:
    """Exactly the list of needs and offers that the same address shows as a page."""
    try:
        kind = ListForm(form)
    except ValueError:
        raise NotFound(Problem("not-found")) from None
    view = needs_view(_audience())
    if view is None:
        raise NotFound(Problem("not-found"))
    words, maker = Words(chosen_language(), translator(chosen_language())), made()
    names = {area.code: area.name for area in list_areas(session())}
    demonstration, version = installed(session())
    data = AssistanceList(
        document=view.document,
        cycle=view.cycle.slug,
        audience=view.audience,
        chosen=view.chosen,
        area_name=names.get(view.chosen.area, {}),
        matched=view.matched,
        rows=view.rows,
        states=view.states,
        groups=names,
        demonstration=demonstration,
        data_version=version,
    )
    release()
    return download(
        lambda target: write_needs_file(target, data, kind, words=words, made=maker),
        f"{view.cycle.slug}_needs_{view.audience}_{words.language}.{kind}",
        kind.media_type,
    )


@blueprint.get("/cycles/<slug>/compiled.xlsx")
@requires(Action.PUBLIC_READ)
def compiled(slug: str) -> ResponseReturnValue:
    """Where a whole cycle was downloaded before it was made by a worker: to the form."""
    chosen = url_for("exporting.new", cycles=slug, audience=request.args.get("audience"))
    return redirect(chosen, 303)


def _audience() -> Audience:
    """The audience asked for, the public if none is; never wider than the reader's own level."""
    given = request.args.get("audience")
    asked = parse_audience(given, place="audience", default=Audience.PUBLIC)
    if not audience_of(current_actor()).admits(asked):
        raise NotPermitted(Problem("not-permitted"))
    return asked


def _report(iso3: str, cycle: str, audience: Audience) -> ReportExport:
    cycles = [cycle] if cycle else [row.slug for row in list_cycles(session())]
    refusal: NotFound = NotFound(Problem("not-found"))
    for slug in cycles:
        try:
            return report_export(session(), cycle_slug=slug, iso3=iso3, audience=audience)
        except NotFound as error:
            refusal = error
    raise refusal


def made() -> Made:
    """When and by whom a file is made now."""
    return Made(system_clock(), current_actor().name or gettext("public site"))


def download(
    write: Callable[[BinaryIO], None], name: str, media_type: str = ExportFormat.XLSX.media_type
) -> Response:
    """The file as an attachment; it is made in memory, so it is of one page or report."""
    target = BytesIO()
    write(target)
    target.seek(0)
    answer = send_file(target, media_type, as_attachment=True, download_name=name)
    del answer.headers["Cache-Control"]  # the site's own rule for signed-in readers applies
    return answer
