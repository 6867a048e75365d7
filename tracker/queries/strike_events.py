"""Texts of events that can be struck out: questions, replies, who submitted, reasons of steps."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.workflow import Step
from tracker.models import ChainEntry

ASKED, REPLIED = "clarification-asked", "clarification-replied"
WITH_TEXT = (Step.SUBMIT, Step.RETURN, Step.REOPEN)
_EVENTS = (ASKED, REPLIED, *(f"step-{step.value}" for step in WITH_TEXT))


def event_link(session: Session, report_id: int, kind: str, about: str | int) -> int | None:
    """The link of an event of a report: about a question by its id, or a submission by number.

    A reopening names no submission: it is about the one that was made just before.
    """
    rows = session.scalars(
        select(ChainEntry)
        .where(ChainEntry.report_id == report_id, ChainEntry.kind.in_(_EVENTS))
        .order_by(ChainEntry.seq)
    )
    number = 0
    for entry in rows:
        number = entry.facts.get("number", number)
        if entry.kind == kind and about in (entry.facts.get("clarification"), number):
            return entry.id
    return None
