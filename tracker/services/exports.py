"""Exports: asked for by people, made by a worker. Each function is one short transaction's worth.

The row itself is the record of what was asked by whom and what became of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, func, or_, select, update
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, Problem, TooMany
from tracker.domain.exports import (
    FILE_LASTS,
    KEPT_OF_ONE,
    KEPT_SIGNED_OUT,
    UNFINISHED,
    WAITING_OF_ALL,
    WAITING_OF_ONE,
    WAITING_SIGNED_OUT,
    ExportOptions,
    ExportStatus,
)
from tracker.domain.roles import Actor
from tracker.models import Export, Installation, NationalReport, ReportingCycle, Submission
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.services.tokens import token_hash

INTERRUPTED = "export-interrupted"
WITHDRAWN, STOPPED = "export-withdrawn", "export-stopped"  # after a text was struck out


def requester_of(actor: Actor, token: str) -> str:
    """Who asks, as the rows keep it: the account, or the browser that holds ``token``."""
    return token_hash(f"account {actor.user_id}" if actor.signed_in else f"browser {token}")


def request_export(
    session: Session,
    *,
    actor: Actor,
    requester: str,
    options: ExportOptions,
    compare: bool,
    clock: Clock,
) -> Export:
    """Put an export into the queue; the one that waits or runs already if it is the same.

    ``compare`` asks for what changed since the requester's last export of the same cycles and
    audience. ``Invalid`` without one, and for cycles on different outcome documents;
    ``NotFound`` for a cycle that is not there; ``TooMany`` where the queue is full, or too much
    of it is this requester's.
    """
    authorise(actor, Action.EXPORT_MAKE, Subject(audience=options.audience))
    _check_cycles(session, options)
    session.execute(select(Installation.id).with_for_update())  # counted one after the other
    if compare:
        options = replace(options, since=_last_of(session, requester, options))
    waiting = session.scalars(
        select(Export).where(Export.requester == requester, Export.status.in_(UNFINISHED))
    ).all()
    for export in waiting:
        if ExportOptions.from_json(export.options) == options:
            return export
    _check_room(session, actor, requester, len(waiting))
    now = clock()
    export = Export(
        requester=requester,
        user_id=actor.user_id,
        options=options.as_json(),
        status=ExportStatus.QUEUED,
        steps_done=0,
        steps_total=0,
        submissions=[],
        filename=options.filename,
        problem="",
        requested_at=now,
        expires_at=now + FILE_LASTS,
    )
    session.add(export)
    session.flush()
    return export


def _check_cycles(session: Session, options: ExportOptions) -> None:
    if not options.cycles:
        raise Invalid(Problem("cycle-needed", "cycles"))
    rows = session.execute(select(ReportingCycle.slug, ReportingCycle.document_id))
    documents = {slug: document for slug, document in rows}
    for slug in options.cycles:
        if slug not in documents:
            raise NotFound(Problem("unknown-cycle", "cycles", {"slug": slug[:80]}))
        if documents[slug] != documents[options.cycles[0]]:
            values = {"first": options.cycles[0], "second": slug}
            raise Invalid(Problem("cycles-of-different-documents", "cycles", values))


def _last_of(session: Session, requester: str, options: ExportOptions) -> str:
    done = session.scalars(
        select(Export)
        .where(Export.requester == requester, Export.status == ExportStatus.DONE)
        .order_by(Export.begun_at.desc(), Export.id.desc())
    )
    for export in done:
        if ExportOptions.from_json(export.options).compares_with(options):
            return export.public_id
    raise Invalid(Problem("no-earlier-export", "compare"))


def _check_room(session: Session, actor: Actor, requester: str, own: int) -> None:
    if own >= WAITING_OF_ONE:
        raise TooMany(Problem("exports-waiting", "", {"limit": WAITING_OF_ONE}))
    unfinished = Export.status.in_(UNFINISHED)
    kept = and_(Export.status == ExportStatus.DONE, Export.file_deleted_at.is_(None))
    if _count(session, kept, Export.requester == requester) >= KEPT_OF_ONE:
        raise TooMany(Problem("exports-kept", "", {"limit": KEPT_OF_ONE}))
    full = _count(session, unfinished) >= WAITING_OF_ALL
    if not actor.signed_in:
        others = Export.user_id.is_(None)
        full = full or _count(session, unfinished, others) >= WAITING_SIGNED_OUT
        full = full or _count(session, kept, others) >= KEPT_SIGNED_OUT
    if full:
        raise TooMany(Problem("exports-full"))


def _count(session: Session, *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Export).where(*where)) or 0


def claim_export(session: Session, *, export_id: int, clock: Clock) -> bool:
    """Take a waiting export to be made; false if another worker was faster."""
    return _change(
        session,
        export_id,
        ExportStatus.QUEUED,
        status=ExportStatus.RUNNING,
        begun_at=clock(),
        steps_done=0,
        steps_total=0,
        submissions=[],
    )


def begin_export(
    session: Session, *, export_id: int, submissions: Sequence[int], clock: Clock
) -> None:
    """Fix the submissions that it shows: later ones are changes since."""
    _change(
        session,
        export_id,
        ExportStatus.RUNNING,
        submissions=list(submissions),
        steps_total=len(submissions),
        begun_at=clock(),
    )


def record_progress(session: Session, *, export_id: int, done: int) -> None:
    """How many submissions are written."""
    _change(session, export_id, ExportStatus.RUNNING, steps_done=done)


def finish_export(session: Session, *, export_id: int, size: int, clock: Clock) -> bool:
    """The file is there, for a day; ``size`` in bytes. False if it was stopped meanwhile."""
    now = clock()
    return _change(
        session,
        export_id,
        ExportStatus.RUNNING,
        status=ExportStatus.DONE,
        steps_done=Export.steps_total,
        size=size,
        problem="",
        ended_at=now,
        expires_at=now + FILE_LASTS,
    )


def fail_export(session: Session, *, export_id: int, problem: str, clock: Clock) -> None:
    """There will be no file; ``problem`` is the code of the sentence that says why."""
    _change(
        session,
        export_id,
        ExportStatus.RUNNING,
        status=ExportStatus.FAILED,
        problem=problem,
        ended_at=clock(),
    )


def give_back(session: Session, *, export_id: int) -> None:
    """Back into the queue, because the worker was asked to end."""
    _change(session, export_id, ExportStatus.RUNNING, status=ExportStatus.QUEUED)


def take_up_again(session: Session, *, export_id: int, clock: Clock) -> bool:
    """After its worker died: back into the queue once, failed the second time."""
    again = _change(
        session,
        export_id,
        ExportStatus.RUNNING,
        Export.problem != INTERRUPTED,
        status=ExportStatus.QUEUED,
        problem=INTERRUPTED,
    )
    if not again:
        fail_export(session, export_id=export_id, problem=INTERRUPTED, clock=clock)
    return again


def withdraw_files(session: Session, *, report: NationalReport, now: datetime) -> None:
    """Nobody can fetch a file any more that may hold what was struck out of this report.

    Comes after ``touch`` in the transaction of the strike, which keeps new exports from being
    asked for; the locks keep those that wait from being begun before the words are gone. A file
    withdrawn still says what its requester has seen, for the next export to compare with.
    """
    submissions = set(session.scalars(select(Submission.id).filter_by(report_id=report.id)))
    fetchable = and_(Export.status == ExportStatus.DONE, Export.expires_at > now)
    rows = session.scalars(
        select(Export)
        .where(or_(Export.status.in_(UNFINISHED), fetchable))
        .order_by(Export.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for export in rows.all():
        if export.status is ExportStatus.RUNNING:
            if not export.submissions or submissions.intersection(export.submissions):
                fail_export(session, export_id=export.id, problem=STOPPED, clock=lambda: now)
        elif export.file_deleted_at is None and submissions.intersection(export.submissions):
            _change(session, export.id, ExportStatus.DONE, problem=WITHDRAWN, file_deleted_at=now)


def mark_deleted(session: Session, *, now: datetime) -> None:
    """The files whose time is over are no longer there; their rows stay."""
    session.execute(
        update(Export)
        .where(Export.expires_at <= now, Export.file_deleted_at.is_(None), Export.size.is_not(None))
        .values(file_deleted_at=now)
    )


def _change(
    session: Session,
    export_id: int,
    expected: ExportStatus,
    *where: ColumnElement[bool],
    **values: Any,
) -> bool:
    """Change the row if it still has the status expected: whoever comes second changes nothing."""
    done = session.execute(
        update(Export)
        .where(Export.id == export_id, Export.status == expected, *where)
        .values(values)
    )
    assert isinstance(done, CursorResult)  # noqa: S101  # nosec B101  # what an UPDATE gives
    return done.rowcount == 1
