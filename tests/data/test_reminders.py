"""Reminders around the due day: who gets which, when, once, and never against the truth."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.national_reports import Reporting, begin_report
from tests.outbox import MailServer, SetClock, mailer, mails, send_all
from tests.people import make_user
from tests.submitted import make_cycle
from tracker.domain.cycles import CycleDates
from tracker.domain.mail import MailKind, MailState
from tracker.domain.progress import Progress
from tracker.domain.reminders import ReminderStage, stage_at
from tracker.domain.roles import OPERATOR, Role
from tracker.models import ReportingCycle
from tracker.services.cycles import delete_cycle
from tracker.services.reminders import queue_reminders
from tracker.services.submissions import withdraw
from tracker.settings import Settings

CYCLE = "bms7-2027"
OPENS, DUE = date(2027, 1, 4), date(2027, 3, 31)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)


def days(from_due: int) -> datetime:
    return noon(DUE + timedelta(days=from_due))


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    made = make_cycle(session, CYCLE, due=DUE, opens=OPENS)
    session.commit()
    return made


@pytest.fixture
def work(session: Session, cycle: ReportingCycle) -> Reporting:
    """Ghana at work, with one answer."""
    work = begin_at(session, days(-40))
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Done.")
    session.commit()
    return work


def begin_at(session: Session, at: datetime, iso3: str = "GHA") -> Reporting:
    from tests import national_reports

    kept = national_reports.TickingClock.__init__.__defaults__
    national_reports.TickingClock.__init__.__defaults__ = (at,)
    try:
        return begin_report(session, iso3, CYCLE)
    finally:
        national_reports.TickingClock.__init__.__defaults__ = kept


def stages(session: Session) -> list[str]:
    return [mail.data["stage"] for mail in mails(session, MailKind.REMINDER)]


@pytest.mark.parametrize(
    ("from_due", "stage"),
    [
        (-31, None),
        (-30, "before-30"),
        (-8, "before-30"),
        (-7, "before-7"),
        (-2, "before-7"),
        (-1, "before-1"),
        (0, "before-1"),
        (1, "after-1"),
        (13, "after-1"),
        (14, "after-14"),
        (30, "after-14"),
        (31, None),
    ],
)
def test_each_day_has_at_most_one_reminder(from_due: int, stage: str | None) -> None:
    assert stage_at(CycleDates(OPENS, DUE), days(from_due)) == stage


def test_days_end_in_the_last_time_zone() -> None:
    """Nobody is told to be late while a report would still be on time."""
    last = datetime(2027, 4, 1, 11, 59, tzinfo=UTC)
    assert stage_at(CycleDates(OPENS, DUE), last) is ReminderStage.BEFORE_1
    assert stage_at(CycleDates(OPENS, DUE), last + timedelta(minutes=1)) is ReminderStage.AFTER_1


def test_no_reminder_without_due_day_or_after_the_end() -> None:
    assert stage_at(CycleDates(OPENS), days(-7)) is None
    assert stage_at(CycleDates(OPENS, DUE, DUE), days(2)) is None


def test_each_reminder_comes_once(session: Session, work: Reporting) -> None:
    for day in range(-45, 60):
        for _ in range(2):
            queue_reminders(session, now=days(day))
    assert stages(session) == ["before-30", "before-7", "before-1", "after-1", "after-14"]


def test_a_worker_that_was_down_tells_only_what_is_true_now(
    session: Session, work: Reporting
) -> None:
    queue_reminders(session, now=days(-3))
    queue_reminders(session, now=days(2))
    assert stages(session) == ["before-7", "after-1"]


def test_who_has_submitted_is_left_in_peace(session: Session, work: Reporting) -> None:
    submission = work.submit()
    assert queue_reminders(session, now=days(-7)) == 0
    work.accept(submission)
    work.publish(submission)
    work.reopen()
    assert queue_reminders(session, now=days(14)) == 0


def test_a_returned_report_is_reminded_of_before_the_due_day_only(
    session: Session, work: Reporting
) -> None:
    work.give_back(work.submit())
    assert queue_reminders(session, now=days(-7)) == 1
    assert queue_reminders(session, now=days(14)) == 0


def test_a_withdrawn_report_is_reminded_of(session: Session, work: Reporting) -> None:
    work.submit()
    withdraw(session, actor=work.focal_point, report_id=work.report.id, clock=work.clock)
    assert queue_reminders(session, now=days(-7)) == 1


def test_a_state_that_has_not_begun_is_reminded(session: Session, cycle: ReportingCycle) -> None:
    make_user(session, Role.FOCAL_POINT, "KEN")
    make_user(session, Role.OBSERVER, "KEN")
    make_user(session, Role.REVIEWER)
    assert queue_reminders(session, now=days(-7)) == 1


def test_another_due_day_brings_another_reminder(
    session: Session, work: Reporting, cycle: ReportingCycle
) -> None:
    queue_reminders(session, now=days(-7))
    cycle.due_on = DUE + timedelta(days=30)
    session.flush()
    queue_reminders(session, now=days(23))
    assert stages(session) == ["before-7", "before-7"]


class TestSending:
    def test_it_counts_days_and_gaps_when_it_is_sent(
        self, session: Session, settings: Settings, server: MailServer, work: Reporting
    ) -> None:
        queue_reminders(session, now=days(-7))
        work.answer(30, progress=Progress.IMPLEMENTED, narrative="Done too.")
        session.commit()
        send_all(mailer(session, settings, SetClock(days(-5)), server.url))
        text = server.letters.text()
        assert "is due on 31 March 2027." in text
        assert "Days left: 5" in text
        assert "Where it stands: Draft" in text
        from tracker.queries.reminders import gaps

        lacking, asked = gaps(session, work.report.cycle_id, work.report.state_id)
        assert lacking == asked - 2
        assert f"Commitments still to be completed: {lacking} of {asked}" in text
        assert "http://localhost/reports\n" in text

    def test_after_the_due_day_it_says_so(
        self, session: Session, settings: Settings, server: MailServer, cycle: ReportingCycle
    ) -> None:
        make_user(session, Role.FOCAL_POINT, "KEN", language="fr")
        queue_reminders(session, now=days(2))
        session.commit()
        send_all(mailer(session, settings, SetClock(days(2)), server.url))
        subject = "Kenya, cycle de rapports bms7-2027\u00a0: l’échéance était le 31 mars 2027"
        assert server.letters.got[0]["Subject"] == subject
        assert "Jours écoulés depuis\u00a0: 2" in server.letters.text()
        assert "non commencé" in server.letters.text()

    def test_it_is_dropped_if_the_report_was_submitted_meanwhile(
        self, session: Session, settings: Settings, server: MailServer, work: Reporting
    ) -> None:
        queue_reminders(session, now=days(-7))
        work.submit()
        session.commit()
        send_all(mailer(session, settings, SetClock(days(-6)), server.url))
        assert [m["Subject"].rpartition(": ")[2] for m in server.letters.got] == [
            "submission 1 was received"
        ]
        assert mails(session, MailKind.REMINDER)[0].state is MailState.DROPPED

    def test_it_is_dropped_if_the_due_day_was_moved_or_the_next_one_holds(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        work: Reporting,
        cycle: ReportingCycle,
    ) -> None:
        queue_reminders(session, now=days(-30))
        session.commit()
        send_all(mailer(session, settings, SetClock(days(-7)), server.url))
        queue_reminders(session, now=days(-7))
        cycle.due_on = DUE + timedelta(days=5)
        session.commit()
        send_all(mailer(session, settings, SetClock(days(-1)), server.url))
        assert server.letters.got == []


class TestOpening:
    def test_the_opening_is_told_once_from_its_day_on(
        self, session: Session, settings: Settings, server: MailServer, cycle: ReportingCycle
    ) -> None:
        person = make_user(session, Role.FOCAL_POINT, "KEN")
        assert queue_reminders(session, now=noon(OPENS - timedelta(days=1))) == 0
        assert queue_reminders(session, now=noon(OPENS)) == 1
        assert queue_reminders(session, now=noon(OPENS + timedelta(days=3))) == 0
        session.commit()
        send_all(mailer(session, settings, SetClock(noon(OPENS)), server.url))
        (letter,) = server.letters.got
        assert (letter["To"], letter["Subject"]) == (
            person.email,
            "Kenya: the reporting cycle bms7-2027 is open",
        )
        assert "Due on: 31 March 2027" in server.letters.text()

    def test_an_old_cycle_is_no_news(self, session: Session) -> None:
        make_user(session, Role.FOCAL_POINT, "KEN")
        assert queue_reminders(session, now=days(0)) == 0  # bms7, open since 2021

    def test_who_is_told_of_the_opening_gets_no_reminder_of_the_same_days(
        self, session: Session, cycle: ReportingCycle
    ) -> None:
        make_user(session, Role.FOCAL_POINT, "KEN")
        cycle.opens_on = DUE - timedelta(days=10)
        session.flush()
        assert [queue_reminders(session, now=days(day)) for day in (-10, -10, -9)] == [1, 0, 0]
        make_user(session, Role.FOCAL_POINT, "GHA")  # who comes later is told of the opening, too
        assert [queue_reminders(session, now=days(day)) for day in (-8, -7, -1)] == [1, 2, 2]
        assert stages(session) == ["before-7", "before-7", "before-1", "before-1"]

    def test_another_due_day_than_the_opening_told_is_reminded_of(
        self, session: Session, cycle: ReportingCycle
    ) -> None:
        make_user(session, Role.FOCAL_POINT, "KEN")
        cycle.opens_on, cycle.due_on = DUE - timedelta(days=10), None
        session.flush()
        assert queue_reminders(session, now=days(-10)) == 1
        cycle.due_on = DUE
        session.flush()
        assert queue_reminders(session, now=days(-9)) == 1
        assert stages(session) == ["before-30"]


def test_a_cycle_of_a_deleted_ones_short_name_is_announced_anew(session: Session) -> None:
    make_user(session, Role.FOCAL_POINT, "KEN")
    make_cycle(session, "bms7-2027", due=DUE, opens=OPENS)
    queue_reminders(session, now=noon(OPENS))
    (old,) = mails(session, MailKind.CYCLE_OPENED)
    delete_cycle(session, actor=OPERATOR, slug="bms7-2027")
    session.refresh(old)
    assert (old.state, old.unique_key) == (MailState.DROPPED, None)
    later = OPENS + timedelta(days=5)
    make_cycle(session, "bms7-2027", due=DUE + timedelta(days=90), opens=later)
    queue_reminders(session, now=noon(later))
    _, new = mails(session, MailKind.CYCLE_OPENED)
    assert (new.state, new.data["due"]) == (MailState.QUEUED, "2027-06-29")
