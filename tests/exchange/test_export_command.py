"""``tracker export``: files on disk, and refusals with their exit codes."""

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.exchange.test_report_workbook import CANARY, said
from tests.exchange.workbooks import Written
from tests.submitted import START, make_cycle, make_submission
from tracker.cli.setup import set_up
from tracker.domain.progress import Audience
from tracker.exchange.tabular import read_csv
from tracker.models import OutcomeDocument, ReportingCycle
from tracker.models.engine import configure
from tracker.settings import load_settings


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of its own, with one published and one submitted report."""
    folder = tmp_path_factory.mktemp("instance")
    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, folder)
        settings = load_settings()
        set_up(settings)
    engine = create_engine(settings.database_url)
    configure(engine)
    with Session(engine) as session:
        cycle = make_cycle(session)
        secret = said(narrative=CANARY, audience=Audience.SECRETARIAT)
        make_submission(session, cycle, "KEN", {25: said(narrative="Done."), 26: secret})
        make_submission(session, cycle, "ALB", {25: said()}, "submitted")
        later = make_cycle(session, "bms7-2028", opens=date(2028, 1, 1))
        make_submission(session, later, "KEN", {25: said()})
        _other_document(session)
        session.commit()
    engine.dispose()
    return folder


def _other_document(session: Session) -> None:
    """A cycle on an outcome document of its own."""
    document = OutcomeDocument(
        slug="bms8", symbol="X", title={"en": "Other"}, adopted_on=START.date(), source="X"
    )
    session.add(document)
    session.flush()
    session.add(
        ReportingCycle(
            slug="other", document_id=document.id, opens_on=START.date(), created_at=START
        )
    )


def _environment(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("TRACKER_ENV", "development")
    patch.setenv("TRACKER_INSTANCE_PATH", str(folder))
    patch.delenv("TRACKER_DATABASE_URL", raising=False)


def run(database: Path, *arguments: str) -> int:
    """The exit code of ``tracker export …``."""
    from tracker.cli.group import main

    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, database)
        patch.setattr("sys.argv", ["tracker", "export", *arguments])
        with pytest.raises(SystemExit) as stopped:
            main()
    return int(stopped.value.code or 0)


def test_a_report(database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.xlsx"
    code = run(
        database, "report", "--state", "ken", "--cycle", "bms7-2026", "--format", "xlsx", "--out",
        str(out),
    )  # fmt: skip
    assert code == 0 and capsys.readouterr().out == ""
    written = Written(out.read_bytes())
    assert written.facts("Cover")["State"] == "Kenya (KEN)"
    assert written.holds("Done.") and not written.holds(CANARY)
    assert list(tmp_path.iterdir()) == [out]


def test_a_report_by_paragraph_and_as_tables(database: Path, tmp_path: Path) -> None:
    chosen = ("report", "--state", "KEN", "--cycle", "bms7-2026", "--language", "fr", "--out")
    book, found, archive = (tmp_path / f"report.{end}" for end in ("xlsx", "json", "zip"))
    assert run(database, *chosen, str(book), "--order", "paragraph") == 0
    assert "Engagements" in Written(book.read_bytes()).names
    assert run(database, *chosen, str(found), "--format", "json") == 0
    assert json.loads(found.read_text())["answers"][0]["narrative"] == "Done."
    assert run(database, *chosen, str(archive), "--format", "csv") == 0
    with zipfile.ZipFile(archive) as files:
        assert read_csv(files.read("answers.csv"))[0]["narrative"] == "Done."
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize(("audience", "leaks"), [("public", False), ("secretariat", True)])
def test_compiled(database: Path, tmp_path: Path, audience: str, leaks: bool) -> None:
    out = tmp_path / "compiled.xlsx"
    out.write_bytes(b"an older file")
    arguments = ("--cycle", "bms7-2026", "--audience", audience, "--out", str(out))
    assert run(database, "compiled", *arguments, "--language", "fr") == 0
    assert bool(Written(out.read_bytes()).holds(CANARY)) == leaks


@pytest.mark.parametrize("form", ["csv", "json"])
def test_compiled_tables_of_two_cycles(database: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / "compiled"
    arguments = ("--cycle", "bms7-2028, bms7-2026", "--format", form, "--out", str(out))
    assert run(database, "compiled", *arguments) == 0
    content = out.read_bytes()
    if form == "csv":
        with zipfile.ZipFile(out) as archive:
            rows = read_csv(archive.read("responses.csv"))
    else:
        assert CANARY.encode() not in content
        rows = json.loads(content)["responses"]
    found = [(row["cycle"], str(row["paragraph"]), row["progress_code"]) for row in rows]
    assert found == [
        ("bms7-2026", "25", "implemented"),
        ("bms7-2026", "26", "withheld"),
        ("bms7-2028", "25", "implemented"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("report", "--state", "ALB", "--cycle", "bms7-2026"), 1, "ALB has no report"),
        (("report", "--state", "XXX", "--cycle", "bms7-2026"), 1, "XXX"),
        (("report", "--state", "KEN", "--cycle", "nowhere"), 1, "nowhere"),
        (("report", "--state", "KEN", "--cycle", "bms7-2026", "--format", "odt"), 2, "format"),
        (("report", "--state", "KEN", "--cycle", "bms7-2026", "--order", "age"), 2, "order"),
        (("compiled", "--cycle", "nowhere"), 1, "nowhere"),
        (("compiled", "--cycle", "bms7-2026,nowhere"), 1, "nowhere"),
        (("compiled", "--cycle", "bms7-2026,other"), 2, "different outcome documents"),
        (("compiled", "--cycle", "bms7-2026", "--format", "pdf"), 2, "format"),
        (("compiled", "--cycle", "bms7-2026", "--audience", "all"), 2, "audience"),
        (("compiled", "--cycle", "bms7-2026", "--language", "tlh"), 2, "language"),
        (
            ("compiled", "--cycle", "bms7-2026", "--language", "es"),
            2,
            "“es” is not one of the choices: en, fr",
        ),
        (
            ("template", "--state", "KEN", "--cycle", "bms7-2026", "--language", "ar"),
            2,
            "“ar” is not one of the choices: en, fr",
        ),
    ],
)
def test_refusals_leave_no_file(
    database: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    assert run(database, *arguments, "--out", str(tmp_path / "out.xlsx")) == code
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "nowhere" / "out.xlsx"
    assert run(database, "compiled", "--cycle", "bms7-2026", "--out", str(out)) == 2
    assert "cannot be written" in capsys.readouterr().err
