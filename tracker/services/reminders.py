"""What the calendar gives rise to: the opening of a cycle, and reminders around its due day."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.mail import MailKind
from tracker.domain.reminders import is_announced_at, stage_at
from tracker.models import Installation, OutgoingMail, User
from tracker.queries.reminders import (
    NOT_BEGUN,
    CycleToWatch,
    FocalPoint,
    all_focal_points,
    cycles_to_watch,
    report_states,
)
from tracker.services.mail import queue

Told = tuple[str, MailKind, User, dict[str, Any]]


def queue_reminders(session: Session, *, now: datetime) -> int:
    """Queue what every focal point is to be told today and was not told yet; gives how many.

    Safe to repeat, by several workers at once, and after days without one: keys are unique, and
    of reminders that were missed only the one that holds now is made.
    """
    cycles = [cycle for cycle in cycles_to_watch(session) if _has_news(cycle, now)]
    if not cycles:
        return 0
    session.execute(select(Installation.id).with_for_update())  # one worker after the other
    wanted = {
        key: (kind, user, data)
        for cycle in cycles
        for key, kind, user, data in _for_cycle(session, cycle, now)
    }
    new = wanted.keys() - _letters(session, list(wanted)).keys()
    for key in sorted(new):
        kind, user, data = wanted[key]
        queue(session, user=user, kind=kind, at=now, data=data, unique_key=key)
    return len(new)


def _has_news(cycle: CycleToWatch, now: datetime) -> bool:
    return is_announced_at(cycle.dates, now) or stage_at(cycle.dates, now) is not None


def _letters(session: Session, keys: list[str]) -> dict[str, tuple[datetime, str]]:
    """When each letter of these keys was queued, and the due day that it names."""
    found: dict[str, tuple[datetime, str]] = {}
    for start in range(0, len(keys), 500):  # a statement takes a limited number of values
        batch = keys[start : start + 500]
        query = select(OutgoingMail.unique_key, OutgoingMail.created_at, OutgoingMail.data)
        for key, at, data in session.execute(query.where(OutgoingMail.unique_key.in_(batch))):
            found[key] = at, data["due"]
    return found


def _for_cycle(session: Session, cycle: CycleToWatch, now: datetime) -> Iterator[Told]:
    states = report_states(session, cycle.id)
    stage = stage_at(cycle.dates, now)
    people = all_focal_points(session)
    openings = _letters(session, [f"opened:{_place(cycle, person)}" for person in people])
    for person in people:
        data, place = _about(cycle, person), _place(cycle, person)
        if is_announced_at(cycle.dates, now):
            yield f"opened:{place}", MailKind.CYCLE_OPENED, person.user, data
            openings.setdefault(f"opened:{place}", (now, data["due"]))
        told_at, due_told = openings.get(f"opened:{place}", (None, ""))
        if told_at and due_told == data["due"] and stage_at(cycle.dates, told_at) is stage:
            continue  # the opening told the due day when this reminder was due already
        if stage and states.get(person.state_id, NOT_BEGUN).needs(stage):
            key = f"{stage.value}:{data['due']}:{place}"  # another due day, another reminder
            yield key, MailKind.REMINDER, person.user, data | {"stage": stage.value}


def _place(cycle: CycleToWatch, person: FocalPoint) -> str:
    return f"{cycle.slug}:{person.state_id}:{person.user.id}"


def _about(cycle: CycleToWatch, person: FocalPoint) -> dict[str, Any]:
    due = cycle.dates.due_on
    return {
        "state_id": person.state_id,
        "state": person.state_name,
        "cycle": cycle.slug,
        "due": due.isoformat() if due else "",
    }
