"""Every text that was struck out, by its place: so that it can be struck out again elsewhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import ChainEntry, ChainText, NationalReport, ReportingCycle, State


@dataclass(frozen=True, slots=True)
class Strike:
    """Where a text stood that is gone, never its words.

    ``kind`` and ``subject`` say what held the text: an answer by its commitment, a row by its
    table and number, a file by its paragraph and checksum, a step of the report. ``link`` is the
    hash of that link of the history: it names the same one in every copy of the database.
    """

    day: date
    state: str
    cycle: str
    kind: str
    subject: str
    field: str
    reason: str
    link: str


def list_strikes(session: Session) -> tuple[Strike, ...]:
    """Of every report, the first one first; for the operator."""
    rows = session.execute(
        select(
            ChainText.struck_at,
            State.iso3,
            ReportingCycle.slug,
            ChainEntry.kind,
            ChainEntry.subject,
            ChainEntry.facts,
            ChainText.field,
            ChainText.struck_reason,
            ChainEntry.hash,
        )
        .join(ChainEntry, ChainText.entry_id == ChainEntry.id)
        .join(NationalReport, ChainEntry.report_id == NationalReport.id)
        .join(State, NationalReport.state_id == State.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .where(ChainText.struck_at.is_not(None))
        .order_by(ChainText.struck_at, State.iso3, ReportingCycle.slug, ChainEntry.seq)
        .order_by(ChainText.field)
    )
    return tuple(
        Strike(at.date(), state, cycle, kind, _held(subject, facts), field, reason or "", link)
        for at, state, cycle, kind, subject, facts, field, reason, link in rows
        if at is not None
    )


def _held(subject: str, facts: Mapping[str, Any]) -> str:
    """A file stands on no page by the number that the history gives it."""
    if "sha256" not in facts:
        return subject
    return f"{facts['commitment']}, SHA-256 {facts['sha256'][:12]}"


def standing(session: Session, links: Collection[str]) -> set[tuple[str, str]]:
    """Of these links, each field whose text stands here."""
    rows = session.execute(
        select(ChainEntry.hash, ChainText.field)
        .join(ChainText, ChainText.entry_id == ChainEntry.id)
        .where(ChainText.struck_at.is_(None), ChainEntry.hash.in_(links))
    )
    return {(link, field) for link, field in rows}
