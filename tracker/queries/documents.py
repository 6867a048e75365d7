"""The outcome documents, for everybody at run time, from the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain import documents
from tracker.domain.documents import Qualifier, Reference, Strength, Theme
from tracker.models import Commitment, Meeting, OutcomeDocument, Section
from tracker.queries.kept import kept_each


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document in a list, with how many commitments it has."""

    slug: str
    symbol: str
    title: dict[str, str]
    commitments: int


def list_documents(session: Session) -> tuple[DocumentRow, ...]:
    """Every outcome document, by the day it was adopted."""
    commitments = (
        select(func.count()).where(Commitment.document_id == OutcomeDocument.id).scalar_subquery()
    )
    rows = session.execute(
        select(
            OutcomeDocument.slug, OutcomeDocument.symbol, OutcomeDocument.title, commitments
        ).order_by(OutcomeDocument.adopted_on)
    )
    return tuple(DocumentRow(*row) for row in rows)


def document_or_none(session: Session, slug: str) -> documents.OutcomeDocument | None:
    """The whole document as domain data, without its meeting's record: see ``queries.record``."""
    return documents_by_slug(session, [slug]).get(slug)


def documents_by_slug(
    session: Session, slugs: Collection[str]
) -> dict[str, documents.OutcomeDocument]:
    """Those of these documents that there are, by slug. Two statements, however many."""
    wanted = tuple(dict.fromkeys(slugs))
    return kept_each(session, "document", wanted, lambda missing: _read(session, missing))


def _read(session: Session, slugs: Collection[str]) -> dict[str, documents.OutcomeDocument]:
    found = session.execute(
        select(OutcomeDocument, Meeting, Section)
        .join(Meeting, Meeting.document_id == OutcomeDocument.id)
        .outerjoin(Section, Section.document_id == OutcomeDocument.id)
        .where(OutcomeDocument.slug.in_(slugs))
        .order_by(OutcomeDocument.id, Section.position)
    ).all()
    if not found:
        return {}
    heads = {row.id: (row, meeting) for row, meeting, _ in found}
    sections: dict[int, list[Section]] = {row_id: [] for row_id in heads}
    for row, _, section in found:
        sections[row.id] += [section] if section else []
    commitments: dict[int, list[Commitment]] = {row_id: [] for row_id in heads}
    for commitment in session.scalars(
        select(Commitment)
        .where(Commitment.document_id.in_(heads))
        .order_by(Commitment.document_id, Commitment.paragraph)
    ):
        commitments[commitment.document_id].append(commitment)
    return {
        row.slug: _document(row, meeting, sections[row_id], commitments[row_id])
        for row_id, (row, meeting) in heads.items()
    }


def _document(
    row: OutcomeDocument,
    meeting: Meeting,
    sections: Sequence[Section],
    commitments: Sequence[Commitment],
) -> documents.OutcomeDocument:
    codes = {section.id: section.code for section in sections}
    return documents.OutcomeDocument(
        slug=row.slug,
        symbol=row.symbol,
        title=row.title,
        adopted_on=row.adopted_on,
        source=row.source,
        sections=tuple(
            documents.Section(
                entry.code, entry.parent_code, entry.title, entry.short_title, entry.chapeau
            )
            for entry in sections
        ),
        commitments=tuple(_commitment(entry, codes[entry.section_id]) for entry in commitments),
        meeting=documents.Meeting(meeting.title, meeting.opened_on, meeting.closed_on),
    )


def commitment_ids(session: Session, slug: str) -> dict[str, int]:
    """Row ids of a document's commitments by key, in the order of its paragraphs."""
    rows = session.execute(
        select(Commitment.key, Commitment.id)
        .join(OutcomeDocument, Commitment.document_id == OutcomeDocument.id)
        .where(OutcomeDocument.slug == slug)
        .order_by(Commitment.paragraph)
    )
    return {key: row_id for key, row_id in rows}


def _commitment(row: Commitment, section: str) -> documents.Commitment:
    return documents.Commitment(
        key=row.key,
        paragraph=row.paragraph,
        section=section,
        text=row.text,
        title=row.title,
        summary=row.summary,
        addressee=row.addressee,
        strength=row.strength,
        strengths=tuple(Strength(value) for value in row.strengths),
        level=row.level,
        themes=tuple(Theme(value) for value in row.themes),
        qualifiers=tuple(Qualifier(value) for value in row.qualifiers),
        report_section=row.report_section,
        references=tuple(_reference(value) for value in row.references),
        note=row.note,
    )


def _reference(value: dict[str, Any]) -> Reference:
    return Reference(value["instrument"], value["item"])
