"""Import of a filled-in template: ``python -m tests.bench.importing``.

Gate, reading, checks and plan in this process, beside openpyxl's bare reading of the same file;
the start of the child process apart. Seconds of processor time, medians of several runs.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from sqlalchemy.orm import Session

from tests.exchange.templates import TemplateDesk, desk_of, edited, put
from tests.national_reports import begin_report
from tracker.cli.database import connect
from tracker.cli.setup import set_up
from tracker.domain.progress import Progress
from tracker.domain.responses import Measure
from tracker.exchange.importing.gate import check_package
from tracker.exchange.importing.reading import read_sheets
from tracker.exchange.importing.sandbox import read_workbook
from tracker.exchange.importing.template import read_template
from tracker.exchange.raw import RawWorkbook
from tracker.services.importing import plan_import
from tracker.settings import Settings

NARRATIVE = "The draft is being discussed by the ministries concerned. " * 12
MOST_READINGS, MOST_FOR_ERRORS = 3.0, 1.5


def main() -> None:
    """Print every figure, then the two ratios with what is aimed at."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.importing", description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        settings = Settings(
            environment="development",
            instance_path=Path(folder),
            database_url=f"sqlite:///{folder}/bench.sqlite3",
            secret_key="for-the-bench-only-" * 3,
            base_url="http://localhost",
        )
        set_up(settings)
        engine = connect(settings)
        with Session(engine) as session:
            for line in bench(session, Path(folder), runs):
                print(line)
        engine.dispose()


def bench(session: Session, folder: Path, runs: int) -> list[str]:
    """Every line of the table."""
    desk = filled_desk(session)
    clean = edited(desk.template(), lambda book: None)  # both saved by the same program
    wrong = edited(desk.template(), _spoil)
    upload = folder / "upload.xlsx"
    upload.write_bytes(clean)
    bare = _median(lambda: _bare(clean), runs)
    whole = _median(lambda: import_of(desk, clean), runs)
    errors = _median(lambda: import_of(desk, wrong), runs)
    began = time.perf_counter()
    read_workbook(upload)
    child = time.perf_counter() - began
    return [
        f"openpyxl, bare reading            {bare * 1000:7.1f} ms",
        f"gate, reading, checks, plan       {whole * 1000:7.1f} ms",
        f"the same of an all-wrong file     {errors * 1000:7.1f} ms",
        f"gate and reading in the child     {child * 1000:7.1f} ms on the clock",
        f"import ÷ bare reading             {whole / bare:7.2f}  (at most {MOST_READINGS})",
        f"all-wrong ÷ clean                 {errors / whole:7.2f}  (at most {MOST_FOR_ERRORS})",
    ]


def filled_desk(session: Session) -> TemplateDesk:
    """A demonstration of nobody: every commitment answered, a law under each."""
    work = begin_report(session)
    desk = desk_of(work)
    for commitment in desk.data().frame.commitments:
        work.answer(
            commitment.paragraph,
            progress=Progress.PARTLY_IMPLEMENTED,
            narrative=NARRATIVE,
            narrative_language="en",
            lead_agency="A ministry",
            measures=(Measure("An act", "2024-06", "https://example.org/act"),),
        )
    return desk


def import_of(desk: TemplateDesk, content: bytes) -> int:
    """Gate, reading, checks and plan; gives how many cells would change or are wrong."""
    check_package(content)
    raw = RawWorkbook(read_sheets(content))
    filled = read_template(raw, desk.data().frame)
    plan = plan_import(
        desk.session, actor=desk.actor, state_id=desk.state_id, cycle_id=desk.cycle_id,
        filled=filled, clock=desk.clock,
    )  # fmt: skip
    return len(plan.cells)


def _bare(content: bytes) -> None:
    book = openpyxl.load_workbook(BytesIO(content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                cell.value  # noqa: B018  reading it is the job


def _spoil(book: Workbook) -> None:
    """Something wrong in every cell that is checked."""
    answers, laws, figures = book["Answers"], book["Laws and instruments"], book["Figures"]
    for row in range(3, 96):
        for header in ("Progress", "Language", "Good practice", "Audience"):
            put(answers, row, header, "nonsense")
        put(laws, row, "Date of adoption", "one day")
        put(laws, row, "Link", "nowhere")
    for row in range(3, figures.max_row + 1):
        put(figures, row, "Value", -1)


def _median(job: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        began = time.process_time()
        job()
        times.append(time.process_time() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
