"""Public pages of the reporting cycles: which there are, and who reported in each."""

from flask.typing import ResponseReturnValue

from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.coverage import CoverageGroup, CoverageRow, coverage_of_cycle
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.figures import count_published
from tracker.queries.record import official_record
from tracker.queries.states import count_members
from tracker.web.access import requires
from tracker.web.public_choices import by_name, named_cycle
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.transaction import session


@requires(Action.PUBLIC_READ)
def cycles() -> ResponseReturnValue:
    """Every cycle with how many Member States published a report in it."""
    return page(
        "public/cycles.html",
        cycles=list_cycles(session()),
        published=count_published(session()),
        members=count_members(session()),
    )


def find_cycle(slug: str) -> CycleRow:
    """The cycle; ``NotFound`` with a sentence that names what was asked for."""
    return named_cycle(list_cycles(session()), slug)


@requires(Action.PUBLIC_READ)
def cycle(slug: str) -> ResponseReturnValue:
    """Coverage: which States reported, by group, with the meeting's official record beside."""
    found = find_cycle(slug)
    audience = audience_of(current_actor())
    groups = coverage_of_cycle(session(), cycle_id=found.id, audience=audience)
    return page(
        "public/cycle.html",
        cycle=found,
        audience=audience,
        groups=groups,
        members=sum(group.member_states for group in groups),
        published=sum(group.published for group in groups),
        submitted=sum(group.submitted for group in groups),
        rows={group.code: _named(group) for group in groups},
        record=official_record(session(), found.document_slug),
    )


def _named(group: CoverageGroup) -> list[CoverageRow]:
    return by_name(group.rows, lambda row: row.name)
