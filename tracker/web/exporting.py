"""Exports: asking for one, watching it being made, fetching it."""

from flask import Blueprint, Response, current_app, redirect, request, send_file, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue

from tracker.delivery.files import ExportFolder
from tracker.domain.clock import system_clock
from tracker.domain.errors import Gone, Invalid, NotFound, Problem, TooMany
from tracker.domain.exports import ExportFormat, ExportOptions, ExportStatus
from tracker.domain.progress import Audience
from tracker.domain.values import parse_audience, parse_choice, parse_flag
from tracker.forms.export import ExportForm
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise, may
from tracker.policy.rules import Subject
from tracker.queries.cycles import list_cycles
from tracker.queries.exporting import (
    ExportRow,
    begun_at,
    count_before,
    export_or_none,
    last_exports,
    list_exports,
)
from tracker.services.exports import request_export, requester_of
from tracker.services.tokens import new_token
from tracker.web.access import requires
from tracker.web.locale import (
    LANGUAGE_NAMES,
    chosen_language,
    in_language,
    language_choices,
    parse_page_language,
)
from tracker.web.public_choices import current_cycle
from tracker.web.public_cycles import find_cycle
from tracker.web.render import page, problem_text
from tracker.web.session import current_actor
from tracker.web.transaction import release, session

blueprint = Blueprint("exporting", __name__, url_prefix="/exports")
BROWSER = "exports"  # in the signed cookie: proves to be the browser that asked
SOON, LATER, AT_FIRST = 2, 5, 30  # seconds: between two looks, and how long they are frequent


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    """Not in a cache either: a page tells what somebody asked for."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("")
@requires(Action.PUBLIC_READ)
def mine() -> ResponseReturnValue:
    """What this account, or this browser, has asked for."""
    exports = list_exports(session(), _requester())
    return page("exports/mine.html", exports=exports, now=system_clock())


@blueprint.get("/new")
@requires(Action.PUBLIC_READ)
def new() -> ResponseReturnValue:
    """The form; ``?cycles=bms7&audience=states`` choose something beforehand."""
    audience = parse_audience(
        request.args.get("audience"), place="audience", default=Audience.PUBLIC
    )
    authorise(current_actor(), Action.EXPORT_MAKE, Subject(audience=audience))
    named = [slug for text in request.args.getlist("cycles") for slug in text.split(",") if slug]
    chosen = [find_cycle(slug).slug for slug in named] or _current_cycle()
    return _form_page(
        _form(cycles_chosen=chosen, audience=audience.value, language=chosen_language())
    )


def _current_cycle() -> list[str]:
    cycle = current_cycle(list_cycles(session()))
    return [cycle.slug] if cycle else []


def _form(
    filled: bool = False, *, cycles_chosen: list[str] | None = None, **values: str
) -> ExportForm:
    cycles = [
        (row.slug, f"{row.slug} · {row.document_symbol} {in_language(row.document_title)}")
        for row in list_cycles(session())
    ]
    actor = current_actor()
    audiences = [
        level for level in Audience if may(actor, Action.EXPORT_MAKE, Subject(audience=level))
    ]
    return ExportForm(
        request.form if filled else None,
        data={"cycles": cycles_chosen, **values},
        cycles=cycles,
        audiences=audiences,
        languages=language_choices(),
    )


def _form_page(form: ExportForm) -> str:
    return page("exports/new.html", form=form, earlier=last_exports(session(), _requester()))


@blueprint.post("/new")
@requires(Action.PUBLIC_READ)
def ask() -> ResponseReturnValue:
    """Put it into the queue and show where it stands."""
    form = _form(filled=True)
    try:
        options, compare = _options(form)
        export = request_export(
            session(),
            actor=current_actor(),
            requester=_requester(begin=True),
            options=options,
            compare=compare,
            clock=system_clock,
        )
    except Invalid as error:
        form.show(*error.problems)
        return _form_page(form), 422
    except TooMany as error:
        form.show(error.problem)
        return _form_page(form), 429, {"Retry-After": "60"}
    return redirect(url_for("exporting.show", export_id=export.public_id), 303)


def _options(form: ExportForm) -> tuple[ExportOptions, bool]:
    values = form.parsed(
        audience=lambda raw, place: parse_audience(raw, place=place, default=Audience.PUBLIC),
        language=parse_page_language,
        format=lambda raw, place: parse_choice(raw, ExportFormat, place) or ExportFormat.XLSX,
        compare=parse_flag,
    )
    options = ExportOptions(
        cycles=tuple(sorted(form.typed_list("cycles"))),
        audience=values["audience"],
        language=values["language"],
        form=values["format"],
    )
    return options, values["compare"]


@blueprint.get("/<export_id>")
@requires(Action.PUBLIC_READ)
def show(export_id: str) -> ResponseReturnValue:
    """Where one export stands; looks again by itself while there is something to wait for."""
    export, now = _export(export_id), system_clock()
    before = count_before(session(), export) if export.status is ExportStatus.QUEUED else 0
    waited = (now - export.requested_at).total_seconds()
    return page(
        "exports/show.html",
        export=export,
        before=before,
        minutes=int(waited // 60),
        has_file=export.has_file(now),
        failure=problem_text(Problem(export.problem)) if export.problem else "",
        language=LANGUAGE_NAMES.get(export.options.language, export.options.language),
        compared_with=begun_at(session(), export.options.since),
        look_again=(SOON if waited < AT_FIRST else LATER) if export.unfinished else None,
    )


@blueprint.get("/<export_id>/file")
@requires(Action.PUBLIC_READ)
def file(export_id: str) -> ResponseReturnValue:
    """The file itself, to who asked for it and may still read it; else where it stands."""
    export, now = _export(export_id), system_clock()
    authorise(current_actor(), Action.EXPORT_MAKE, Subject(audience=export.options.audience))
    if export.status is not ExportStatus.DONE:
        return redirect(url_for("exporting.show", export_id=export_id), 303)
    if not export.has_file(now):
        raise Gone(Problem(export.problem or "export-gone"))
    release()
    folder = ExportFolder(current_app.config["SETTINGS"].instance_path)
    try:
        return send_file(
            folder.file(export.public_id, export.options.form),
            export.options.form.media_type,
            as_attachment=True,
            download_name=export.filename,
        )
    except FileNotFoundError:
        raise Gone(Problem("export-gone")) from None


def _export(public_id: str) -> ExportRow:
    found = export_or_none(session(), public_id, _requester())
    if found is None:
        raise NotFound(Problem("not-found"))
    return found


def _requester(*, begin: bool = False) -> str:
    """Who asks; empty, which is nobody, for a browser that has asked for nothing yet."""
    actor = current_actor()
    if begin and not actor.signed_in:
        form_session.setdefault(BROWSER, new_token())
    token = form_session.get(BROWSER, "")
    return requester_of(actor, token) if actor.signed_in or token else ""
