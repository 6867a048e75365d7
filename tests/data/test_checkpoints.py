"""Checkpoints: one a day, over every chain, each tied to the one before; they name nobody."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, sessionmaker

from tests.national_reports import begin_report, report_at
from tests.signing import SIGNER
from tracker.cli.checkpoints import DaySigner
from tracker.cli.group import cli
from tracker.cli.keys import key_file
from tracker.domain.chain import GENESIS
from tracker.domain.progress import Progress
from tracker.domain.signed import CHECKPOINT_TAG, head_hash
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry, Checkpoint
from tracker.queries.checkpoints import CheckpointRow, every_checkpoint, list_checkpoints
from tracker.queries.signing import is_signed
from tracker.services.checkpoints import make_checkpoint
from tracker.settings import Settings

MORNING = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)


def make(session: Session, days: int = 0) -> tuple[CheckpointRow, bool]:
    return make_checkpoint(session, signer=SIGNER, clock=lambda: MORNING + timedelta(days=days))


def test_a_checkpoint_lists_the_head_of_every_chain(session: Session) -> None:
    works = [
        report_at(session, status, iso3)[0]
        for status, iso3 in ((ReportStatus.DRAFT, "GHA"), (ReportStatus.PUBLISHED, "KEN"))
    ]
    row, made = make(session)
    assert made and (row.number, row.day, row.chains) == (1, "2026-03-05", 2)
    expected = set()
    for work in works:
        last = session.scalars(
            select(ChainEntry)
            .where(ChainEntry.report_id == work.report.id)
            .order_by(ChainEntry.seq.desc())
            .limit(1)
        ).one()
        expected.add(head_hash(work.report.public_id, last.seq, last.hash))
    assert set(row.statement["heads"]) == expected
    assert row.statement["heads"] == sorted(expected)
    assert row.statement["previous"] == GENESIS
    assert is_signed(CHECKPOINT_TAG, row.statement, SIGNER.public_key)
    told = json.dumps(row.statement)
    for work in works:
        assert work.report.public_id not in told and work.report.state.iso3 not in told


def test_there_is_one_a_day_and_each_names_the_one_before(session: Session) -> None:
    first, _ = make(session)
    assert make(session) == (first, False)
    second, made = make(session, days=3)
    assert made and (second.number, second.day) == (2, "2026-03-08")
    assert second.statement["previous"] == first.hash != second.hash
    assert [row.number for row in every_checkpoint(session)] == [1, 2]
    assert [(row.number, row.day) for row in list_checkpoints(session)] == [
        (1, "2026-03-05"),
        (2, "2026-03-08"),
    ]


def test_a_later_receipt_names_the_last_checkpoint(session: Session) -> None:
    work = begin_report(session)
    row, _ = make(session)
    work.answer(28, progress=Progress.IMPLEMENTED)
    made = work.submit()
    assert made.receipt["checkpoint"] == {"number": 1, "hash": row.hash}


def test_the_worker_signs_each_day_once(
    session: Session, connection: Connection, settings: Settings
) -> None:
    report_at(session, ReportStatus.DRAFT)
    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
    for days in (0, 0, 1):
        signer = DaySigner(sessions, settings, lambda: MORNING + timedelta(days=days))  # noqa: B023
        assert signer.sign() is False
    session.expire_all()
    assert [row.day for row in session.scalars(select(Checkpoint))] == ["2026-03-05", "2026-03-06"]


def test_without_its_key_the_worker_goes_on(
    session: Session, connection: Connection, settings: Settings
) -> None:
    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
    path = key_file(settings).path
    aside = path.rename(path.with_suffix(".aside"))
    try:
        assert DaySigner(sessions, settings, lambda: MORNING).sign() is False
        assert not path.exists()
    finally:
        aside.rename(path)
    assert session.scalars(select(Checkpoint)).all() == []


def test_the_command_makes_prints_and_repeats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_INSTANCE_PATH", str(tmp_path))
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    first = CliRunner().invoke(cli, ["checkpoint", "--format", "json"])
    again = CliRunner().invoke(cli, ["checkpoint", "--format", "json"])
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout == again.stdout
    assert "made now; 0 chains." in first.stderr and "made before" in again.stderr
    assert json.loads(first.stdout)["number"] == 1
    assert len(CliRunner().invoke(cli, ["checkpoint"]).stdout.strip()) == 64

    before = CliRunner().invoke(cli, ["key", "list", "--format", "json"])
    assert CliRunner().invoke(cli, ["key", "replace"]).exit_code == 0
    ((old,), (first_key, new)) = (
        json.loads(before.stdout),
        json.loads(CliRunner().invoke(cli, ["key", "list", "--format", "json"]).stdout),
    )
    assert first_key == old
    assert new["previous"] == old["key_id"] == new["key_id"]
    assert new["public_key"] != old["public_key"]
    listed = CliRunner().invoke(cli, ["key", "list"]).stdout.splitlines()
    assert len(listed) == 3 and listed[2].endswith(old["key_id"])
    assert CliRunner().invoke(cli, ["check"]).exit_code == 0
    (tmp_path / "signing_key.pem").chmod(0o644)
    complained = CliRunner().invoke(cli, ["check"])
    assert complained.exit_code == 2 and "chmod 600" in complained.stderr
