"""Where the processes of a server add up their numbers: a folder of its own, in memory."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tracker.cli import counting
from tracker.cli.counting import CountingFolder, counting_folder
from tracker.settings import BadSettings, Settings
from tracker.web import metrics
from tracker.web.metrics import RESERVED

Make = Callable[[], CountingFolder]


@pytest.fixture
def make(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a folder for a server of an instance in ``tmp_path``, with a memory of its own."""
    memory, instance = tmp_path / "memory", tmp_path / "instance"
    memory.mkdir()
    instance.mkdir()
    monkeypatch.setattr(counting, "MEMORY", memory)
    monkeypatch.setenv(counting.COUNTED_IN, "")
    served = replace(settings, instance_path=instance, metrics_token="t" * 40)

    def make() -> CountingFolder:
        folder = counting_folder(served)
        assert folder is not None
        return folder

    return make


def test_nobody_counts_where_nobody_may_read_it(settings: Settings) -> None:
    assert counting_folder(replace(settings, metrics_token="")) is None


def test_the_room_of_a_process_that_ended_is_given_back(make: Make) -> None:
    folder = make()
    for name, used in (("counter", 4000), ("histogram", 0)):
        content = used.to_bytes(4, sys.byteorder).ljust(RESERVED, b"\0")
        (folder.path / f"{name}_7.db").write_bytes(content)
    (folder.path / "counter_17.db").write_bytes(b"\0" * RESERVED)
    folder.shrink(7)
    sizes = {path.name: path.stat().st_size for path in folder.path.iterdir()}
    assert sizes == {"counter_7.db": 4000, "histogram_7.db": 8, "counter_17.db": RESERVED}
    folder.remove()


def test_who_has_no_room_to_count_answers_all_the_same(
    make: Make, app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make()
    monkeypatch.setattr(metrics, "_reserved", set())
    monkeypatch.setattr(metrics, "_told", set())
    monkeypatch.setattr(metrics, "RESERVED", 1 << 60)
    for told in (1, 0):  # it is said once
        assert app.test_client().get("/healthz").status_code == 200
        assert capsys.readouterr().out.count("not-counted") == told
    assert list(folder.path.iterdir()) == []
    folder.remove()
    monkeypatch.setattr(metrics, "RESERVED", RESERVED)
    monkeypatch.setattr(metrics, "_told", set())
    assert app.test_client().get("/healthz").status_code == 200  # the folder is gone, too
    assert "not-counted" in capsys.readouterr().out


def test_two_servers_of_one_instance_count_apart(make: Make) -> None:
    first, second = make(), make()
    assert os.environ[counting.COUNTED_IN] == str(second.path)
    (first.path / "counter_1.db").write_bytes(b"numbers")
    second.remove()
    assert (first.path / "counter_1.db").exists() and not second.path.exists()
    assert first.path.stat().st_mode & 0o777 == 0o700
    first.remove()
    assert list(first.path.parent.iterdir()) == []


def test_what_a_killed_server_left_goes_with_the_next_start(make: Make) -> None:
    killed, living = make(), make()
    (killed.path / "counter_1.db").write_bytes(b"numbers")
    os.close(killed.lock)  # as the system does at the end of the last process
    third = make()
    assert {path.name for path in third.path.parent.iterdir()} == {
        living.path.name,
        third.path.name,
    }
    for folder in (living, third):
        folder.remove()


def test_a_folder_that_somebody_removed_is_made_again(make: Make) -> None:
    folder = make()
    folder.path.rmdir()
    folder.keep()
    folder.keep()
    assert folder.path.stat().st_mode & 0o777 == 0o700
    other = make()  # it is locked again: who starts now leaves it alone
    assert folder.path.exists()
    other.remove()
    folder.remove()


def test_a_folder_that_cannot_be_locked_is_not_left_behind(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next server would remove it beneath this one."""
    folder = make()
    folder.path.rmdir()
    with monkeypatch.context() as patch:
        patch.setattr(counting, "lock_folder", _no_lock)
        folder.keep()
    assert not folder.path.exists()
    folder.keep()
    assert folder.path.exists()
    folder.remove()


def _no_lock(path: Path, how: int) -> int:
    raise OSError(37, "No locks available")


@pytest.mark.parametrize("trouble", ["full", "missing", "another's"])
def test_without_room_in_memory_numbers_lie_in_the_instance_folder(
    make: Make, tmp_path: Path, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trouble == "full":
        monkeypatch.setattr(counting, "ROOM", 1 << 60)
    elif trouble == "missing":
        counting.MEMORY.rmdir()
    else:
        counting.MEMORY.rmdir()
        counting.MEMORY.write_text("no folder")
    folder = make()
    assert folder.path.parent == tmp_path / "instance" / "counters"
    folder.remove()


def test_nothing_is_served_where_nothing_can_be_counted(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "ROOM", 1 << 60)
    (tmp_path / "instance" / "counters").write_text("no folder")
    with pytest.raises(BadSettings, match="cannot be written"):
        make()
