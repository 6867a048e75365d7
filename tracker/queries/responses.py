"""Responses of a working copy, and their revisions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tracker.domain.responses import Measure, ResponseContent, content_from
from tracker.models import ChainEntry, ChainText, Commitment, Response, User
from tracker.queries.strikes import STRIKE


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One saved response with who saved it when."""

    key: str
    paragraph: int
    version: int
    content: ResponseContent
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One saved state of a response. ``struck`` names the fields that were struck out."""

    id: int
    seq: int
    version: int
    at: datetime
    actor_id: int | None
    actor: str
    source: str
    content: ResponseContent
    struck: Mapping[str, str]


def content_of_row(row: Response) -> ResponseContent:
    """The stored columns as the domain's content."""
    return ResponseContent(
        progress=row.progress,
        reason=row.reason,
        narrative=row.narrative,
        narrative_language=row.narrative_language,
        lead_agency=row.lead_agency,
        good_practice=row.good_practice,
        audience=row.audience,
        measures=tuple(Measure(m.title, m.adopted_on, m.link) for m in row.measures),
    )


def responses_of(session: Session, report_id: int) -> dict[str, ResponseRow]:
    """Every saved response of a working copy, by commitment key."""
    return responses_of_reports(session, [report_id])[report_id]


def responses_of_reports(
    session: Session, report_ids: Collection[int]
) -> dict[int, dict[str, ResponseRow]]:
    """The same of several working copies by report, in two statements."""
    rows = session.execute(
        select(Response, Commitment.key, Commitment.paragraph, User.name)
        .join(Commitment, Response.commitment_id == Commitment.id)
        .join(User, Response.saved_by_id == User.id)
        .where(Response.report_id.in_(report_ids))
        .order_by(Response.report_id, Commitment.paragraph)
        .options(selectinload(Response.measures))
    )
    found: dict[int, dict[str, ResponseRow]] = {report_id: {} for report_id in report_ids}
    for row, key, number, name in rows:
        found[row.report_id][key] = ResponseRow(
            key, number, row.version, content_of_row(row), row.saved_at, name
        )
    return found


def revisions_of(session: Session, report_id: int, key: str) -> tuple[RevisionRow, ...]:
    """Every revision of one response, the oldest first."""
    rows = session.execute(
        select(ChainEntry, User.name)
        .outerjoin(User, ChainEntry.actor_id == User.id)
        .where(
            ChainEntry.report_id == report_id,
            ChainEntry.subject == key,
            ChainEntry.version.is_not(None),
        )
        .order_by(ChainEntry.seq)
        .options(selectinload(ChainEntry.texts))
    )
    return tuple(_revision(entry, name) for entry, name in rows)


def savers_since(session: Session, report_id: int, key: str, version: int) -> set[int | None]:
    """Who saved a response after this version of it; a strike is no save."""
    query = select(ChainEntry.actor_id).where(
        ChainEntry.report_id == report_id,
        ChainEntry.subject == key,
        ChainEntry.version > version,
        ChainEntry.facts["source"].as_string() != STRIKE,
    )
    return set(session.scalars(query))


def revision_content(session: Session, report_id: int, key: str, version: int) -> ResponseContent:
    """What one version said; the empty content for version 0."""
    entry = session.scalars(
        select(ChainEntry)
        .where(
            ChainEntry.report_id == report_id,
            ChainEntry.subject == key,
            ChainEntry.version == version,
        )
        .options(selectinload(ChainEntry.texts))
    ).one_or_none()
    return _revision(entry, None).content if entry else ResponseContent()


def _revision(entry: ChainEntry, name: str | None) -> RevisionRow:
    return RevisionRow(
        id=entry.id,
        seq=entry.seq,
        version=entry.version or 0,
        at=entry.at,
        actor_id=entry.actor_id,
        actor=name or "",
        source=str(entry.facts.get("source", "")),
        content=content_from(entry.facts, {t.field: t.value or "" for t in entry.texts}),
        struck={t.field: t.struck_reason or "" for t in entry.texts if _is_struck(t)},
    )


def _is_struck(text: ChainText) -> bool:
    return text.struck_at is not None
