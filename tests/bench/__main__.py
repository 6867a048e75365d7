"""``python -m tests.bench``: build the data, run every job several times, print the table."""

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench import compiled
from tests.bench.data import Size, build
from tests.bench.measuring import Measured, in_child, measure, medians
from tracker.cli.group import collect_seldom

DATABASE, SIZE = "bench.sqlite3", "size"


def main() -> None:
    """Read the command line; with ``--job`` this is a child that runs one job."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--states", type=int, default=193)
    parser.add_argument("--cycles", type=int, default=5)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="keep the data here and use them again")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    given = parser.parse_args()
    size = Size(given.states, given.cycles)
    if given.job:
        run(given.job, given.folder)
        return
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as scratch:
        for line in bench(given.folder or Path(scratch), size, given.runs):
            print(line, flush=True)


def run(job: str, folder: Path) -> None:
    """One job, in this process, which is set up as every command is."""
    collect_seldom()
    kind, _, rest = job.partition(":")
    if kind == "build":
        states, cycles = rest.split("x")
        measure(lambda: build(folder / DATABASE, Size(int(states), int(cycles))))
    elif kind == "keep":
        measure(lambda: compiled.keep_cells(folder, rest))
    else:
        size = Size(*map(int, (folder / SIZE).read_text().split("x")))
        found = compiled.jobs(size)[job]
        measure(lambda: found(folder))


def bench(folder: Path, size: Size, runs: int) -> list[str]:
    """Every line of the table."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / DATABASE).exists():
        in_child(f"build:{size.states}x{size.cycles}", folder)
        (folder / SIZE).write_text(f"{size.states}x{size.cycles}")
    for name in compiled.scopes(size):
        in_child(f"compiled-{name}", folder)
        in_child(f"keep:{name}", folder)
    return table(medians(list(compiled.jobs(size)), folder, runs), size, runs)


def table(found: Mapping[str, Measured], size: Size, runs: int) -> list[str]:
    """Every job, then the ratios with what is aimed at."""
    rows = [f"{size.states} States, {size.cycles} cycles, medians of {runs} runs", HEAD]
    rows += [_row(job, one, found["idle"]) for job, one in found.items()]
    return rows + list(compiled.ratios(found))


HEAD = f"{'job':<20}{'CPU s':>9}{'cells':>11}{'µs/cell':>9}{'peak MB':>9}{'over idle':>11}"


def _row(job: str, one: Measured, idle: Measured) -> str:
    each = f"{one.seconds / one.cells * 1e6:.2f}" if one.cells else "–"
    over = one.peak_mb - idle.peak_mb
    return f"{job:<20}{one.seconds:>9.2f}{one.cells:>11,}{each:>9}{one.peak_mb:>9.0f}{over:>11.0f}"


if __name__ == "__main__":
    main()
