"""Copies of a database in use, each by its engine's own means.

SQLite: the backup interface, in one step, then ``integrity_check``. In steps it would begin
anew at every save, and under a busy site never end. PostgreSQL: ``pg_dump``.
"""

import os
import shutil
import sqlite3
import subprocess  # pg_dump and pg_restore, without a shell
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from tracker.models.readers import EVERYTHING

BUSY_TIMEOUT = 30.0  # seconds
SQLITE_MEMBER, POSTGRES_MEMBER = "database.sqlite3", "database.pgdump"


class CopyFailed(Exception):
    """The database could not be copied or put back; the text is a sentence."""


def member_name(engine: str) -> str:
    """What the copy is called in an archive."""
    return SQLITE_MEMBER if engine == "sqlite" else POSTGRES_MEMBER


def copy_database(url: URL, target: Path) -> None:
    """Write a consistent copy into the new file ``target`` while others go on saving."""
    if url.get_backend_name() == "sqlite":
        _copy_sqlite(Path(url.database or ""), target)
    else:
        # Without the first option it refuses a role that policies hold back; the rest is in _run.
        _run("pg_dump", url, "--enable-row-security", "--format=custom", f"--file={target}")


def check_sqlite(path: Path) -> None:
    """``CopyFailed`` unless the file is a whole SQLite database."""
    try:
        with closing(sqlite3.connect(path)) as database:
            _check(database)
    except sqlite3.Error as error:
        raise CopyFailed(f"The copy of the database is broken: {error}.") from None


def restore_postgres(url: URL, dump: Path) -> None:
    """Put a dump into an empty database: all of it or nothing."""
    _run("pg_restore", url, "--exit-on-error", "--single-transaction", str(dump))


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True)) as original,
            closing(sqlite3.connect(target)) as copy,
        ):
            original.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT * 1000)}")
            copy.execute("PRAGMA synchronous = OFF")  # it is read again before it counts
            original.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            _check(copy)
    except sqlite3.Error as error:
        raise CopyFailed(f"The database could not be copied: {error}.") from None


def _check(database: sqlite3.Connection) -> None:
    found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise CopyFailed(f"The copy of the database is broken: {found}.")


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; the password stands in no list of processes."""
    path = shutil.which(program)
    if path is None:
        raise CopyFailed(
            f"{program} is not installed here; install the client programs of PostgreSQL, "
            "of the server's version or newer."
        )
    place, password = _connection_text(url)
    done = subprocess.run(  # noqa: S603  # nosec B603  # no shell; the operator's own settings
        [path, "--no-owner", "--no-privileges", f"--dbname={place}", *arguments],
        env=os.environ | _reading_everything() | ({"PGPASSWORD": password} if password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told, *more = done.stderr.strip().splitlines() or ["no reason given"]
        # The server's own details may quote a row; those of the program name its version.
        details = [line for line in more[:1] if line.startswith(f"{program}: detail:")]
        raise CopyFailed(f"{program} failed: {' '.join([told, *details])}")


def _reading_everything() -> dict[str, str]:
    """The policies of the tables let the program see every row, not the rows of nobody."""
    given = os.environ.get("PGOPTIONS", "")
    return {"PGOPTIONS": f"{given} -c tracker.reader={EVERYTHING}".strip()}


def _connection_text(url: URL) -> tuple[str, str]:
    """What libpq needs to connect, and the password apart from it."""
    from psycopg.conninfo import make_conninfo  # an extra, there where PostgreSQL is used

    given: dict[str, str | int] = url.translate_connect_args(username="user", database="dbname")
    for name, told in url.query.items():  # several hosts come as several values
        given[name] = told if isinstance(told, str) else ",".join(told)
    password = str(given.pop("password", ""))
    return make_conninfo("", **given), password
