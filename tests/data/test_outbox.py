"""The outbox, sent to a real mail server on loopback."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.outbox import MailServer, SetClock, mailer, mails, send_all
from tests.people import make_actor, make_user
from tracker.delivery.mail import send
from tracker.domain.errors import NotFound, NotPermitted
from tracker.domain.mail import ATTEMPTS, CLAIM_LASTS, MailKind, MailState, wait_after
from tracker.domain.roles import Actor, Role
from tracker.models import OutgoingMail, User
from tracker.services.mail import forget_old_mail, queue, try_again
from tracker.settings import Settings

NOBODY_LISTENS = "smtp://127.0.0.1:1"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session, Role.FOCAL_POINT, "GHA")


@pytest.fixture
def mail(session: Session, user: User, clock: SetClock) -> OutgoingMail:
    """One mail that waits."""
    made = queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=clock())
    session.commit()
    return made


class TestSending:
    def test_a_mail_is_sent_once(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        mail: OutgoingMail,
        clock: SetClock,
    ) -> None:
        worker = mailer(session, settings, clock, server.url)
        send_all(worker)
        send_all(worker)
        assert server.letters.recipients == [mail.address]
        (got,) = server.letters.got
        assert got["Message-ID"] == f"<{mail.public_id}@example.org>"
        assert got["From"] == "Tracker <tracker@example.org>"
        assert got["To"] == mail.address
        assert got["Auto-Submitted"] == "auto-generated"
        assert got.get_content_type() == "text/plain"
        assert "http://localhost/forgotten-password" in server.letters.text()
        (row,) = mails(session)
        assert (row.state, row.sent_at, row.error) == (MailState.SENT, clock(), "")

    def test_nothing_is_sent_of_what_was_rolled_back(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        user: User,
        clock: SetClock,
    ) -> None:
        with pytest.raises(RuntimeError), session.begin_nested():
            queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=clock())
            raise RuntimeError
        session.commit()
        send_all(mailer(session, settings, clock, server.url))
        assert server.letters.got == []
        assert mails(session) == []

    def test_without_a_server_everything_waits(
        self, session: Session, settings: Settings, mail: OutgoingMail, clock: SetClock
    ) -> None:
        assert not mailer(session, settings, clock, "").send_next()
        assert mails(session)[0].state is MailState.QUEUED

    def test_an_account_that_was_closed_gets_no_more_mail(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        mail: OutgoingMail,
        user: User,
        clock: SetClock,
    ) -> None:
        user.is_active = False
        session.commit()
        send_all(mailer(session, settings, clock, server.url))
        assert server.letters.got == []
        assert mails(session)[0].state is MailState.DROPPED


class TestTrouble:
    def test_a_server_that_is_down_costs_nothing_but_time(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        mail: OutgoingMail,
        user: User,
        clock: SetClock,
    ) -> None:
        queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=clock())
        session.commit()
        down = mailer(session, settings, clock, NOBODY_LISTENS)
        for _ in range(3 * ATTEMPTS):
            send_all(down)
            clock.move(hours=1)
        rows = mails(session)
        assert {row.state for row in rows} == {MailState.QUEUED}
        assert any(row.error.startswith("unreachable: ") for row in rows)
        send_all(mailer(session, settings, clock, server.url))
        assert len(server.letters.got) == 2
        assert {row.state for row in mails(session)} == {MailState.SENT}

    def test_a_server_that_is_down_is_not_asked_for_each_mail(
        self,
        session: Session,
        settings: Settings,
        mail: OutgoingMail,
        user: User,
        clock: SetClock,
    ) -> None:
        queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=clock())
        session.commit()
        down = mailer(session, settings, clock, NOBODY_LISTENS)
        assert not down.send_next()
        assert not down.send_next()
        assert sorted(row.error != "" for row in mails(session)) == [False, True]

    def test_a_recipient_refused_for_good_is_dead_at_once(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        mail: OutgoingMail,
        clock: SetClock,
    ) -> None:
        server.letters.to_recipient = ["550 no such user"]
        send_all(mailer(session, settings, clock, server.url))
        (row,) = mails(session)
        assert (row.state, row.error) == (MailState.DEAD, "recipient-refused: 550 no such user")

    def test_a_text_refused_for_good_is_dead_at_once(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        mail: OutgoingMail,
        clock: SetClock,
    ) -> None:
        server.letters.to_text = ["554 smells of spam"]
        send_all(mailer(session, settings, clock, server.url))
        assert mails(session)[0].error == "text-refused: 554 smells of spam"
        assert mails(session)[0].state is MailState.DEAD

    def test_what_is_put_off_is_tried_ten_times_ever_later(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        mail: OutgoingMail,
        clock: SetClock,
    ) -> None:
        server.letters.to_recipient = ["450 later"] * (ATTEMPTS + 5)
        worker, waits = mailer(session, settings, clock, server.url), []
        while mails(session)[0].state is MailState.QUEUED:
            waits.append(mails(session)[0].next_attempt_at - clock())
            clock.now = mails(session)[0].next_attempt_at - timedelta(seconds=1)
            assert not worker.send_next() or len(waits) == 1
            clock.now = mails(session)[0].next_attempt_at
            send_all(worker)
        assert len(server.letters.to_recipient) == 5
        assert mails(session)[0].error == "recipient-put-off: 450 later"
        assert waits[1:3] == [timedelta(minutes=1), timedelta(minutes=3)]
        assert waits[-1] == timedelta(hours=6)
        assert mails(session)[0].state is MailState.DEAD

    def test_a_text_put_off_is_no_refusal(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        mail: OutgoingMail,
        clock: SetClock,
    ) -> None:
        server.letters.to_text = ["451 greylisted"]
        send_all(mailer(session, settings, clock, server.url))
        (row,) = mails(session)
        assert (row.state, row.error) == (MailState.QUEUED, "text-put-off: 451 greylisted")

    def test_a_worker_that_dies_after_sending_has_the_same_mail_sent_again(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        mail: OutgoingMail,
        clock: SetClock,
    ) -> None:
        class Killed(BaseException):
            pass

        def send_and_die(*arguments: Any, **options: Any) -> None:
            send(*arguments, **options)
            raise Killed

        worker = mailer(session, settings, clock, server.url, send=send_and_die)
        with pytest.raises(Killed):
            worker.send_next()
        another = mailer(session, settings, clock, server.url)
        assert not another.send_next()  # the claim still holds
        clock.now += CLAIM_LASTS
        send_all(another)
        first, second = server.letters.got
        assert first["Message-ID"] == second["Message-ID"]
        assert first["Date"] == second["Date"]
        assert mails(session)[0].state is MailState.SENT

    def test_one_that_cannot_be_written_does_not_stop_the_others(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        user: User,
        clock: SetClock,
    ) -> None:
        lost = [{"kind": "no-such-file"}]
        queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=clock(), attachments=lost)
        queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=clock())
        session.commit()
        send_all(mailer(session, settings, clock, server.url))
        assert [row.state for row in mails(session)] == [MailState.DEAD, MailState.SENT]
        assert mails(session)[0].error == "not-written"


class TestTryingAgain:
    @pytest.fixture
    def dead(self, session: Session, mail: OutgoingMail) -> OutgoingMail:
        mail.state, mail.error, mail.attempts = MailState.DEAD, "recipient-refused: 550", 10
        session.commit()
        return mail

    def test_an_administrator_gives_a_dead_mail_another_chance(
        self,
        session: Session,
        settings: Settings,
        server: MailServer,
        dead: OutgoingMail,
        clock: SetClock,
    ) -> None:
        administrator = make_actor(session, Role.ADMINISTRATOR)
        try_again(session, actor=administrator, mail_id=dead.public_id, clock=clock)
        session.commit()
        send_all(mailer(session, settings, clock, server.url))
        assert len(server.letters.got) == 1
        with pytest.raises(NotFound):
            try_again(session, actor=administrator, mail_id=dead.public_id, clock=clock)

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.FOCAL_POINT])
    def test_nobody_else_does(
        self, session: Session, dead: OutgoingMail, role: Role, clock: SetClock
    ) -> None:
        actor: Actor = make_actor(session, role, "GHA" if role.of_a_state else None)
        with pytest.raises(NotPermitted):
            try_again(session, actor=actor, mail_id=dead.public_id, clock=clock)


def test_what_was_sent_is_forgotten_after_half_a_year(
    session: Session, mail: OutgoingMail, user: User, clock: SetClock
) -> None:
    mail.state, mail.sent_at = MailState.SENT, clock()
    queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=clock())
    session.commit()
    forget_old_mail(session, now=clock() + timedelta(days=179))
    assert len(mails(session)) == 2
    forget_old_mail(session, now=clock() + timedelta(days=181))
    assert [row.state for row in mails(session)] == [MailState.QUEUED]


def test_waits_grow_from_a_minute_to_six_hours() -> None:
    waits = [wait_after(number) for number in range(1, ATTEMPTS + 1)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=1), timedelta(hours=6))
