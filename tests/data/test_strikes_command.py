"""``tracker strikes``: what was struck out, and what an older backup brings back."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.evidence import attach, described, pdf
from tests.national_reports import Reporting, report_at
from tests.signing import SIGNER, keep_key
from tracker.cli.group import cli
from tracker.cli.keys import key_file
from tracker.domain.progress import Progress
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry
from tracker.models.engine import configure, write_intent
from tracker.settings import load_settings

WORDS, SECOND = "A canary that nobody may read.", "Written after the backup."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance with no report yet."""
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_INSTANCE_PATH", str(tmp_path))
    keep_key(key_file(load_settings()), SIGNER)
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    return tmp_path


@contextmanager
def writing(folder: Path) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{folder / 'tracker.sqlite3'}")
    configure(engine)
    with write_intent(), Session(engine) as session:
        yield session
        session.commit()
    engine.dispose()


def strike_newest(work: Reporting, reason: str) -> None:
    entry = work.session.scalars(
        select(ChainEntry.id)
        .where(ChainEntry.kind == "response-saved", ChainEntry.subject == "bms7/annex/28")
        .order_by(ChainEntry.seq.desc())
    ).first()
    assert entry is not None
    work.strike_out(entry, "narrative", reason)


def listed(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["strikes", *map(str, arguments)])


def test_what_an_older_database_brings_back_is_named_and_nothing_else(folder: Path) -> None:
    database, backup, kept = (folder / n for n in ("tracker.sqlite3", "old", "kept.json"))
    with writing(folder) as session:
        work, _ = report_at(session, ReportStatus.DRAFT)
        work.answer(28, progress=Progress.IMPLEMENTED, narrative="Struck out before the backup.")
        strike_newest(work, "Before it.")
        work.answer(28, progress=Progress.IMPLEMENTED, narrative=WORDS)
        session.commit()
        with closing(sqlite3.connect(database)) as now, closing(sqlite3.connect(backup)) as then:
            now.backup(then)
        strike_newest(work, "A private\nperson is named.")
        work.answer(28, progress=Progress.IMPLEMENTED, narrative=SECOND)
        strike_newest(work, "What the backup does not hold.")

    told = listed("--format", "json")
    kept.write_text(told.stdout, "utf-8")
    rows = json.loads(told.stdout)
    assert [row["reason"].split()[0] for row in rows] == ["Before", "A", "What"]
    assert {(row["kind"], row["subject"], row["field"]) for row in rows} == {
        ("response-saved", "bms7/annex/28", "narrative")
    }
    heading, *lines = listed().stdout.splitlines()
    assert heading.split("\t") == "day state cycle kind subject field reason".split()
    assert len(lines) == 3 and lines[1].endswith("narrative\tA private person is named.")
    assert WORDS not in told.stdout and SECOND not in told.stdout
    done = listed("--kept", kept)
    assert done.exit_code == 0 and "No text that the list names stands here." in done.stderr

    shutil.copy(backup, database)
    again = listed("--kept", kept, "--format", "json")
    assert again.exit_code == 1 and json.loads(again.stdout) == rows[1:2]
    assert "stand here: 1. Strike them out again." in again.stderr


def test_a_removed_file_is_named_by_its_paragraph_and_checksum(folder: Path) -> None:
    with writing(folder) as session:
        work, _ = report_at(session, ReportStatus.DRAFT)
        work.answer(29, narrative="With a file.")
        attach(work, pdf("One"), paragraph=29)
        file = session.scalars(select(ChainEntry).where(ChainEntry.kind == "file-saved")).one()
        work.strike_out(file.id, "title", "It names a person.")
    rows = json.loads(listed("--format", "json").stdout)
    checksum = described(pdf("One")).sha256[:12]
    assert {row["subject"] for row in rows} == {f"bms7/annex/29, SHA-256 {checksum}"}


@pytest.mark.parametrize("text", ["", "{}x", '{"a": 1}', "[1]", '[{"day": "2026-01-01"}]'])
def test_a_file_that_is_no_list_is_refused(text: str, folder: Path) -> None:
    (folder / "kept.json").write_text(text, "utf-8")
    refused = listed("--kept", folder / "kept.json")
    assert refused.exit_code == 2 and "is no list of" in refused.stderr
