"""Reading CSV files of values that others published, as spreadsheets write them."""

import csv
import io
from collections.abc import Iterator

from tracker.domain.errors import Problem
from tracker.domain.published import COLUMNS, LineProblem, PublishedFile, PublishedRow, parse_row

SEPARATORS = ",;"


def read_published(data: bytes, *, last_year: int) -> PublishedFile:
    """The lines of a file, with or without a byte order mark, parted as its first line is.

    ``last_year``: the latest year that a value may be of. Empty lines are passed over.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _nothing(LineProblem(line, "", Problem("published-not-utf8")))
    heading = text.partition("\n")[0]
    separator = max(SEPARATORS, key=heading.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    started = 1
    rows: list[PublishedRow] = []
    problems: list[LineProblem] = []
    try:
        columns = [name.strip().lower() for name in next(lines, [])]
        wrong = tuple(_wrong_columns(columns))
        if wrong:
            return _nothing(*wrong)
        started = lines.line_num + 1
        for cells in lines:
            if any(cell.strip() for cell in cells):
                _read_line(started, columns, cells, last_year, rows, problems)
            started = lines.line_num + 1
    except csv.Error:
        problems.append(LineProblem(started, "", Problem("published-not-csv")))
    if not rows and not problems:
        problems.append(LineProblem(0, "", Problem("published-empty")))
    return PublishedFile(tuple(rows), tuple(problems))


def _nothing(*problems: LineProblem) -> PublishedFile:
    return PublishedFile((), problems)


def _wrong_columns(columns: list[str]) -> Iterator[LineProblem]:
    allowed = ", ".join(COLUMNS)
    for name in COLUMNS:
        if name not in columns:
            values = {"column": name, "columns": allowed}
            yield LineProblem(1, name, Problem("published-column-missing", name, values))
    for number, name in enumerate(columns):
        if name not in COLUMNS or name in columns[:number]:
            values = {"column": name[:80], "columns": allowed}
            yield LineProblem(1, name[:80], Problem("published-column-unknown", "", values))


def _read_line(
    line: int,
    columns: list[str],
    cells: list[str],
    last_year: int,
    rows: list[PublishedRow],
    problems: list[LineProblem],
) -> None:
    if len(cells) != len(columns):
        values = {"cells": len(cells), "columns": len(columns)}
        problems.append(LineProblem(line, "", Problem("published-cells", "", values)))
        return
    row, wrong = parse_row(line, dict(zip(columns, cells, strict=True)), last_year=last_year)
    rows.append(row)
    problems += wrong
