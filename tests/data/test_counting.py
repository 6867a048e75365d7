"""Where the processes of a server add up their numbers: a folder of its own, in memory."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tracker.cli import counting
from tracker.cli.counting import CountingFolder, counting_folder
from tracker.settings import BadSettings, Settings

Make = Callable[[], CountingFolder]


@pytest.fixture
def make(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes a folder for a server of an instance in ``tmp_path``, with a memory of its own."""
    memory, instance = tmp_path / "memory", tmp_path / "instance"
    memory.mkdir()
    instance.mkdir()
    monkeypatch.setattr(counting, "MEMORY", memory)
    monkeypatch.setenv(counting.COUNTED_IN, "")
    return lambda: counting_folder(replace(settings, instance_path=instance))


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
