"""The official record of a meeting: what the document says that real States did.

It stands beside the reports made in this tracker and is never added to them. Shares are always
of the real Member States, in a demonstration database too.
"""

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

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

IS_REAL_MEMBER = and_(State.status == StateStatus.MEMBER, State.demonstration.is_(False))


@dataclass(frozen=True, slots=True)
class RecordGroup:
    """One regional group: how many of its Member States submitted a report to the meeting."""

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
class OfficialRecord:
    """The record of the meeting that adopted one document; ``paragraph`` lists the reports."""

    symbol: str
    meeting: dict[str, str]
    paragraph: int | None
    member_states: int
    reported: int
    groups: tuple[RecordGroup, ...]
    votes: tuple[VoteRow, ...]


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
    """The record of the document's meeting over all real Member States."""
    listing = (
        select(func.min(Participation.paragraph))
        .where(
            Participation.meeting_id == Meeting.id,
            Participation.kind == ParticipationKind.REPORT_SUBMITTED,
        )
        .scalar_subquery()
    )
    meeting_id, title, symbol, paragraph = session.execute(
        select(Meeting.id, Meeting.title, OutcomeDocument.symbol, listing)
        .join(OutcomeDocument, Meeting.document_id == OutcomeDocument.id)
        .where(OutcomeDocument.slug == document_slug)
    ).one()
    groups = _groups(session, meeting_id)
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
    return OfficialRecord(
        symbol=symbol,
        meeting=title,
        paragraph=paragraph,
        member_states=sum(group.member_states for group in groups),
        reported=sum(group.reported for group in groups),
        groups=groups,
        votes=tuple(VoteRow(*row) for row in votes),
    )


def _groups(session: Session, meeting_id: int) -> tuple[RecordGroup, ...]:
    """Each State counts once, in its own group."""
    reported = and_(
        Participation.state_id == State.id,
        Participation.meeting_id == meeting_id,
        Participation.kind == ParticipationKind.REPORT_SUBMITTED,
    )
    counted = (
        select(
            State.group_code,
            func.count(func.distinct(State.id)).label("member_states"),
            func.count(func.distinct(Participation.state_id)).label("reported"),
        )
        .outerjoin(Participation, reported)
        .where(IS_REAL_MEMBER)
        .group_by(State.group_code)
        .subquery()
    )
    rows = session.execute(
        select(Area.code, Area.name, counted.c.member_states, counted.c.reported)
        .join(counted, counted.c.group_code == Area.code)
        .order_by(Area.position)
    )
    return tuple(RecordGroup(*row) for row in rows)


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
