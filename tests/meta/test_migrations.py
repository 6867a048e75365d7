"""Migrations: up, down and up again; the tables they make are the tables of the models."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Enum,
    Integer,
    create_engine,
    inspect,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from tracker.cli.database import alembic_config, schema_problem, upgrade
from tracker.models import Base
from tracker.models.engine import configure
from tracker.settings import BadSettings

A_MEETING = (
    "INSERT INTO outcome_document (id, slug, symbol, title, adopted_on, source)"
    " VALUES (1, 'bms', 'A/1', '{}', '2021-07-30', 'A/1')",
    "INSERT INTO meeting (id, document_id, title, opened_on, closed_on)"
    " VALUES (1, 1, '{}', '2021-07-26', '2021-07-30')",
    "INSERT INTO state (id, iso3, m49, name, former_names, status, note, demonstration)"
    " VALUES (1, 'PER', '604', '{}', '[]', 'member', '{}', false)",
)
A_REPORT = (
    *A_MEETING,
    "INSERT INTO reporting_cycle (id, slug, document_id, opens_on, created_at)"
    " VALUES (1, 'bms', 1, '2026-01-01', '2026-01-01 00:00:00+00:00')",
    'INSERT INTO "user" (id, public_id, email, name, language, is_active, created_at)'
    " VALUES (1, 'p', 'a@example.org', 'A', 'en', true, '2026-01-01 00:00:00+00:00')",
    "INSERT INTO national_report (id, public_id, state_id, cycle_id, status, default_audience,"
    " opened_at) VALUES (1, 'r', 1, 1, 'draft', 'public', '2026-01-01 00:00:00+00:00')",
)


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A second, empty database of the same kind."""
    if database_url.startswith("sqlite"):
        engine = create_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        configure(engine)
        yield engine
        engine.dispose()
        return
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE migrations"))
    engine = create_engine(server.url.set(database="migrations"))
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE migrations"))
    server.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again(empty: Engine) -> None:
    assert schema_problem(empty) is not None
    upgrade(empty)
    assert tables(empty) == set(Base.metadata.tables)
    assert schema_problem(empty) is None
    command.downgrade(alembic_config(empty), "base")
    assert tables(empty) == set()
    upgrade(empty)
    assert tables(empty) == set(Base.metadata.tables)


def test_joint_statements_come_and_go_with_their_revision(empty: Engine) -> None:
    upgrade(empty)
    add = text(
        "INSERT INTO participation (id, meeting_id, state_id, kind, paragraph)"
        " VALUES (:id, 1, 1, :kind, 18)"
    )
    kinds = text("SELECT kind FROM participation ORDER BY id")
    with empty.connect() as connection:
        for statement in A_MEETING:
            connection.execute(text(statement))
        connection.execute(add, {"id": 1, "kind": "report_submitted"})
        connection.execute(add, {"id": 2, "kind": "joined_statement"})
        connection.commit()
    command.downgrade(alembic_config(empty), "0003")
    assert "joint_statement" not in tables(empty)
    indexes = {index["name"] for index in inspect(empty).get_indexes("participation")}
    assert "ix_participation_state_id" in indexes
    with empty.connect() as connection:
        assert connection.scalars(kinds).all() == ["report_submitted"]
        with pytest.raises(IntegrityError, match="kind_known"):
            connection.execute(add, {"id": 2, "kind": "joined_statement"})
    upgrade(empty)
    with empty.connect() as connection:
        connection.execute(add, {"id": 2, "kind": "joined_statement"})
        assert len(connection.scalars(kinds).all()) == 2
        with pytest.raises(IntegrityError, match="kind_known"):
            connection.execute(add, {"id": 3, "kind": "nonsense"})


def test_published_values_come_and_go_with_their_revision(empty: Engine) -> None:
    upgrade(empty)
    add = text(
        "INSERT INTO published_value"
        " (id, indicator, state_id, area_code, year_from, year_to, value, source, footnote)"
        " VALUES (:id, 'i', :state, :area, 2018, :to, '62.50', 'UN', '')"
    )
    rows: list[dict[str, object]] = [
        {"id": 1, "state": 1, "area": None, "to": 2018},
        {"id": 2, "state": 1, "area": None, "to": 2019},
        {"id": 3, "state": None, "area": "202", "to": 2018},
    ]
    refused: list[tuple[dict[str, object], str]] = [
        ({"id": 4, "state": 1, "area": None, "to": 2018}, "(?i)unique"),
        ({"id": 4, "state": None, "area": "202", "to": 2018}, "(?i)unique"),
        ({"id": 4, "state": 1, "area": "202", "to": 2019}, "state_or_area"),
        ({"id": 4, "state": None, "area": None, "to": 2018}, "state_or_area"),
        ({"id": 4, "state": 1, "area": None, "to": 2020}, "one_or_two_years"),
    ]
    with empty.begin() as connection:
        connection.execute(text(A_MEETING[2]))
        connection.execute(
            text("INSERT INTO indicator (slug, position, definition) VALUES ('i', 0, '{}')")
        )
        connection.execute(
            text("INSERT INTO area (code, kind, name, position) VALUES ('202', 'region', '{}', 0)")
        )
        connection.execute(add, rows)
    for row, why in refused:
        with empty.connect() as connection, pytest.raises(IntegrityError, match=why):
            connection.execute(add, row)
    command.downgrade(alembic_config(empty), "0004")
    assert "published_value" not in tables(empty)
    upgrade(empty)
    with empty.connect() as connection:
        assert connection.scalars(text("SELECT id FROM published_value")).all() == []


def test_the_models_ask_for_nothing_more(empty: Engine) -> None:
    upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_of_enums_name_their_members(engine: Engine) -> None:
    seen = 0
    for table in Base.metadata.tables.values():
        checks = {
            c["name"]: c["sqltext"] for c in inspect(engine).get_check_constraints(table.name)
        }
        for column in table.columns:
            if isinstance(column.type, Enum):
                sql = checks[f"ck_{table.name}_{column.type.name}"]
                assert set(re.findall(r"'([^']+)'", sql)) == set(column.type.enums)
                seen += 1
    assert seen >= 15


def test_events_of_providers_go_with_their_revision_and_the_others_stay_kept(
    empty: Engine,
) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO "user" (id, public_id, email, name, language, is_active, created_at)'
                " VALUES (1, 'p', 'a@example.org', 'A', 'en', true, '2026-01-01 00:00:00+00:00')"
            )
        )
        for kind in ("provider-linked", "role-given", "provider-sign-in", "provider-unlinked"):
            connection.execute(
                text(
                    "INSERT INTO account_event (user_id, kind, at, facts)"
                    " VALUES (1, :kind, '2026-01-01 08:00:00+00:00', '{}')"
                ),
                {"kind": kind},
            )
    command.downgrade(alembic_config(empty), "0012")
    kinds = text("SELECT kind FROM account_event")
    for revision in ("0012", "head"):
        if revision == "head":
            upgrade(empty)
        assert ("provider_link" in inspect(empty).get_table_names()) is (revision == "head")
        with empty.connect() as connection:
            assert connection.scalars(kinds).all() == ["role-given"]
            with pytest.raises(DBAPIError, match="only added to"):
                connection.execute(text("DELETE FROM account_event"))


@pytest.mark.parametrize(
    ("amount", "narrow", "told"),
    [(999_999_999, True, ""), (2**31 - 1, True, "1 amounts"), (10**15 - 1, False, "1 amounts")],
)
def test_large_amounts_stay_on_the_way_down(
    empty: Engine, caplog: pytest.LogCaptureFixture, amount: int, narrow: bool, told: str
) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        for statement in A_REPORT:
            connection.execute(text(statement))
        connection.execute(
            text(
                "INSERT INTO assistance (id, public_id, version, saved_at, audience, report_id,"
                " saved_by_id, direction, theme, description, paragraphs, amount, currency,"
                " partner, status) VALUES (1, 'a', 1, '2026-01-01 00:00:00+00:00', 'public', 1, 1,"
                " 'needed', 'marking', 'x', '[]', :amount, 'XOF', '', 'open')"
            ),
            {"amount": amount},
        )
    amounts = text("SELECT amount FROM assistance")
    for move, revision in ((command.downgrade, "0016"), (command.upgrade, "head")):
        move(alembic_config(empty), revision)
        with empty.connect() as connection:
            assert connection.scalars(amounts).all() == [amount]
        types = {
            column["name"]: column["type"] for column in inspect(empty).get_columns("assistance")
        }
        is_narrow = empty.dialect.name == "sqlite" or (narrow and revision == "0016")
        assert isinstance(types["amount"], Integer)
        assert isinstance(types["amount"], BigInteger) is not is_narrow
        said = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
        expected = [f"{told} above 999,999,999 stay as they are."] if told else []
        assert [message.partition(" The older")[0] for message in said] == expected


def test_questions_withdrawn_are_read_from_the_history_on_the_way_up(
    empty: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """To the release before they wait for a reply; on both ways the table stays kept."""
    upgrade(empty)
    section = (
        "INSERT INTO section (id, document_id, code, position, title, chapeau, short_title)"
        " VALUES (1, 1, 'I.1', 0, '{}', '{}', '{}')"
    )
    kinds = {"1": "clarification-asked", "2": "clarification-withdrawn"}
    with empty.begin() as connection:
        for statement in (*A_REPORT, section):
            connection.execute(text(statement))
        _insert(connection, "commitment", id=1, document_id=1, section_id=1, key="bms/28")
        _insert(connection, "submission", id=1, report_id=1, submitted_by_id=1, number=1)
        for seq, kind in kinds.items():
            _insert(
                connection,
                "chain_entry",
                id=int(seq),
                report_id=1,
                seq=int(seq),
                kind=kind,
                actor_id=1,
                facts='{"clarification": "q1"}',
                version=None,
            )
        for number in (1, 2):
            _insert(
                connection,
                "clarification",
                id=number,
                public_id=f"q{number}",
                report_id=1,
                submission_id=1,
                commitment_id=1,
                asked_by_id=1,
                reply="",
                replied_at=None,
                replied_by_id=None,
                withdrawn_at=None,
                withdrawn_by_id=None,
            )
        connection.execute(
            text(
                "UPDATE clarification SET withdrawn_at = asked_at, withdrawn_by_id = 1 WHERE id = 1"
            )
        )
    withdrawn = text("SELECT id FROM clarification WHERE withdrawn_by_id = 1")
    for _ in range(2):
        command.downgrade(alembic_config(empty), "0017")
        columns = {column["name"] for column in inspect(empty).get_columns("clarification")}
        assert not {"withdrawn_at", "withdrawn_by_id"} & columns
        _stays_kept(empty)
        upgrade(empty)
        _stays_kept(empty)
        with empty.connect() as connection:
            assert connection.scalars(withdrawn).all() == [1]
    said = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    assert [message.partition(" are")[0] for message in said] == ["1 withdrawn questions"] * 2


def _insert(connection: Connection, table: str, **values: object) -> None:
    """A row with something in every column that is not named."""
    for column in Base.metadata.tables[table].columns:
        if column.name not in values and not column.nullable:
            values[column.name] = _something(str(column.type).partition("(")[0], column)
    names = ", ".join(f'"{name}"' for name in values)
    held = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({held})"), values)  # noqa: S608  # our own names


def _something(kind: str, column: Column[object]) -> object:
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    known = {"DATETIME": "2026-01-01 00:00:00+00:00", "JSON": "{}", "INTEGER": 1, "BOOLEAN": True}
    return known.get(kind, "x")


def _stays_kept(engine: Engine) -> None:
    checks = {check["name"] for check in inspect(engine).get_check_constraints("clarification")}
    assert "ck_clarification_reply_who_and_when" in checks
    for change in ("UPDATE clarification SET question = 'z'", "DELETE FROM clarification"):
        with engine.connect() as connection, pytest.raises(IntegrityError, match="only added to"):
            connection.execute(text(change))


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, (table.name, constraint)


def test_sessions_that_run_outlive_the_upgrade(empty: Engine) -> None:
    upgrade(empty)
    command.downgrade(alembic_config(empty), "0005")
    with empty.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO "user" (id, public_id, email, name, language, is_active, created_at)'
                " VALUES (1, 'p', 'a@example.org', 'A', 'en', true, '2026-01-01 00:00:00+00:00')"
            )
        )
        for token in ("one", "two"):
            connection.execute(
                text(
                    "INSERT INTO session (token_hash, user_id, created_at, seen_at, expires_at)"
                    " VALUES (:token, 1, '2026-01-01 08:00:00+00:00',"
                    " '2026-01-01 08:00:00+00:00', '2026-01-01 20:00:00+00:00')"
                ),
                {"token": token},
            )
    upgrade(empty)
    with empty.connect() as connection:
        rows = connection.execute(
            text("SELECT public_id, assurance, confirmed_at = created_at FROM session")
        ).all()
    assert len({row[0] for row in rows}) == 2
    assert {tuple(row[1:]) for row in rows} == {("password", True)}


def test_events_of_passkeys_are_kept_in_older_words_and_stay_protected(empty: Engine) -> None:
    """Going back changes rows that nothing may change; the triggers are there again afterwards."""
    upgrade(empty)
    event = (
        "INSERT INTO account_event (user_id, kind, at, facts)"
        " VALUES (1, '{}', '2026-01-01 08:00:00+00:00', '{{}}')"
    )
    with empty.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO "user" (id, public_id, email, name, language, is_active, created_at)'
                " VALUES (1, 'p', 'a@example.org', 'A', 'en', true, '2026-01-01 00:00:00+00:00')"
            )
        )
        for kind in ("role-given", "passkey-added", "passkey-removed", "passkey-copied"):
            connection.execute(text(event.format(kind)))
    kinds = text("SELECT kind FROM account_event ORDER BY id")
    older = ["role-given", "factor-set-up", "factor-removed", "codes-refused"]
    for move, revision in ((command.downgrade, "0012"), (command.upgrade, "head")):
        move(alembic_config(empty), revision)
        with empty.connect() as connection:
            assert connection.scalars(kinds).all() == older
            for change in (
                "UPDATE account_event SET kind = 'role-ended'",
                "DELETE FROM account_event",
            ):
                with pytest.raises(IntegrityError, match="history is only added to"):
                    connection.execute(text(change))
                connection.rollback()
    with empty.connect() as connection, pytest.raises(IntegrityError, match="kind_known"):
        connection.execute(text(event.format("nonsense")))


def test_tables_of_a_newer_version_are_left_alone(empty: Engine) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "9999, which is newer than this version" in str(schema_problem(empty))
    with pytest.raises(BadSettings, match="newer than this version"):
        upgrade(empty)
