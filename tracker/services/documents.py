"""Loading reference data: outcome documents with their meeting, States, indicators.

All loads are safe to repeat. A commitment that was answered keeps its row and its key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tracker.domain import documents, states
from tracker.domain.indicators import IndicatorDefinition, definition_data
from tracker.models import (
    Area,
    Commitment,
    Indicator,
    Installation,
    JointStatement,
    Meeting,
    OutcomeDocument,
    Participation,
    RecordedVote,
    Section,
    State,
)
from tracker.queries.kept import keeps_nothing


class DemonstrationMix(Exception):
    """Demonstration States were about to meet a real database, or the other way round."""


def load_installation(session: Session, *, demonstration: bool) -> Installation:
    """The one row of the installation; its kind is decided the first time."""
    row = session.get(Installation, 1)
    if row is None:
        row = Installation(id=1, demonstration=demonstration, data_version=1)
        session.add(row)
        session.flush()
    if row.demonstration != demonstration:
        kind = "demonstration" if row.demonstration else "real"
        raise DemonstrationMix(f"this database holds {kind} data")
    return row


def touch(session: Session) -> None:
    """Note that reference data or published data changed, for caches; no change is counted away.

    The database adds, so two who change something at once make two versions.
    """
    keeps_nothing(session)
    session.execute(
        update(Installation)
        .where(Installation.id == 1)
        .values(data_version=Installation.data_version + 1)
    )


def load_areas(session: Session, areas: Iterable[states.Area]) -> None:
    """Add or renew groups and regions, in the order given."""
    touch(session)
    start = session.scalar(select(func.count()).select_from(Area)) or 0
    for number, area in enumerate(areas):
        row = session.get(Area, area.code)
        if row is None:
            row = Area(code=area.code, position=start + number)
            session.add(row)
        row.kind, row.name, row.parent_code = area.kind, dict(area.name), area.parent
    session.flush()


def load_states(session: Session, entries: Iterable[states.State]) -> None:
    """Add or renew States; demonstration States only into a demonstration database."""
    touch(session)
    demonstration = session.get_one(Installation, 1).demonstration
    known = {row.iso3: row for row in session.scalars(select(State))}
    for entry in entries:
        if entry.demonstration and not demonstration:
            raise DemonstrationMix(f"{entry.iso3} is a demonstration State")
        row = known.get(entry.iso3)
        if row is None:
            row = State(iso3=entry.iso3, demonstration=entry.demonstration)
            session.add(row)
        row.m49, row.name, row.status = entry.m49, dict(entry.name), entry.status
        row.former_names = [asdict(name) for name in entry.former_names]
        row.note = dict(entry.note)
        row.group_code, row.also_listed_code = entry.group, entry.also_listed
        row.region_code, row.subregion_code = entry.region, entry.subregion
    session.flush()


def load_indicators(session: Session, definitions: Iterable[IndicatorDefinition]) -> None:
    """Add or renew indicator definitions, in the order given."""
    for position, definition in enumerate(definitions):
        row = session.get(Indicator, definition.slug) or Indicator(slug=definition.slug)
        row.position, row.definition = position, definition_data(definition)
        session.add(row)
    session.flush()


def load_document(session: Session, document: documents.OutcomeDocument) -> OutcomeDocument:
    """Add or renew one outcome document with its sections, commitments and meeting."""
    touch(session)
    row = session.scalars(
        select(OutcomeDocument).where(OutcomeDocument.slug == document.slug)
    ).one_or_none()
    if row is None:
        row = OutcomeDocument(slug=document.slug)
        session.add(row)
    row.symbol, row.title, row.source = document.symbol, dict(document.title), document.source
    row.adopted_on = document.adopted_on
    session.flush()
    sections = _load_sections(session, row.id, document)
    _load_commitments(session, row.id, document, sections)
    _load_meeting(session, row.id, document.meeting)
    return row


def _load_sections(
    session: Session, document_id: int, document: documents.OutcomeDocument
) -> dict[str, int]:
    found = session.scalars(select(Section).where(Section.document_id == document_id))
    known = {row.code: row for row in found}
    for position, entry in enumerate(document.sections):
        row = known.get(entry.code)
        if row is None:
            row = known[entry.code] = Section(document_id=document_id, code=entry.code)
            session.add(row)
        row.parent_code, row.position = entry.parent, position
        row.title, row.chapeau = dict(entry.title), dict(entry.chapeau)
        row.short_title = dict(entry.short_title)
    session.flush()
    return {code: row.id for code, row in known.items()}


def _load_commitments(
    session: Session,
    document_id: int,
    document: documents.OutcomeDocument,
    sections: Mapping[str, int],
) -> None:
    found = session.scalars(select(Commitment).where(Commitment.document_id == document_id))
    known = {row.key: row for row in found}
    for entry in document.commitments:
        row = known.get(entry.key)
        if row is None:
            row = Commitment(document_id=document_id, key=entry.key)
            session.add(row)
        row.paragraph, row.section_id = entry.paragraph, sections[entry.section]
        row.text, row.title = dict(entry.text), dict(entry.title)
        row.summary, row.note = dict(entry.summary), dict(entry.note)
        row.addressee, row.strength, row.level = entry.addressee, entry.strength, entry.level
        row.strengths = [strength.value for strength in entry.strengths]
        row.themes = [theme.value for theme in entry.themes]
        row.qualifiers = [qualifier.value for qualifier in entry.qualifiers]
        row.report_section = entry.report_section
        row.references = [asdict(reference) for reference in entry.references]
    session.flush()


def _load_meeting(session: Session, document_id: int, meeting: documents.Meeting) -> None:
    row = session.scalars(select(Meeting).where(Meeting.document_id == document_id)).one_or_none()
    if row is None:
        row = Meeting(document_id=document_id)
        session.add(row)
    row.title = dict(meeting.title)
    row.opened_on, row.closed_on = meeting.opened_on, meeting.closed_on
    session.flush()
    session.execute(delete(Participation).where(Participation.meeting_id == row.id))
    session.execute(delete(RecordedVote).where(RecordedVote.meeting_id == row.id))
    session.execute(delete(JointStatement).where(JointStatement.meeting_id == row.id))
    ids = {iso3: key for iso3, key in session.execute(select(State.iso3, State.id))}
    session.add_all(
        Participation(
            meeting_id=row.id, state_id=ids[entry.iso3], kind=entry.kind, paragraph=entry.paragraph
        )
        for entry in meeting.participations
    )
    session.add_all(
        RecordedVote(
            meeting_id=row.id,
            paragraph=vote.paragraph,
            subject=dict(vote.subject),
            in_favour=vote.in_favour,
            against=vote.against,
            abstaining=vote.abstaining,
        )
        for vote in meeting.votes
    )
    session.add_all(
        JointStatement(
            meeting_id=row.id,
            paragraph=statement.paragraph,
            footnote=statement.footnote,
            subject=dict(statement.subject),
        )
        for statement in meeting.statements
    )
    session.flush()
