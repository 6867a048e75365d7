"""Exports for tests: asked for as the pages do."""

from datetime import timedelta

from sqlalchemy.orm import Session

from tracker.domain.clock import Clock, system_clock
from tracker.domain.exports import ExportOptions
from tracker.domain.progress import Audience
from tracker.domain.roles import Actor
from tracker.models import Export
from tracker.services.exports import (
    begin_export,
    claim_export,
    fail_export,
    finish_export,
    mark_deleted,
    record_progress,
    request_export,
    requester_of,
)

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


def exports_of_every_kind(session: Session, actor: Actor, token: str = "") -> dict[str, Export]:
    """One of each status, and one whose file was deleted, asked for by the same person."""
    asked = {}

    def ask(name: str, language: str, clock: Clock = system_clock) -> int:
        options = ExportOptions(("bms7",), Audience.PUBLIC, language)
        asked[name] = ask_for_export(session, actor, options, token=token, clock=clock)
        return asked[name].id

    def make(export_id: int, clock: Clock = system_clock) -> None:
        claim_export(session, export_id=export_id, clock=clock)
        begin_export(session, export_id=export_id, submissions=[7, 8, 9], clock=clock)

    two_days_ago = system_clock() - timedelta(days=2)
    deleted = ask("deleted", "en", lambda: two_days_ago)
    make(deleted, lambda: two_days_ago)
    finish_export(session, export_id=deleted, size=2_500_000, clock=lambda: two_days_ago)
    mark_deleted(session, now=system_clock())
    failed = ask("failed", "en")
    make(failed)
    fail_export(session, export_id=failed, problem="export-failed", clock=system_clock)
    done = ask("done", "en")
    make(done)
    finish_export(session, export_id=done, size=2_500_000, clock=system_clock)
    running = ask("running", "en")
    make(running)
    record_progress(session, export_id=running, done=2)
    ask("queued", "fr")
    session.commit()
    return asked
