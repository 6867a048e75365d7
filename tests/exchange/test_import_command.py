"""``tracker export template`` and ``tracker import report``: files, JSON and exit codes."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from tests.exchange.templates import answer_row, filled_in
from tests.exchange.workbooks import Written
from tests.people import make_user
from tracker.cli.setup import set_up
from tracker.domain.roles import Role
from tracker.models import ChainEntry, NationalReport, Response, User
from tracker.models.engine import configure
from tracker.settings import load_settings

ROW = answer_row(28)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of its own, with a focal point of Kenya."""
    folder = tmp_path_factory.mktemp("instance")
    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, folder)
        settings = load_settings()
        set_up(settings)
    with Session(_engine(folder)) as session:
        make_user(session, Role.FOCAL_POINT, "KEN")
        make_user(session, Role.REVIEWER)
    return folder


def _engine(folder: Path) -> Engine:
    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, folder)
        engine = create_engine(load_settings().database_url)
    configure(engine)
    return engine


def _environment(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("TRACKER_ENV", "development")
    patch.setenv("TRACKER_INSTANCE_PATH", str(folder))
    patch.delenv("TRACKER_DATABASE_URL", raising=False)


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command; gives its exit code, what it printed and what it said."""
    from tracker.cli.group import main

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.MonkeyPatch.context() as patch:
            _environment(patch, folder)
            patch.setattr("sys.argv", ["tracker", *arguments])
            with pytest.raises(SystemExit) as stopped:
                main()
        said = capsys.readouterr()
        return int(stopped.value.code or 0), said.out, said.err

    return run


def email_of(folder: Path, role: Role) -> str:
    with Session(_engine(folder)) as session:
        users = session.scalars(select(User).order_by(User.id)).all()
        return users[0 if role is Role.FOCAL_POINT else 1].email


def saved(folder: Path) -> list[str]:
    """The narratives of the report, and how many links its history has."""
    with Session(_engine(folder)) as session:
        texts = session.scalars(select(Response.narrative).order_by(Response.id)).all()
        links = session.scalars(select(ChainEntry.id)).all()
        return [*texts, str(len(links))]


def test_a_template_goes_out_and_comes_back(folder: Path, run: Any, tmp_path: Path) -> None:
    email = email_of(folder, Role.FOCAL_POINT)
    out = tmp_path / "template.xlsx"
    code, printed, _ = run(
        "export", "template", "--state", "ken", "--cycle", "bms7", "--out", str(out)
    )
    assert (code, printed) == (0, "") and Written(out.read_bytes()).facts("Read me")["State"]
    with Session(_engine(folder)) as session:
        assert not session.scalars(select(NationalReport)).all()

    def bring(content: bytes, *options: str) -> tuple[int, Any, str]:
        (tmp_path / "filled.xlsx").write_bytes(content)
        code, printed, said = run(
            "import", "report", str(tmp_path / "filled.xlsx"), "--state", "KEN",
            "--cycle", "bms7", "--user", email, "--format", "json", *options,
        )  # fmt: skip
        return code, json.loads(printed), said

    mine = filled_in(out.read_bytes(), "Answers", (ROW, "Narrative", "Mine."))
    told = {"new": 1, "changed": 0, "unchanged": 0, "conflicts": 0}
    nothing: dict[str, list[object]] = {"errors": [], "conflicts": [], "left_out": []}
    assert bring(mine, "--dry-run") == (0, {"ok": True, "changes": told, **nothing}, "")
    assert saved(folder) == ["0"], "a dry run writes nothing"
    assert bring(mine)[0] == 0 and saved(folder) == ["Mine.", "2"]

    theirs = filled_in(out.read_bytes(), "Answers", (ROW, "Narrative", "Theirs."))
    code, answer, _ = bring(theirs)
    assert code == 1 and not answer["ok"] and answer["errors"] == []
    assert answer["changes"] == {"new": 0, "changed": 0, "unchanged": 0, "conflicts": 1}
    assert answer["conflicts"] == [
        {
            "sheet": "Answers",
            "cell": "F6",
            "code": "conflict",
            "message": "This was changed online after the file was made. It now says: Mine.",
        }
    ]
    assert bring(theirs, "--on-conflict", "theirs")[0] == 0 and saved(folder) == ["Mine.", "2"]
    code, answer, _ = bring(theirs, "--on-conflict", "mine")
    assert (code, answer["ok"]) == (0, True) and saved(folder) == ["Theirs.", "3"]

    wrong = filled_in(theirs, "Answers", (ROW, "Progress", "done"), (ROW + 1, "Narrative", "New."))
    code, answer, _ = bring(wrong, "--on-conflict", "mine")
    assert code == 2 and not answer["ok"] and saved(folder) == ["Theirs.", "3"]
    assert answer["errors"] == [
        {
            "sheet": "Answers",
            "cell": "D6",
            "code": "not-a-choice",
            "message": "“done” is not one of the choices: Not started, In development, "
            "Partly implemented, Implemented, Not applicable.",
        }
    ]


@pytest.mark.parametrize(
    ("state", "cycle", "who", "code", "named"),
    [
        ("XXX", "bms7", Role.FOCAL_POINT, 1, "unknown-state"),
        ("KEN", "nowhere", Role.FOCAL_POINT, 1, "unknown-cycle"),
        ("KEN", "bms7", None, 1, "unknown-user"),
        ("KEN", "bms7", Role.REVIEWER, 1, "not-permitted"),
        ("GHA", "bms7", Role.FOCAL_POINT, 1, "not-permitted"),
    ],
)
def test_who_may_not_is_refused(
    folder: Path, run: Any, tmp_path: Path, state: str, cycle: str, who: Role | None, code: int,
    named: str,
) -> None:  # fmt: skip
    out = tmp_path / "template.xlsx"
    run("export", "template", "--state", "KEN", "--cycle", "bms7", "--out", str(out))
    email = email_of(folder, who) if who else "nobody@example.org"
    arguments = ("--state", state, "--cycle", cycle, "--user", email, "--format", "json")
    stopped, printed, _ = run("import", "report", str(out), *arguments)
    answer = json.loads(printed)
    assert stopped == code and [error["code"] for error in answer["errors"]] == [named]


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux only")
def test_a_name_that_is_no_text_does_no_harm(folder: Path, run: Any, tmp_path: Path) -> None:
    email = email_of(folder, Role.FOCAL_POINT)
    out, odd = tmp_path / "template.xlsx", tmp_path / os.fsdecode(b"r\xe9ponse.xlsx")
    run("export", "template", "--state", "KEN", "--cycle", "bms7", "--out", str(out))
    odd.write_bytes(filled_in(out.read_bytes(), "Answers", (ROW + 2, "Narrative", "Named oddly.")))
    code, printed, _ = run(
        "import", "report", str(odd), "--state", "KEN", "--cycle", "bms7", "--user", email,
        "--format", "json",
    )  # fmt: skip
    assert (code, json.loads(printed)["ok"]) == (0, True)
    with Session(_engine(folder)) as session:
        source = session.scalars(select(ChainEntry.facts).order_by(ChainEntry.id.desc())).first()
    assert source is not None and source["source"] == "file"


def test_files_of_others_and_no_files(folder: Path, run: Any, tmp_path: Path) -> None:
    out, email = tmp_path / "template.xlsx", email_of(folder, Role.FOCAL_POINT)
    run("export", "template", "--state", "GHA", "--cycle", "bms7", "--out", str(out))
    arguments = ("--state", "KEN", "--cycle", "bms7", "--user", email)
    code, printed, said = run("import", "report", str(out), *arguments)
    assert code == 2 and "belongs to GHA" in said and printed.startswith("new\t0\n")
    out.write_text("no workbook")
    code, _, said = run("import", "report", str(out), *arguments)
    assert code == 2 and said
    assert run("import", "report", str(tmp_path / "gone.xlsx"), *arguments)[0] == 2
    for state, cycle in (("XXX", "bms7"), ("KEN", "nowhere")):
        code, _, said = run(
            "export", "template", "--state", state, "--cycle", cycle, "--out", str(out)
        )
        assert code == 1 and said
