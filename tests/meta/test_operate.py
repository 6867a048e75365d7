"""The scripts of docs/operate do what they say, with commands that only write down their names."""

import os
import subprocess
from pathlib import Path

import pytest

OPERATE = Path(__file__).parents[2] / "docs" / "operate"
DONE = "done"


def script(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def night(folder: Path, body: str) -> tuple[int, list[str]]:
    """Exit status, and the steps that were taken; ``body`` decides what each gives."""
    done = folder / DONE
    done.unlink(missing_ok=True)
    tracker = script(folder / "tracker", f'echo "$1" >> {done}\n{body}')
    run = subprocess.run(  # noqa: S603  # our own script
        [OPERATE / "tracker-night"],
        env=os.environ | {"TRACKER": str(tracker), "BACKUPS": str(folder)},
        capture_output=True,
        check=False,
    )
    return run.returncode, done.read_text().split()


STEPS = ["backup", "strikes", "verify", "check"]


@pytest.mark.parametrize("failing", ["nothing", *STEPS])
def test_each_step_of_the_night_is_taken_though_one_failed(tmp_path: Path, failing: str) -> None:
    status, taken = night(tmp_path, f'test "$1" != {failing}')
    assert taken == STEPS
    assert status == (failing != "nothing")


def test_the_list_of_the_night_stays_until_there_is_a_new_one(tmp_path: Path) -> None:
    assert night(tmp_path, "echo [1]")[0] == 0
    (kept,) = tmp_path.glob("strikes-*")
    assert kept.read_text() == "[1]\n"
    assert night(tmp_path, "echo [; exit 2")[0] == 1
    assert list(tmp_path.glob("strikes-*")) == [kept]
    assert kept.read_text() == "[1]\n"


def test_a_second_backup_of_the_day_has_another_name(tmp_path: Path) -> None:
    makes = 'test "$1" != backup || { test ! -e "$2" && touch "$2"; }'
    for count in (1, 2):
        assert night(tmp_path, makes)[0] == 0
        assert len(list(tmp_path.glob("tracker-*.backup"))) == count


def test_files_are_looked_for_where_the_operator_is(tmp_path: Path) -> None:
    script(tmp_path / "systemd-run", 'for told in "$@"; do echo "$told"; done')
    run = subprocess.run(  # noqa: S603  # our own script
        [OPERATE / "tracker-run", "strikes", "--kept", "strikes.json"],
        env=os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    told = run.stdout.splitlines()
    assert f"WorkingDirectory=-{tmp_path}" in told
    assert told[-3:] == ["strikes", "--kept", "strikes.json"]
