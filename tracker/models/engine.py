"""How connections behave: durability and locking of SQLite, and the write intent."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 10_000
# What SQLite says of a file that is locked, full, read-only, unreadable or gone. It uses the same
# class of error for a table that it does not know, which is a fault of ours.
UNUSABLE = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    )
)
READ_ONLY = "25006"  # a transaction of PostgreSQL that may not write
WAL_SAFE_FROM = (3, 51, 3)
_write_intent: ContextVar[bool] = ContextVar("write_intent", default=False)


@contextmanager
def write_intent() -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at once, so that they never fail late."""
    token = _write_intent.set(True)
    try:
        yield
    finally:
        _write_intent.reset(token)


def journal_mode(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """``WAL`` where it is safe: 3.7.0 to 3.51.2 can corrupt a file, so those keep ``DELETE``.

    Source: https://www.sqlite.org/wal.html#walresetbug
    """
    return "WAL" if version >= WAL_SAFE_FROM else "DELETE"


def configure(engine: Engine) -> None:
    """Prepare an engine; only SQLite needs it."""
    if engine.dialect.name != "sqlite":
        return
    writers = _Writers()
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", writers.begin)
    event.listen(engine, "checkin", writers.leave)


def _prepare_connection(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        f"journal_mode = {journal_mode()}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "mmap_size = 0",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _Writers:
    """One after the other in this process: who waits goes on when the one before has ended.

    SQLite alone lets those who wait look again after a while, ever longer, so that in a rush
    whoever has just come goes first and others wait for seconds. Other processes still do.
    """

    def __init__(self) -> None:
        self._turn = Lock()

    def begin(self, connection: Connection) -> None:
        """Begin a transaction; one that may write takes the lock of the file at once."""
        if not _write_intent.get():
            connection.exec_driver_sql("BEGIN")
            return
        info = connection.connection.info
        # Who gets no turn in that time asks SQLite, which then says what is the matter.
        if self not in info and self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            info[self] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def leave(self, connection: Any, record: ConnectionPoolEntry) -> None:
        """What was begun has ended, well or not."""
        if record.info.pop(self, False):
            self._turn.release()


def is_unusable(error: DBAPIError) -> bool:
    """Whether the database cannot be used just now, be it locked, full, read-only or gone."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode & 0xFF in UNUSABLE
    return isinstance(error, OperationalError) or getattr(error.orig, "sqlstate", "") == READ_ONLY
