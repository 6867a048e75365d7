"""The public pages, and where each stands. Links among them keep the language asked for."""

from typing import Any

from flask import Blueprint, current_app, has_request_context, request
from flask.typing import ResponseReturnValue

from tracker.domain.clock import system_clock
from tracker.domain.progress import SHOWN_ORDER
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import list_cycles
from tracker.queries.documents import list_documents
from tracker.queries.figures import figures_of_cycle
from tracker.queries.indicators import list_indicators
from tracker.queries.record import official_record
from tracker.queries.states import count_members
from tracker.web import (
    comparing,
    public_commitment,
    public_cycle_states,
    public_cycles,
    public_documents,
    public_matrix,
    public_needs,
    public_overview,
    public_record,
    public_scoring,
    public_search,
    public_states,
)
from tracker.web.access import declared_action, requires
from tracker.web.public_choices import current_cycle, value_labels
from tracker.web.render import page
from tracker.web.revalidation import revalidate
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("public", __name__)
blueprint.after_request(revalidate)


@requires(Action.PUBLIC_READ)
def home() -> ResponseReturnValue:
    """What this is, how the current cycle stands, and how to go on."""
    audience = audience_of(current_actor())
    cycles = list_cycles(session())
    cycle, now = current_cycle(cycles), system_clock()
    return page(
        "public/home.html",
        also_open=[
            other
            for other in cycles
            if cycle and other.dates.opens_on > cycle.dates.opens_on and other.dates.is_open(now)
        ],
        documents=list_documents(session()),
        indicators=list_indicators(session()),
        cycle=cycle,
        audience=audience,
        counted=figures_of_cycle(session(), cycle_id=cycle.id, audience=audience)
        if cycle
        else None,
        record=official_record(session(), cycle.document_slug) if cycle else None,
        keys=[value.value for value in SHOWN_ORDER],
        labels=value_labels(),
    )


@requires(Action.PUBLIC_READ)
def method() -> ResponseReturnValue:
    """How the numbers are made, and what the words for absence mean."""
    return page("public/method.html", members=count_members(session()), labels=value_labels())


for rule, view in (
    ("/", home),
    ("/about/method", method),
    ("/about/scoring", public_scoring.scoring),
    ("/documents", public_documents.documents),
    ("/documents/<slug>", public_documents.document),
    ("/documents/<slug>/<int:paragraph>", public_commitment.commitment),
    ("/documents/<slug>/record", public_record.record),
    ("/states", public_states.states),
    ("/states/<iso3>", public_states.state),
    ("/states/<iso3>/submissions/<int:number>", public_states.submission),
    ("/compare", comparing.comparison),
    ("/cycles", public_cycles.cycles),
    ("/cycles/<slug>", public_cycles.cycle),
    ("/cycles/<slug>/figures", public_overview.figures),
    ("/cycles/<slug>/states", public_cycle_states.cycle_states),
    ("/cycles/<slug>/matrix", public_matrix.matrix),
    ("/needs", public_needs.needs),
    ("/search", public_search.search),
):
    blueprint.add_url_rule(rule, view_func=view, methods=["GET"])


@blueprint.app_url_defaults
def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """A reader who follows a link with ``?lang`` stays in that language on public pages."""
    if not has_request_context() or endpoint == "static" or "lang" in values:
        return
    asked = request.args.get("lang", "")
    known = endpoint in current_app.view_functions
    if not known or asked not in current_app.config["SETTINGS"].languages:
        return
    if declared_action(current_app, endpoint) is Action.PUBLIC_READ:
        values["lang"] = asked
