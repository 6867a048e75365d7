"""Hostile and broken workbooks get a sentence, soon and cheaply; other people notice nothing."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from tests.exchange import hostile
from tests.exchange.hostile import Hostile
from tracker.domain.errors import Invalid, Problem, TooMany
from tracker.domain.messages import MESSAGES, sentence
from tracker.exchange.importing import sandbox
from tracker.exchange.importing.gate import check_package
from tracker.exchange.importing.kinds import check_kind
from tracker.exchange.importing.reading import read_sheets
from tracker.exchange.importing.sandbox import read_workbook
from tracker.exchange.importing.slots import slots
from tracker.exchange.raw import RawSheet
from tracker.web.errors import STATUS

ROOT = Path(__file__).parents[2]
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


def _problem(read: Callable[[], object]) -> Problem:
    with pytest.raises(Invalid) as refused:
        read()
    return refused.value.problem


def _refusal(content: bytes, path: Path) -> Problem:
    """How a file is refused, in this process: for files that stop before they cost much."""

    def read() -> None:
        path.write_bytes(content)
        check_kind(path)
        check_package(content)
        read_sheets(content)

    return _problem(read)


@pytest.mark.parametrize(
    "maker",
    [
        hostile.documents_and_kinds,
        hostile.archives,
        hostile.markup,
        hostile.contents,
        hostile.cells,
    ],
)
def test_each_is_refused_with_its_own_sentence(
    maker: Callable[[], Iterator[Hostile]], tmp_path: Path
) -> None:
    wrong = []
    for bad in hostile.made(maker):
        if bad.code == "workbook-unreadable":  # only the child makes a sentence of a reader's error
            continue
        problem = _refusal(bad.content, tmp_path / "upload.xlsx")
        if problem.code != bad.code:
            wrong.append((bad.name, problem.code))
        assert problem.code in MESSAGES
        assert "%(" not in sentence(problem)
    assert not wrong


def test_sentences_name_the_part_and_the_cell(tmp_path: Path) -> None:
    macros = hostile.with_parts({"xl/vbaProject.bin": b"x"})
    assert "xl/vbaProject.bin" in sentence(_refusal(macros, tmp_path / "m.xlsx"))
    number = hostile.with_cell("", "<v>NaN</v>")
    assert "Sheet “One”, cell A1 " in sentence(_refusal(number, tmp_path / "n.xlsx"))


def test_through_the_child_they_get_the_same_sentences(tmp_path: Path) -> None:
    makers = (hostile.markup, hostile.archives, hostile.contents, hostile.cells)
    wanted = {
        "laughs in xl/worksheets/sheet1.xml",
        "19 MB in one attribute",
        "understated size",
        "xl/vbaProject.bin",
        "first and last cell",
        "5,000 sheets",
        "sheet that is not there",
    }
    chosen = [bad for maker in makers for bad in hostile.made(maker) if bad.name in wanted]
    assert len(chosen) == len(wanted)
    before = _cpu_of_children()
    for bad in chosen:
        path = tmp_path / "upload.xlsx"
        path.write_bytes(bad.content)
        problem = _problem(partial(read_workbook, path))
        now = _cpu_of_children()
        assert (bad.name, problem.code) == (bad.name, bad.code)
        assert now - before < 5
        before = now


def _cpu_of_children() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system


@UNIX
def test_what_costs_too_much_is_ended_while_others_are_served(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.xlsx" for number in range(2)]
    for path, bad in zip(paths, hostile.heavy(), strict=True):
        path.write_bytes(bad.content)

    def read(path: Path) -> tuple[str, float]:
        begun = time.thread_time()
        problem = _problem(lambda: read_workbook(path))
        return problem.code, time.thread_time() - begun

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(read, path) for path in paths]
        longest, last = 0.0, time.monotonic()
        while not all(answer.done() for answer in answers):
            time.sleep(0.01)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert [answer.result()[0] for answer in answers] == ["workbook-too-heavy"] * 2
    assert max(answer.result()[1] for answer in answers) < 0.5  # the threads only waited
    assert longest < 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import time; time.sleep(60)", "workbook-too-heavy"),
        ("import os; os.abort()", "workbook-too-heavy"),
        ("while True: print('x' * 1_000_000)", "workbook-too-heavy"),
        ("raise SystemExit(3)", "workbook-unreadable"),
        ("pass", "workbook-unreadable"),
        ("print('nonsense')", "workbook-unreadable"),
        ("print('[' * 100_000)", "workbook-unreadable"),
        ("print('null')", "workbook-unreadable"),
        ("print('[1, []]')", "workbook-unreadable"),
        ("print('\"One\"')", "workbook-unreadable"),
        ("print('{\"sheets\": 1}')", "workbook-unreadable"),
        ('print(\'"One"\'); print(\'[1, [[1, "word", "x"]]]\')', "workbook-unreadable"),
        ('print(\'{"problems": [["no-such", "", {}]]}\')', "workbook-unreadable"),
        ('print(\'{"problems": [["workbook-macros", "", {"x": 1}]]}\')', "workbook-unreadable"),
        ("print('{\"problems\": []}')", "workbook-unreadable"),
    ],
)
def test_whatever_becomes_of_the_child_is_a_sentence(
    code: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_CODE", code)
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 2)
    path = tmp_path / "upload.xlsx"
    path.write_bytes(hostile.honest())
    assert _problem(lambda: read_workbook(path)).code == expected


ATTEMPTS = """
import ctypes, os, resource, socket, subprocess, sys
sys.path.insert(0, sys.argv[1])
from tracker.exchange.importing.confinement import confine
def grow():
    kept = []
    while len(kept) < 150:
        kept.append(bytearray(1024 * 1024))
tries = {
    "read": lambda: open("/etc/hostname"),
    "write": lambda: open("written", "w"),
    "descriptor": lambda: os.open("/etc/hostname", os.O_RDONLY),
    "list": lambda: os.listdir("/"),
    "delete": lambda: os.remove("here"),
    "socket": lambda: socket.socket(),
    "name": lambda: socket.getaddrinfo("localhost", 80),
    "process": lambda: subprocess.run(["true"]),
    "shell": lambda: os.system("true"),
    "fork": lambda: os.fork(),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "kill": lambda: os.kill(os.getppid(), 0),
    "native": lambda: ctypes.CDLL(None),
    "code": lambda: exec("1"),
    "import": lambda: __import__("mailbox"),
    "native descriptor": lambda: os.dup(0),
    "limits": lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
    "memory": grow,
}
confine()
for name, attempt in tries.items():
    try:
        attempt()
        print(name, "succeeded", flush=True)
    except (RuntimeError, OSError, MemoryError) as refused:
        print(name, type(refused).__name__, flush=True)
os._exit(0)
"""


@UNIX
def test_the_confined_child_can_only_compute(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-c", ATTEMPTS, str(ROOT)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        timeout=30,
        check=True,
    )
    outcome = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
    assert outcome.pop("memory") == "MemoryError"
    assert outcome.pop("native descriptor") == "OSError"
    assert outcome and set(outcome.values()) == {"Refused"}
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_the_child_is_told_nothing_of_our_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", "hush")
    tell = (
        "import json, os; names = [name for name in os.environ if 'TRACKER' in name]\n"
        "print(json.dumps(','.join(names))); print(json.dumps({'sheets': 1}))"
    )
    monkeypatch.setattr(sandbox, "_CODE", tell)
    path = tmp_path / "upload.xlsx"
    path.write_bytes(hostile.honest())
    assert read_workbook(path).sheets[0].name == ""


def test_the_parser_is_the_same_whatever_else_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "lxml"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "etree.py").write_text("LXML_VERSION = (9, 9, 9, 0)\n", "utf-8")
    tell = (
        f"import json, sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from openpyxl.xml import LXML\n"
        "print(json.dumps(str(LXML))); print(json.dumps({'sheets': 1}))"
    )
    monkeypatch.setattr(sandbox, "_CODE", tell)
    path = tmp_path / "upload.xlsx"
    path.write_bytes(hostile.honest())
    assert read_workbook(path).sheets[0].name == "False"


def test_bits_flipped_by_chance_are_noticed_or_harmless() -> None:
    chance = random.Random(20261125)  # noqa: S311
    content = hostile.honest()
    wanted = read_sheets(content)
    outcomes = Counter(_outcome_of(_mutated(content, chance), wanted) for _ in range(400))
    assert set(outcomes) == {"refused", "the same"}, outcomes
    assert outcomes["refused"] > 300


def _outcome_of(content: bytes, wanted: tuple[RawSheet, ...]) -> str:
    try:
        check_package(content)
        found = read_sheets(content)
    except Exception:  # of what a reader raises the child makes a sentence
        return "refused"
    return "the same" if found == wanted else "other words"


def test_markup_changed_by_chance_never_escapes_the_child(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311
    parts = hostile.parts_of(hostile.honest())
    paths: list[Path] = []
    for number in range(12):
        part = chance.choice([hostile.SHEET, hostile.BOOK, hostile.STRINGS, "xl/styles.xml"])
        text = parts[part].decode()
        numbers = [at for at, letter in enumerate(text) if letter.isdigit() and at > 60]
        for at in chance.sample(numbers, 4):
            text = text[:at] + chance.choice(["9", "-1", "99999999999", "x"]) + text[at + 1 :]
        paths.append(tmp_path / f"{number}.xlsx")
        paths[-1].write_bytes(hostile.packed({**parts, part: text.encode()}))
    with ThreadPoolExecutor(2) as pool:
        outcomes = Counter(pool.map(_sheets_or_code, paths))
    assert outcomes["One, Two"] and len(outcomes) > 2, outcomes
    refused = set(outcomes) - {"One, Two"}
    assert refused <= {name for name in MESSAGES if name.startswith("workbook-")}, outcomes


def _sheets_or_code(path: Path) -> str:
    try:
        return ", ".join(sheet.name for sheet in read_workbook(path).sheets)
    except Invalid as refused:
        return refused.problem.code


def _mutated(content: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(4)
    at = chance.randrange(len(content))
    if kind == 0:
        return content[:at]
    if kind == 1:
        return content[:at] + chance.randbytes(4) + content[at:]
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        changed[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def test_two_in_all_and_one_a_user(tmp_path: Path) -> None:
    folder = tmp_path / "slots"
    with slots(folder, "a@example.org"):
        with pytest.raises(TooMany) as mine, slots(folder, "a@example.org"):
            pass
        with slots(folder, "b@example.org"):
            with pytest.raises(TooMany) as others, slots(folder, "c@example.org"):
                pass
        with slots(folder, "c@example.org"):
            pass
    assert mine.value.problem.code == "reader-busy-with-yours"
    assert others.value.problem.code == "reader-busy"
    assert not [path for path in folder.iterdir() if "example" in path.name]
    assert STATUS[TooMany] == 429


def test_a_slot_falls_with_its_process(tmp_path: Path) -> None:
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from tracker.exchange.importing.slots import slots\n"
        "with slots(Path(sys.argv[2]), 'a'): print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-c", code, str(ROOT), str(tmp_path)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline()
        with pytest.raises(TooMany), slots(tmp_path, "a"):
            pass
        other.kill()
    with slots(tmp_path, "a"):
        pass
