"""The pages that compare: ``python -m tests.bench.pages``.

Each whole page through the application, beside the matrix's floor in the same run: the raw query
and one join of the same cells. Cold is a page right after something was published: nothing that is
kept between requests holds any more. Milliseconds of processor time, medians; sizes compressed.
"""

import argparse
import gzip
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

from flask import Flask

from tests.bench.data import Size, build, cycle_slugs
from tracker.app import create_app
from tracker.settings import Settings

OTHERS = "of 4 others"  # States that nobody compared before
MOST_OF_FLOOR, MOST_OF_MATRIX, MOST_KB = 2.0, 0.2, 100
RAW = """
SELECT submission_id, commitment_id,
       CASE WHEN audience = 'public' THEN progress ELSE 'withheld' END
  FROM submission_response
 WHERE submission_id IN (
    SELECT submission.id FROM submission
      JOIN national_report ON national_report.id = submission.report_id
      JOIN reporting_cycle ON reporting_cycle.id = national_report.cycle_id
     WHERE reporting_cycle.slug = ? AND published_at IS NOT NULL AND superseded_at IS NULL)
"""


def main() -> None:
    """Build the data, or use them again, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages", description=__doc__)
    parser.add_argument("--states", type=int, default=193)
    parser.add_argument("--cycles", type=int, default=5)
    parser.add_argument("--runs", type=int, default=9)
    given = parser.parse_args()
    size = Size(given.states, given.cycles)
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        for line in bench(Path(folder), size, given.runs):
            print(line)


def bench(folder: Path, size: Size, runs: int) -> list[str]:
    """Every line of the table, then the ratios with what is aimed at."""
    database = folder / "bench.sqlite3"
    build(database, size)
    app, slug = application(folder, database), cycle_slugs(size)[-1]
    lines = [f"{size.states} States, {size.cycles} cycles, medians of {runs} runs"]
    found = {name: measured(app, [path], runs) for name, path in pages(database, slug).items()}
    found[OTHERS] = measured(app, comparisons(database, slug, runs + 1), runs)

    def publish() -> None:
        with sqlite3.connect(database) as connection:
            connection.execute("UPDATE installation SET data_version = data_version + 1")

    for name in ("matrix", "compare of 4"):
        found[f"{name}, cold"] = measured(app, [pages(database, slug)[name]], runs, publish)
    lines += [f"{name:<18}{ms:>8.0f} ms{kb:>8.1f} kB" for name, (ms, kb) in found.items()]
    floor = _median(lambda: bare_matrix(database, slug), runs)
    matrix, compare = found["matrix"][0], found["compare of 4"][0]
    cold_matrix, cold_compare = found["matrix, cold"][0], found["compare of 4, cold"][0]
    lines += [
        f"{'bare matrix':<18}{floor:>8.0f} ms",
        f"matrix ÷ bare matrix = {matrix / floor:.2f} (≤ {MOST_OF_FLOOR:.2f})",
        f"compare of 4 ÷ matrix = {compare / matrix:.2f} (≤ {MOST_OF_MATRIX:.2f})",
        f"the same of others each time ÷ matrix = {found[OTHERS][0] / matrix:.2f}",
        f"cold matrix ÷ bare matrix = {cold_matrix / floor:.2f}",
        f"cold compare of 4 ÷ cold matrix = {cold_compare / cold_matrix:.2f}",
        f"largest page = {max(kb for _, kb in found.values()):.0f} kB (< {MOST_KB})",
    ]
    return lines


def pages(database: Path, slug: str) -> dict[str, str]:
    """By name the addresses that are measured."""
    codes = states(database)
    return {
        "overview": f"/cycles/{slug}/figures",
        "behind": f"/cycles/{slug}/states?value=implemented",
        "matrix": f"/cycles/{slug}/matrix",
        "matrix, words": f"/cycles/{slug}/matrix?cells=words&sort=25",
        "compare of 4": comparisons(database, slug, 1)[0],
        "commitment": f"/documents/bms7/25?cycle={slug}",
        "State": f"/states/{codes[0]}?cycle={slug}",
        "search": "/search?q=register",
        "needs": f"/needs?cycle={slug}",
        "indicator": "/indicators/sdg-16-4-2",
    }


def comparisons(database: Path, slug: str, number: int) -> list[str]:
    """So many comparisons of four, of other States each time as long as there are any."""
    codes = cycle(states(database))
    four = (",".join(islice(codes, 4)) for _ in range(number))
    return [f"/compare?states={named}&cycles={slug}" for named in four]


def states(database: Path) -> list[str]:
    """The codes of those that report."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT iso3 FROM state WHERE demonstration ORDER BY iso3")
        return [row[0] for row in rows]


def application(folder: Path, database: Path) -> Flask:
    """The whole application over the scratch database."""
    return create_app(
        Settings(
            environment="development",
            instance_path=folder,
            database_url=f"sqlite:///{database}",
            secret_key="for-the-bench-only-" * 3,
            base_url="http://localhost",
        )
    )


def measured(
    app: Flask, paths: Sequence[str], runs: int, before: Callable[[], None] = lambda: None
) -> tuple[float, float]:
    """Milliseconds and compressed kB of a page, after a first visit that is not counted.

    Of several pages each in turn. ``before`` each visit something is done that is not counted.
    One that is not there stops the run.
    """
    client, following = app.test_client(), cycle(paths)
    answer = client.get(next(following))
    assert answer.status_code == 200, (paths, answer.status_code)  # noqa: S101
    taken = _median(lambda: client.get(next(following)).data, runs, before)
    return taken, len(gzip.compress(answer.data)) / 1000


def bare_matrix(database: Path, slug: str) -> str:
    """The same cells and nothing else: one query, one join."""
    cells = defaultdict[int, dict[int, str]](dict)
    with sqlite3.connect(database) as connection:
        for submission, commitment, value in connection.execute(RAW, (slug,)):
            cells[submission][commitment] = f'<td class="is-{value}"><span>{value}</span></td>'
    return "".join("<tr>" + "".join(row.values()) + "</tr>" for row in cells.values())


def _median(
    job: Callable[[], object], runs: int, before: Callable[[], None] = lambda: None
) -> float:
    taken = []
    for _ in range(runs):
        before()
        began = time.process_time()
        job()
        taken.append(time.process_time() - began)
    return statistics.median(taken) * 1000


if __name__ == "__main__":
    main()
