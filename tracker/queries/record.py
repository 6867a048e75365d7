"""The official record of a meeting: what the document says that real States did.

It stands beside the reports made in this tracker and is never added to them. Shares are always
of the real Member States, in a demonstration database too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from tracker.domain import documents
from tracker.domain.documents import ParticipationKind
from tracker.domain.states import StateStatus
from tracker.models import (
    Area,
    JointStatement,
    Meeting,
    OutcomeDocument,
    Participation,
    RecordedVote,
    State,
)

REGION_CODES = (State.region_code, State.subregion_code)
IS_REAL_MEMBER = and_(State.status == StateStatus.MEMBER, State.demonstration.is_(False))


@dataclass(frozen=True, slots=True)
class RecordArea:
    """One group or region: how many of its Member States submitted a report to the meeting.

    ``kind`` is group, region or subregion.
    """

    kind: str
    code: str
    name: dict[str, str]
    member_states: int
    reported: int


@dataclass(frozen=True, slots=True)
class VoteRow:
    """One recorded vote with the totals that the document states."""

    paragraph: int
    subject: dict[str, str]
    in_favour: int
    against: int
    abstaining: int


@dataclass(frozen=True, slots=True)
class RecordedReports:
    """The reports submitted to a document's meeting, as its ``paragraph`` lists them."""

    slug: str
    symbol: str
    meeting: Mapping[str, str]
    paragraph: int | None
    areas: tuple[RecordArea, ...]

    def of_kind(self, kind: str) -> tuple[RecordArea, ...]:
        """The areas of one kind, in their order."""
        return tuple(area for area in self.areas if area.kind == kind)

    @property
    def groups(self) -> tuple[RecordArea, ...]:
        """The regional groups; each State counts in one of them."""
        return self.of_kind("group")

    @property
    def member_states(self) -> int:
        """The real Member States."""
        return sum(group.member_states for group in self.groups)

    @property
    def reported(self) -> int:
        """Those of them that submitted a report."""
        return sum(group.reported for group in self.groups)


@dataclass(frozen=True, slots=True)
class OfficialRecord(RecordedReports):
    """The record of the meeting that adopted one document, with its votes."""

    votes: tuple[VoteRow, ...]


@dataclass(frozen=True, slots=True)
class NamedState:
    """A State that a record names."""

    iso3: str
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class StateRecordRow:
    """One thing that a meeting's record says of a State.

    ``subject`` is that of a vote or of a statement, ``footnote`` the one that names the State.
    """

    symbol: str
    document_slug: str
    meeting: dict[str, str]
    kind: ParticipationKind
    paragraph: int
    subject: dict[str, str]
    footnote: int | None = None


def official_record(session: Session, document_slug: str) -> OfficialRecord:
    """The record of the document's meeting over all real Member States. Three statements."""
    meeting_id, title, symbol = session.execute(
        select(Meeting.id, Meeting.title, OutcomeDocument.symbol)
        .join(OutcomeDocument, Meeting.document_id == OutcomeDocument.id)
        .where(OutcomeDocument.slug == document_slug)
    ).one()
    votes = session.execute(
        select(
            RecordedVote.paragraph,
            RecordedVote.subject,
            RecordedVote.in_favour,
            RecordedVote.against,
            RecordedVote.abstaining,
        )
        .where(RecordedVote.meeting_id == meeting_id)
        .order_by(RecordedVote.paragraph)
    )
    paragraph, areas = _reports(session, document_slug)
    return OfficialRecord(
        document_slug, symbol, title, paragraph, areas, tuple(VoteRow(*row) for row in votes)
    )


def recorded_reports(session: Session, document: documents.OutcomeDocument) -> RecordedReports:
    """The reports on the record beside a document that was read already. One statement."""
    paragraph, areas = _reports(session, document.slug)
    return RecordedReports(document.slug, document.symbol, document.meeting.title, paragraph, areas)


def _reports(session: Session, document_slug: str) -> tuple[int | None, tuple[RecordArea, ...]]:
    """The paragraph that lists the reports, and the areas: groups, regions and sub-regions."""
    listed = (
        select(Participation.state_id, Participation.paragraph)
        .join(Meeting, Participation.meeting_id == Meeting.id)
        .join(OutcomeDocument, Meeting.document_id == OutcomeDocument.id)
        .where(
            OutcomeDocument.slug == document_slug,
            Participation.kind == ParticipationKind.REPORT_SUBMITTED,
        )
        .subquery()
    )
    inside = or_(*(code == Area.code for code in (State.group_code, *REGION_CODES)))
    counted = (
        select(
            Area.code,
            func.count(func.distinct(State.id)).label("member_states"),
            func.count(func.distinct(listed.c.state_id)).label("reported"),
        )
        .join(State, inside)
        .outerjoin(listed, listed.c.state_id == State.id)
        .where(IS_REAL_MEMBER)
        .group_by(Area.code)
        .subquery()
    )
    rows = session.execute(
        select(
            select(func.min(listed.c.paragraph)).scalar_subquery(),
            Area.kind,
            Area.code,
            Area.name,
            counted.c.member_states,
            counted.c.reported,
        )
        .join(counted, counted.c.code == Area.code)
        .order_by(Area.position)
    ).all()
    return rows[0][0], tuple(RecordArea(*row[1:]) for row in rows)


def states_on_record(
    session: Session, document_slug: str, area: str = ""
) -> tuple[NamedState, ...]:
    """The real Member States that submitted a report to the meeting, by code; one statement.

    ``area`` is the code of a group, region or sub-region, ``""`` for all.
    """
    query = (
        select(State.iso3, State.name)
        .join(Participation, Participation.state_id == State.id)
        .join(Meeting, Participation.meeting_id == Meeting.id)
        .join(OutcomeDocument, Meeting.document_id == OutcomeDocument.id)
        .where(
            OutcomeDocument.slug == document_slug,
            Participation.kind == ParticipationKind.REPORT_SUBMITTED,
            IS_REAL_MEMBER,
        )
        .order_by(State.iso3)
    )
    if area:
        query = query.where(or_(*(code == area for code in (State.group_code, *REGION_CODES))))
    return tuple(NamedState(iso3, name) for iso3, name in session.execute(query))


def record_of_state(session: Session, state_id: int) -> tuple[StateRecordRow, ...]:
    """Everything that the records of all meetings say of one State, by meeting and paragraph."""
    vote = and_(
        RecordedVote.meeting_id == Participation.meeting_id,
        RecordedVote.paragraph == Participation.paragraph,
    )
    statement = and_(
        JointStatement.meeting_id == Participation.meeting_id,
        JointStatement.paragraph == Participation.paragraph,
        Participation.kind == ParticipationKind.JOINED_STATEMENT,
    )
    rows = session.execute(
        select(
            OutcomeDocument.symbol,
            OutcomeDocument.slug,
            Meeting.title,
            Participation.kind,
            Participation.paragraph,
            RecordedVote.subject,
            JointStatement.subject,
            JointStatement.footnote,
        )
        .join(Meeting, Participation.meeting_id == Meeting.id)
        .join(OutcomeDocument, Meeting.document_id == OutcomeDocument.id)
        .outerjoin(RecordedVote, vote)
        .outerjoin(JointStatement, statement)
        .where(Participation.state_id == state_id)
        .order_by(Meeting.closed_on.desc(), Participation.paragraph, Participation.kind)
    )
    return tuple(
        StateRecordRow(symbol, slug, meeting, kind, paragraph, of_vote or said or {}, footnote)
        for symbol, slug, meeting, kind, paragraph, of_vote, said, footnote in rows
    )
