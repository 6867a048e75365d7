"""The compiled workbook, and the floor beside it: the same cells by a bare loop of each writer."""

import pickle
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from tests.bench.data import Size, cycle_slugs, open_database
from tests.bench.measuring import Measured
from tracker.domain.progress import Audience
from tracker.exchange.compiled import write_compiled
from tracker.exchange.words import Made
from tracker.queries.compiled import compiled_export
from tracker.queries.exports import StateAnswers, state_answers

MADE_AT = datetime(2026, 1, 5, tzinfo=UTC)
Sheets = list[tuple[str, list[list[Any]]]]


def jobs(size: Size) -> dict[str, Callable[[Path], int]]:
    """By name, what to run in a folder that holds the database; each gives its cells."""
    found: dict[str, Callable[[Path], int]] = {"idle": idle}
    for name, slugs in scopes(size).items():
        found[f"read-{name}"] = partial(read, slugs=slugs)
        found[f"compiled-{name}"] = partial(compiled, slugs=slugs, name=name)
        found[f"xlsxwriter-{name}"] = partial(bare_xlsxwriter, name=name)
        found[f"openpyxl-{name}"] = partial(bare_openpyxl, name=name)
    return found


def scopes(size: Size) -> dict[str, list[str]]:
    """One cycle, and all of them."""
    slugs = cycle_slugs(size)
    return {"one": slugs[-1:]} | ({"all": slugs} if len(slugs) > 1 else {})


def idle(folder: Path) -> int:
    """What a process holds that has everything loaded and the database open."""
    with open_database(folder / "bench.sqlite3").connect():
        return 0


def read(folder: Path, slugs: list[str]) -> int:
    """Reading alone, State by State, as the export does it."""
    audience = Audience.SECRETARIAT
    with Session(open_database(folder / "bench.sqlite3")) as session:
        data = compiled_export(session, cycle_slugs=slugs, audience=audience)
        return sum(len(state_answers(session, i, audience).answers) for i in data.submission_ids)


def compiled(folder: Path, slugs: list[str], name: str) -> int:
    """Database to finished file, all sheets, styled. Its cells are counted by ``keep_cells``."""
    audience = Audience.SECRETARIAT
    with Session(open_database(folder / "bench.sqlite3")) as session:

        def one(submission_id: int) -> StateAnswers:
            try:
                return state_answers(session, submission_id, audience)
            finally:
                session.rollback()

        data = compiled_export(session, cycle_slugs=slugs, audience=audience)
        session.rollback()
        made = Made(MADE_AT, "tests.bench")
        write_compiled(folder / f"{name}.xlsx", data, one, translate=str, language="en", made=made)
    return 0


def keep_cells(folder: Path, name: str) -> int:
    """Read the finished file once, so that the bare loops have the same cells in memory."""
    book = CalamineWorkbook.from_path(str(folder / f"{name}.xlsx"))
    sheets: Sheets = [
        (sheet, book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))
        for sheet in book.sheet_names
    ]
    with (folder / f"{name}.pickle").open("wb") as file:
        for entry in sheets:
            pickle.dump(entry, file)
    return sum(value != "" for _, rows in sheets for row in rows for value in row)


def _kept(folder: Path, name: str) -> Iterator[tuple[str, list[list[Any]]]]:
    with (folder / f"{name}.pickle").open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)  # noqa: S301


def bare_xlsxwriter(folder: Path, name: str) -> int:
    """The floor: no styles, no heights, no database."""
    cells = 0
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(str(folder / "bare.xlsx"), options)
    for sheet_name, rows in _kept(folder, name):
        sheet = book.add_worksheet(sheet_name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value == "":
                    continue
                cells += 1
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value)
                else:
                    sheet.write_number(number, column, value)
    book.close()
    return cells


def bare_openpyxl(folder: Path, name: str) -> int:
    """The same cells by openpyxl, write-only; what looks like a formula is left to it."""
    cells = 0
    book = openpyxl.Workbook(write_only=True)
    for sheet_name, rows in _kept(folder, name):
        sheet = book.create_sheet(sheet_name)
        for row in rows:
            values = [None if value == "" else value for value in row]
            cells += len(values) - values.count(None)
            sheet.append(values)
    book.save(str(folder / "bare.xlsx"))
    return cells


def ratios(found: Mapping[str, Measured]) -> Iterator[str]:
    """What is aimed at, and what this run gave."""
    idle_mb = found["idle"].peak_mb
    for name in ("one", "all"):
        if f"compiled-{name}" not in found:
            continue
        ours = found[f"compiled-{name}"]
        floor = ours.over(found[f"xlsxwriter-{name}"])
        other = ours.over(found[f"openpyxl-{name}"])
        yield f"{name}: compiled ÷ bare XlsxWriter loop = {floor:.2f} (≤ 1.25)"
        yield f"{name}: compiled ÷ openpyxl write_only = {other:.2f} (< 0.50)"
        yield f"{name}: compiled over idle = {ours.peak_mb - idle_mb:.0f} MB (≤ 60)"
    if "compiled-all" in found:
        each = [
            found[f"compiled-{name}"].seconds / found[f"xlsxwriter-{name}"].cells
            for name in ("one", "all")
        ]
        yield f"seconds per cell, all cycles ÷ one = {each[1] / each[0]:.2f} (≤ 1)"
