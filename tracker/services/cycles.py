"""Reporting cycles: opening one, changing its dates, deleting one without reports."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.cycles import CycleDates, check_dates
from tracker.domain.errors import Invalid, NotFound, Problem, WrongStatus
from tracker.domain.mail import MailKind, MailState
from tracker.domain.roles import Actor
from tracker.models import NationalReport, OutcomeDocument, OutgoingMail, ReportingCycle
from tracker.models.readers import EVERYTHING, reading_as
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.services.documents import touch


def open_cycle(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    document_slug: str,
    dates: CycleDates,
    clock: Clock,
) -> ReportingCycle:
    """Open a new cycle; ``Invalid`` for a slug in use, dates out of order, or the opening day of
    another one on the same document.
    """
    authorise(actor, Action.CYCLE_MANAGE)
    document = session.scalars(
        select(OutcomeDocument).where(OutcomeDocument.slug == document_slug)
    ).one_or_none()
    if document is None:
        raise NotFound(Problem("unknown-document", "document", {"slug": document_slug}))
    if session.scalars(select(ReportingCycle).where(ReportingCycle.slug == slug)).first():
        raise Invalid(Problem("cycle-exists", "slug", {"slug": slug}))
    cycle = ReportingCycle(slug=slug, document_id=document.id, created_at=clock())
    _set_dates(session, cycle, dates)
    session.add(cycle)
    session.flush()
    touch(session)
    return cycle


def change_dates(session: Session, *, actor: Actor, cycle_id: int, dates: CycleDates) -> None:
    """Change opening, due and closing day and the period covered."""
    authorise(actor, Action.CYCLE_MANAGE)
    cycle = session.get_one(ReportingCycle, cycle_id)
    _set_dates(session, cycle, dates)
    session.flush()
    touch(session)


def delete_cycle(session: Session, *, actor: Actor, slug: str) -> None:
    """Delete a cycle opened by mistake.

    ``WrongStatus`` once anybody has begun a report in it, and for the only one there is: pages of
    the secretariat need one.
    """
    authorise(actor, Action.CYCLE_MANAGE)
    cycles = session.scalars(  # all are locked, so that of two deleted at once one stays
        select(ReportingCycle).order_by(ReportingCycle.id).with_for_update()
    ).all()
    cycle = next((one for one in cycles if one.slug == slug), None)
    if cycle is None:
        raise NotFound(Problem("unknown-cycle", "", {"slug": slug[:80]}))
    with reading_as(session, EVERYTHING):  # also what no State has shown to anybody
        begun = session.scalars(
            select(NationalReport.id).where(NationalReport.cycle_id == cycle.id).limit(1)
        ).first()
    if begun:
        raise WrongStatus(Problem("cycle-has-reports", "", {"slug": slug}))
    if len(cycles) == 1:
        raise WrongStatus(Problem("only-cycle"))
    _forget_letters(session, slug)
    session.delete(cycle)
    session.flush()
    touch(session)


def _forget_letters(session: Session, slug: str) -> None:
    """Those that wait are not sent, and another cycle of the same short name is told anew."""
    about = (
        OutgoingMail.kind.in_((MailKind.CYCLE_OPENED, MailKind.REMINDER)),
        OutgoingMail.data["cycle"].as_string() == slug,
    )
    waiting = OutgoingMail.state == MailState.QUEUED
    session.execute(update(OutgoingMail).where(*about, waiting).values(state=MailState.DROPPED))
    session.execute(update(OutgoingMail).where(*about).values(unique_key=None))


def _set_dates(session: Session, cycle: ReportingCycle, dates: CycleDates) -> None:
    """Cycles follow each other by opening day: which comes before which must be plain."""
    check_dates(cycle.slug, dates)
    same_day = select(ReportingCycle.slug).where(
        ReportingCycle.document_id == cycle.document_id,
        ReportingCycle.opens_on == dates.opens_on,
        ReportingCycle.slug != cycle.slug,
    )
    if other := session.scalars(same_day.limit(1)).first():
        raise Invalid(Problem("cycle-same-day", "opens_on", {"slug": other}))
    cycle.opens_on, cycle.due_on, cycle.closes_on = dates.opens_on, dates.due_on, dates.closes_on
    cycle.period_from, cycle.period_to = dates.period_from, dates.period_to


def ensure_cycle(
    session: Session, *, actor: Actor, slug: str, document_slug: str, opens_on: date, clock: Clock
) -> None:
    """Open the cycle without due date where there is none yet: one deleted does not come back."""
    if not session.scalars(select(ReportingCycle.id).limit(1)).first():
        open_cycle(
            session,
            actor=actor,
            slug=slug,
            document_slug=document_slug,
            dates=CycleDates(opens_on=opens_on),
            clock=clock,
        )
