"""Writers of one process queue up; SQLite itself would have them look again after a while."""

import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from tracker.models.engine import BUSY_TIMEOUT_MS, _Writers, configure, write_intent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "writers.sqlite3"


@pytest.fixture
def impatient(file: Path) -> Iterator[Engine]:
    """An engine with one table; SQLite itself waits for nobody."""
    engine = create_engine(f"sqlite:///{file}")
    configure(engine)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 0"))
    with write_intent(), engine.begin() as connection:
        connection.execute(text("CREATE TABLE told (word TEXT PRIMARY KEY)"))
    yield engine
    engine.dispose()


def write(engine: Engine, word: str) -> None:
    with write_intent(), engine.begin() as connection:
        connection.execute(text("INSERT INTO told VALUES (:word)"), {"word": word})


def words(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT word FROM told ORDER BY rowid")))


def test_who_comes_later_waits_for_those_before(impatient: Engine) -> None:
    with ThreadPoolExecutor() as pool:
        with write_intent(), impatient.begin() as connection:
            connection.execute(text("INSERT INTO told VALUES ('first')"))
            later = []
            for word in ("fifth", "fourth", "third", "second"):
                later.append(pool.submit(write, impatient, word))
                assert not wait(later, timeout=0.2).done
        for each in later:
            each.result()
    assert words(impatient) == ["first", "fifth", "fourth", "third", "second"]


def test_readers_wait_for_no_turn(impatient: Engine) -> None:
    with write_intent(), impatient.begin() as connection:
        connection.execute(text("INSERT INTO told VALUES ('first')"))
        with ThreadPoolExecutor() as pool:
            assert pool.submit(words, impatient).result(timeout=5) == []


def test_a_turn_ends_with_a_failure(impatient: Engine, file: Path) -> None:
    begun = time.monotonic()
    write(impatient, "first")
    with pytest.raises(IntegrityError):
        write(impatient, "first")
    with closing(sqlite3.connect(file, isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError):
            write(impatient, "second")
    write(impatient, "third")
    assert words(impatient) == ["first", "third"]
    assert time.monotonic() - begun < BUSY_TIMEOUT_MS / 1000  # nobody waited in vain


def test_one_connection_may_write_twice(impatient: Engine) -> None:
    begun = time.monotonic()
    with write_intent(), impatient.connect() as connection:
        for word in ("first", "second"):
            connection.execute(text("INSERT INTO told VALUES (:word)"), {"word": word})
            connection.commit()
    assert words(impatient) == ["first", "second"]
    assert time.monotonic() - begun < BUSY_TIMEOUT_MS / 1000


def test_a_turn_given_back_while_another_writer_queues_up_is_not_lost() -> None:
    """The garbage collector gives a connection back at any line."""
    writers = _Writers()
    record: Any = SimpleNamespace(info={writers: True})
    assert writers._has_turn(0)

    class Collecting(deque[Any]):
        def append(self, waiting: Any) -> None:
            super().append(waiting)
            writers.leave(None, record)

    writers._waiting = Collecting()
    assert writers._has_turn(0)
    assert not writers._waiting


def test_a_link_that_leads_to_another_file_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "current.sqlite3"
    for name in ("one", "two"):
        with closing(sqlite3.connect(tmp_path / name)) as connection, connection:
            connection.execute("CREATE TABLE told (word TEXT PRIMARY KEY)")
            connection.execute("INSERT INTO told VALUES (?)", (name,))
    link.symlink_to(tmp_path / "one")
    engine = create_engine(f"sqlite:///{link}")
    configure(engine)
    assert words(engine) == ["one"]
    link.unlink()
    link.symlink_to(tmp_path / "two")
    assert words(engine) == ["two"]
    engine.dispose()


def test_a_file_that_was_replaced_is_opened_anew(impatient: Engine, file: Path) -> None:
    """As by a restore: a connection that was kept would still read what is no longer there."""
    write(impatient, "old")
    assert words(impatient) == ["old"]
    other = file.with_name("other.sqlite3")
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE told (word TEXT PRIMARY KEY)")
        connection.execute("INSERT INTO told VALUES ('new')")
    other.replace(file)
    assert words(impatient) == ["new"]
    write(impatient, "newer")
    assert words(impatient) == ["new", "newer"]
