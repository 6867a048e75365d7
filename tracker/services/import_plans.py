"""Keeping an uploaded workbook for a day, for the person who uploaded it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.filled import FilledTemplate, filled_data
from tracker.domain.merging import Choice, bound
from tracker.domain.roles import Actor
from tracker.models import ImportPlan, NationalReport, State
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.import_plans import SAVED, own_import_plan
from tracker.queries.struck_in_files import without_struck
from tracker.queries.templates import editable_sections

PLAN_LASTS = timedelta(days=1)
PLANS_KEPT = 3  # of one person for one report: each may be megabytes


def keep_plan(
    session: Session,
    *,
    actor: Actor,
    state_id: int,
    cycle_id: int,
    filename: str,
    file_hash: str,
    filled: FilledTemplate,
    clock: Clock,
) -> str:
    """Keep what was read for a day; gives its public id. Plans that have expired are deleted, and
    those before the last few of the same person for the same report. Texts that were struck out
    since the file was made are not kept.

    ``NotPermitted`` where the actor may not change the State's report.
    """
    authorise(actor, Action.SESSION_USE)
    editable_sections(actor, state_id)
    now = clock()
    delete_expired_plans(session, now=now)
    row = ImportPlan(
        user_id=actor.user_id,
        state_id=state_id,
        cycle_id=cycle_id,
        filename=filename[-255:],
        file_hash=file_hash,
        content=filled_data(filled),
        choices={},
        made_at=now,
        expires_at=now + PLAN_LASTS,
    )
    session.add(row)
    session.flush()
    _delete_all_but_the_last(session, row)
    # A strike made meanwhile is known from here on; one that comes later deletes the plan.
    session.get_one(State, state_id, with_for_update={"read": True})
    report_id = session.scalar(
        select(NationalReport.id).filter_by(state_id=state_id, cycle_id=cycle_id)
    )
    row.content = filled_data(without_struck(session, state_id, report_id, filled))
    session.flush()
    return row.public_id


def _delete_all_but_the_last(session: Session, row: ImportPlan) -> None:
    same = (
        ImportPlan.user_id == row.user_id,
        ImportPlan.state_id == row.state_id,
        ImportPlan.cycle_id == row.cycle_id,
    )
    last = select(ImportPlan.id).where(*same).order_by(ImportPlan.id.desc()).limit(PLANS_KEPT)
    session.execute(delete(ImportPlan).where(*same, ImportPlan.id.not_in(last)))


def delete_expired_plans(session: Session, *, now: datetime) -> None:
    """Delete what was kept for a day, applied or not: it holds a State's unsaved texts."""
    session.execute(delete(ImportPlan).where(ImportPlan.expires_at <= now))


def settle_plan(
    session: Session,
    *,
    actor: Actor,
    public_id: str,
    choices: Mapping[str, str],
    against: Mapping[str, str],
    clock: Clock,
) -> None:
    """Remember how conflicts are settled; ``Invalid`` for anything but mine and theirs.

    ``against`` tells by place which text the choice was made against, as its cell says: what is
    saved online later is another conflict, and open. So is one whose text is not told.
    """
    row = _own(session, actor, public_id, clock)
    for value in choices.values():
        if value not in set(Choice):
            allowed = {"value": value[:80], "allowed": ", ".join(Choice)}
            raise Invalid(Problem("not-a-choice", "choice", allowed))
    made = {place: bound(value, against.get(place, "")[:64]) for place, value in choices.items()}
    row.choices = {**row.choices, **made}
    session.flush()


def mark_applied(
    session: Session, *, actor: Actor, public_id: str, saved: int, clock: Clock
) -> None:
    """Note that the plan was applied, and how many cells were saved by it."""
    row = _own(session, actor, public_id, clock)
    row.applied_at = clock()
    row.content = {**row.content, SAVED: saved}
    session.flush()


def _own(session: Session, actor: Actor, public_id: str, clock: Clock) -> ImportPlan:
    row = own_import_plan(session, actor, public_id, at=clock())
    if row is None:
        raise NotFound(Problem("not-found"))
    return row
