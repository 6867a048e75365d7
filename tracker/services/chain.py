"""Appending to the hash chain of a report: the only way history is written."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.chain import GENESIS, OPERATOR_ID, entry_hash, text_digest
from tracker.domain.errors import NotFound, Problem
from tracker.domain.roles import Actor
from tracker.models import ChainEntry, ChainHead, ChainText, NationalReport, User


def begin(session: Session, report: NationalReport) -> None:
    """Start the chain of a new report."""
    session.flush()
    session.add(ChainHead(report_id=report.id, seq=0, hash=GENESIS))
    session.flush()


def lock(session: Session, report_id: int) -> ChainHead:
    """The head of the chain, locked until the transaction ends: saves queue up here.

    ``NotFound`` where the database itself keeps it from who acts.
    """
    head = session.execute(
        select(ChainHead).where(ChainHead.report_id == report_id).with_for_update()
    ).scalar_one_or_none()
    if head is None:
        raise NotFound(Problem("not-found"))
    return head


def append(
    session: Session,
    *,
    report: NationalReport,
    actor: Actor,
    kind: str,
    at: datetime,
    subject: str = "",
    version: int | None = None,
    facts: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
) -> ChainEntry:
    """Add one link: a revision where ``version`` is given, an event otherwise.

    ``facts`` is JSON without floats and without free text; ``texts`` are the free texts.
    """
    head = lock(session, report.id)
    salts = {name: secrets.token_hex(16) for name in texts or {}}
    digests = {name: text_digest(salts[name], text) for name, text in (texts or {}).items()}
    hashed_facts = {**(facts or {}), "subject": subject, "version": version}
    author = _public_id(session, actor)
    entry = ChainEntry(
        report_id=report.id,
        seq=head.seq + 1,
        kind=kind,
        subject=subject,
        version=version,
        at=at,
        actor_id=actor.user_id,
        actor_public_id=author,
        facts=dict(facts or {}),
        digests=digests,
        prev_hash=head.hash,
        hash=entry_hash(
            report=report.public_id,
            seq=head.seq + 1,
            kind=kind,
            at=at,
            actor=author,
            facts=hashed_facts,
            digests=digests,
            prev_hash=head.hash,
        ),
        texts=[
            ChainText(field=name, value=text, salt=salts[name])
            for name, text in (texts or {}).items()
        ],
    )
    session.add(entry)
    head.seq, head.hash = entry.seq, entry.hash
    session.flush()
    return entry


def _public_id(session: Session, actor: Actor) -> str:
    if actor.user_id is None:
        return OPERATOR_ID
    return session.execute(select(User.public_id).where(User.id == actor.user_id)).scalar_one()
