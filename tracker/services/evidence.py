"""Attaching files to answers: a new version for each change, nothing is ever deleted."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, Problem, StaleEdit
from tracker.domain.evidence import (
    LARGEST_IN_ALL,
    MOST_FILES,
    MOST_VERSIONS,
    EvidenceFile,
    EvidenceWords,
)
from tracker.domain.roles import Actor
from tracker.domain.uploads import MEGABYTE
from tracker.models import ChainText, Commitment, Evidence, NationalReport, Response, Section
from tracker.models.ids import new_public_id
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.queries.evidence import FILE_SAVED, file_of_row, subject_of_file
from tracker.queries.responses import content_of_row
from tracker.services import chain
from tracker.services.reports import editable_report


def attach(
    session: Session,
    *,
    actor: Actor,
    report_id: int,
    commitment_id: int,
    file: EvidenceFile,
    words: EvidenceWords,
    keep: Callable[[], None],
    clock: Clock,
    replaces: str = "",
) -> str:
    """Attach a file to a saved answer; gives the public id of the new version.

    ``replaces`` is the public id of the version that this one supersedes. ``keep`` puts the bytes
    on disk; it is called when nothing else can refuse any more, before any row is written, and
    what it raises goes through. Sent twice, with the same words, it is attached once. ``Invalid``
    where there is no answer, one file or byte too many, or the same file already; ``StaleEdit``
    where ``replaces`` is not what stands; ``WrongStatus`` where the report is locked.
    """
    now = clock()
    commitment = session.get_one(Commitment, commitment_id)
    _authorise(session, actor, report_id, commitment)
    report = editable_report(session, report_id, at=now)
    _check_answer(session, report, commitment)
    current = _current(session, report, commitment)
    replaced = _standing(current, replaces) if replaces else None
    if (twice := _sent_before(current, file, words)) and not replaced:
        return twice.public_id
    _check_room(session, report, current, replaced, file)
    keep()
    return _record(session, actor, report, commitment, replaced, file, words, now)


def take_out(
    session: Session, *, actor: Actor, report_id: int, public_id: str, clock: Clock
) -> str:
    """End a file: the answer holds it no more, its versions stay in the history.

    Gives the key of the commitment. Raises as ``attach``; ``NotFound`` where this report has no
    such file.
    """
    now = clock()
    commitment = session.scalars(
        select(Commitment)
        .join(Evidence, Evidence.commitment_id == Commitment.id)
        .where(Evidence.report_id == report_id, Evidence.public_id == public_id)
    ).one_or_none()
    if commitment is None:
        raise NotFound(Problem("not-found"))
    _authorise(session, actor, report_id, commitment)
    report = editable_report(session, report_id, at=now)
    row = _standing(_current(session, report, commitment), public_id)
    _record(session, actor, report, commitment, row, file_of_row(row), None, now)
    return commitment.key


def _authorise(session: Session, actor: Actor, report_id: int, commitment: Commitment) -> None:
    state_id = session.get_one(NationalReport, report_id).state_id
    section = session.get_one(Section, commitment.section_id).code
    authorise(actor, Action.REPORT_EDIT, Subject(state_id=state_id, section=section))


def _check_answer(session: Session, report: NationalReport, commitment: Commitment) -> None:
    if commitment.addressee == "secretariat":
        raise Invalid(Problem("nothing-asked", "file"))
    answer = session.scalars(
        select(Response).where(
            Response.report_id == report.id, Response.commitment_id == commitment.id
        )
    ).one_or_none()
    if answer is None or not content_of_row(answer).says_something:
        raise Invalid(Problem("evidence-needs-answer", "file"))


def _current(session: Session, report: NationalReport, commitment: Commitment) -> list[Evidence]:
    """The files that the answer holds now, each in its latest version."""
    latest: dict[str, Evidence] = {}
    for row in session.scalars(
        select(Evidence)
        .where(Evidence.report_id == report.id, Evidence.commitment_id == commitment.id)
        .order_by(Evidence.id)
    ):
        latest[row.file_id] = row
    return [row for row in latest.values() if not row.removed]


def _standing(current: list[Evidence], public_id: str) -> Evidence:
    for row in current:
        if row.public_id == public_id:
            return row
    raise StaleEdit(Problem("evidence-not-current", "file"), 0)


def _sent_before(
    current: list[Evidence], file: EvidenceFile, words: EvidenceWords
) -> Evidence | None:
    """The same file under the same title and name: a button was pressed twice."""
    for row in current:
        texts = {text.field: text.value for text in row.revision.texts}
        if row.sha256 == file.sha256 and texts == words.texts():
            return row
    return None


def _check_room(
    session: Session,
    report: NationalReport,
    current: list[Evidence],
    replaced: Evidence | None,
    file: EvidenceFile,
) -> None:
    of_state = select(NationalReport.id).where(NationalReport.state_id == report.state_id)
    removed = (
        select(Evidence.id)
        .join(ChainText, ChainText.entry_id == Evidence.revision_id)
        .where(Evidence.report_id.in_(of_state), Evidence.sha256 == file.sha256)
        .where(ChainText.field == "title", ChainText.struck_at.is_not(None))
    )
    if session.scalars(removed.limit(1)).first() is not None:
        raise Invalid(Problem("evidence-removed", "file"))
    if any(row.sha256 == file.sha256 for row in current):
        raise Invalid(Problem("evidence-same", "file"))
    if replaced is None and len(current) >= MOST_FILES:
        raise Invalid(Problem("evidence-too-many", "file", {"limit": MOST_FILES}))
    sizes = session.execute(
        select(Evidence.size, Evidence.removed).where(Evidence.report_id == report.id)
    ).all()
    if len(sizes) >= MOST_VERSIONS:
        raise Invalid(Problem("evidence-too-many-versions", "file", {"limit": MOST_VERSIONS}))
    left = LARGEST_IN_ALL - sum(size for size, removed in sizes if not removed)
    if file.size > left:
        told = {"limit": LARGEST_IN_ALL // MEGABYTE, "left": max(left, 0) // MEGABYTE}
        raise Invalid(Problem("evidence-quota", "file", told))


def _record(
    session: Session,
    actor: Actor,
    report: NationalReport,
    commitment: Commitment,
    replaced: Evidence | None,
    file: EvidenceFile,
    words: EvidenceWords | None,
    now: datetime,
) -> str:
    """Write the next version of a file of a locked report; without ``words`` it ends the file."""
    file_id = replaced.file_id if replaced else new_public_id()
    version = replaced.version + 1 if replaced else 1
    language = words.language if words else ""
    report.last_saved_at = now
    link = chain.append(
        session,
        report=report,
        actor=actor,
        kind=FILE_SAVED,
        at=now,
        subject=subject_of_file(file_id),
        version=version,
        facts={
            **file.facts(),
            "commitment": commitment.key,
            "language": language,
            "removed": words is None,
            "source": "form",
        },
        texts=words.texts() if words else {},
    )
    row = Evidence(
        public_id=new_public_id(),
        file_id=file_id,
        version=version,
        report_id=report.id,
        commitment_id=commitment.id,
        revision_id=link.id,
        removed=words is None,
        kind=file.kind,
        language=language,
        size=file.size,
        sha256=file.sha256,
        saved_at=now,
        saved_by_id=actor.user_id or 0,
    )
    session.add(row)
    session.flush()
    return row.public_id
