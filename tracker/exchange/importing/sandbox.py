"""Reading an uploaded workbook in a child process that can do nothing else.

The calling thread only waits, so others are answered meanwhile. Whatever becomes of the child,
the caller gets the workbook or ``Invalid``.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any, Final

import structlog

from tracker.domain.errors import Invalid, Problem
from tracker.domain.messages import MESSAGES, sentence
from tracker.exchange.importing.kinds import check_kind
from tracker.exchange.raw import CellKind, RawCell, RawSheet, RawWorkbook

log = structlog.get_logger("workbooks")
# What a file may cost is counted in processor time (``confinement``); a busy machine needs longer
# for the same, and must not refuse an honest file for it.
WALL_SECONDS: Final = 20
LARGEST_ANSWER: Final = 20_000_000  # bytes of JSON: above any report that can be saved
TOO_HEAVY, UNREADABLE = "workbook-too-heavy", "workbook-unreadable"
_NEEDED = ("SYSTEMROOT", "LD_LIBRARY_PATH")
# openpyxl takes lxml where it finds it, which tells a want of memory as an error of the file.
_PARSER = {"OPENPYXL_LXML": "False"}
_ROOT = Path(__file__).parents[3]
# ``-I`` leaves the folder of the package off the path, so the child is told where it is.
_CODE = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from tracker.exchange.importing.child import main; main()"
)


def read_workbook(path: Path, *, scratch: Path | None = None) -> RawWorkbook:
    """Read a workbook that nobody vouches for.

    Args:
        path: the uploaded file; its name means nothing.
        scratch: the folder in which the child runs, the root folder if none is given.

    Raises:
        Invalid: it is no workbook, is hostile or too heavy; each has a sentence.
    """
    check_kind(path)
    command = [sys.executable, "-I", "-c", _CODE, str(_ROOT)]
    answer = _run(command, path, scratch or Path(_ROOT.anchor))
    try:
        return _workbook(answer)
    except (ValueError, TypeError, LookupError, RecursionError):
        raise Invalid(Problem(UNREADABLE)) from None


def _run(command: list[str], path: Path, folder: Path) -> bytes:
    """What the child answered; raises ``Invalid`` if it had to be ended or came to a bad end."""
    with (
        path.open("rb") as file,
        subprocess.Popen(  # noqa: S603  # nosec B603  # our own interpreter, our own code
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_environment(),
        ) as child,
    ):
        clock = Timer(WALL_SECONDS, child.kill)
        clock.start()
        try:
            answer = child.stdout.read(LARGEST_ANSWER + 1) if child.stdout else b""
            if len(answer) > LARGEST_ANSWER:
                child.kill()
            status = child.wait()
            timed_out = clock.finished.is_set()
        finally:
            child.kill()
            clock.cancel()
    if timed_out or status < 0 or len(answer) > LARGEST_ANSWER:
        raise Invalid(Problem(TOO_HEAVY))
    if status:
        log.error("workbook child failed", status=status)
        raise Invalid(Problem(UNREADABLE))
    return answer


def _environment() -> dict[str, str]:
    """Nothing of the parent's, which holds secrets, but what an interpreter needs to start."""
    return _PARSER | {name: value for name, value in os.environ.items() if name in _NEEDED}


def _lines(answer: bytes) -> Iterator[Any]:
    """The lines, decoded one by one: the whole would be held twice."""
    start = 0
    while (end := answer.find(b"\n", start)) >= 0:
        yield json.loads(answer[start:end])
        start = end + 1


def _workbook(answer: bytes) -> RawWorkbook:
    """What an answer says; raises ``ValueError`` and the like where it says nothing."""
    sheets: list[tuple[str, dict[int, dict[int, RawCell]]]] = []
    for line in _lines(answer):
        if isinstance(line, str):
            sheets.append((line, {}))
        elif isinstance(line, list):
            row, cells = line
            sheets[-1][1][int(row)] = {int(column): _cell(*cell) for column, *cell in cells}
        elif "problems" in line:
            raise Invalid(*(_problem(*problem) for problem in line["problems"]))
        elif line["sheets"] == len(sheets):
            return RawWorkbook(tuple(RawSheet(name, rows) for name, rows in sheets))
    raise ValueError("the answer has no end")


def _cell(kind: str, text: str) -> RawCell:
    return RawCell(str(text), CellKind(kind))


def _problem(code: str, place: str, values: dict[str, object]) -> Problem:
    """A problem that has a sentence; raises ``KeyError`` for one that has none."""
    problem = Problem(MESSAGES[code] and code, place, values)
    sentence(problem)
    return problem
