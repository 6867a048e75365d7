"""Workers as an operator runs them: two at once, and one that is killed while it sends."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from tests.outbox import FROM, Letters, MailServer, send_all
from tests.people import make_user
from tests.tampering import without_triggers
from tracker.cli.mailing import Mailer
from tracker.domain.clock import system_clock
from tracker.domain.mail import CLAIM_LASTS, MailKind, MailState
from tracker.models import Checkpoint, OutgoingMail, SigningKey, User
from tracker.models.engine import write_intent
from tracker.services.mail import queue
from tracker.settings import Settings

LETTERS = 12


class Outbox:
    """Letters in the database itself, outside any test's transaction, since processes read it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with write_intent(), Session(engine) as session:
            users = [make_user(session) for _ in range(LETTERS)]
            for user in users:
                queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=system_clock())
            session.commit()
            self.addresses = sorted(user.email for user in users)
            self.user_ids = [user.id for user in users]

    def rows(self) -> list[OutgoingMail]:
        """As it stands."""
        with Session(self.engine) as session:
            return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))

    def states(self) -> Counter[MailState]:
        """How many letters are in each state."""
        return Counter(row.state for row in self.rows())

    def let_claims_run_out(self) -> None:
        """As if so much time had passed."""
        with write_intent(), Session(self.engine) as session, session.begin():
            session.execute(
                update(OutgoingMail)
                .where(OutgoingMail.state == MailState.QUEUED)
                .values(next_attempt_at=system_clock() - CLAIM_LASTS)
            )

    def clear(self) -> None:
        """Leave nothing to other tests: the worker made a key and the day's checkpoint, too."""
        with write_intent(), Session(self.engine) as session, session.begin():
            with without_triggers(session):
                session.execute(delete(Checkpoint))
                session.execute(delete(SigningKey))
            session.execute(delete(OutgoingMail))
            session.execute(delete(User).where(User.id.in_(self.user_ids)))


@pytest.fixture
def outbox(engine: Engine) -> Iterator[Outbox]:
    made = Outbox(engine)
    yield made
    made.clear()


def mailer_of(settings: Settings, server: MailServer, outbox: Outbox) -> Mailer:
    """What a worker sends with, in this process."""
    posted = replace(settings, smtp_url=server.url, mail_from=FROM)
    return Mailer(sessionmaker(outbox.engine), posted, system_clock)


def test_two_workers_share_the_letters_and_send_each_once(
    settings: Settings, server: MailServer, outbox: Outbox
) -> None:
    workers = [mailer_of(settings, server, outbox) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send_all, workers))
    assert sorted(server.letters.recipients) == outbox.addresses
    assert outbox.states() == {MailState.SENT: LETTERS}


class WorkerProcess:
    """``tracker work`` on the database of the tests, started anew each time it was killed."""

    def __init__(self, settings: Settings, url: str, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if name[:8] != "TRACKER_"}
        self._environment = kept | {
            "TRACKER_ENV": "development",
            "TRACKER_INSTANCE_PATH": str(folder),
            "TRACKER_BASE_URL": settings.base_url,
            "TRACKER_DATABASE_URL": settings.database_url,
            "TRACKER_SMTP_URL": url,
            "TRACKER_MAIL_FROM": FROM,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Another one."""
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "tracker", "work"],
            env=self._environment,
            stdout=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """At once, as a power cut would."""
        assert self._process
        os.kill(self._process.pid, signal.SIGKILL)

    def wait(self) -> int:
        """How it ended."""
        assert self._process
        return self._process.wait(60)


def test_a_worker_killed_while_sending_loses_no_letter_and_says_nothing_untrue(
    settings: Settings, server: MailServer, outbox: Outbox, tmp_path: Path
) -> None:
    worker, letters = WorkerProcess(settings, server.url, tmp_path), server.letters

    def kill_at(number: int) -> Callable[[object], None]:
        """Before the answer to whatever this is, once so many letters were taken."""

        def now_or_never(_: object) -> None:
            if len(letters.got) == number:
                worker.kill()
                worker.wait()

        return now_or_never

    def never(_: object) -> None:
        return

    # While the recipient is named: nothing was handed over. While the text is: the server takes
    # it, but the worker never hears so. The second is the one that must come twice.
    for taken, hook in ((3, "on_recipient"), (6, "on_text")):
        setattr(letters, hook, kill_at(taken))
        worker.start()
        assert worker.wait() == -signal.SIGKILL
        setattr(letters, hook, never)
        wait_for(letters, taken + (hook == "on_text"))
        told = {row.message_id for row in outbox.rows() if row.state is MailState.SENT}
        assert told <= {letter["Message-ID"] for letter in letters.got}
        assert outbox.states() == {MailState.SENT: taken, MailState.QUEUED: LETTERS - taken}
        outbox.let_claims_run_out()
    send_all(mailer_of(settings, server, outbox))

    assert sorted(set(letters.recipients)) == outbox.addresses
    assert outbox.states() == {MailState.SENT: LETTERS}
    came = Counter(letter["Message-ID"] for letter in letters.got)
    assert set(came) == {row.message_id for row in outbox.rows()}
    assert sorted(came.values()) == [1] * (LETTERS - 1) + [2]
    (double,) = [number for number, times in came.items() if times == 2]
    first, second = [letter for letter in letters.got if letter["Message-ID"] == double]
    assert first.as_string() == second.as_string()


def wait_for(letters: Letters, number: int, within: float = 30.0) -> None:
    """Until the server has taken so many letters."""
    deadline = time.monotonic() + within
    while len(letters.got) < number:
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
