"""Everything that stands about one report, loaded to be checked against its chain."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from tracker.domain.responses import ResponseContent, content_from
from tracker.models import (
    ChainEntry,
    ChainHead,
    Clarification,
    Evidence,
    IndicatorReturn,
    NationalReport,
    OutcomeDocument,
    ReceiptDocument,
    Response,
    Submission,
    SubmissionEvidence,
    SubmissionFigure,
    SubmissionResponse,
    SubmittedItem,
    User,
    WorkingItem,
)
from tracker.queries.items import SUBMITTED, WORKING, subject_of
from tracker.queries.signing import KeyRow, list_keys


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that does not fit: where, and what is wrong with it, in English."""

    place: str
    what: str


@dataclass(frozen=True)
class Recorded:
    """One report with its chain and everything that the chain must account for.

    Items stand under the name that the chain gives them: ``contacts/<item id>``.
    """

    report: NationalReport
    document: str  # its symbol
    head: ChainHead | None
    entries: list[ChainEntry]
    people: dict[int, str]
    responses: list[Response]
    returns: list[IndicatorReturn]
    submissions: list[Submission]
    answers: dict[int, list[SubmissionResponse]] = field(default_factory=dict)
    figures: dict[int, list[SubmissionFigure]] = field(default_factory=dict)
    items: dict[str, WorkingItem] = field(default_factory=dict)
    submitted_items: dict[int, dict[str, SubmittedItem]] = field(default_factory=dict)
    clarifications: list[Clarification] = field(default_factory=list)
    keys: tuple[KeyRow, ...] = ()
    printed: dict[int, list[ReceiptDocument]] = field(default_factory=dict)
    files: list[Evidence] = field(default_factory=list)
    submitted_files: dict[int, list[Evidence]] = field(default_factory=dict)

    def events(self, kind: str) -> list[ChainEntry]:
        """The links of one kind, the oldest first."""
        return [entry for entry in self.entries if entry.kind == kind]

    def last_revisions(self, kind: str) -> dict[str, ChainEntry]:
        """The latest link of one kind for each subject."""
        return {entry.subject: entry for entry in self.events(kind)}


def content_of_link(entry: ChainEntry) -> ResponseContent:
    """What a revision says now; texts struck out are empty."""
    return content_from(entry.facts, {text.field: text.value or "" for text in entry.texts})


def load_recorded(session: Session, report_id: int) -> Recorded:
    """Read one report whole; ``NoResultFound`` where there is none."""
    entries = list(
        session.scalars(
            select(ChainEntry)
            .where(ChainEntry.report_id == report_id)
            .order_by(ChainEntry.seq)
            .options(selectinload(ChainEntry.texts))
        )
    )
    submissions = list(
        session.scalars(
            select(Submission).where(Submission.report_id == report_id).order_by(Submission.number)
        )
    )
    actors = {entry.actor_id for entry in entries if entry.actor_id is not None}
    people = session.execute(select(User.id, User.public_id).where(User.id.in_(actors)))
    report = session.get_one(NationalReport, report_id)
    return Recorded(
        report=report,
        document=session.get_one(OutcomeDocument, report.cycle.document_id).symbol,
        head=session.get(ChainHead, report_id),
        entries=entries,
        people={key: public_id for key, public_id in people},
        responses=list(
            session.scalars(
                select(Response)
                .where(Response.report_id == report_id)
                .options(selectinload(Response.measures), joinedload(Response.commitment))
                .order_by(Response.id)
            )
        ),
        returns=list(
            session.scalars(
                select(IndicatorReturn)
                .where(IndicatorReturn.report_id == report_id)
                .options(selectinload(IndicatorReturn.figures))
                .order_by(IndicatorReturn.indicator)
            )
        ),
        submissions=submissions,
        answers={row.id: _answers(session, row.id) for row in submissions},
        figures={row.id: _figures(session, row.id) for row in submissions},
        items=_items(session, report_id),
        submitted_items={row.id: _submitted_items(session, row.id) for row in submissions},
        clarifications=list(
            session.scalars(
                select(Clarification)
                .where(Clarification.report_id == report_id)
                .options(joinedload(Clarification.commitment))
                .order_by(Clarification.id)
            )
        ),
        keys=list_keys(session),
        printed={row.id: _printed(session, row.id) for row in submissions},
        files=list(
            session.scalars(
                select(Evidence)
                .where(Evidence.report_id == report_id)
                .options(joinedload(Evidence.commitment), joinedload(Evidence.revision))
                .order_by(Evidence.id)
            )
        ),
        submitted_files={row.id: _submitted_files(session, row.id) for row in submissions},
    )


def _answers(session: Session, submission_id: int) -> list[SubmissionResponse]:
    rows = session.scalars(
        select(SubmissionResponse)
        .where(SubmissionResponse.submission_id == submission_id)
        .options(joinedload(SubmissionResponse.commitment))
    )
    return sorted(rows, key=lambda row: row.commitment.paragraph)


def _printed(session: Session, submission_id: int) -> list[ReceiptDocument]:
    query = select(ReceiptDocument).where(ReceiptDocument.submission_id == submission_id)
    return list(session.scalars(query.order_by(ReceiptDocument.language)))


def _figures(session: Session, submission_id: int) -> list[SubmissionFigure]:
    return list(
        session.scalars(
            select(SubmissionFigure)
            .where(SubmissionFigure.submission_id == submission_id)
            .order_by(
                SubmissionFigure.indicator,
                SubmissionFigure.year,
                SubmissionFigure.category,
                SubmissionFigure.input,
            )
        )
    )


def _items(session: Session, report_id: int) -> dict[str, WorkingItem]:
    return {
        subject_of(part, row.public_id): row
        for part, table in WORKING.items()
        for row in session.scalars(select(table).where(table.report_id == report_id))
    }


def _submitted_items(session: Session, submission_id: int) -> dict[str, SubmittedItem]:
    return {
        subject_of(part, row.item_id): row
        for part, table in SUBMITTED.items()
        for row in session.scalars(select(table).where(table.submission_id == submission_id))
    }


def _submitted_files(session: Session, submission_id: int) -> list[Evidence]:
    return list(
        session.scalars(
            select(Evidence)
            .join(SubmissionEvidence, SubmissionEvidence.evidence_id == Evidence.id)
            .where(SubmissionEvidence.submission_id == submission_id)
            .options(joinedload(Evidence.revision))
            .order_by(Evidence.id)
        )
    )
