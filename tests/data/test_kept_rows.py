# ruff: noqa: S608  # the tables and columns are our own
"""The database itself refuses to change or delete history, whoever asks it to."""

import pytest
from sqlalchemy import Column, Engine, Table, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.evidence import attach
from tests.items import save_every
from tests.national_reports import Reporting, begin_report, commitment_id
from tests.signing import SIGNER
from tests.tampering import as_owner, triggers
from tracker.domain.account_events import AccountEventKind
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure
from tracker.models import Base, ChainEntry, ChainText, Checkpoint, Submission
from tracker.models.kept import KEPT, expected, missing_sentence
from tracker.queries.verification import verify_report
from tracker.services.account_events import record_account_event
from tracker.services.clarifications import ask, reply
from tracker.services.clarifications import withdraw as withdraw_question
from tracker.services.indicators import save_indicator
from tracker.services.receipts import keep_printed
from tracker.services.submissions import withdraw

REFUSED = "history is only added to"
# What the services may still do to a row: each is tried below, in the right order and in others.
LATER = {
    ("submission", "withdrawn_at"),
    ("submission", "returned_at"),
    ("submission", "accepted_at"),
    ("submission", "published_at"),
    ("submission", "superseded_at"),
    ("submission", "superseded_by_id"),
}
# What goes on changing in a row that stays: the history and its last change are held by verify.
FREE = {
    ("national_report", "status"),
    ("national_report", "default_audience"),
    ("national_report", "last_saved_at"),
    ("installation", "data_version"),
}


@pytest.fixture
def life(session: Session) -> Reporting:
    """A report with one row in every table that is kept: asked about, answered, published twice."""
    work = begin_report(session)
    law = Measure("Arms Act", "2024", "https://example.org/act")
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="A law.", measures=(law,))
    save_every(work)
    attach(work, title="Act", replaces=attach(work, title="Draft act"))
    save_indicator(
        session,
        actor=work.focal_point,
        report_id=work.report.id,
        indicator="sdg-16-4-2",
        expected_version=0,
        audience=Audience.PUBLIC,
        figures={Cell(2024, "found", "total"): 17},
        clock=work.clock,
    )
    first = work.submit()
    question = ask(
        session,
        actor=work.reviewer,
        submission_id=first.id,
        commitment_id=commitment_id(session, 28),
        question="Since when?",
        clock=work.clock,
    )
    reply(
        session,
        actor=work.focal_point,
        clarification_id=question.id,
        reply="2024.",
        clock=work.clock,
    )
    taken_back = work.ask(first, "And before?")
    withdraw_question(
        session, actor=work.reviewer, clarification_id=taken_back.id, clock=work.clock
    )
    for _ in range(2):
        made = session.scalars(select(Submission).order_by(Submission.id.desc())).first()
        assert made is not None
        work.accept(made)
        work.publish(made)
        work.reopen()
        work.submit()
    keep_printed(session, submission=first, language="en", pdf=b"%PDF", signer=SIGNER)
    session.add(
        Checkpoint(number=1, day="2026-03-02", made_at=work.clock(), hash="0" * 64, statement={})
    )
    record_account_event(
        session,
        actor=work.administrator,
        user_id=work.reviewer.user_id or 0,
        kind=AccountEventKind.ROLE_GIVEN,
        at=work.clock(),
        role="reviewer",
    )
    session.commit()
    return work


def refused(session: Session, statement: str) -> bool:
    """Whether the database refuses it with our words; what it lets pass is taken back."""
    savepoint = session.begin_nested()
    try:
        session.execute(text(statement))
    except IntegrityError as error:
        return REFUSED in str(error.orig)
    finally:
        savepoint.rollback()
    return False


def altered(column: Column[object], dialect: str) -> str:
    """An expression that gives another value of the column's kind."""
    kind = str(column.type).split("(")[0]
    if kind == "JSON":
        return "'{\"forged\": 1}'"
    if kind == "BOOLEAN":
        return f"NOT {column.name}"
    if kind == "DATETIME":
        return "'2001-01-01 00:00:00'"
    if kind in ("INTEGER", "BIGINT"):
        return f"COALESCE({column.name}, 0) + 7"
    return "'zz'"


def test_no_column_is_changed_and_no_row_goes(life: Reporting) -> None:
    with as_owner(life.session):  # the site's role has not even the right to try
        for name in KEPT:
            _refuses_everything(life.session, name)
    assert verify_report(life.session, life.report.id) is None


def _refuses_everything(session: Session, name: str) -> None:
    table, dialect = Base.metadata.tables[name], session.get_bind().dialect.name
    assert session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() >= 1
    free = {column for of, column in LATER | FREE if of == name}
    for column in table.columns:
        if column.name not in free:
            statement = f"UPDATE {name} SET {column.name} = {altered(column, dialect)}"
            assert refused(session, statement), statement
    assert refused(session, f"DELETE FROM {name}")
    if dialect == "postgresql":
        assert refused(session, f"TRUNCATE {name} CASCADE")
    else:
        assert refused(session, f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}")


ONCE = (
    "UPDATE submission SET accepted_at = '2001-01-01 00:00:00' WHERE accepted_at IS NOT NULL",
    "UPDATE submission SET published_at = NULL WHERE number = 1",
    "UPDATE submission SET superseded_at = NULL WHERE number = 1",
    "UPDATE submission SET superseded_by_id = id WHERE number = 1",
    "UPDATE submission SET submitter_name = ''",
    "UPDATE submission SET receipt = '{}'",
    "UPDATE submission_response SET narrative = '' WHERE narrative <> ''",
    "UPDATE submission_response SET measures = '[]'",
    "UPDATE submission_contact SET name = ''",
    "UPDATE clarification SET question = ''",
    "UPDATE clarification SET reply = ''",
    "UPDATE clarification SET reply = '', replied_at = NULL, replied_by_id = NULL",
    "UPDATE clarification SET withdrawn_at = NULL, withdrawn_by_id = NULL",
    "UPDATE clarification SET withdrawn_at = '2001-01-01 00:00:00', withdrawn_by_id = asked_by_id"
    " WHERE replied_at IS NOT NULL",
    "UPDATE clarification SET withdrawn_by_id = asked_by_id WHERE replied_at IS NOT NULL",
    "UPDATE clarification SET reply = 'Yes.', replied_at = withdrawn_at,"
    " replied_by_id = asked_by_id WHERE withdrawn_at IS NOT NULL",
    "UPDATE chain_head SET seq = seq - 1",
    "UPDATE chain_head SET seq = seq + 2",
    "UPDATE chain_text SET value = NULL",
    "UPDATE chain_text SET value = 'x', struck_at = '2001-01-01 00:00:00', struck_reason = 'y'",
)


def test_what_services_do_once_is_not_done_otherwise(life: Reporting) -> None:
    for statement in ONCE:
        savepoint = life.session.begin_nested()
        with pytest.raises(IntegrityError):
            life.session.execute(text(statement))
        savepoint.rollback()
    assert verify_report(life.session, life.report.id) is None


def struck_out(work: Reporting) -> ChainEntry:
    entry = work.session.scalars(
        select(ChainEntry).where(ChainEntry.subject == "bms7/annex/28", ChainEntry.version == 1)
    ).one()
    work.strike_out(entry.id, "narrative", "A private person is named.")
    work.session.commit()
    return entry


AFTER_A_STRIKE = (
    "value = 'A law.', struck_at = NULL, struck_by_id = NULL, struck_reason = NULL",
    "value = 'Another law.'",
    "struck_reason = 'Another reason.'",
    "struck_at = '2001-01-01 00:00:00'",
    "struck_by_id = NULL",
    "salt = 'another'",
)


def test_a_strike_empties_its_text_alone_and_is_final(life: Reporting) -> None:
    entry = struck_out(life)
    session = life.session
    for change in AFTER_A_STRIKE:
        where = f"WHERE entry_id = {entry.id} AND field = 'narrative'"
        savepoint = session.begin_nested()
        with pytest.raises(IntegrityError):
            session.execute(text(f"UPDATE chain_text SET {change} {where}"))
        savepoint.rollback()
    assert verify_report(session, life.report.id) is None
    of = f"WHERE revision_id = {entry.id}"
    assert (
        session.scalars(text(f"SELECT narrative FROM submission_response {of}")).all() == [""] * 3
    )
    assert refused(session, f"UPDATE submission_response SET narrative = 'x' {of}")
    assert refused(session, f"UPDATE submission_response SET measures = '[]' {of}")
    assert session.scalars(
        select(ChainText.field).where(ChainText.struck_at.is_not(None))
    ).all() == ["narrative"]


def test_a_submission_is_withdrawn_once(life: Reporting) -> None:
    withdraw(life.session, actor=life.focal_point, report_id=life.report.id, clock=life.clock)
    life.session.commit()
    assert refused(
        life.session, "UPDATE submission SET withdrawn_at = NULL WHERE withdrawn_at IS NOT NULL"
    )
    assert verify_report(life.session, life.report.id) is None


def test_a_later_migration_left_every_trigger_in_place(session: Session) -> None:
    """A table that is made anew (as SQLite changes tables) loses its triggers in silence."""
    dialect = session.get_bind().dialect.name
    assert set(triggers(session)) == {name for name, _ in expected(dialect)}
    assert missing_sentence(session.connection()) is None


def test_the_triggers_know_every_column(engine: Engine) -> None:
    """A column added later must be placed: it would be free to change."""
    sql = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE name = 'keep_{table}_update'",
        "postgresql": "SELECT prosrc FROM pg_proc WHERE proname = 'keep_{table}'",
    }[engine.dialect.name]
    with engine.connect() as connection:
        for name in KEPT:
            body = connection.execute(text(sql.format(table=name))).scalar_one()
            table: Table = Base.metadata.tables[name]
            columns = {column["name"] for column in inspect(engine).get_columns(name)}
            assert columns == set(table.columns.keys())
            kept = columns - {column for of, column in FREE if of == name}
            assert not [column for column in kept if f"NEW.{column}" not in body], name
