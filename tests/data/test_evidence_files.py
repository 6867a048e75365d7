"""Attached files on disk: written before their row, carried by backups, checked by verify."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from tests.data.test_backup import Place, new_place
from tests.evidence import attach, described, pdf
from tests.national_reports import Reporting, report_at
from tracker.cli.database import connect
from tracker.delivery.evidence_files import (
    INCOMING,
    LEFT_BEHIND,
    EvidenceFolder,
    FileLost,
)
from tracker.delivery.instance_files import kept_files, unknown_names
from tracker.domain.errors import Invalid
from tracker.domain.evidence import LARGEST_EVIDENCE
from tracker.domain.workflow import ReportStatus
from tracker.models import Evidence
from tracker.models.engine import write_intent
from tracker.settings import load_settings

__all__ = ["new_place"]  # a fixture


def kept(folder: EvidenceFolder, data: bytes) -> Path:
    with folder.receive(data) as received:
        received.keep()
    return received.place


def test_a_path_is_made_of_the_checksum_alone(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    digest = sha256(pdf()).hexdigest()
    assert kept(folder, pdf()) == tmp_path / "evidence" / digest[:2] / digest
    assert folder.read(described(pdf())) == pdf()
    for odd in ("../../etc/passwd", digest.upper(), digest[:-1], f"{digest}\n", ""):
        with pytest.raises(ValueError, match="SHA-256"):
            folder.path(odd)
    modes = {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")}
    assert modes == {0}  # nobody else reads it


def test_what_is_refused_or_not_kept_leaves_nothing(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    for data in (b"MZ", bytes(LARGEST_EVIDENCE + 1)):
        with pytest.raises(Invalid), folder.receive(data):
            pass
    with pytest.raises(RuntimeError), folder.receive(pdf()):
        raise RuntimeError("refused later")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_same_file_again_mends_what_was_altered(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    place = kept(folder, pdf())
    place.write_bytes(b"forged")
    assert folder.problem(described(pdf()).sha256, len(pdf())) == "its file was altered"
    with pytest.raises(FileLost):
        folder.read(described(pdf()))
    kept(folder, pdf())
    assert folder.problem(described(pdf()).sha256, len(pdf())) == ""
    place.unlink()
    place.symlink_to(__file__)
    assert folder.problem(described(pdf()).sha256, len(pdf())) == "its file is missing"


def test_files_of_the_demonstration_stand_apart_and_in_no_backup(tmp_path: Path) -> None:
    kept(EvidenceFolder(tmp_path, demonstration=True), pdf("invented"))
    assert kept_files(tmp_path, with_secrets=True) == [] and unknown_names(tmp_path) == []
    kept(EvidenceFolder(tmp_path), pdf("true"))
    assert len(kept_files(tmp_path, with_secrets=True)) == 1


def test_what_a_killed_process_was_receiving_goes_after_a_day(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    kept(folder, pdf())
    incoming = tmp_path / "evidence" / INCOMING
    old, young = incoming / "old", incoming / "young"
    for path in (old, young):
        path.write_bytes(b"half")
    past = time.time() - LEFT_BEHIND - 60
    os.utime(old, (past, past))
    kept(folder, pdf("other"))
    assert list(incoming.iterdir()) == [young]


def test_everything_is_on_disk_before_keep_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that survives a power cut: bytes, name, the folders above it."""
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted(descriptor: int) -> None:
        done.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    def named(path: Path, target: Path) -> Path:
        done.append("named")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "replace", named)
    place = kept(EvidenceFolder(tmp_path), pdf())
    written, *rest = done
    assert Path(written).parent.name == INCOMING
    assert rest == ["named", *(str(folder) for folder in list(place.parents)[:3])]
    assert place.parents[2] == tmp_path


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy.orm import Session
from sqlalchemy import select
from tests.evidence import attach, pdf
from tests.national_reports import Reporting, TickingClock
from tracker.cli.database import connect
from tracker.delivery.evidence_files import EvidenceFolder
from tracker.models import NationalReport, User
from tracker.models.engine import write_intent
from tracker.queries.accounts import actor_of
from tracker.settings import load_settings

settings, when = load_settings(), sys.argv[1]
with write_intent(), Session(connect(settings)) as session:
    report = session.scalars(select(NationalReport)).one()
    people = session.scalars(select(User).order_by(User.id)).all()
    actors = [actor_of(session, person) for person in people]
    work = Reporting(session, report, *actors[:3], TickingClock())
    with EvidenceFolder(settings.instance_path).receive(pdf("killed")) as received:
        def keep():
            if when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            received.keep()
        attach(work, pdf("killed"), title="Killed", keep=keep)
        if when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        session.commit()
"""


@pytest.fixture(scope="module")
def place(new_place: Callable[[str], Place]) -> Place:
    """A site with one report whose answer holds one file."""
    place = new_place("evidence")
    assert place.run("init").returncode == 0
    engine = connect(load_settings(place.environment))
    with write_intent(), Session(engine) as session:
        work, _ = report_at(session, ReportStatus.DRAFT)
        _attach(work, place, "first")
        session.commit()
    engine.dispose()
    return place


def _attach(work: Reporting, place: Place, words: str) -> None:
    with EvidenceFolder(place.folder).receive(pdf(words)) as received:
        attach(work, pdf(words), title=words, keep=received.keep)


def rows_of(place: Place) -> int:
    engine = create_engine(place.url)
    with engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(Evidence)).scalar_one()
    engine.dispose()
    return found


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_process_leaves_no_row_without_its_file(place: Place, when: str) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", KILLED, when],
        env=place.environment | {"PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert rows_of(place) == 1
    there = EvidenceFolder(place.folder).path(sha256(pdf("killed")).hexdigest()).exists()
    assert there == (when == "after")
    verified = place.run("verify")
    assert verified.returncode == 0, verified.stderr


def test_a_backup_carries_the_files_and_verify_checks_each(
    place: Place, new_place: Callable[[str], Place], tmp_path: Path
) -> None:
    folder = EvidenceFolder(place.folder)
    digest = sha256(pdf("first")).hexdigest()
    (place.folder / "evidence" / INCOMING / "half").write_bytes(b"%PDF-1.7 half")
    made = place.run("backup", tmp_path / "site.backup")
    assert made.returncode == 0 and "attached" not in made.stderr, made.stderr
    names = zipfile.ZipFile(tmp_path / "site.backup").namelist()
    assert f"instance/evidence/{digest[:2]}/{digest}" in names
    assert not [name for name in names if INCOMING in name]
    copy = new_place("evidence_copy")
    restored = copy.run("restore", tmp_path / "site.backup")
    assert restored.returncode == 0, restored.stderr
    assert "1 attached files are there, each as its checksum says." in restored.stdout
    assert EvidenceFolder(copy.folder).read(described(pdf("first"))) == pdf("first")

    whose = f"GHA, cycle bms7: files/{_file_id(place)}, version 1 ({folder.name(digest)})"
    for forged, problem in (
        (b"%PDF-1.7 forged", "its file was altered"),
        (None, "its file is missing"),
    ):
        if forged:
            folder.path(digest).write_bytes(forged)
        else:
            folder.path(digest).unlink()
        verified = place.run("verify")
        assert verified.returncode == 1
        assert verified.stderr == f"{whose}: {problem}.\n"
        told = place.run("backup", tmp_path / f"{problem[-7:]}.backup")
        assert told.returncode == 0
        assert f"Not in it as it was attached: {whose}: {problem}." in told.stderr
    # what was restored from such a backup says so, too
    poor = new_place("evidence_poor")
    restored = poor.run("restore", tmp_path / "missing.backup")
    assert restored.returncode == 1 and f"{whose}: its file is missing." in restored.stderr


def _file_id(place: Place) -> str:
    engine = create_engine(place.url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT file_id FROM evidence")).scalar_one()
    engine.dispose()
    return str(found)
