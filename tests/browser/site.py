"""A site as an operator runs it: ``tracker init``, ``tracker serve``, its own instance folder."""

import fcntl
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text
from sqlalchemy.orm import Session

from tracker.cli.database import transaction
from tracker.settings import load_settings

START_WITHIN = 240.0  # making the demonstration data takes a while on a busy machine
DELIVERED = "en,fr"
SITE_ROLE = "served_site"  # on PostgreSQL
LEFT = "left-by-a-kill.json"  # names of the files that stood when making it was cut off
LANGUAGES = f"{DELIVERED},ar"  # ar stands for any right-to-left language


class RunningSite:
    """One server process with one database. Every process it ends is one that it started."""

    def __init__(
        self,
        folder: Path,
        *,
        demonstration: bool = False,
        languages: str = LANGUAGES,
        host: str = "127.0.0.1",
    ) -> None:
        self.folder = folder
        self.demonstration = demonstration
        self.languages = languages
        self.more: dict[str, str] = {}  # settings of one test
        self.workers = 1
        self.port = _free_port()
        self.url = f"http://{host}:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def on_postgres(self, owner: URL) -> None:
        """Work on this database as it is advised: in a role of its own, which owns nothing."""
        server = create_engine(owner, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            known = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
            if connection.scalar(known, {"name": SITE_ROLE}) is None:
                connection.execute(text(f"CREATE ROLE {SITE_ROLE} LOGIN"))
        server.dispose()
        for name, url in (("MIGRATION_", owner), ("", owner.set(username=SITE_ROLE))):
            shown = url.render_as_string(hide_password=False)
            self.more[f"TRACKER_{name}DATABASE_URL"] = shown
        self.workers = 2

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / ("demo.sqlite3" if self.demonstration else "tracker.sqlite3")

    @property
    def pid(self) -> int:
        """The server's own process."""
        assert self._process is not None
        return self._process.pid

    @property
    def serving(self) -> list[int]:
        """The processes of the server that answer; the other one is ``tracker work``."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
        return [pid for pid, command in commands.items() if b"work" not in command.split(b"\0")]

    def environment(self) -> dict[str, str]:
        """Of every command: nothing of the caller's own settings."""
        kept = {name: value for name, value in os.environ.items() if name[:8] != "TRACKER_"}
        return kept | {
            "TRACKER_ENV": "demonstration" if self.demonstration else "development",
            "TRACKER_INSTANCE_PATH": str(self.folder),
            "TRACKER_BASE_URL": self.url,
            "TRACKER_LANGUAGES": self.languages,
            **self.more,
        }

    def tracker(self, *arguments: str, typed: str = "") -> str:
        """Run a command; its standard output. Fails where the command does."""
        done = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-m", "tracker", *arguments],
            env=self.environment(),
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def start(self) -> None:
        """Serve, and wait until the site answers."""
        self.begin()
        self._wait_until_ready()

    def begin(self) -> None:
        """Start the server."""
        command = [sys.executable, "-m", "tracker", "serve", "--port", str(self.port)]
        command += ["--workers", str(self.workers)]
        if self.demonstration:
            command.append("--demo")
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                command,
                env=self.environment(),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.log()
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310
                    assert answer.status == 200
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(f"the site did not start:\n{self.log()}")

    def log(self) -> str:
        """What the server wrote."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> None:
        """End the server and its workers; with ``SIGKILL`` as a power cut would."""
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, sent)
        self._process.wait(timeout=20)
        self._process = None

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in the file, read apart from the server."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction of the services, as a command would open it."""
        with transaction(load_settings(self.environment())) as session:
            yield session

    def alter(self, sql: str, *values: Any) -> None:
        """Change a row behind the server's back: time that passes, a session that ends."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection, connection:
            connection.execute(sql, values)


def made_once(folder: Path, *, demonstration: bool = False) -> Path:
    """The files of a site, made by whichever worker asks first; the others wait for them.

    Nobody works in this folder: ``running`` copies it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    complete = folder / "complete"
    with (folder / "one-at-a-time").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not complete.exists():
            site = RunningSite(folder, demonstration=demonstration)
            if demonstration:
                _make_demonstration(site)
            else:
                site.tracker("init")
            complete.touch()
    return folder


def _make_demonstration(site: RunningSite) -> None:
    """Begun and killed, then set up by ``tracker init``, then made by serving it."""
    draft = site.database.with_suffix(".making")
    try:
        site.begin()
        deadline = time.monotonic() + START_WITHIN
        while not (draft.exists() and draft.stat().st_size):
            assert time.monotonic() < deadline, site.log()
            time.sleep(0.01)
        site.stop(signal.SIGKILL)
        left = [path.name for path in site.folder.iterdir()]
        (site.folder / LEFT).write_text(json.dumps(left), encoding="utf-8")
        site.tracker("init")
        site.start()
    finally:
        site.stop()


@contextmanager
def running(
    folder: Path,
    made: Path,
    *,
    demonstration: bool = False,
    languages: str = LANGUAGES,
    host: str = "127.0.0.1",
    more: Mapping[str, str] | None = None,
) -> Iterator[RunningSite]:
    """A copy of a site that was made, served under the name ``host`` until the block ends.

    ``more``: settings of its own.
    """
    shutil.copytree(made, folder, dirs_exist_ok=True)
    site = RunningSite(folder, demonstration=demonstration, languages=languages, host=host)
    site.more.update(more or {})
    try:
        site.start()
        yield site
    finally:
        site.stop()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
