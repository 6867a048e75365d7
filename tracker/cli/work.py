"""``tracker work``: what takes too long for a page, in a process of its own."""

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import click
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import sessionmaker

from tracker.cli.checkpoints import DaySigner
from tracker.cli.database import connect, expect_ready
from tracker.cli.export_making import ExportMaker
from tracker.cli.mailing import Mailer
from tracker.delivery.files import ExportFolder
from tracker.domain.clock import system_clock
from tracker.logs import configure_logging
from tracker.models.engine import is_unusable, write_intent
from tracker.services.import_plans import delete_expired_plans
from tracker.settings import BadSettings, Settings, load_settings

log = structlog.get_logger("work")
PAUSE = 0.5  # seconds between two looks at the queue
AFTER_TROUBLE = 10.0
NICENESS = 5  # pages go first where there is little to run on


@dataclass(slots=True)
class Job:
    """One kind of work. ``run`` gives whether there may be more of it at once."""

    name: str
    run: Callable[[], bool]
    every: float
    due: float = 0.0

    def run_if_due(self) -> bool:
        """Run it, if its time has come."""
        if time.monotonic() < self.due:
            return False
        more = self.run()
        self.due = time.monotonic() + (0.0 if more else self.every)
        return more


class Ending:
    """Whether to stop: a signal came, or the server that started the worker is gone."""

    def __init__(self, parent: int | None) -> None:
        self._parent = parent
        self._asked = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked.set()

    def __call__(self) -> bool:
        return self._asked.is_set() or self._is_orphan()

    def _is_orphan(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent

    def wait(self, seconds: float) -> None:
        """Sleep until then, or until it is time to stop."""
        until = time.monotonic() + seconds
        while not self() and (left := until - time.monotonic()) > 0:
            self._asked.wait(min(left, PAUSE))


@click.command()
@click.option("--once", is_flag=True, help="Do what waits now, then end.")
@click.option("--parent", type=int, hidden=True, help="End when this process does.")
def work(once: bool, parent: int | None) -> None:
    """Send mail, sign the day, make exports, remove what is old; `tracker serve` starts this."""
    settings = load_settings()
    configure_logging()
    ending = Ending(parent)
    engine = connect(settings)
    try:
        expect_ready(engine, settings)
        jobs = table_of_jobs(engine, settings, ending)
        _check_folder(settings)
        if once:
            work_once(jobs, ending)
        else:
            if parent is not None:
                os.nice(NICENESS)
            work_on(jobs, ending)
    finally:
        engine.dispose()


def _check_folder(settings: Settings) -> None:
    try:
        ExportFolder(settings.instance_path).make()
    except OSError as error:
        sentence = f"TRACKER_INSTANCE_PATH cannot be written: {error.strerror}: {error.filename}."
        raise BadSettings([sentence]) from None


def table_of_jobs(engine: Engine, settings: Settings, ending: Callable[[], bool]) -> list[Job]:
    """Everything that the worker does."""
    folder = ExportFolder(settings.instance_path)
    sessions = sessionmaker(engine)
    maker = ExportMaker(sessions, folder, system_clock, ending)
    mailer = Mailer(sessions, settings, system_clock)

    def forget_plans() -> bool:
        with write_intent(), sessions() as session, session.begin():
            delete_expired_plans(session, now=system_clock())
        return False

    return [
        Job("queue-reminders", mailer.queue_reminders, every=3600.0),
        Job("send-mail", mailer.send_next, every=2.0),
        Job("sign-day", DaySigner(sessions, settings).sign, every=60.0),
        Job("make-exports", maker.make_next, every=PAUSE),
        Job("remove-old-exports", maker.remove_old_files, every=60.0),
        Job("forget-uploads", forget_plans, every=60.0),
        Job("forget-old-mail", mailer.forget_old, every=3600.0),
    ]


def work_once(jobs: list[Job], ending: Callable[[], bool]) -> None:
    """Until nothing waits."""
    for job in jobs:
        while not ending() and job.run():
            continue


def work_on(jobs: list[Job], ending: Ending) -> None:
    """Until it is time to stop. A database or folder out of reach is waited for."""
    while not ending():
        try:
            more = [job.run_if_due() for job in jobs]
        except (DBAPIError, OSError) as error:
            if not _may_pass(error):
                raise
            log.exception("work-put-off")
            ending.wait(AFTER_TROUBLE)
        else:
            ending.wait(0.0 if any(more) else PAUSE)


def _may_pass(error: Exception) -> bool:
    """Whether somebody may mend it while the worker waits."""
    return not isinstance(error, DBAPIError) or (
        isinstance(error, OperationalError) or is_unusable(error)
    )
