"""Downloads: one State's report, and a whole cycle compiled."""

from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

from flask import Blueprint, Response, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import NotFound, NotPermitted, Problem
from tracker.domain.progress import Audience
from tracker.domain.values import parse_audience
from tracker.exchange.compiled import write_compiled
from tracker.exchange.report import write_report
from tracker.exchange.translations import translator
from tracker.exchange.words import Made
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.compiled import CompiledExport, compiled_export
from tracker.queries.cycles import list_cycles
from tracker.queries.exports import (
    StateAnswers,
    state_answers,
)
from tracker.queries.report_exports import ReportExport, report_export
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
    """Everything of a cycle that the audience asked for may read."""
    audience = _audience()
    data: CompiledExport = compiled_export(session(), cycle_slugs=[slug], audience=audience)
    language, made = chosen_language(), _made()
    release()

    def read(submission_id: int) -> StateAnswers:
        try:
            return state_answers(session(), submission_id, audience)
        finally:
            release()

    return _download(
        lambda target: write_compiled(
            target, data, read, translate=translator(language), language=language, made=made
        ),
        f"{slug}_compiled_{audience}_{language}.xlsx",
    )


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
    """A few megabytes at most: the rows of a large workbook wait on disk while it is written."""
    target = BytesIO()
    write(target)
    target.seek(0)
    answer = send_file(target, WORKBOOK, as_attachment=True, download_name=name)
    del answer.headers["Cache-Control"]  # the site's own rule for signed-in readers applies
    return answer
