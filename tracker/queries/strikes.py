"""What was struck out, and what of an answer can be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, and_, bindparam, select, union_all
from sqlalchemy.orm import Session, aliased

from tracker.models import ChainEntry, ChainText, SubmissionResponse, SubmittedItem
from tracker.models.readers import EVERYTHING, reading_as
from tracker.queries.items import SUBMITTED

TEXT_STRUCK = "text-struck"
"""The kind of the links that record a strike."""
STRIKE = "strike"
"""The source of a revision that a strike leaves: nobody of the State saved it."""


@dataclass(frozen=True, slots=True)
class StruckText:
    """The place of a text that is gone. ``field`` as in the chain: ``measures.0.title``."""

    field: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class StandingText:
    """A text of a submitted answer as it stands."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Strike:
    """One text that was struck out of a report, in all its revisions at once.

    ``subject``, ``facts`` and ``field`` are those of the latest revision that held it.
    """

    subject: str
    facts: Mapping[str, Any]
    field: str
    at: datetime
    reason: str

    @property
    def of_event(self) -> bool:
        """Whether it stood in a question, a reply or a step; not in an answer, a row or a file."""
        return not self.subject or self.field in ("question", "reply")


HELD = aliased(ChainEntry)
"""The link that a strike was about."""

OF_STRIKE = and_(
    HELD.report_id == ChainEntry.report_id, HELD.seq == ChainEntry.facts["seq"].as_integer()
)


def strikes_in(links: Iterable[tuple[ChainEntry, ChainEntry, str]]) -> tuple[Strike, ...]:
    """The latest first, from the links that record strikes, those they were about, and reasons."""
    found: dict[tuple[str, str, datetime], Strike] = {}
    for told, held, reason in links:
        field = str(told.facts["field"])
        text = field.rpartition(".")[2]  # a law may change places between revisions
        strike = Strike(held.subject, held.facts, field, told.at, reason)
        found[held.subject, text, told.at] = strike
    for subject, text, at in list(found):
        if text == "title":  # of a file that went, whose name went with it
            found.pop((subject, "filename", at), None)
    return tuple(reversed(found.values()))


Gone = Mapping[str, Sequence[Strike]]
"""The strikes by subject, the first one first; a question is the subject ``questions/ID``."""


def struck_of(session: Session, report_id: int) -> Gone:
    """What was struck out of the answers, rows and questions of one report."""
    rows = session.execute(
        select(ChainEntry, HELD, ChainText.value)
        .join(HELD, OF_STRIKE)
        .outerjoin(
            ChainText, and_(ChainText.entry_id == ChainEntry.id, ChainText.field == "reason")
        )
        .where(ChainEntry.report_id == report_id, ChainEntry.kind == TEXT_STRUCK)
        .order_by(ChainEntry.seq)
    )
    found: dict[str, list[Strike]] = defaultdict(list)
    for told, held, reason in rows:
        field = str(told.facts["field"])
        question = held.facts.get("clarification")
        subject = f"questions/{question}" if question else held.subject
        found[subject].append(Strike(held.subject, held.facts, field, told.at, reason or ""))
    return found


def is_strikes_work(gone: Gone, subject: str, saved_at: datetime) -> bool:
    """Whether the last revision of an answer or row was left by a strike: nobody saved it."""
    return any(strike.at == saved_at for strike in gone.get(subject, ()))


def still_gone(gone: Gone, subject: str, texts: Mapping[str, str]) -> tuple[Strike, ...]:
    """The strikes in whose place nothing was written since."""
    latest = {strike.field: strike for strike in gone.get(subject, ())}
    return tuple(strike for field, strike in latest.items() if not texts.get(field))


def struck_in_submission(session: Session, submission_id: int) -> dict[int, tuple[StruckText, ...]]:
    """What was struck out of a submission's answers and items, by the revision they copy.

    The caller shows it only beside what the reader may read.
    """
    struck: dict[int, list[StruckText]] = defaultdict(list)
    for revision, field, at, reason in session.execute(_STRUCK, {"submission": submission_id}):
        if at is not None:
            struck[revision].append(StruckText(field, at, reason or ""))
    return {revision: tuple(texts) for revision, texts in struck.items()}


COPIES: tuple[type[SubmissionResponse] | type[SubmittedItem], ...] = (
    SubmissionResponse,
    *SUBMITTED.values(),
)


def copied_revisions(submission: BindParameter[Any]) -> CompoundSelect[int]:
    """The revisions of which a submission holds a copy."""
    return union_all(
        *(select(table.revision_id).where(table.submission_id == submission) for table in COPIES)
    )


def copies_of(revisions: Select[int]) -> CompoundSelect[int]:
    """Which of these revisions stand in a submission."""
    return union_all(
        *(select(table.revision_id).where(table.revision_id.in_(revisions)) for table in COPIES)
    )


_STRUCK = (
    select(ChainText.entry_id, ChainText.field, ChainText.struck_at, ChainText.struck_reason)
    .where(
        ChainText.struck_at.is_not(None),
        ChainText.entry_id.in_(copied_revisions(bindparam("submission"))),
    )
    .order_by(ChainText.entry_id, ChainText.field)
)


def standing_texts(session: Session, revision_id: int) -> tuple[StandingText, ...]:
    """The texts of one revision that can be struck out, by field.

    The caller has looked up the revision in a submission: by itself it is a State's own.
    """
    query = (
        select(ChainText)
        .where(ChainText.entry_id == revision_id, ChainText.struck_at.is_(None))
        .order_by(ChainText.field)
    )
    with reading_as(session, EVERYTHING):
        rows = session.scalars(query).all()
    return tuple(StandingText(row.field, row.value or "") for row in rows)
