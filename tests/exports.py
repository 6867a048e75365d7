"""Exports for tests: asked for as the pages do."""

from sqlalchemy.orm import Session

from tracker.domain.clock import Clock, system_clock
from tracker.domain.exports import ExportOptions
from tracker.domain.progress import Audience
from tracker.domain.roles import Actor
from tracker.models import Export
from tracker.services.exports import request_export, requester_of

ALL_PUBLIC = ExportOptions(("bms7",), Audience.PUBLIC, "en")


def ask_for_export(
    session: Session,
    actor: Actor,
    options: ExportOptions = ALL_PUBLIC,
    *,
    token: str = "",
    compare: bool = False,
    clock: Clock = system_clock,
) -> Export:
    """Somebody's export, in the queue; ``token`` is that of a signed-out browser."""
    return request_export(
        session,
        actor=actor,
        requester=requester_of(actor, token),
        options=options,
        compare=compare,
        clock=clock,
    )
