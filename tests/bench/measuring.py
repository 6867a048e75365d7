"""Each job in a process of its own: seconds of processor time, and the most memory it took."""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians over several runs. Seconds of processor time, so that other load counts little.

    ``each`` are those of every run, in order.
    """

    seconds: float
    peak_mb: float
    cells: int
    each: tuple[float, ...] = ()

    def over(self, other: "Measured") -> float:
        """How many times as long as the other, which ran beside it: the median of the pairs.

        A machine that others use too is faster in one minute than in the next.
        """
        ours, theirs = self.each or (self.seconds,), other.each or (other.seconds,)
        return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def measure(job: Callable[[], int]) -> None:
    """Run a job in this process and print what it took; ``job`` gives how many cells it wrote."""
    began = time.process_time()
    cells = job()
    seconds = time.process_time() - began
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb(), "cells": cells}))


def peak_mb() -> float:
    """The most memory that this process ever held, in MB (10⁶ bytes).

    On Linux from the process's own book: ``ru_maxrss`` also counts what the parent held.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def medians(jobs: Sequence[str], folder: Path, runs: int) -> dict[str, Measured]:
    """Run every job in turn, ``runs`` times over; a job is a name that ``tests.bench`` knows."""
    found: dict[str, list[Measured]] = {job: [] for job in jobs}
    for _ in range(runs):
        for job in jobs:
            found[job].append(in_child(job, folder))
    return {job: _median(results) for job, results in found.items()}


def in_child(job: str, folder: Path) -> Measured:
    """One run of a job."""
    command = [sys.executable, "-m", "tests.bench", "--job", job, "--folder", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _median(results: Sequence[Measured]) -> Measured:
    return Measured(
        statistics.median(one.seconds for one in results),
        statistics.median(one.peak_mb for one in results),
        results[0].cells,
        tuple(one.seconds for one in results),
    )
