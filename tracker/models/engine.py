"""How connections behave: durability and locking of SQLite, and the write intent."""

import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from threading import Lock, RLock
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
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
BESIDE = ("-journal", "-wal", "-shm")  # files of SQLite beside that of the database
READ_ONLY = "25006"  # a transaction of PostgreSQL that may not write
WAL_SAFE_FROM = (3, 51, 3)
_TAKES_NO_WRITES = text(
    "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'"
)
_OPENED = "file opened"
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
    if file := sqlite_file(engine.url.render_as_string(hide_password=False)):
        _keep_while_the_same(engine, file)
    event.listen(engine, "begin", writers.begin)
    event.listen(engine, "checkin", writers.leave)


def _keep_while_the_same(engine: Engine, file: Path) -> None:
    """Connect anew after the file was replaced: one kept open would still be read."""

    @event.listens_for(engine, "connect")
    def note(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info[_OPENED] = _identity(file)

    @event.listens_for(engine, "checkout")
    def compare(connection: Any, record: ConnectionPoolEntry, proxy: Any) -> None:
        if _identity(file) != record.info.get(_OPENED):
            raise DisconnectionError(f"{file} was replaced")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands there, if any."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare_connection(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        f"journal_mode = {journal_mode()}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "mmap_size = 0",
        "secure_delete = ON",  # by default, some builds leave what was struck out in the file
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _Writers:
    """One after the other in this process, in the order in which they came.

    SQLite alone lets those who wait look again after a while, ever longer, so that in a rush
    whoever has just come goes first and others wait for seconds. Other processes still do. A turn
    ends when the connection is given back, which sessions and ``engine.begin`` do at the end of
    their transaction.
    """

    def __init__(self) -> None:
        # The garbage collector may give a connection back at any line of ours: the guard can be
        # entered again, and turns are bare locks, in which no line of Python runs.
        self._guard = RLock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def begin(self, connection: Connection) -> None:
        """Begin a transaction; one that may write takes the lock of the file at once."""
        if not _write_intent.get():
            connection.exec_driver_sql("BEGIN")
            return
        info = connection.connection.info
        # Who gets no turn in that time asks SQLite, which waits as long and tells what is wrong.
        if self not in info and self._has_turn(BUSY_TIMEOUT_MS / 1000):
            info[self] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def leave(self, connection: Any, record: ConnectionPoolEntry) -> None:
        """What was begun has ended, well or not."""
        if not record.info.pop(self, False):
            return
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _has_turn(self, within: float) -> bool:
        turn = Lock()
        turn.acquire()
        with self._guard:
            self._waiting.append(turn)  # before it looks: the turn may be given back in between
            if not self._taken:
                self._taken = True
                self._waiting.remove(turn)
                return True
        if turn.acquire(timeout=within):
            return True
        with self._guard:
            try:
                self._waiting.remove(turn)
            except ValueError:  # it was given at the last moment
                return True
            return False


def said_by_database(error: BaseException) -> str:
    """The first line of what the database itself said."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def may_only_be_read(connection: Connection) -> bool:
    """Whether a server of PostgreSQL takes no writes, as one that follows another."""
    return connection.dialect.name == "postgresql" and bool(connection.scalar(_TAKES_NO_WRITES))


def sqlite_file(url: str) -> Path | None:
    """Where a SQLite database is kept; ``None`` in memory, by a URI, or for another engine."""
    parsed = make_url(url)
    name = parsed.database or ":memory:"
    if parsed.get_backend_name() != "sqlite" or name.startswith(("file:", ":")):
        return None
    return Path(name)


def files_beside(file: Path) -> list[Path]:
    """Those that SQLite makes beside a database, whether they are there or not."""
    return [file.with_name(file.name + end) for end in BESIDE]


def unwritable(url: str) -> list[Path]:
    """What of a SQLite database this account cannot write as it must, its folder included."""
    file = sqlite_file(url)
    if file is None:
        return []
    needed = {file.parent: os.W_OK | os.X_OK}
    needed |= dict.fromkeys((file, *files_beside(file)), os.R_OK | os.W_OK)
    return [
        path
        for path, access in needed.items()
        if os.path.exists(path) and not os.access(path, access, effective_ids=True)
    ]


def is_unusable(error: DBAPIError) -> bool:
    """Whether the database cannot be used just now, be it locked, full, read-only or gone."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode & 0xFF in UNUSABLE
    return isinstance(error, OperationalError) or getattr(error.orig, "sqlstate", "") == READ_ONLY
