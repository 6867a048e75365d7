"""Saving responses: version, revision, idempotency, in the caller's one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.domain.chain import BODY_TAG, instant, tagged_hash
from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, Problem, StaleEdit
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Actor
from tracker.models import Commitment, Measure, NationalReport, Response, SaveKey, Section
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.queries.responses import content_of_row
from tracker.queries.strikes import STRIKE
from tracker.services import chain
from tracker.services.reports import check_editable, locked_report

KEY_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Saved:
    """An acknowledged save: what stands now. ``changed`` is false where nothing was new."""

    version: int
    saved_at: datetime
    changed: bool


def save_response(
    session: Session,
    *,
    actor: Actor,
    report_id: int,
    commitment_id: int,
    expected_version: int,
    content: ResponseContent,
    clock: Clock,
    save_key: str = "",
    source: str = "form",
) -> Saved:
    """Save one response over ``expected_version`` (0: no answer yet).

    ``StaleEdit`` where another version stands, ``WrongStatus`` where the report is locked,
    ``Invalid`` where the paragraph asks nothing or the save key was used for another body.
    Saving what already stands changes nothing and acknowledges it.
    """
    now = clock()
    commitment = session.get_one(Commitment, commitment_id)
    state_id = session.get_one(NationalReport, report_id).state_id
    section = session.get_one(Section, commitment.section_id).code
    authorise(actor, Action.REPORT_EDIT, Subject(state_id=state_id, section=section))
    if commitment.addressee == "secretariat":
        raise Invalid(Problem("nothing-asked", "progress"))
    report = locked_report(session, report_id)
    body = _body_hash(report_id, commitment_id, expected_version, content)
    earlier = _earlier_answer(session, actor, save_key, body)
    if earlier:  # acknowledged before: the same answer, even if the report is locked by now
        return earlier
    check_editable(report, at=now)
    saved = _store(session, actor, report, commitment, expected_version, content, now, source)
    if save_key:
        _remember(session, actor, save_key, body, saved)
    return saved


def _store(
    session: Session,
    actor: Actor,
    report: NationalReport,
    commitment: Commitment,
    expected_version: int,
    content: ResponseContent,
    now: datetime,
    source: str,
) -> Saved:
    row = session.scalars(
        select(Response)
        .where(Response.report_id == report.id, Response.commitment_id == commitment.id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    current = row.version if row else 0
    if row and content_of_row(row) == content:
        return Saved(row.version, row.saved_at, changed=False)
    if current != expected_version:
        raise StaleEdit(Problem("stale-edit", str(commitment.paragraph)), current)
    if row is None:
        if not content.says_something:
            return Saved(0, now, changed=False)
        row = Response(report_id=report.id, commitment_id=commitment.id, version=0)
        session.add(row)
    return record_revision(session, actor, report, commitment.key, row, content, now, source)


def record_revision(
    session: Session,
    actor: Actor,
    report: NationalReport,
    key: str,
    row: Response,
    content: ResponseContent,
    now: datetime,
    source: str,
) -> Saved:
    """Write ``content`` into a response of a locked report, as its next version."""
    _write(row, content)
    row.version, row.saved_at, row.saved_by_id = row.version + 1, now, actor.user_id or 0
    if source != STRIKE:
        report.last_saved_at = now
    chain.append(
        session,
        report=report,
        actor=actor,
        kind="response-saved",
        at=now,
        subject=key,
        version=row.version,
        facts={**content.facts(), "source": source},
        texts=content.texts(),
    )
    return Saved(row.version, now, changed=True)


def _write(row: Response, content: ResponseContent) -> None:
    row.progress = content.progress
    row.reason = content.reason
    row.narrative = content.narrative
    row.narrative_language = content.narrative_language
    row.lead_agency = content.lead_agency
    row.good_practice = content.good_practice
    row.audience = content.audience
    for old in row.measures[len(content.measures) :]:
        row.measures.remove(old)
    for position, measure in enumerate(content.measures):
        if position == len(row.measures):
            row.measures.append(Measure(position=position))
        kept = row.measures[position]
        kept.title, kept.adopted_on, kept.link = measure.title, measure.adopted_on, measure.link


def _body_hash(
    report_id: int, commitment_id: int, expected_version: int, content: ResponseContent
) -> str:
    return tagged_hash(
        BODY_TAG,
        [report_id, commitment_id, expected_version, content.facts(), content.texts()],
    )


def _earlier_answer(session: Session, actor: Actor, key: str, body: str) -> Saved | None:
    if not key:
        return None
    row = session.scalars(
        select(SaveKey).where(SaveKey.user_id == actor.user_id, SaveKey.key == key)
    ).one_or_none()
    if row is None:
        return None
    if row.body_hash != body:
        raise Invalid(Problem("save-key-reused", "save_key"))
    return Saved(
        int(row.answer["version"]), datetime.fromisoformat(row.answer["saved_at"]), changed=False
    )


def _remember(session: Session, actor: Actor, key: str, body: str, saved: Saved) -> None:
    """Keep the answer for a day: long enough to send again, no trace of the text afterwards."""
    session.execute(delete(SaveKey).where(SaveKey.at < saved.saved_at - KEY_LASTS))
    answer = {"version": str(saved.version), "saved_at": instant(saved.saved_at)}
    session.add(
        SaveKey(user_id=actor.user_id, key=key, body_hash=body, answer=answer, at=saved.saved_at)
    )
