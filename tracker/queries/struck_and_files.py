"""What was struck out of answers, and the files beside them, read together: a page asks once.

Both are read only for answers that the reader may read, so no title of another leaves the database.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Integer,
    Select,
    String,
    Text,
    and_,
    bindparam,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from tracker.domain.evidence import EvidenceFile
from tracker.domain.progress import Audience
from tracker.models import ChainText, Commitment, Evidence, SubmissionEvidence, SubmissionResponse
from tracker.policy.scopes import admitted_audiences
from tracker.queries.strikes import StruckText, copied_revisions


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file of a submitted answer.

    ``title`` is ``None`` where it was struck out; ``reason`` says why.
    """

    public_id: str
    title: str | None
    reason: str
    file: EvidenceFile
    language: str


@dataclass(frozen=True, slots=True)
class StruckAndFiles:
    """Texts that are gone by the revision they stood in; files by submission and commitment."""

    struck: dict[int, tuple[StruckText, ...]] = field(default_factory=dict)
    files: dict[tuple[int, str], tuple[ShownFile, ...]] = field(default_factory=dict)


def of_submission(session: Session, submission_id: int, audience: Audience) -> StruckAndFiles:
    """Of one submission; what was struck out is told of answers and items alike, and shown by the
    caller only beside what the reader may read.
    """
    return _read(session.execute(_whole(audience), {"submission": submission_id}))


def of_answers(session: Session, answers: Collection[SubmissionResponse]) -> StruckAndFiles:
    """Of single answers, all of which the reader may read."""
    if not answers:
        return StruckAndFiles()
    struck = _struck().where(ChainText.entry_id.in_([row.revision_id for row in answers]))
    files = _files().where(
        SubmissionEvidence.submission_id.in_([row.submission_id for row in answers]),
        SubmissionResponse.id.in_([row.id for row in answers]),
    )
    return _read(session.execute(union_all(files, struck)))


@cache  # built once: a compiled workbook asks it for every State
def _whole(audience: Audience) -> CompoundSelect[*tuple[Any, ...]]:
    submission: BindParameter[int] = bindparam("submission")
    files = _files().where(
        SubmissionEvidence.submission_id == submission,
        SubmissionResponse.audience.in_(admitted_audiences(audience)),
    )
    return union_all(files, _struck().where(ChainText.entry_id.in_(copied_revisions(submission))))


def _files() -> Select[*tuple[Any, ...]]:
    """One row a file: its place, then its words, then its bytes."""
    title = aliased(ChainText)
    return (
        select(
            Evidence.id,
            Commitment.key,
            Evidence.saved_at,
            title.value,
            SubmissionEvidence.submission_id,
            Evidence.public_id,
            title.struck_reason,
            Evidence.language,
            Evidence.kind,
            Evidence.size,
            Evidence.sha256,
        )
        .join(SubmissionEvidence, SubmissionEvidence.evidence_id == Evidence.id)
        .join(Commitment, Evidence.commitment_id == Commitment.id)
        .join(
            SubmissionResponse,
            and_(
                SubmissionResponse.submission_id == SubmissionEvidence.submission_id,
                SubmissionResponse.commitment_id == Evidence.commitment_id,
            ),
        )
        .outerjoin(title, and_(title.entry_id == Evidence.revision_id, title.field == "title"))
    )


def _struck() -> Select[*tuple[Any, ...]]:
    """One row a text: its place, when and why; then nothing."""
    kinds = (Integer(), String(), Text(), String(), String(), Integer(), Text())
    return select(
        ChainText.entry_id,
        ChainText.field,
        ChainText.struck_at,
        ChainText.struck_reason,
        *(type_coerce(null(), kind) for kind in kinds),
    ).where(ChainText.struck_at.is_not(None))


def _read(rows: Iterable[Any]) -> StruckAndFiles:
    struck: dict[int, list[StruckText]] = defaultdict(list)
    files: dict[tuple[int, str], list[ShownFile]] = defaultdict(list)
    for number, name, at, words, submission, public_id, reason, language, *file in sorted(
        rows, key=lambda row: (row[0], row[1])
    ):
        if submission is None:
            struck[number].append(StruckText(name, at, words or ""))
        else:
            shown = ShownFile(public_id, words, reason or "", EvidenceFile(*file), language)
            files[submission, name].append(shown)
    return StruckAndFiles(
        {number: tuple(texts) for number, texts in struck.items()},
        {place: tuple(shown) for place, shown in files.items()},
    )
