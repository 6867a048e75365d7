"""What the commands say of a database that is not as this site needs it, on both engines."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from tests.data.test_backup import Place
from tests.tampering import TRIGGERS
from tracker.models.kept import expected

OF_ANSWERS = "keep_submission_response"


@pytest.fixture(scope="module")
def place(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A site as ``tracker init`` leaves it."""
    folder = tmp_path_factory.mktemp("guards")
    url = f"sqlite:///{folder / 'tracker.sqlite3'}"
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")
    if server.dialect.name == "postgresql":
        with server.connect() as connection:
            connection.execute(text("CREATE DATABASE guards"))
        named = make_url(database_url).set(database="guards")
        url = named.render_as_string(hide_password=False)
    server.dispose()
    made = Place(folder, url)
    assert made.run("init").returncode == 0
    return made


@pytest.fixture
def owner(place: Place) -> Iterator[Engine]:
    """Whoever owns the tables, at the prompt of the database."""
    engine = create_engine(place.url)
    yield engine
    engine.dispose()


def triggers(owner: Engine) -> dict[str, str]:
    with owner.connect() as connection:
        rows = connection.execute(text(TRIGGERS[owner.dialect.name])).all()
    return {name: made for name, _, made in rows}


def drop(owner: Engine, names: dict[str, str]) -> None:
    on = " ON {}" if owner.dialect.name == "postgresql" else ""
    with owner.begin() as connection:
        for name, table in names.items():
            connection.execute(text(f"DROP TRIGGER {name}{on.format(table)}"))


def test_triggers_that_were_dropped_are_named_and_made_again(place: Place, owner: Engine) -> None:
    before = triggers(owner)
    assert place.run("check").returncode == 0
    names = dict(expected(owner.dialect.name))
    some = {name: table for name, table in names.items() if table == "submission_response"}
    for gone in (some, names):
        drop(owner, gone)
        for arguments, code in ((("check",), 2), (("verify",), 0)):
            done = place.run(*arguments)
            assert done.returncode == code, done.stderr
            assert all(name in done.stderr for name in gone), done.stderr
            assert ("keep_chain_entry" in done.stderr) is (gone is names)
        done = place.run("init")
        assert done.returncode == 0 and "were made again" in done.stderr, done.stderr
        assert triggers(owner) == before
        assert place.run("check").returncode == 0
    assert "made again" not in place.run("init").stderr


def test_triggers_that_were_switched_off_are_named(place: Place, owner: Engine) -> None:
    if owner.dialect.name == "sqlite":
        pytest.skip("SQLite switches none off")
    for off in ("DISABLE TRIGGER ALL", f"ENABLE REPLICA TRIGGER {OF_ANSWERS}"):
        with owner.begin() as connection:
            connection.execute(text(f"ALTER TABLE submission_response {off}"))
        done = place.run("check")
        assert done.returncode == 2 and OF_ANSWERS in done.stderr
        assert place.run("init").returncode == 0
        assert place.run("check").returncode == 0
    with owner.begin() as connection:
        connection.execute(text(f"DROP FUNCTION {OF_ANSWERS}() CASCADE"))
    done = place.run("init")
    assert done.returncode == 2 and f"{OF_ANSWERS}() was removed" in done.stderr


@pytest.fixture
def demonstration(place: Place, owner: Engine) -> Iterator[Place]:
    """The same, made into one of invented data."""
    switch = text("UPDATE installation SET demonstration = NOT demonstration")
    made = {name: made for name, made in triggers(owner).items() if "installation" in name}
    drop(owner, dict.fromkeys(made, "installation"))
    with owner.begin() as connection:
        connection.execute(switch)
    yield place
    with owner.begin() as connection:
        connection.execute(switch)
        for statement in made.values():
            connection.exec_driver_sql(statement)


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("init",),
    ("serve", "--port", "5999"),
    ("work", "--once"),
    ("check",),
    ("backup", "of_invented_data.backup"),
    ("verify",),
    ("user", "add", "new@example.org", "--role", "reviewer", "--name", "New"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_demonstration_is_no_database_of_a_real_site(
    demonstration: Place, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demonstration.folder)
    production = {
        "TRACKER_ENV": "production",
        "TRACKER_BASE_URL": "https://tracker.example.org",
        "TRACKER_SECRET_KEY": "k" * 40,
        "TRACKER_SMTP_URL": "smtp://127.0.0.1:9",
        "TRACKER_MAIL_FROM": "tracker@example.org",
    }
    done = demonstration.run(*command, **production)
    assert done.returncode == 2
    assert done.stderr == (
        "The database holds demonstration data, and TRACKER_ENV is production: nothing is done "
        "with it. Name another database.\n"
    )
    assert not (demonstration.folder / "of_invented_data.backup").exists()
