"""``tracker indicator import-published``: files as spreadsheets write them, JSON, exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tracker.cli.group import main
from tracker.cli.setup import set_up
from tracker.domain.published import PublishedValue
from tracker.models import PublishedValue as Row
from tracker.queries.published import published_values
from tracker.queries.states import data_version
from tracker.settings import load_settings

HEADER = "iso3,m49,year,value,source,footnote"
GOOD = f"""{HEADER}
KEN,404,2018,62.50,UN SDG database,
ken,,2018-2019,"48,05",UN SDG database,"Pooled, as few were found."
,4,2019,0,UN SDG database,
,202,2018-2019,33.123456789012,UN SDG database,

,,,,,
KEN,,2018,61,UNODC,
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of its own."""
    folder = tmp_path_factory.mktemp("instance")
    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, folder)
        set_up(load_settings())
    return folder


def _environment(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("TRACKER_ENV", "development")
    patch.setenv("TRACKER_INSTANCE_PATH", str(folder))
    patch.delenv("TRACKER_DATABASE_URL", raising=False)


@pytest.fixture
def data(folder: Path) -> Iterator[Session]:
    """The database, without published values."""
    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, folder)
        engine = create_engine(load_settings().database_url)
    with Session(engine) as session:
        session.query(Row).delete()
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def run(folder: Path, data: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Import a file of this content; gives the exit code, what was printed and what was said."""

    def run(content: str | bytes, *arguments: str) -> tuple[int, str, str]:
        file = tmp_path / "published.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.MonkeyPatch.context() as patch:
            _environment(patch, folder)
            command = ["tracker", "indicator", "import-published", str(file), *arguments]
            patch.setattr("sys.argv", command)
            with pytest.raises(SystemExit) as left:
                main()
        said = capsys.readouterr()
        data.rollback()
        data.expire_all()
        return int(left.value.code or 0), said.out, said.err

    return run


def stored(data: Session) -> list[tuple[str, int, int, str, str, str]]:
    return [as_told(value) for value in published_values(data, "sdg-16-4-2")]


def as_told(value: PublishedValue) -> tuple[str, int, int, str, str, str]:
    place = value.iso3 or value.m49
    return (
        place, value.year_from, value.year_to, str(value.value), value.source, value.footnote,
    )  # fmt: skip


EXPECTED = [
    ("202", 2018, 2019, "33.123456789012", "UN SDG database", ""),
    ("AFG", 2019, 2019, "0", "UN SDG database", ""),
    ("KEN", 2018, 2018, "62.50", "UN SDG database", ""),
    ("KEN", 2018, 2018, "61", "UNODC", ""),
    ("KEN", 2018, 2019, "48.05", "UN SDG database", "Pooled, as few were found."),
]


def test_a_good_file_and_the_same_again(run: Any, data: Session) -> None:
    before = data_version(data)
    assert run(GOOD) == (0, "new\t5\nchanged\t0\nunchanged\t0\n", "")
    assert stored(data) == EXPECTED
    assert data_version(data) == before + 1
    code, printed, said = run(GOOD, "--format", "json")
    assert (code, said) == (0, "")
    assert json.loads(printed) == {
        "ok": True,
        "changes": {"new": 0, "changed": 0, "unchanged": 5},
        "errors": [],
    }
    assert stored(data) == EXPECTED and data_version(data) == before + 1
    corrected = f"{HEADER}\nKEN,,2018,62.5,UN SDG database,\nKEN,,2019,1,UN SDG database,\n"
    assert run(corrected) == (0, "new\t1\nchanged\t1\nunchanged\t0\n", "")
    assert data_version(data) == before + 2
    assert len(stored(data)) == 6 and stored(data)[2][3] == "62.5"
    noted = corrected.replace("62.5,UN SDG database,", "62.5,UN SDG database,Revised.")
    assert run(noted) == (0, "new\t0\nchanged\t1\nunchanged\t1\n", "")
    assert stored(data)[2][5] == "Revised."


def test_a_dry_run_counts_and_writes_nothing(run: Any, data: Session) -> None:
    before = data_version(data)
    assert run(GOOD, "--dry-run") == (0, "new\t5\nchanged\t0\nunchanged\t0\n", "")
    assert stored(data) == [] and data_version(data) == before


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace('"48,05"', "48.05")
        .replace('"Pooled, as', "Pooled@ as")
        .replace('found."', "found.")
        .replace(",", ";")
        .replace("@", ",")
        .encode(),
        GOOD.replace(HEADER, " ISO3,M49,Year,Value,Source,Footnote").encode(),
    ],
    ids=["bom", "crlf", "semicolons", "capitals"],
)
def test_files_as_spreadsheets_write_them(content: bytes, run: Any, data: Session) -> None:
    assert run(content)[0] == 0
    assert stored(data) == EXPECTED


def test_a_decimal_comma_between_semicolons(run: Any, data: Session) -> None:
    lines = f"{HEADER}\nKEN,,2018–2019,87@5,UN,".replace(",", ";").replace("@", ",")
    assert run(lines)[0] == 0
    assert stored(data) == [("KEN", 2018, 2019, "87.5", "UN", "")]


BAD = {
    "unknown-state": ("QQQ,,2018,1,UN,", 2, "iso3"),
    "published-unknown-m49": (",899,2018,1,UN,", 2, "m49"),
    "published-codes-disagree": ("KEN,4,2018,1,UN,", 2, "m49"),
    "published-no-place": (",,2018,1,UN,", 2, "iso3"),
    "published-invented": ("XAA,,2018,1,UN,", 2, "iso3"),
    "not-a-year": ("KEN,,1850,1,UN,", 2, "year"),
    "published-years": ("KEN,,2016-2018,1,UN,", 2, "year"),
    "not-a-percentage": ("KEN,,2018,100.01,UN,", 2, "value"),
    "required": ("KEN,,2018,1,,", 2, "source"),
    "refused-characters": ("KEN,,2018,1,UN,A\x07B", 2, "footnote"),
    "text-too-long": (f"KEN,,2018,1,{'x' * 301},", 2, "source"),
    "published-cells": ("KEN,,2018,1,UN", 2, None),
    "published-not-csv": ('KEN,,2018,1,"UN,', 2, None),
    "published-twice": ("KEN,,2018,1,UN,\nGHA,,2018,1,UN,\n,404,2018,2,UN,", 4, None),
    "published-empty": ("", None, None),
}


@pytest.mark.parametrize("code", BAD)
def test_a_bad_line_is_told_and_nothing_is_written(code: str, run: Any, data: Session) -> None:
    lines, line, column = BAD[code]
    stopped, printed, said = run(f"{HEADER}\n{lines}\n", "--format", "json")
    answer = json.loads(printed)
    assert (stopped, said, answer["ok"]) == (2, "", False)
    assert answer["changes"] == {"new": 0, "changed": 0, "unchanged": 0}
    (error,) = answer["errors"]
    assert (error["line"], error["column"], error["code"]) == (line, column, code)
    assert error["message"].endswith(".") and "%(" not in error["message"]
    assert stored(data) == []


@pytest.mark.parametrize(
    "lines",
    [
        ",903,2018,1,UN,",
        ",951,2018,1,UN,",
        "KEN,202,2018,1,UN,",
        "KEN,,2018,-1,UN,",
        "KEN,,2018,87.5%,UN,",
        "KEN,,2018,,UN,",
        "KEN,,2018,NaN,UN,",
        "KEN,,2018,1e1,UN,",
        "KEN,,2018,٣,UN,",
        "KEN,,,1,UN,",
        "KEN,,2019-2018,1,UN,",
        "KEN,,2018-2018,1,UN,",
        "KEN,,2999,1,UN,",
    ],
)
def test_other_nonsense(lines: str, run: Any, data: Session) -> None:
    assert run(f"{HEADER}\n{lines}\nGHA,,2018,1,UN,\n")[0] == 2
    assert stored(data) == []


def test_everything_wrong_is_told_at_once_in_the_order_of_the_lines(run: Any) -> None:
    lines = f'{HEADER}\nKEN,,2018,1,UN,"two\nlines"\nQQQ,,x,y,,\n,,2018,1,UN,\n'
    code, printed, said = run(lines)
    assert (code, printed) == (2, "new\t0\nchanged\t0\nunchanged\t0\n")
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        "line 4, year", "line 4, value", "line 4, source", "line 4, iso3", "line 5, iso3",
    ]  # fmt: skip
    assert "line 4, iso3: There is no State with the code “QQQ”." in said


def test_the_first_line_names_the_columns(run: Any, data: Session) -> None:
    code, printed, _ = run("iso3,m49,year,value,source,note,iso3\n", "--format", "json")
    errors = json.loads(printed)["errors"]
    assert code == 2
    assert [(error["code"], error["line"], error["column"]) for error in errors] == [
        ("published-column-missing", 1, "footnote"),
        ("published-column-unknown", 1, "note"),
        ("published-column-unknown", 1, "iso3"),
    ]
    assert run("")[0] == 2
    moved = "year;value;m49;iso3;footnote;source\n2018;1;;KEN;Note.;UN\n"
    assert run(moved)[0] == 0 and stored(data) == [("KEN", 2018, 2018, "1", "UN", "Note.")]


def test_a_file_in_another_encoding_is_refused(run: Any, data: Session) -> None:
    content = f"{HEADER}\nKEN,,2018,1,UN,\nCIV,,2018,1,Côte,\n".encode("latin-1")
    code, _, said = run(content)
    assert code == 2 and said.startswith("line 3: This file is not UTF-8 text.")
    assert stored(data) == []


def test_an_indicator_that_is_not_there(run: Any, data: Session) -> None:
    code, printed, _ = run(GOOD, "--indicator", "sdg-99", "--format", "json")
    assert code == 2
    assert [error["code"] for error in json.loads(printed)["errors"]] == ["unknown-indicator"]
    assert stored(data) == []


def test_a_demonstration_takes_invented_states_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _environment(monkeypatch, tmp_path)
    monkeypatch.setenv("TRACKER_ENV", "demonstration")
    set_up(load_settings())
    file = tmp_path / "published.csv"

    def run(line: str) -> int:
        file.write_text(f"{HEADER}\n{line}\n")
        command = ["tracker", "indicator", "import-published", str(file), "--format", "json"]
        monkeypatch.setattr("sys.argv", command)
        with pytest.raises(SystemExit) as left:
            main()
        return int(left.value.code or 0)

    engine = create_engine(load_settings().database_url)
    with Session(engine) as data:
        for line, column in (("KEN,,2018,1,UN,", "iso3"), (",202,2018,1,UN,", "m49")):
            capsys.readouterr()
            assert run(line) == 2
            errors = json.loads(capsys.readouterr().out)["errors"]
            assert [(e["code"], e["column"]) for e in errors] == [("published-real", column)]
        assert stored(data) == []
        data.rollback()
        assert run("XAA,,2018,1,UN,") == 0
        assert stored(data) == [("XAA", 2018, 2018, "1", "UN", "")]
    engine.dispose()
