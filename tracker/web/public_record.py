"""The States behind the figures of a meeting's official record."""

from flask.typing import ResponseReturnValue

from tracker.domain.errors import NotFound, Problem
from tracker.policy.actions import Action
from tracker.queries.record import recorded_reports, states_on_record
from tracker.web.access import requires
from tracker.web.locale import in_language
from tracker.web.public_choices import by_name, find_document, one_of
from tracker.web.render import page
from tracker.web.transaction import session


@requires(Action.PUBLIC_READ)
def record(slug: str) -> ResponseReturnValue:
    """Who submitted a report to the meeting that adopted the document; ``?area=`` of one area."""
    document = find_document(slug)
    found = recorded_reports(session(), document)
    if not found.paragraph:
        raise NotFound(Problem("not-found"))
    area = one_of("area", {one.code: in_language(one.name) for one in found.areas})
    return page(
        "public/record.html",
        document=document,
        record=found,
        area=next((one for one in found.areas if one.code == area), None),
        states=by_name(states_on_record(session(), slug, area), lambda state: state.name),
    )
