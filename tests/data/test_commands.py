"""Lists for people begin with a heading; a taken port is told in one sentence."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tracker.cli.database import unusable_files
from tracker.cli.group import main
from tracker.cli.setup import set_up
from tracker.delivery.disk import lock_folder
from tracker.delivery.signing import KeyFile
from tracker.settings import Settings, load_settings

WRITES = ("user", "add", "new@example.org", "--role", "reviewer", "--name", "New")
LISTS = {
    "cycle": ("slug document opens due closes", 1),
    "state": ("iso3 m49 group status name", 195),
    "document": ("slug symbol commitments", 1),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance as ``tracker init`` leaves it."""
    folder = tmp_path_factory.mktemp("instance")
    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, folder)
        set_up(load_settings())
    return folder


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The same for one test that changes it."""
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def _environment(patch: pytest.MonkeyPatch, folder: Path) -> None:
    patch.setenv("TRACKER_ENV", "development")
    patch.setenv("TRACKER_INSTANCE_PATH", str(folder))
    patch.delenv("TRACKER_DATABASE_URL", raising=False)


def run(patch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> int:
    """The exit code of ``tracker …``."""
    _environment(patch, folder)
    patch.setattr("sys.argv", ["tracker", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_for_people_has_a_heading_and_the_data_has_none(
    name: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    heading, least = LISTS[name]
    assert run(monkeypatch, folder, name, "list") == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert " ".join(lines[0]).startswith(heading)
    assert {len(line) for line in lines} == {len(lines[0])}
    assert run(monkeypatch, folder, name, "list", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len(lines) - 1 >= least
    assert isinstance(rows[0], dict)


def test_a_cycle_opened_by_mistake_is_deleted_again(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opening = ("cycle", "open", "wrong", "--document", "bms7", "--due")
    assert run(monkeypatch, copy, *opening, "9999-12-31") == 2
    assert "outside the years from 2001 to 2100" in capsys.readouterr().err
    assert run(monkeypatch, copy, *opening, "2031-12-31") == 0
    assert run(monkeypatch, copy, "cycle", "delete", "wrong") == 0
    assert "The reporting cycle wrong is deleted." in capsys.readouterr().err
    assert run(monkeypatch, copy, "cycle", "delete", "wrong") == 1
    assert "There is no reporting cycle “wrong”" in capsys.readouterr().err


def test_only_its_owner_reads_the_database(folder: Path) -> None:
    assert (folder / "tracker.sqlite3").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "does not hold a private key"), (None, "nobody vouches for")]
)
def test_a_lost_or_spoilt_key_is_told(
    content: bytes | None,
    told: str,
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, copy, "check") == 0
    capsys.readouterr()
    key = copy / "signing_key.pem"
    if content is None:
        key.unlink()
    else:
        key.write_bytes(content)
    assert run(monkeypatch, copy, "check") == 2  # the site is served, and takes no submission
    assert told in capsys.readouterr().err
    assert run(monkeypatch, copy, "init") == 2
    assert capsys.readouterr().err.count(told) == 1
    if content is None:
        assert not key.exists()
    else:  # it may be a good key that this account cannot read: only a person removes it
        assert run(monkeypatch, copy, "key", "replace") == 2
        key.unlink()
    assert run(monkeypatch, copy, "key", "replace") == 0
    assert "Nobody vouches for it" in capsys.readouterr().err
    assert run(monkeypatch, copy, "init") == run(monkeypatch, copy, "check") == 0
    assert len(json.loads(_printed(monkeypatch, copy, capsys, "key", "list"))) == 2


@pytest.mark.parametrize("which", ["replaced", "of another site"])
def test_a_good_key_that_is_not_the_one_that_signs_is_told(
    which: str,
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = copy / "signing_key.pem"
    old = key.read_bytes()
    if which == "replaced":
        assert run(monkeypatch, copy, "key", "replace") == 0
        key.write_bytes(old)
    else:
        key.unlink()
        KeyFile(copy, demonstration=False).first()
    listed = _printed(monkeypatch, copy, capsys, "key", "list")
    capsys.readouterr()
    for command, status in ((("check",), 2), (("init",), 2), (("checkpoint",), 2)):
        assert run(monkeypatch, copy, *command) == status
        assert "Put the file of that one back" in capsys.readouterr().err, command
    assert run(monkeypatch, copy, "key", "replace") == 2
    assert _printed(monkeypatch, copy, capsys, "key", "list") == listed


@pytest.mark.parametrize("old", ["there", "gone", "spoilt"])
def test_a_replacement_that_was_cut_short_is_ended(
    old: str,
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (copy / ".signing_key.pem.next").touch()  # of one that was cut short still earlier
    with monkeypatch.context() as cut:
        cut.setattr(KeyFile, "follow", lambda file: sys.exit(9))
        assert run(cut, copy, "key", "replace") == 9
    assert run(monkeypatch, copy, "checkpoint") == 2
    capsys.readouterr()
    assert run(monkeypatch, copy, "check") == 2
    assert "to end it run again: tracker key replace" in capsys.readouterr().err
    if old == "gone":
        (copy / "signing_key.pem").unlink()
    elif old == "spoilt":
        (copy / "signing_key.pem").write_bytes(b"no key")
    assert run(monkeypatch, copy, "key", "replace") == 0
    assert "Nobody vouches" not in capsys.readouterr().err
    assert run(monkeypatch, copy, "checkpoint") == 0
    rows = json.loads(_printed(monkeypatch, copy, capsys, "key", "list"))
    assert [bool(row["previous"]) for row in rows] == [False, True]
    assert sorted(path.name for path in copy.glob("*key*")) == ["secret_key", "signing_key.pem"]
    assert not list(copy.glob(".signing*"))


def test_of_two_that_replace_the_key_at_once_one_waits(
    copy: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Up to the end: between writing the new key down and its file there is nothing to disturb."""
    file = KeyFile(copy, demonstration=False)
    old = file.signer().public_key
    _environment(monkeypatch, copy)
    replacing = [sys.executable, "-m", "tracker", "key", "replace"]
    with file.alone():
        started = [
            subprocess.Popen(replacing, stderr=subprocess.DEVNULL)  # noqa: S603  # our own command
            for _ in range(2)
        ]
        with pytest.raises(subprocess.TimeoutExpired):
            started[0].wait(timeout=3)
        assert file.signer().public_key == old and started[1].poll() is None
    assert [process.wait(timeout=60) for process in started] == [0, 0]
    keys = json.loads(_printed(monkeypatch, copy, capsys, "key", "list"))
    assert [bool(row["previous"]) for row in keys] == [False, True, True]
    assert keys[-1]["public_key"] == file.signer().public_key != old


def test_a_new_key_takes_its_place_while_no_other_command_may(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow, refused = KeyFile.follow, []

    def tried(file: KeyFile) -> None:
        with pytest.raises(BlockingIOError):
            lock_folder(file.path.parent, fcntl.LOCK_EX | fcntl.LOCK_NB)
        refused.append(file.path)
        follow(file)

    monkeypatch.setattr(KeyFile, "follow", tried)
    assert run(monkeypatch, copy, "key", "replace") == 0
    assert refused == [copy / "signing_key.pem"]


def _printed(
    patch: pytest.MonkeyPatch, folder: Path, caught: pytest.CaptureFixture[str], *arguments: str
) -> str:
    caught.readouterr()
    assert run(patch, folder, *arguments, "--format", "json") == 0
    return caught.readouterr().out


def test_what_the_account_cannot_write_is_told(folder: Path, tmp_path: Path) -> None:
    """Files left by another account, as after ``tracker init`` by root."""
    settings = replace(load_settings({"TRACKER_ENV": "development"}), instance_path=folder)
    settings = replace(settings, database_url=f"sqlite:///{folder / 'tracker.sqlite3'}")
    assert list(unusable_files(settings)) == []
    shown = Path(tempfile.mkdtemp(prefix="tracker-tests-"))
    shutil.copy(folder / "tracker.sqlite3", shown)
    (shown / "tracker.sqlite3-journal").touch(0o400)
    theirs = replace(
        settings, instance_path=shown, database_url=f"sqlite:///{shown / 'tracker.sqlite3'}"
    )
    shown.chmod(0o555)
    (shown / "tracker.sqlite3").chmod(0o444)
    found = _as_nobody(theirs)
    shown.chmod(0o700)
    shutil.rmtree(shown)
    assert [sentence.split(" cannot be written")[0] for sentence in found] == [
        str(shown),
        str(shown / "tracker.sqlite3"),
        str(shown / "tracker.sqlite3-journal"),
    ]


def _as_nobody(settings: Settings) -> list[str]:
    """What is told to an account that owns nothing; root may write anything."""
    if os.getuid() == 0:
        os.seteuid(65_534)
    try:
        return list(unusable_files(settings))
    finally:
        if os.getuid() == 0:
            os.seteuid(0)


def test_the_folder_of_the_database_is_looked_at_too(folder: Path, tmp_path: Path) -> None:
    """SQLite makes its journal there, wherever the instance folder is."""
    settings = replace(load_settings({"TRACKER_ENV": "development"}), instance_path=folder)
    elsewhere = Path(tempfile.mkdtemp(prefix="tracker-tests-"))
    file = Path(shutil.copy(folder / "tracker.sqlite3", elsewhere))
    file.chmod(0o666)
    elsewhere.chmod(0o555)
    found = _as_nobody(replace(settings, database_url=f"sqlite:///{file}"))
    elsewhere.chmod(0o700)
    shutil.rmtree(elsewhere)
    assert [sentence.split(" cannot be written")[0] for sentence in found][-1] == str(elsewhere)


def test_a_database_that_may_only_be_read_is_told_in_a_sentence(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = f"sqlite:///file:{folder / 'tracker.sqlite3'}?mode=ro&uri=true"
    monkeypatch.setenv("TRACKER_DATABASE_URL", url)
    monkeypatch.setattr("sys.argv", ["tracker", *WRITES])
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_INSTANCE_PATH", str(folder))
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("The database cannot be used") and "readonly database" in told


@pytest.mark.parametrize("command", [["check"], ["serve"], ["verify"], ["work"], ["state", "list"]])
def test_where_there_is_no_database_nothing_but_init_makes_one(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = tmp_path / "new"
    assert run(monkeypatch, place, *command) == 2
    assert "run: tracker init" in capsys.readouterr().err
    assert not list(place.glob("*.sqlite3"))


@pytest.mark.parametrize("command", ["init", "check", "serve", "backup"])
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "postgresql://u:sesame@127.0.0.1:1/x?foo=bar", 'option "foo"'),
        ("DATABASE_URL", "postgresql://u:sesame@127.0.0.1:1/x", "refused"),
        ("DATABASE_URL", "sqlite:////dev/null/x", "database"),
        ("DATABASE_URL", "sqlite:////dev/null?timeout=abc", "'abc'"),
        ("INSTANCE_PATH", "/proc/nope", "/proc/nope"),
    ],
)
def test_a_place_that_cannot_be_used_is_told_in_a_sentence(
    name: str,
    value: str,
    says: str,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TRACKER_ENV", "production")
    monkeypatch.setenv("TRACKER_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("TRACKER_BASE_URL", "https://tracker.example.org")
    monkeypatch.setenv("TRACKER_INSTANCE_PATH", str(tmp_path))
    monkeypatch.setenv(f"TRACKER_{name}", value)
    more = [str(tmp_path / "b")] if command == "backup" else []
    monkeypatch.setattr("sys.argv", ["tracker", command, *more])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr()
    assert left.value.code == 2
    if "dev/null/x" in value:
        says = "unable to open" if command == "init" else "There is no database /dev/null/x; run"
    assert told.err.count("\n") == 1 and says in told.err, told.err
    assert "sesame" not in told.err + told.out


def test_a_full_disk_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tracker.cli.database.FREE_NEEDED", 1 << 60)
    assert run(monkeypatch, folder, "check") == 2
    assert f"The disk of {folder} is almost full" in capsys.readouterr().err


def test_a_taken_port_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(monkeypatch, tmp_path, "serve", "--demo", "--port", str(port)) == 1
    printed = capsys.readouterr()
    assert printed.err == (
        f"Port {port} on 127.0.0.1 is in use: choose another with --port {port + 1}, "
        f"or with make run PORT={port + 1}.\n"
    )
    assert printed.out == "" and not list(tmp_path.glob("*.sqlite3"))
