"""Downloads that are made at once: one State's report."""

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

from flask import Blueprint, Response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import NotFound, NotPermitted, Problem
from tracker.domain.progress import Audience
from tracker.domain.values import parse_audience
from tracker.exchange.report import write_report
from tracker.exchange.translations import translator
from tracker.exchange.words import Made
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import list_cycles
from tracker.queries.exports import ReportExport, report_export
from tracker.web.access import requires
from tracker.web.locale import chosen_language
from tracker.web.session import current_actor
from tracker.web.transaction import release, session

blueprint = Blueprint("exports", __name__)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/states/<iso3>/report.xlsx")
@requires(Action.PUBLIC_READ)
def report(iso3: str) -> ResponseReturnValue:
    """A State's published report; of the latest cycle that has one, where none is named."""
    audience = _audience()
    data = _report(iso3, request.args.get("cycle", ""), audience)
    language, made = chosen_language(), _made()
    release()
    return _download(
        lambda target: write_report(
            target, data, translate=translator(language), language=language, made=made
        ),
        f"{data.frame.cycle.slug}_{data.state.iso3}_report_{language}.xlsx",
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


def _made() -> Made:
    return Made(system_clock(), current_actor().name or gettext("public site"))


def _download(write: Callable[[BinaryIO], None], name: str) -> Response:
    """A few hundred kilobytes at most."""
    target = BytesIO()
    write(target)
    target.seek(0)
    answer = send_file(target, WORKBOOK, as_attachment=True, download_name=name)
    del answer.headers["Cache-Control"]  # the site's own rule for signed-in readers applies
    return answer
