"""The database at the command line: one transaction a command."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from tracker.domain.uploads import FREE_NEEDED
from tracker.models import Base, Installation, grants, kept, schema
from tracker.models.engine import (
    configure,
    may_only_be_read,
    said_by_database,
    sqlite_file,
    unwritable,
    write_intent,
)
from tracker.models.readers import reads_everything
from tracker.models.schema import migrations_config, newer_problem, revisions
from tracker.settings import BadSettings, Settings

UNUSABLE = (ArgumentError, ImportError, TypeError, ValueError)  # of an address, before it is tried
OWNER_NEEDED = (
    "The database refuses: this role may not make or change tables. Name the owner of the tables "
    "in TRACKER_MIGRATION_DATABASE_URL for this command."
)
SETTING_UP = 7_031_642  # an advisory lock of PostgreSQL, any number of our own
_HELD_BY_NOTHING = text(
    "SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
)
_WITHOUT_RIGHTS = text(
    "SELECT DISTINCT relname FROM pg_class"
    " JOIN unnest(CAST(:names AS text[]), CAST(:rights AS text[])) AS needed (name, given)"
    " ON relname = name WHERE relkind = 'r'"
    " AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
    " AND NOT has_table_privilege(pg_class.oid, given) ORDER BY relname"
)
_MAY_MAKE_TABLES = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
_DOORS = text(
    "SELECT polname || ' on ' || relname FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid"
    " WHERE polname NOT IN (relname || '_all', relname || '_read', relname || '_add',"
    " relname || '_change', relname || '_remove') ORDER BY 1"
)
_WITHOUT_WALL = text(
    "SELECT DISTINCT relname FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid"
    " WHERE NOT (relrowsecurity AND relforcerowsecurity) ORDER BY relname"
)


def connect(settings: Settings, *, as_owner: bool = False, making: bool = False) -> Engine:
    """An engine for the database of the settings; ``BadSettings`` where it cannot be reached.

    ``as_owner`` takes the role that owns the tables, where the settings name one; ``making`` makes
    a file of SQLite that is not there yet.
    """
    if settings.database_url.startswith("sqlite"):
        file = sqlite_file(settings.database_url)
        if file and not making and _is_missing(file):
            raise BadSettings([f"There is no database {file}; run: tracker init."])
        _make_folder(settings.instance_path)
        _make_private(file)
    name, url = "TRACKER_DATABASE_URL", settings.database_url
    if as_owner and settings.migration_database_url:
        name, url = "TRACKER_MIGRATION_DATABASE_URL", settings.migration_database_url
    try:
        engine = create_engine(url, hide_parameters=True)
        configure(engine)
        reads_everything(engine)
        with engine.connect():
            return engine
    except (*UNUSABLE, DBAPIError) as error:  # no such host, option or driver; no password
        raise BadSettings([f"{name} cannot be used: {said_by_database(error)}."]) from None


def _is_missing(file: Path) -> bool:
    """Whether there is none; one that this account may not reach is SQLite's to tell."""
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        sentence = f"TRACKER_INSTANCE_PATH cannot be made: {error.strerror}: {path}."
        raise BadSettings([sentence]) from None


def _make_private(file: Path | None) -> None:
    """Drafts stand in it: where there is no file yet, one is made that its owner alone reads."""
    if file:
        with suppress(OSError):  # it is there, or SQLite says what is the matter
            os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))


def full_disk(settings: Settings) -> str | None:
    """One sentence if little room is left in the instance folder."""
    folder = settings.instance_path
    if not folder.exists() or shutil.disk_usage(folder).free >= FREE_NEEDED:
        return None
    return f"The disk of {settings.instance_path} is almost full: make room, or nothing is saved."


def unusable_files(settings: Settings) -> Iterator[str]:
    """A sentence for each file or folder that this account cannot use as it must."""
    found = dict.fromkeys(unwritable(settings.database_url))
    folder = settings.instance_path
    if os.path.exists(folder) and not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
        found = {folder: None, **found}
    for path in found:
        yield f"{path} cannot be written by this account, so nothing would be saved."


def may_make_tables(connection: Connection) -> bool:
    """Whether this role may, on PostgreSQL; there is none on SQLite."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.scalar(_MAY_MAKE_TABLES))


def grant(session: Session, settings: Settings) -> None:
    """Give the site's role what it needs; nothing where it owns the tables itself.

    ``BadSettings`` where there is no such role, or one that no right could hold back.
    """
    if not settings.migration_database_url:
        return
    role = make_url(settings.database_url).username or ""
    row = session.execute(
        text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role"), {"role": role}
    ).one_or_none()
    if row is None:
        raise BadSettings([f"There is no role {role}; make it with: CREATE ROLE {role} LOGIN …"])
    if row[0]:
        raise BadSettings([f"The role {role} is a superuser, whom nothing holds back."])
    quoted = session.get_bind().dialect.identifier_preparer.quote(role)
    for statement in grants.statements(quoted):
        session.execute(text(statement))


def alembic_config(engine: Engine) -> Config:
    """Migration settings with the engine to work on."""
    config = migrations_config()
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest revision; ``BadSettings`` if they are of a later version."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current and current not in revisions().known:
        raise BadSettings([newer_problem(current)])
    with write_intent():
        command.upgrade(alembic_config(engine), "head")


@contextmanager
def one_at_a_time(engine: Engine) -> Iterator[None]:
    """Of two that set a database of PostgreSQL up at once, one waits for the other."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({SETTING_UP})"))
        try:
            yield
        finally:
            connection.execute(text(f"SELECT pg_advisory_unlock({SETTING_UP})"))


def schema_problem(engine: Engine) -> str | None:
    """One sentence if the tables are not those of this version."""
    with engine.connect() as connection:
        return schema.schema_problem(connection)


def kind_problem(engine: Engine, settings: Settings) -> str | None:
    """One sentence if demonstration data and real reports are about to meet."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(Installation.__tablename__):
            return None
        holds = connection.scalar(select(Installation.demonstration))
    if holds is None or holds == settings.demonstration:
        return None
    return (
        f"The database holds {'demonstration data' if holds else 'real reports'}, and TRACKER_ENV "
        f"is {settings.environment}: nothing is done with it. Name another database."
    )


def expect_ready(engine: Engine, settings: Settings) -> None:
    """``BadSettings`` where its tables or its data are not those of this site."""
    problem = schema_problem(engine) or kind_problem(engine, settings)
    if problem:
        raise BadSettings([problem])


def rights_problem(engine: Engine) -> str | None:
    """One sentence if this role may not do in a table what a site does there.

    Rights to single columns are not looked at.
    """
    if engine.dialect.name != "postgresql":
        return None
    needed = [
        (name, right)
        for name in Base.metadata.tables
        for right in grants.rights(name)
        if "(" not in right
    ]
    asked = {"names": [name for name, _ in needed], "rights": [right for _, right in needed]}
    with engine.connect() as connection:
        closed = connection.scalars(_WITHOUT_RIGHTS, asked).all()
    if not closed:
        return None
    named = ", ".join(closed)
    return f"This role has no rights to: {named}; run: tracker init, with the owner of the tables."


def read_only_problem(engine: Engine) -> str | None:
    """One sentence if the server of the database takes no writes."""
    with engine.connect() as connection:
        if may_only_be_read(connection):
            return "The database may only be read, so nothing would be saved."
    return None


def kept_problem(engine: Engine) -> str | None:
    """One sentence if the database would let history be changed."""
    with engine.connect() as connection:
        return kept.missing_sentence(connection)


def wall_problem(engine: Engine) -> str | None:
    """One sentence if nothing in the database keeps the rows of a State from others.

    PostgreSQL alone has such a wall; the tracker's own rules hold without it.
    """
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        role = connection.scalar(_HELD_BY_NOTHING)
        tables = connection.scalars(_WITHOUT_WALL).all()
        doors = connection.scalars(_DOORS).all()
    if role:
        return (
            f"WARNING: row-level security does not hold the role {role}, a superuser or one with "
            "BYPASSRLS. Let the site work in another role."
        )
    if tables:
        named = ", ".join(tables)
        return f"WARNING: row-level security is switched off for: {named}."
    if doors:
        named = ", ".join(doors)
        return f"WARNING: policies that the tracker did not make open row-level security: {named}."
    return None


@contextmanager
def transaction(settings: Settings) -> Iterator[Session]:
    """One write transaction: committed at the end, rolled back on any error."""
    engine = connect(settings)
    try:
        expect_ready(engine, settings)
        with write_intent(), Session(engine) as session, session.begin():
            yield session
    finally:
        engine.dispose()


@contextmanager
def reading(settings: Settings) -> Iterator[Session]:
    """One read transaction."""
    engine = connect(settings)
    try:
        expect_ready(engine, settings)
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()
