"""Uploaded workbooks that wait for a decision, each for the person who uploaded it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.filled import FilledTemplate, filled_from
from tracker.domain.roles import Actor
from tracker.models import ImportPlan

SAVED = "saved"  # in the content of a plan: how many cells were saved when it was applied


@dataclass(frozen=True, slots=True)
class ImportPlanRow:
    """One uploaded workbook as it was read, and how its conflicts are settled so far.

    ``saved`` is how many cells were saved when it was applied.
    """

    public_id: str
    state_id: int
    cycle_id: int
    filename: str
    file_hash: str
    filled: FilledTemplate
    choices: Mapping[str, str]
    made_at: datetime
    expires_at: datetime
    applied_at: datetime | None
    saved: int


def own_import_plan(
    session: Session, actor: Actor, public_id: str, *, at: datetime
) -> ImportPlan | None:
    """The stored row of the actor's own plan, while it is kept."""
    return session.scalars(
        select(ImportPlan).where(
            ImportPlan.public_id == public_id,
            ImportPlan.user_id == actor.user_id,
            ImportPlan.expires_at > at,
        )
    ).one_or_none()


def import_plan_or_none(
    session: Session, actor: Actor, public_id: str, *, at: datetime
) -> ImportPlanRow | None:
    """What the actor's own plan says, while it is kept."""
    row = own_import_plan(session, actor, public_id, at=at)
    if row is None:
        return None
    return ImportPlanRow(
        public_id=row.public_id,
        state_id=row.state_id,
        cycle_id=row.cycle_id,
        filename=row.filename,
        file_hash=row.file_hash,
        filled=filled_from(row.content),
        choices=row.choices,
        made_at=row.made_at,
        expires_at=row.expires_at,
        applied_at=row.applied_at,
        saved=row.content.get(SAVED, 0),
    )
