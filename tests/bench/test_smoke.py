"""The bench still runs: five States, one cycle, nothing timed."""

from pathlib import Path

from tests.bench import compiled, pages, verifying
from tests.bench.__main__ import DATABASE, HEAD, SIZE, table
from tests.bench.data import Size, build
from tests.bench.measuring import Measured, in_child, peak_mb
from tests.exchange.workbooks import Written

SMALL = Size(states=5, cycles=1)


def test_every_job_runs_and_writes_the_same_cells(tmp_path: Path) -> None:
    assert build(tmp_path / DATABASE, SMALL) == 5 * 95
    (tmp_path / SIZE).write_text("5x1")
    jobs = compiled.jobs(SMALL)
    assert jobs["read-one"](tmp_path) == 5 * 95
    jobs["compiled-one"](tmp_path)
    rows = Written((tmp_path / "one.xlsx").read_bytes()).rows("Responses")
    assert len(rows) == 5 * 95 and {row["State"][:9] for row in rows} == {"Synthetic"}
    assert all("ynth" in row["Lead agency"] for row in rows)
    cells = compiled.keep_cells(tmp_path, "one")
    assert jobs["xlsxwriter-one"](tmp_path) == jobs["openpyxl-one"](tmp_path) == cells


def test_a_job_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / SIZE).write_text("5x1")
    found = in_child("idle", tmp_path)
    assert 10 < found.peak_mb < 1000 and found.seconds >= 0 and peak_mb() > 10


def test_the_table_says_what_is_aimed_at() -> None:
    found = {
        "idle": Measured(0.0, 80.0, 0),
        "read-one": Measured(1.0, 85.0, 10),
        "compiled-one": Measured(6.0, 100.0, 0),
        "xlsxwriter-one": Measured(5.0, 90.0, 100),
        "openpyxl-one": Measured(15.0, 95.0, 100),
    }
    lines = table(found, SMALL, 3)
    assert lines[0] == "5 States, 1 cycles, medians of 3 runs" and lines[1] == HEAD
    assert "one: compiled ÷ bare XlsxWriter loop = 1.20 (≤ 1.25)" in lines
    assert "one: compiled ÷ openpyxl write_only = 0.40 (< 0.50)" in lines
    assert "one: compiled over idle = 20 MB (≤ 60)" in lines


def test_every_page_that_is_measured_opens(tmp_path: Path) -> None:
    lines = pages.bench(tmp_path, SMALL, 1)
    assert lines[0] == "5 States, 1 cycles, medians of 1 runs"
    assert [line.partition(" =")[0] for line in lines[-6:]] == [
        "matrix ÷ bare matrix",
        "compare of 4 ÷ matrix",
        "the same of others each time ÷ matrix",
        "cold matrix ÷ bare matrix",
        "cold compare of 4 ÷ cold matrix",
        "largest page",
    ]


def test_every_link_is_verified_by_the_command(tmp_path: Path) -> None:
    lines = verifying.bench(tmp_path, 2)
    told = [int(line.split()[-1]) for line in lines[:2]]
    # opened, submitted, accepted and published beside 93 answers, 23 of them saved twice
    assert told == [2, 2 * (4 + 93 + 23)]
