"""Workers as an operator runs them: real processes, which are killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from tests.browser.site import RunningSite
from tests.exports import ask_for_export
from tests.submitted import make_cycle, make_submission
from tracker.domain.exports import ExportOptions
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import PUBLIC
from tracker.models import State

CYCLE = "bms7-2026"
OPTIONS = ExportOptions((CYCLE,), Audience.PUBLIC, "en")
STATES = 40


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> RunningSite:
    """A database with forty published reports; nothing is served yet."""
    site = RunningSite(tmp_path_factory.mktemp("instance"))
    site.tracker("init")
    with site.writing() as session:
        cycle = make_cycle(session, CYCLE)
        answers = {
            paragraph: ResponseContent(progress=Progress.IMPLEMENTED, narrative="Done. " * 40)
            for paragraph in range(25, 45)
        }
        for iso3 in session.scalars(select(State.iso3).order_by(State.iso3).limit(STATES)).all():
            make_submission(session, cycle, iso3, answers)
    return site


@pytest.fixture
def asked(site: RunningSite) -> str:
    """An export in the queue; its public id."""
    site.alter("DELETE FROM export")
    with site.writing() as session:
        return ask_for_export(session, PUBLIC, OPTIONS, token="browser").public_id


def status(site: RunningSite, public_id: str) -> str:
    return str(site.rows("SELECT status FROM export WHERE public_id = ?", public_id)[0][0])


def until(true: Callable[[], object], within: float = 30.0) -> None:
    """Wait for something that must come."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def workers_of(parent: int) -> list[int]:
    """The worker processes that a server has started."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rows = [line.split(None, 3) for line in listed.splitlines()]
    return [
        int(pid)
        for pid, _, stat, command in (row for row in rows if len(row) == 4)
        if f"tracker work --parent {parent}" in command and not stat.startswith("Z")
    ]


def file_of(site: RunningSite, public_id: str) -> Path:
    return site.folder / "exports" / f"{public_id}.xlsx"


def test_what_waits_is_made_once(site: RunningSite, asked: str) -> None:
    site.tracker("work", "--once")
    assert status(site, asked) == "done"
    sheet = CalamineWorkbook.from_path(file_of(site, asked)).get_sheet_by_name("Responses")
    assert len({row[0] for row in sheet.to_python()} & set(_iso3(site))) == STATES
    made = file_of(site, asked).stat()
    site.tracker("work", "--once")
    assert file_of(site, asked).stat() == made


def _iso3(site: RunningSite) -> list[str]:
    return [row[0] for row in site.rows("SELECT iso3 FROM state ORDER BY iso3 LIMIT ?", STATES)]


def test_a_killed_worker_is_followed_by_another(site: RunningSite, asked: str) -> None:
    worker = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "tracker", "work"],
        env=site.environment(),
        cwd=site.folder,
        stdout=subprocess.DEVNULL,
    )
    until(lambda: status(site, asked) == "running")
    worker.kill()
    worker.wait()
    assert status(site, asked) == "running" and not file_of(site, asked).exists()
    site.tracker("work", "--once")
    assert status(site, asked) == "done"
    assert CalamineWorkbook.from_path(file_of(site, asked)).sheet_names
    assert [p.name for p in file_of(site, asked).parent.glob(f"{asked}*")] == [f"{asked}.xlsx"]


def test_a_worker_that_is_asked_to_end_leaves_the_work_to_the_next(
    site: RunningSite, asked: str
) -> None:
    worker = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "tracker", "work"],
        env=site.environment(),
        cwd=site.folder,
        stdout=subprocess.DEVNULL,
    )
    until(lambda: status(site, asked) == "running")
    worker.terminate()
    assert worker.wait(20) == 0
    assert status(site, asked) in ("queued", "done")


@pytest.fixture
def served(site: RunningSite) -> Iterator[RunningSite]:
    site.start()
    yield site
    site.stop()


def test_the_server_has_a_worker_as_long_as_it_lives(served: RunningSite, asked: str) -> None:
    server = served.pid
    until(lambda: status(served, asked) == "done")
    first = workers_of(server)
    assert len(first) == 1
    os.kill(first[0], signal.SIGKILL)
    until(lambda: len(found := workers_of(server)) == 1 and found != first)
    (told,) = [line for line in served.log().splitlines() if "worker-died" in line]
    assert json.loads(told)["process"] == first[0]
    os.kill(server, signal.SIGTERM)
    until(lambda: not workers_of(server))


def test_a_server_that_is_killed_leaves_no_worker(served: RunningSite) -> None:
    server = served.pid
    until(lambda: workers_of(server))
    os.kill(server, signal.SIGKILL)
    until(lambda: not workers_of(server))


def test_an_instance_folder_that_cannot_be_written_is_told(
    site: RunningSite, tmp_path: Path
) -> None:
    (tmp_path / "exports").write_text("a file where the folder should be")
    environment = site.environment() | {
        "TRACKER_INSTANCE_PATH": str(tmp_path),
        "TRACKER_DATABASE_URL": f"sqlite:///{site.database}",
    }
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "tracker", "work", "--once"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("TRACKER_INSTANCE_PATH cannot be written: ")
