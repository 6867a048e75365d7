# ruff: noqa: S608  # the tables are our own
"""Write access past the database's own refusals, for tests that change or remove history."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from tracker.domain.chain import CONTENT_TAG, GENESIS, entry_hash, tagged_hash, text_digest
from tracker.domain.signed import RECEIPT_TAG, Signer, signed
from tracker.models import ChainEntry, ChainHead, Submission
from tracker.queries.recorded import load_recorded
from tracker.queries.verified_submissions import hashed_content

TRIGGERS = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
    ),
}


def triggers(session: Session) -> dict[str, tuple[str, str]]:
    """Every trigger by name: its table, and the statement that makes it."""
    rows = session.execute(text(TRIGGERS[session.get_bind().dialect.name])).all()
    return {name: (table, made) for name, table, made in rows}


@contextmanager
def as_owner(session: Session) -> Iterator[None]:
    """As the role that owns the tables, where the site's role has fewer rights."""
    session.flush()
    if session.get_bind().dialect.name != "postgresql":
        yield
        session.flush()
        return
    role = session.scalar(text("SELECT current_user"))
    session.execute(text("RESET ROLE"))
    yield
    session.flush()
    session.execute(text(f"SET LOCAL ROLE {role}"))


@contextmanager
def without_triggers(session: Session) -> Iterator[None]:
    """As somebody who owns the database: no refusals inside, all of them again afterwards."""
    on = " ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
    with as_owner(session):
        found = triggers(session)
        for name, (table, _) in found.items():
            session.execute(text(f"DROP TRIGGER {name}{on.format(table=table)}"))
        yield
        session.flush()
        for _, made in found.values():
            session.connection().exec_driver_sql(made)


def write_anew(session: Session, report_id: int, signer: Signer | None = None) -> None:
    """Every hash of a report made again from what stands, so that it is consistent in itself.

    With a signer, the key file was stolen, too: its receipts are signed again.
    """
    session.flush()
    session.expire_all()
    recorded = load_recorded(session, report_id)
    rows = {row.number: row for row in recorded.submissions}
    previous = GENESIS
    for seq, entry in enumerate(recorded.entries, start=1):
        row = rows.get(entry.facts.get("number", 0)) if entry.kind == "step-submit" else None
        if row is not None:
            row.content_hash = tagged_hash(CONTENT_TAG, hashed_content(recorded, row))
            entry.facts = entry.facts | {"content_hash": row.content_hash}
        entry.digests = entry.digests | {
            text.field: text_digest(text.salt, text.value)
            for text in entry.texts
            if text.value is not None
        }
        entry.seq, entry.prev_hash = seq, previous
        previous = entry.hash = entry_hash(
            report=recorded.report.public_id,
            seq=seq,
            kind=entry.kind,
            at=entry.at,
            actor=entry.actor_public_id,
            facts={**entry.facts, "subject": entry.subject, "version": entry.version},
            digests=entry.digests,
            prev_hash=entry.prev_hash,
        )
        if row is not None:
            _receive_anew(row, entry, signer)
    head = session.get_one(ChainHead, report_id)
    head.seq, head.hash = len(recorded.entries), previous
    session.flush()


def _receive_anew(row: Submission, link: ChainEntry, signer: Signer | None) -> None:
    receipt = row.receipt | {
        "submission": row.public_id,
        "content_hash": row.content_hash,
        "chain": {"seq": link.seq, "hash": link.hash},
    }
    row.receipt = signed(RECEIPT_TAG, receipt, signer) if signer else receipt


def cut_off(session: Session, report_id: int, after: int) -> None:
    """The links after one, with the submissions and marks that they made, as if never written."""
    cut = "SELECT id FROM chain_entry WHERE report_id = :report AND seq > :after"
    late = (
        "SELECT id FROM submission WHERE report_id = :report AND submitted_at >"
        " (SELECT at FROM chain_entry WHERE report_id = :report AND seq = :after)"
    )
    for statement in (
        *(f"DELETE FROM {table} WHERE submission_id IN ({late})" for table in OF_SUBMISSIONS),
        f"DELETE FROM submission WHERE id IN ({late})",
        f"DELETE FROM chain_text WHERE entry_id IN ({cut})",
        "DELETE FROM chain_entry WHERE report_id = :report AND seq > :after",
        "UPDATE chain_head SET seq = :after, hash = (SELECT hash FROM chain_entry"
        " WHERE report_id = :report AND seq = :after) WHERE report_id = :report",
    ):
        session.execute(text(statement), {"report": report_id, "after": after})


OF_SUBMISSIONS = ("submission_response", "receipt_document")
