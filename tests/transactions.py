"""Transactions that tests work in: whatever is written or committed inside is taken back."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from tracker.models.engine import write_intent
from tracker.models.readers import EVERYTHING, tell

# On PostgreSQL tests may do what the site may do; the owner's role makes the tables.
SITE_ROLE = "tracker_site"


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Connection]:
    """A connection whose outer transaction is rolled back at the end."""
    with write_intent(), engine.connect() as connection:
        outer = connection.begin()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL ROLE {SITE_ROLE}")
            tell(connection, EVERYTHING)
        yield connection
        outer.rollback()


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """What is written inside is taken back; what stood before stays."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def session_in(connection: Connection) -> Session:
    """A session that may commit inside the connection's transaction."""
    return Session(connection, join_transaction_mode="create_savepoint")
