"""The child process: a file on standard input, JSON lines on standard output.

Either one line ``{"problems": [[code, place, values], …]}``; or for each sheet its name, its rows
as ``[row, [[column, kind, text], …]]``, a line each, and at the end ``{"sheets": n}``.
Everything is imported, and the file read, before the process is confined.
"""

import encodings.cp437  # noqa: F401  names in old archives
import json
import os
import sys
from collections.abc import Iterator

from tracker.domain.errors import Invalid, Problem
from tracker.domain.uploads import LARGEST_FILE
from tracker.exchange.importing.confinement import confine
from tracker.exchange.importing.gate import check_package
from tracker.exchange.importing.reading import read_sheets


def main() -> None:
    """Read, confined; every failure is an answer too."""
    data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    confine()
    problems: list[Problem] = []
    try:
        for line in _answer(data):
            _send(line)
    except Invalid as refusal:
        problems += refusal.problems
    except MemoryError:
        problems.append(Problem("workbook-too-heavy"))
    except BaseException:  # a reader's panic is no Exception
        problems.append(Problem("workbook-unreadable"))
    if problems:  # outside the handlers, where what filled the memory is gone
        _send({"problems": [[p.code, p.place, dict(p.values)] for p in problems]})
    os._exit(0)  # tidying up is what a confined process may not do


def _answer(data: bytes) -> Iterator[object]:
    check_package(data)
    sheets = read_sheets(data)
    for sheet in sheets:
        yield sheet.name
        for row, cells in sheet.rows.items():
            yield [row, [[column, cell.kind, cell.text] for column, cell in cells.items()]]
    yield {"sheets": len(sheets)}


def _send(line: object) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()
