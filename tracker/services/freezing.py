"""Freezing a working copy: responses, figures and items copied, each tied to its revision."""

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.domain.items import KINDS
from tracker.models import (
    ChainEntry,
    ChainText,
    Commitment,
    Evidence,
    IndicatorReturn,
    NationalReport,
    Response,
    Submission,
    SubmissionEvidence,
    SubmissionFigure,
    SubmissionResponse,
)
from tracker.queries.evidence import submitted_file_facts
from tracker.queries.items import ITEM_SAVED, SUBMITTED, WORKING, subject_of
from tracker.queries.responses import content_of_row


def freeze(session: Session, *, report: NationalReport, submission: Submission) -> dict[str, Any]:
    """Copy the working copy into ``submission``; gives what its content hash is taken over.

    The hash is over the links of the revisions, which hold salted digests of the texts: a
    text may be struck out later without the submission failing its check.
    """
    content = {
        "number": submission.number,
        "responses": _freeze_responses(session, report, submission),
        "figures": _freeze_figures(session, report, submission),
    }
    items = _freeze_items(session, report, submission)
    if items:  # a submission without any hashes as it did before there were items
        content["items"] = items
    files = _freeze_files(session, report, submission)
    if files:
        content["files"] = files
    session.flush()
    return content


def _freeze_responses(
    session: Session, report: NationalReport, submission: Submission
) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Response, Commitment.key, ChainEntry.id, ChainEntry.hash)
        .join(Commitment, Response.commitment_id == Commitment.id)
        .join(
            ChainEntry,
            (ChainEntry.report_id == Response.report_id)
            & (ChainEntry.subject == Commitment.key)
            & (ChainEntry.version == Response.version),
        )
        .where(Response.report_id == report.id)
        .order_by(Commitment.paragraph)
        .options(selectinload(Response.measures))
    )
    content = []
    for row, key, revision_id, revision_hash in rows:
        answer = content_of_row(row)
        if not answer.says_something:  # emptied again: not answered, and nothing to withhold
            continue
        session.add(
            SubmissionResponse(
                submission_id=submission.id,
                commitment_id=row.commitment_id,
                revision_id=revision_id,
                progress=answer.progress,
                reason=answer.reason,
                narrative=answer.narrative,
                narrative_language=answer.narrative_language,
                lead_agency=answer.lead_agency,
                good_practice=answer.good_practice,
                audience=answer.audience,
                measures=[asdict(measure) for measure in answer.measures],
            )
        )
        content.append({"key": key, "version": row.version, "revision": revision_hash})
    return content


def _freeze_figures(
    session: Session, report: NationalReport, submission: Submission
) -> list[dict[str, Any]]:
    returns = session.scalars(
        select(IndicatorReturn)
        .where(IndicatorReturn.report_id == report.id)
        .order_by(IndicatorReturn.indicator)
        .options(selectinload(IndicatorReturn.figures))
    )
    content = []
    for returned in returns:
        figures = sorted(returned.figures, key=lambda f: (f.year, f.category, f.input))
        for figure in figures:
            copy = {
                "indicator": returned.indicator,
                "audience": returned.audience.value,
                "year": figure.year,
                "category": figure.category,
                "input": figure.input,
                "value": figure.value,
            }
            session.add(SubmissionFigure(submission_id=submission.id, **copy))
            content.append(copy)
    return content


def _freeze_items(
    session: Session, report: NationalReport, submission: Submission
) -> list[dict[str, Any]]:
    revisions = _item_revisions(session, report)
    content = []
    for part, table in WORKING.items():
        names = [field.name for field in fields(KINDS[part])]
        rows = select(table).where(table.report_id == report.id).order_by(table.id)
        for row in session.scalars(rows):
            subject = subject_of(part, row.public_id)
            revision_id, revision_hash = revisions[subject, row.version]
            session.add(
                SUBMITTED[part](
                    submission_id=submission.id,
                    item_id=row.public_id,
                    revision_id=revision_id,
                    **{name: getattr(row, name) for name in names},
                )
            )
            content.append({"key": subject, "version": row.version, "revision": revision_hash})
    return sorted(content, key=lambda copy: copy["key"])


def _item_revisions(
    session: Session, report: NationalReport
) -> dict[tuple[str, int | None], tuple[int, str]]:
    rows = session.execute(
        select(ChainEntry.subject, ChainEntry.version, ChainEntry.id, ChainEntry.hash).where(
            ChainEntry.report_id == report.id, ChainEntry.kind == ITEM_SAVED
        )
    )
    return {(subject, version): (key, link) for subject, version, key, link in rows}


def _freeze_files(
    session: Session, report: NationalReport, submission: Submission
) -> list[dict[str, Any]]:
    """The files that stand now, of the answers that are submitted: named, not copied.

    One that the secretariat removed while no submission named it stays out: nobody ever saw it.
    """
    answered = select(SubmissionResponse.commitment_id).where(
        SubmissionResponse.submission_id == submission.id
    )
    session.flush()
    latest = {
        row.file_id: row
        for row in session.scalars(
            select(Evidence)
            .where(Evidence.report_id == report.id, Evidence.commitment_id.in_(answered))
            .order_by(Evidence.id)
            .options(joinedload(Evidence.revision))
        )
    }
    never_seen = set(
        session.scalars(
            select(Evidence.id)
            .join(ChainText, ChainText.entry_id == Evidence.revision_id)
            .where(Evidence.report_id == report.id, ChainText.field == "title")
            .where(ChainText.struck_at.is_not(None))
            .where(Evidence.id.not_in(select(SubmissionEvidence.evidence_id)))
        )
    )
    standing = [row for row in latest.values() if not row.removed and row.id not in never_seen]
    for row in standing:
        session.add(SubmissionEvidence(submission_id=submission.id, evidence_id=row.id))
    return submitted_file_facts(standing)
