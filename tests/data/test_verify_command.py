"""``tracker verify`` with copies that were kept elsewhere: exit status, sentences, JSON."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.national_reports import report_at
from tests.signing import SIGNER, keep_key
from tests.tampering import without_triggers, write_anew
from tracker.cli.group import cli
from tracker.cli.keys import key_file
from tracker.delivery.signing import new_signer
from tracker.domain.signed import RECEIPT_TAG, key_id, signed
from tracker.domain.workflow import ReportStatus
from tracker.models import NationalReport, Submission
from tracker.models.engine import configure, write_intent
from tracker.settings import load_settings


@dataclass
class Installation:
    """A database of its own, what it was before, and a folder with what others kept."""

    folder: Path
    receipt: Path
    checkpoint: Path

    @property
    def database(self) -> Path:
        return self.folder / "tracker.sqlite3"

    def verify(self, *arguments: str | Path) -> Result:
        return CliRunner().invoke(cli, ["verify", *map(str, arguments)])

    def told(self, *arguments: str | Path) -> dict[str, Any]:
        run = self.verify("--format", "json", *arguments)
        told: dict[str, Any] = json.loads(run.stdout)
        assert run.exit_code == (0 if told["ok"] else 1)
        return told

    def writing(self) -> Session:
        engine = create_engine(f"sqlite:///{self.database}")
        configure(engine)
        return Session(engine)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("verify")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKER_ENV", "development")
        patch.setenv("TRACKER_INSTANCE_PATH", str(folder))
        settings = load_settings()
        keep_key(key_file(settings), SIGNER)
        assert CliRunner().invoke(cli, ["init"]).exit_code == 0
        made = Installation(folder, folder / "kept" / "receipt.json", folder / "kept" / "day.json")
        made.receipt.parent.mkdir()
        shutil.copy(made.database, folder / "old.sqlite3")
        with write_intent(), made.writing() as session:
            _, submission = report_at(session, ReportStatus.PUBLISHED)
            assert submission is not None
            made.receipt.write_text(json.dumps(submission.receipt), "utf-8")
            session.commit()
        signed_day = CliRunner().invoke(cli, ["checkpoint", "--format", "json"])
        made.checkpoint.write_text(signed_day.stdout, "utf-8")
        shutil.copy(made.database, folder / "whole.sqlite3")
        yield made


@pytest.fixture
def site(made: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """The same, whole before each test."""
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_INSTANCE_PATH", str(made.folder))
    yield made
    shutil.copy(made.folder / "whole.sqlite3", made.database)


def test_alone_it_says_inner_consistency_only(site: Installation) -> None:
    run = site.verify()
    assert run.exit_code == 0
    assert run.stdout.startswith("1 reports and 1 checkpoints verified; nothing is broken.\n")
    assert "It cannot show an older backup" in run.stdout
    assert site.told() == {
        "ok": True,
        "proves": "inner-consistency",
        "reports": 1,
        "checkpoints": 1,
        "files": 0,
        "outside_receipts": 0,
        "outside_checkpoints": 0,
        "broken": None,
        "notes": [],
    }


def test_with_copies_it_says_that_they_fit(site: Installation, tmp_path: Path) -> None:
    both = ("--receipt", site.receipt, "--checkpoint", site.checkpoint)
    run = site.verify(*both)
    assert run.exit_code == 0
    assert run.stdout.endswith("Everything fits the receipts and checkpoints given.\n")
    told = site.told(*both)
    assert (told["proves"], told["outside_receipts"], told["outside_checkpoints"]) == (
        "outside-copies",
        1,
        1,
    )
    folder = tmp_path / "receipts"
    folder.mkdir()
    for name in ("a", "b"):
        shutil.copy(site.receipt, folder / f"{name}.json")
    (folder / "letter.txt").write_text("not read")
    assert site.told("--receipts", folder, "--receipt", site.receipt)["outside_receipts"] == 3


def test_an_older_database_is_found_with_either_copy_alone(site: Installation) -> None:
    shutil.copy(site.folder / "old.sqlite3", site.database)
    assert site.verify().exit_code == 0
    run = site.verify("--receipt", site.receipt)
    assert run.exit_code == 1
    assert run.stderr == (
        f"{site.receipt}: GHA, cycle bms7: report: it is not here: it was removed, or this is an "
        "older backup.\n"
    )
    broken = site.told("--checkpoint", site.checkpoint)["broken"]
    assert broken == {
        "place": "checkpoint 1",
        "problem": "it is missing here: it was removed, or this is an older backup",
        "state": "",
        "cycle": "",
        "report": "",
        "file": str(site.checkpoint),
    }


def test_a_history_written_anew_is_named_by_state_and_link(site: Installation) -> None:
    with write_intent(), site.writing() as session, session.begin():
        report = session.scalars(select(NationalReport)).one()
        with without_triggers(session):
            for row in session.scalars(select(Submission)):
                row.submitter_name = "Nobody"
            with closing(session.connection().connection.cursor()) as cursor:
                cursor.execute("UPDATE chain_text SET value = 'Nobody' WHERE field LIKE '%_name'")
                cursor.execute("DELETE FROM checkpoint")
            write_anew(session, report.id, SIGNER)
    assert site.verify().exit_code == 0
    broken = site.told("--receipt", site.receipt)["broken"]
    assert (broken["state"], broken["cycle"], broken["file"]) == ("GHA", "bms7", str(site.receipt))
    assert broken["problem"] == "it is not the one in the receipt: the history was written anew"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is not the JSON file of a receipt"),
        (b"\xff\xfe", "it is not the JSON file of a receipt"),
        (b"[1.5]", "it is not the JSON file of a receipt"),
        (b"[" * 100_000, "it is not the JSON file of a receipt"),
        (b'{"format": "tracker-checkpoint/1"}', "it is not the JSON file of a receipt"),
        (b'{"format": "tracker-receipt/1"}', "it was made before receipts were signed"),
        (b'{"format": "tracker-receipt/2"}', "it lacks what a receipt says"),
    ],
)
def test_a_file_that_is_none_is_bad_input(
    site: Installation, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(content)
    run = site.verify("--receipt", file)
    assert run.exit_code == 2 and said in run.stderr and str(file) in run.stderr


@pytest.mark.parametrize("kind", ["receipt", "checkpoint"])
def test_a_folder_without_copies_proves_nothing(
    site: Installation, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "notes.txt").write_text("of the operator")
    kept = ("--receipt", site.receipt, "--checkpoint", site.checkpoint)
    run = site.verify(*kept, f"--{kind}s", tmp_path)
    assert run.exit_code == 2 and f"{tmp_path} holds no {kind}" in run.stderr


def test_a_copy_that_was_altered_is_bad_input_and_an_unknown_key_is_not(
    site: Installation, tmp_path: Path
) -> None:
    receipt = json.loads(site.receipt.read_text("utf-8"))
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(receipt | {"on_time": not receipt["on_time"]}), "utf-8")
    run = site.verify("--receipt", file)
    assert run.exit_code == 2 and "the file itself was altered" in run.stderr
    file.write_text(json.dumps(signed(RECEIPT_TAG, receipt, new_signer())), "utf-8")
    run = site.verify("--receipt", file)
    assert run.exit_code == 1 and "GHA, cycle bms7: key: its key is none of this" in run.stderr


def test_a_lost_key_is_a_note_and_breaks_nothing(site: Installation) -> None:
    key_file(load_settings()).path.unlink()
    try:
        assert "nobody vouches" in str(CliRunner().invoke(cli, ["init"]).exception)
        assert CliRunner().invoke(cli, ["key", "replace"]).exit_code == 0
        name = key_id(key_file(load_settings()).signer().public_key)
        assert site.told()["notes"] == [f"No earlier key vouches for the key {name}."]
        run = site.verify()
        assert run.exit_code == 0 and name in run.stderr
    finally:
        keep_key(key_file(load_settings()), SIGNER)


def test_the_file_of_the_database_altered_by_hand_is_found(site: Installation) -> None:
    with closing(sqlite3.connect(site.database)) as connection, connection:
        connection.execute("DROP TRIGGER keep_checkpoint_update")
        connection.execute("UPDATE checkpoint SET statement = '{\"heads\": []}'")
    broken = site.told()["broken"]
    assert (broken["place"], broken["problem"]) == (
        "checkpoint 1",
        "it was altered after it was made",
    )
