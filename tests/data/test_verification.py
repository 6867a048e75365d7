"""The history of a report, verified: whole at every status, and what the command says of it."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.national_reports import Reporting, report_at
from tests.signing import SIGNER, keep_key
from tracker.cli.group import cli
from tracker.cli.keys import key_file
from tracker.domain.workflow import ReportStatus
from tracker.models.engine import configure, write_intent
from tracker.queries.recorded import Broken
from tracker.queries.verification import list_report_places, verify_report
from tracker.settings import load_settings


def verified(work: Reporting) -> Broken | None:
    work.session.expire_all()
    return verify_report(work.session, work.report.id)


@pytest.mark.parametrize("status", ReportStatus)
def test_reports_at_every_status_are_whole(session: Session, status: ReportStatus) -> None:
    work, _ = report_at(session, status)
    assert verified(work) is None


def test_every_report_is_listed_once(session: Session) -> None:
    report_at(session, ReportStatus.PUBLISHED, "GHA")
    report_at(session, ReportStatus.DRAFT, "FRA")
    places = [(place.iso3, place.cycle_slug) for place in list_report_places(session)]
    assert places == [("FRA", "bms7"), ("GHA", "bms7")]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of its own for the command line, with one published report."""
    database = tmp_path / "tracker.sqlite3"
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_INSTANCE_PATH", str(tmp_path))
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{database}")
    keep_key(key_file(load_settings()), SIGNER)
    assert CliRunner().invoke(cli, ["init"]).exit_code == 0
    engine = create_engine(f"sqlite:///{database}")
    configure(engine)
    with write_intent(), Session(engine) as session:
        report_at(session, ReportStatus.PUBLISHED)
        session.commit()
    engine.dispose()
    return database


def test_the_command_names_the_first_broken_place(installation: Path) -> None:
    run = CliRunner().invoke(cli, ["verify"])
    assert run.exit_code == 0
    whole, proves = run.stdout.splitlines()
    assert whole == "1 reports and 0 checkpoints verified; nothing is broken."
    assert proves.startswith("This shows that the history is consistent in itself. It cannot show")

    with sqlite3.connect(installation) as connection:
        connection.execute("DROP TRIGGER keep_submission_response_update")
        connection.execute("UPDATE submission_response SET narrative = 'Forged.'")
    connection.close()

    run = CliRunner().invoke(cli, ["verify"])
    assert run.exit_code == 1
    assert run.stderr.endswith(
        "GHA, cycle bms7: submission 1, answer to bms7/annex/28: "
        "it does not say what its revision says.\n"
    )
    run = CliRunner().invoke(cli, ["verify", "--format", "json"])
    assert run.exit_code == 1
    told = json.loads(run.stdout)
    assert (told["ok"], told["reports"]) == (False, 1)
    assert told["broken"]["state"] == "GHA"
    assert told["broken"]["place"] == "submission 1, answer to bms7/annex/28"
