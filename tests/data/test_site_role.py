# ruff: noqa: S608  # the tables are our own
"""On PostgreSQL the site works in a role of its own, which owns nothing."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, make_url, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from tests.data.test_backup import Place
from tests.national_reports import begin_report
from tests.people import make_user, session_of
from tracker.app import create_app
from tracker.cli.database import alembic_config, connect
from tracker.cli.work import _may_pass
from tracker.domain.clock import system_clock
from tracker.domain.roles import Role
from tracker.models import Base
from tracker.models import Session as SignedIn
from tracker.models.grants import ADDED_TO, REFERENCE, REMOVED_FROM
from tracker.models.readers import EVERYTHING, tell
from tracker.settings import load_settings

SITE, OWNER = "site_of_tests", "owner_of_tests"


@dataclass
class Roles:
    """A place whose owner and site are two roles."""

    place: Place
    owner: dict[str, str]
    engine: Engine  # the site's


@pytest.fixture(scope="module")
def server(database_url: str) -> Iterator[Engine]:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has no roles")
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for name in (SITE, OWNER):
            connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    yield server
    server.dispose()


@pytest.fixture(scope="module")
def new_roles(
    server: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Roles]]:
    engines = []

    def new(name: str) -> Roles:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} OWNER {OWNER}"))
        site, owner = (
            server.url.set(username=role, database=name).render_as_string(hide_password=False)
            for role in (SITE, OWNER)
        )
        engines.append(create_engine(site))
        place = Place(tmp_path_factory.mktemp(name), site)
        return Roles(place, {"TRACKER_MIGRATION_DATABASE_URL": owner}, engines[-1])

    yield new
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="module")
def roles(new_roles: Callable[[str], Roles]) -> Roles:
    made = new_roles("roles_origin")
    done = made.place.run("init", **made.owner)
    assert done.returncode == 0, done.stderr
    return made


def refused(engine: Engine, statement: str) -> bool:
    with engine.connect() as connection:
        try:
            connection.execute(text(statement))
        except ProgrammingError as error:
            return "InsufficientPrivilege" in str(error)
        return False


def texts(engine: Engine, reader: str) -> list[str]:
    """What stands in the working copies, as far as this reader sees it."""
    with engine.connect() as connection:
        tell(connection, reader)
        return list(connection.scalars(text("SELECT narrative FROM response")))


def test_no_table_is_altered_and_no_trigger_dropped(roles: Roles) -> None:
    for table in Base.metadata.tables:
        for statement in (
            f'ALTER TABLE "{table}" DISABLE TRIGGER ALL',
            f'TRUNCATE "{table}" CASCADE',
            f'DROP TABLE "{table}" CASCADE',
        ):
            assert refused(roles.engine, statement), statement
    assert refused(roles.engine, "DROP TRIGGER keep_chain_entry ON chain_entry")
    assert refused(roles.engine, "CREATE TABLE mine (id integer)")


def test_rows_go_and_change_only_where_the_site_does_it(roles: Roles) -> None:
    for name in Base.metadata.tables:
        may_go = not refused(roles.engine, f'DELETE FROM "{name}"')
        assert may_go == (name in REMOVED_FROM), name
    for name in REFERENCE | ADDED_TO:
        column = next(c.name for c in Base.metadata.tables[name].columns if not c.primary_key)
        assert refused(roles.engine, f'UPDATE "{name}" SET {column} = {column}'), name
    assert REFERENCE | ADDED_TO | REMOVED_FROM <= Base.metadata.tables.keys()


def test_commands_work_and_a_backup_is_restored_for_both_roles(
    roles: Roles, new_roles: Callable[[str], Roles], tmp_path: Path
) -> None:
    engine = connect(load_settings(roles.place.environment))
    with Session(engine) as session:
        begin_report(session).answer(28, narrative="A law.")
        session.commit()
    engine.dispose()
    opening = ("cycle", "open", "wrong", "--document", "bms7", "--due", "2031-12-31")
    deleting = ("cycle", "delete", "wrong")
    for arguments in (("check",), opening, deleting, ("verify",), ("work", "--once")):
        done = roles.place.run(*arguments)
        assert done.returncode == 0, (arguments, done.stderr)
        assert "WARNING" not in done.stderr
    kept = tmp_path / "site.backup"
    assert roles.place.run("backup", kept).returncode == 0
    empty = new_roles("roles_restored")
    done = empty.place.run("restore", kept)
    assert done.returncode == 2 and "TRACKER_MIGRATION_DATABASE_URL" in done.stderr, done.stderr
    done = empty.place.run("restore", kept, **empty.owner)
    assert done.returncode == 0, done.stderr
    assert empty.place.run("verify").returncode == 0
    assert refused(empty.engine, "DELETE FROM chain_entry")
    assert texts(empty.engine, EVERYTHING) == ["A law."]
    assert texts(empty.engine, "") == []


def test_a_role_that_no_policy_holds_and_a_wall_taken_down_are_named(
    roles: Roles,
) -> None:
    """The owner alone is no trouble: policies hold it too."""
    owner = roles.owner["TRACKER_MIGRATION_DATABASE_URL"]
    superuser = make_url(owner).set(username="postgres").render_as_string(hide_password=False)
    says = {owner: None, superuser: "does not hold the role postgres"}
    for url, sentence in says.items():
        done = roles.place.run("check", "--format", "json", TRACKER_DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
        warnings = json.loads(done.stdout)["warnings"]
        assert len(warnings) == (sentence is not None) and (sentence or "") in "".join(warnings)
    engine = create_engine(owner)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE response NO FORCE ROW LEVEL SECURITY"))
    assert "switched off for: response" in roles.place.run("check").stderr
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE response FORCE ROW LEVEL SECURITY"))
        connection.execute(text("CREATE POLICY door ON response USING (true)"))
    assert "did not make open row-level security: door on response" in (
        roles.place.run("check").stderr
    )
    with engine.begin() as connection:
        connection.execute(text("DROP POLICY door ON response"))
    engine.dispose()


def test_a_role_that_is_not_there_or_may_do_everything_is_named(
    roles: Roles, server: Engine
) -> None:
    for role, says in (("nobody_here", "There is no role nobody_here"), ("postgres", "superuser")):
        url = make_url(roles.place.url).set(username=role).render_as_string(hide_password=False)
        done = roles.place.run("init", **roles.owner, TRACKER_DATABASE_URL=url)
        assert done.returncode == 2 and says in done.stderr, done.stderr


def test_without_the_owner_the_site_makes_no_tables(new_roles: Callable[[str], Roles]) -> None:
    done = new_roles("roles_alone").place.run("init")
    assert done.returncode == 2 and "TRACKER_MIGRATION_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_site_is_not_ready_while_its_server_may_only_be_read(
    server: Engine, new_roles: Callable[[str], Roles]
) -> None:
    """As after a change of servers, when the site still asks the one that follows."""
    roles = new_roles("roles_read")
    assert roles.place.run("init", **roles.owner).returncode == 0
    own = connect(load_settings(roles.place.environment))
    with Session(own) as session:
        cookie = session_of(session, make_user(session, Role.REVIEWER))
        session.flush()
        session.execute(update(SignedIn).values(seen_at=system_clock() - timedelta(hours=1)))
        session.commit()
    own.dispose()
    browser = create_app(load_settings(roles.place.environment)).test_client()
    assert browser.get("/readyz").json == {"status": "ok"}
    with server.connect() as connection:
        for statement in (
            "ALTER DATABASE roles_read SET default_transaction_read_only = on",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'roles_read'",
        ):
            connection.execute(text(statement))
    found = [browser.get("/readyz") for _ in range(2)]  # the first may meet a line that was cut
    assert [answer.status_code for answer in found] == [503, 503]
    assert found[-1].json == {"status": "the database may only be read"}
    checked = roles.place.run("check")
    assert checked.returncode == 2 and "may only be read" in checked.stderr
    browser.set_cookie("tracker_session", cookie, domain="localhost")
    assert browser.get("/account").status_code == 200  # and when they were here is not noted
    with roles.engine.connect() as connection, pytest.raises(DBAPIError) as refused_to_write:
        connection.execute(text("DELETE FROM session"))
    assert _may_pass(refused_to_write.value)  # so the worker waits


def test_tables_without_rights_are_told(new_roles: Callable[[str], Roles]) -> None:
    roles = new_roles("roles_without")
    assert roles.place.run("init", **roles.owner).returncode == 0
    owner = create_engine(roles.owner["TRACKER_MIGRATION_DATABASE_URL"])
    with owner.begin() as connection:
        connection.execute(text(f"REVOKE ALL ON provider_link FROM {SITE}"))
        connection.execute(text(f"REVOKE DELETE ON passkey FROM {SITE}"))
    owner.dispose()
    checked = roles.place.run("check")
    assert checked.returncode == 2 and "no rights to: passkey, provider_link;" in checked.stderr


def test_init_without_the_key_that_signs_does_all_the_rest(
    new_roles: Callable[[str], Roles],
) -> None:
    roles = new_roles("roles_unsigned")
    assert roles.place.run("init", **roles.owner).returncode == 0
    owner = create_engine(roles.owner["TRACKER_MIGRATION_DATABASE_URL"])
    command.downgrade(alembic_config(owner), "0014")
    owner.dispose()
    (roles.place.folder / "signing_key.pem").unlink()
    done = roles.place.run("init", **roles.owner)
    assert done.returncode == 2 and "nobody vouches for a new one" in done.stderr
    assert not (roles.place.folder / "signing_key.pem").exists()
    assert roles.place.run("key", "replace").returncode == 0
    checked = roles.place.run("check")
    assert checked.returncode == 0, checked.stderr


def test_two_that_set_an_empty_database_up_at_once_wait_for_each_other(
    new_roles: Callable[[str], Roles],
) -> None:
    roles = new_roles("roles_twice")
    command = [sys.executable, "-m", "tracker", "init"]
    environment = roles.place.environment | roles.owner
    both = [
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    with roles.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM signing_key")) == 1
