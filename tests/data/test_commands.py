"""Lists for people begin with a heading; a taken port is told in one sentence."""

import json
import socket
from pathlib import Path

import pytest

from tracker.cli.group import main
from tracker.cli.setup import set_up
from tracker.settings import load_settings

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


def test_a_taken_port_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(monkeypatch, tmp_path, "serve", "--demo", "--port", str(port)) == 1
    printed = capsys.readouterr()
    assert printed.err == f"Port {port} on 127.0.0.1 is in use; choose another with --port.\n"
    assert printed.out == "" and not list(tmp_path.glob("*.sqlite3"))
