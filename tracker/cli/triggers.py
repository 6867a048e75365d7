"""Making triggers again that somebody removed: what refuses to change history."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from tracker.models import kept
from tracker.models.engine import write_intent
from tracker.settings import BadSettings

MADE_AGAIN = (
    "These triggers, which refuse to change history, were not there and were made again: {names}. "
    "Run: tracker verify, with copies kept elsewhere."
)


def make_again(engine: Engine, upgrade: Callable[[Engine], None]) -> None:
    """Every trigger that is missing or switched off, and say so.

    ``upgrade`` makes tables: on SQLite the statements are read from an empty database.
    ``BadSettings`` on PostgreSQL where the function of a trigger is gone, too.
    """
    with engine.connect() as connection:
        gone = kept.missing(connection)
    if not gone:
        return
    if engine.dialect.name == "sqlite":
        statements = list(_of_an_empty_database(gone, upgrade))
    else:
        with engine.connect() as connection:
            statements = list(_of_postgresql(connection, gone))
    with write_intent(), engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    click.echo(MADE_AGAIN.format(names=", ".join(gone)), err=True)


def _of_an_empty_database(
    gone: Mapping[str, str], upgrade: Callable[[Engine], None]
) -> Iterator[str]:
    made = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    with tempfile.TemporaryDirectory() as folder:
        empty = create_engine(f"sqlite:///{Path(folder) / 'empty.sqlite3'}", poolclass=NullPool)
        upgrade(empty)
        with empty.connect() as connection:
            for name in gone:
                yield str(connection.scalar(made, {"name": name}))


def _of_postgresql(connection: Connection, gone: Mapping[str, str]) -> Iterator[str]:
    """The functions stay where triggers are dropped or switched off."""
    for name, table in gone.items():
        function = f"keep_{table}"
        if connection.scalar(text("SELECT to_regproc(:name)"), {"name": function}) is None:
            raise BadSettings(
                [f"The function {function}() was removed from the database; restore a backup."]
            )
        whole = name.endswith("_whole")
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {'TRUNCATE' if whole else 'UPDATE OR DELETE'}"
            f" ON {table} FOR EACH {'STATEMENT' if whole else 'ROW'} EXECUTE FUNCTION {function}()"
        )
