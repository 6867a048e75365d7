"""The life of a national report: open, submit, withdraw, return, accept, publish, reopen."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted, Problem, WrongStatus
from tracker.domain.progress import Audience
from tracker.domain.roles import Actor
from tracker.domain.workflow import TRANSITIONS, ReportStatus, Step, may_follow, report_is_editable
from tracker.models import ChainEntry, NationalReport, ReportingCycle, State
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.queries.states import reports_here
from tracker.services import chain

LOCKED = {  # by status, where the way to a change is another one than after submitting
    ReportStatus.ACCEPTED: "report-locked-accepted",
    ReportStatus.PUBLISHED: "report-locked-published",
}


def open_report(
    session: Session, *, actor: Actor, state_id: int, cycle_id: int, clock: Clock
) -> NationalReport:
    """The State's report in this cycle, made now if there is none yet."""
    authorise(actor, Action.REPORT_OPEN, Subject(state_id=state_id))
    session.get_one(State, state_id, with_for_update=True)  # two who begin at once queue up
    existing = session.scalars(
        select(NationalReport).where(
            NationalReport.state_id == state_id, NationalReport.cycle_id == cycle_id
        )
    ).one_or_none()
    if existing:
        return existing
    now = clock()
    cycle = session.get_one(ReportingCycle, cycle_id)
    if not reports_here(session, state_id):
        raise NotPermitted(Problem("record-only"))
    if not cycle.dates.is_open(now):
        raise WrongStatus(Problem("cycle-not-open"))
    report = NationalReport(
        state_id=state_id,
        cycle_id=cycle_id,
        status=ReportStatus.DRAFT,
        default_audience=Audience.PUBLIC,
        opened_at=now,
    )
    session.add(report)
    chain.begin(session, report)
    chain.append(
        session,
        report=report,
        actor=actor,
        kind="opened",
        at=now,
        facts={"state": session.get_one(State, state_id).iso3, "cycle": cycle.slug},
    )
    return report


def locked_report(session: Session, report_id: int) -> NationalReport:
    """The report's row as it stands, locked together with its chain."""
    chain.lock(session, report_id)
    report = session.get(NationalReport, report_id, populate_existing=True)
    if report is None:
        raise NotFound(Problem("not-found"))
    return report


def editable_report(session: Session, report_id: int, *, at: datetime) -> NationalReport:
    """The locked row of a report that its State may change now; ``WrongStatus`` otherwise."""
    report = locked_report(session, report_id)
    check_editable(report, at=at)
    return report


def check_editable(report: NationalReport, *, at: datetime) -> None:
    """``WrongStatus`` where its State may not change this locked row now."""
    if not report.status.editable:
        raise WrongStatus(Problem(LOCKED.get(report.status, "report-locked")))
    if not report_is_editable(report.status, report.cycle.dates, at):
        raise WrongStatus(Problem("cycle-not-open"))


def take_step(
    session: Session,
    *,
    actor: Actor,
    report: NationalReport,
    step: Step,
    at: datetime,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
    texts: Mapping[str, str] | None = None,
) -> ChainEntry:
    """Move the status along ``TRANSITIONS`` and record the event; the caller authorised it."""
    transition = TRANSITIONS[step]
    if not may_follow(report.status, step):
        raise WrongStatus(Problem("wrong-status", "", {"status": report.status}))
    if transition.needs_reason and not reason:
        raise Invalid(Problem("reason-needed", "reason"))
    report.status = transition.target
    return chain.append(
        session,
        report=report,
        actor=actor,
        kind=f"step-{step.value}",
        at=at,
        facts={"status": transition.target.value, **(facts or {})},
        texts={**(texts or {}), **({"reason": reason} if reason else {})},
    )


def set_default_audience(
    session: Session, *, actor: Actor, report_id: int, audience: Audience, clock: Clock
) -> None:
    """Choose who may read answers saved for the first time from now on."""
    now = clock()
    report = editable_report(session, report_id, at=now)
    authorise(actor, Action.REPORT_SUBMIT, Subject(state_id=report.state_id))
    if report.default_audience is audience:
        return
    report.default_audience = audience
    chain.append(
        session,
        report=report,
        actor=actor,
        kind="default-audience-set",
        at=now,
        facts={"audience": audience.value},
    )
