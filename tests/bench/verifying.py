"""``tracker verify`` of a whole cycle: ``python -m tests.bench.verifying``.

Every invented Member State answers every commitment, some twice, and its report is submitted,
accepted and published, all by the services; then the command runs in a process of its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.bench.data import TEXTS, make_states
from tests.national_reports import begin_report
from tests.signing import SIGNER, keep_key
from tracker.cli.database import connect
from tracker.cli.keys import key_file
from tracker.cli.setup import set_up
from tracker.domain.progress import Progress
from tracker.models import ChainEntry, Commitment, State
from tracker.models.engine import write_intent
from tracker.settings import load_settings

WITHIN = 60.0  # seconds for 193 reports
LENGTH = 5  # times the text
AGAIN = 4  # one answer in so many is saved a second time


def main() -> None:
    """Print how long it took, with what is aimed at."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.verifying", description=__doc__)
    parser.add_argument("--states", type=int, default=193)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        for line in bench(Path(folder), given.states):
            print(line, flush=True)


def bench(folder: Path, states: int) -> list[str]:
    """Every line of the table."""
    environment = {"TRACKER_ENV": "demonstration", "TRACKER_INSTANCE_PATH": str(folder)}
    links = build(environment, states)
    began = time.perf_counter()
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "tracker", "verify", "--format", "json"],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds = time.perf_counter() - began
    told = json.loads(done.stdout)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return [
        f"reports verified            {told['reports']:8}",
        f"links of their chains       {links:8}",
        f"seconds on the clock        {seconds:8.1f}  (193 reports: at most {WITHIN:.0f})",
        f"seconds of processor time   {used.ru_utime + used.ru_stime:8.1f}",
    ]


def build(environment: dict[str, str], states: int) -> int:
    """Make the database; gives how many links all chains have."""
    settings = load_settings(os.environ | environment)
    keep_key(key_file(settings), SIGNER)
    set_up(settings)
    engine = connect(settings)
    with write_intent(), Session(engine) as session:
        make_states(session, states)
        session.commit()
        for iso3 in session.scalars(select(State.iso3).where(State.demonstration)).all():
            publish_report(session, iso3)
            session.commit()
        links = session.scalar(select(func.count()).select_from(ChainEntry)) or 0
    engine.dispose()
    return links


def publish_report(session: Session, iso3: str) -> None:
    """A report of one State with every answer, submitted and published."""
    work = begin_report(session, iso3)
    asked = select(Commitment.paragraph).where(Commitment.addressee != "secretariat")
    for number in session.scalars(asked).all():
        for turn in range(1 if number % AGAIN else 2):
            work.answer(
                number,
                progress=Progress.PARTLY_IMPLEMENTED,
                narrative=f"{TEXTS['en'] * LENGTH}{turn}",
                narrative_language="en",
            )
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)


if __name__ == "__main__":
    main()
