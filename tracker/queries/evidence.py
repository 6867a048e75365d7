"""Files attached to answers: every version for the State's own people, the submitted for others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from tracker.domain.evidence import EvidenceFile
from tracker.domain.progress import Audience
from tracker.models import (
    ChainText,
    Commitment,
    Evidence,
    SubmissionEvidence,
    SubmissionResponse,
    User,
)
from tracker.policy.scopes import admitted_audiences

FILE_SAVED = "file-saved"  # the kind of its links in the chain


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One version of a file. ``title`` is ``None`` where it was struck out, ``reason`` why.

    ``removed``: the version that took the file out of its answer; it has no title of its own.
    """

    public_id: str
    file_id: str
    version: int
    revision_id: int
    key: str
    paragraph: int
    removed: bool
    file: EvidenceFile
    language: str
    title: str | None
    reason: str
    filename: str
    saved_at: datetime
    saved_by: str

    @property
    def fingerprint(self) -> str:
        """What tells it from others where it has no title: the beginning of its checksum."""
        return self.file.sha256[:12]


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file with its versions, the newest first."""

    versions: tuple[EvidenceRow, ...]

    @property
    def latest(self) -> EvidenceRow:
        """What stands, or that it was taken out."""
        return self.versions[0]

    @property
    def older(self) -> tuple[EvidenceRow, ...]:
        """The versions that were superseded or taken out, the newest first."""
        return tuple(row for row in self.versions if not row.removed and row is not self.latest)


def subject_of_file(file_id: str) -> str:
    """Under which a file stands in the chain."""
    return f"files/{file_id}"


def files_of_report(session: Session, report_id: int) -> dict[str, tuple[AttachedFile, ...]]:
    """Every file of a working copy by commitment key, the first attached first."""
    rows = _rows(session, _select().where(Evidence.report_id == report_id))
    versions: dict[str, list[EvidenceRow]] = {}
    for row in rows:
        versions.setdefault(row.file_id, []).insert(0, row)
    found: dict[str, list[AttachedFile]] = {}
    for file in (AttachedFile(tuple(rows)) for rows in versions.values()):
        found.setdefault(file.latest.key, []).append(file)
    return {key: tuple(files) for key, files in found.items()}


def file_of_report_or_none(session: Session, report_id: int, public_id: str) -> EvidenceRow | None:
    """One version of a file of this report; none where it is a removal."""
    query = _select().where(
        Evidence.report_id == report_id,
        Evidence.public_id == public_id,
        Evidence.removed.is_(False),
    )
    return next(iter(_rows(session, query)), None)


def submitted_files(
    session: Session, submission_id: int, audience: Audience
) -> dict[str, tuple[EvidenceRow, ...]]:
    """The files of a submission by commitment key, of the answers that this level may read."""
    return files_of_submissions(session, [submission_id], audience)[submission_id]


def files_of_submissions(
    session: Session, submission_ids: Collection[int], audience: Audience
) -> dict[int, dict[str, tuple[EvidenceRow, ...]]]:
    """The same of several submissions, in one statement."""
    found: dict[int, dict[str, tuple[EvidenceRow, ...]]] = {key: {} for key in submission_ids}
    query = _of_submissions(submission_ids, audience).add_columns(SubmissionEvidence.submission_id)
    for *columns, submission_id in session.execute(query):
        row, files = _row(*columns), found[submission_id]
        files[row.key] = (*files.get(row.key, ()), row)
    return found


def submitted_file_or_none(
    session: Session, submission_id: int, public_id: str, audience: Audience
) -> EvidenceRow | None:
    """One file of a submission; none where its answer is withheld from this level."""
    query = _of_submissions([submission_id], audience).where(Evidence.public_id == public_id)
    return next(iter(_rows(session, query)), None)


def _select() -> Select[*tuple[Any, ...]]:
    title, name = aliased(ChainText), aliased(ChainText)
    return (
        select(Evidence, Commitment.key, Commitment.paragraph, User.name, title, name.value)
        .join(Commitment, Evidence.commitment_id == Commitment.id)
        .join(User, Evidence.saved_by_id == User.id)
        .outerjoin(title, and_(title.entry_id == Evidence.revision_id, title.field == "title"))
        .outerjoin(name, and_(name.entry_id == Evidence.revision_id, name.field == "filename"))
        .order_by(Evidence.id)
    )


def _of_submissions(ids: Collection[int], audience: Audience) -> Select[*tuple[Any, ...]]:
    answer = and_(
        SubmissionResponse.submission_id == SubmissionEvidence.submission_id,
        SubmissionResponse.commitment_id == Evidence.commitment_id,
        SubmissionResponse.audience.in_(admitted_audiences(audience)),
    )
    return (
        _select()
        .join(SubmissionEvidence, SubmissionEvidence.evidence_id == Evidence.id)
        .join(SubmissionResponse, answer)
        .where(SubmissionEvidence.submission_id.in_(ids))
    )


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> Iterable[EvidenceRow]:
    return (_row(*columns) for columns in session.execute(query))


def _row(
    row: Evidence, key: str, paragraph: int, person: str, title: ChainText | None, name: str | None
) -> EvidenceRow:
    return EvidenceRow(
        public_id=row.public_id,
        file_id=row.file_id,
        version=row.version,
        revision_id=row.revision_id,
        key=key,
        paragraph=paragraph,
        removed=row.removed,
        file=file_of_row(row),
        language=row.language,
        title=title.value if title else None,
        reason=(title.struck_reason or "") if title else "",
        filename=name or "",
        saved_at=row.saved_at,
        saved_by=person,
    )


def file_of_row(row: Evidence) -> EvidenceFile:
    """The stored columns as the domain's value."""
    return EvidenceFile(row.kind, row.size, row.sha256)


def submitted_file_facts(rows: Iterable[Evidence]) -> list[dict[str, Any]]:
    """What the content hash of a submission is taken over: each version by its link."""
    facts = [
        {
            "key": subject_of_file(row.file_id),
            "version": row.version,
            "revision": row.revision.hash,
        }
        for row in rows
    ]
    return sorted(facts, key=lambda copy: str(copy["key"]))
