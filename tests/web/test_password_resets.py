"""A lost password: the same answer to everybody, a link that works once, a mail that tells."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.outbox import MailServer, SetClock, mailer, mails, send_all
from tests.people import Browser, make_user, parsed
from tracker.domain.clock import system_clock
from tracker.domain.mail import MailKind, MailState
from tracker.domain.roles import Role
from tracker.models import Invitation, PasswordReset, User
from tracker.models import Session as SignedIn
from tracker.services.passwords import hash_password, verify_password
from tracker.services.tokens import new_token, token_hash
from tracker.settings import Settings

GOOD, OTHER = "yellow-canal-78-fog", "silver.ladder.11.moss"


@pytest.fixture
def user(session: Session) -> User:
    user = make_user(session, Role.FOCAL_POINT, "FRA", name="Camille", language="fr")
    user.password_hash = hash_password(OTHER, cheap=True)
    session.commit()
    return user


def ask(browser: Browser, email: str) -> TestResponse:
    return browser.post("/forgotten-password", {"email": email})


def alert(response: TestResponse) -> str:
    found = parsed(response.data).select_one("main [role=alert]")
    assert found, response.text
    return found.get_text(" ", strip=True)


def path_in(server: MailServer, number: int = -1) -> str:
    lines = server.letters.text(number).splitlines()
    (link,) = [line for line in lines if line.startswith("http://localhost/")]
    return link.removeprefix("http://localhost")


@pytest.fixture
def path(
    public: Browser, session: Session, settings: Settings, server: MailServer, user: User
) -> str:
    """Where the link in the mail leads."""
    assert ask(public, user.email).status_code == 200
    send_all(mailer(session, settings, SetClock(), server.url))
    return path_in(server)


def choose(browser: Browser, path: str, password: str = GOOD, again: str = "") -> TestResponse:
    return browser.post(path, {"password": password, "password_again": again or password})


def test_the_sign_in_page_leads_here(public: Browser) -> None:
    assert public.soup("/sign-in").select_one('a[href="/forgotten-password"]')
    assert "sends no mail at present" in public.soup("/forgotten-password").text


class TestAsking:
    def test_known_unknown_and_closed_addresses_get_the_same_answer(
        self, public: Browser, session: Session, user: User
    ) -> None:
        closed = make_user(session, Role.OBSERVER, "FRA")
        closed.is_active = False
        session.commit()
        answers = {
            (response.status_code, response.text)
            for email in (user.email, f" {user.email.upper()} ", closed.email, "no@example.org")
            for response in [ask(public, email)]
        }
        assert len(answers) == 1 and answers.pop()[0] == 200
        assert [mail.address for mail in mails(session)] == [user.email]

    def test_one_that_waits_is_enough(self, public: Browser, session: Session, user: User) -> None:
        ask(public, user.email)
        ask(public, user.email)
        assert len(mails(session)) == 1

    @pytest.mark.parametrize("email", ["", "nonsense", "a@b", "a\0@example.org"])
    def test_what_is_no_address_gets_a_sentence(self, public: Browser, email: str) -> None:
        response = ask(public, email)
        assert response.status_code == 422 and alert(response)

    @pytest.mark.parametrize("known", [True, False])
    def test_too_many_requests_wait_and_do_not_stop_signing_in(
        self, public: Browser, session: Session, user: User, known: bool
    ) -> None:
        email = user.email if known else "nobody@example.org"
        assert [ask(public, email).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert "Wait 15 minutes" in alert(ask(public, email))
        response = public.post("/sign-in", {"email": user.email, "password": OTHER})
        assert response.status_code == 303

    def test_needs_a_token_of_the_form(self, public: Browser, session: Session, user: User) -> None:
        response = public.client.post("/forgotten-password", data={"email": user.email})
        assert response.status_code == 400
        assert mails(session) == []


class TestChoosing:
    def test_the_link_is_in_the_readers_language_and_only_its_hash_is_kept(
        self, server: MailServer, session: Session, path: str
    ) -> None:
        assert "Suivi des engagements" in server.letters.got[0]["Subject"]
        kept = session.scalars(select(PasswordReset)).one()
        assert kept.token_hash == token_hash(path.rpartition("/")[2])
        assert kept.expires_at - kept.created_at == timedelta(hours=1)

    def test_a_new_password_ends_every_session_and_is_told_by_mail(
        self,
        public: Browser,
        browser_of: type[Browser],
        session: Session,
        settings: Settings,
        server: MailServer,
        user: User,
        path: str,
    ) -> None:
        elsewhere = browser_of(user)
        now, invitation = system_clock(), new_token()
        session.add(
            Invitation(
                token_hash=token_hash(invitation),
                user_id=user.id,
                created_at=now,
                expires_at=now + timedelta(days=7),
            )
        )
        session.commit()
        assert public.get(f"/invitations/{invitation}").status_code == 200
        page = public.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert user.email in page.text
        response = choose(public, path)
        assert (response.status_code, response.location) == (303, "/sign-in")
        session.expire_all()
        assert verify_password(GOOD, user.password_hash, cheap=True).matches
        assert elsewhere.get("/account").status_code == 303
        assert all(s.ended_at for s in session.scalars(select(SignedIn)))
        assert public.get(f"/invitations/{invitation}").status_code == 404
        send_all(mailer(session, settings, SetClock(), server.url))
        assert "a été modifié" in server.letters.got[-1]["Subject"]
        assert path_in(server) == "/forgotten-password"

    def test_it_works_once(self, public: Browser, session: Session, user: User, path: str) -> None:
        assert choose(public, path).status_code == 303
        assert public.get(path).status_code == 404
        assert choose(public, path, OTHER).status_code == 404
        session.expire_all()
        assert verify_password(GOOD, user.password_hash, cheap=True).matches

    def test_it_works_for_an_hour(self, public: Browser, session: Session, path: str) -> None:
        session.scalars(select(PasswordReset)).one().expires_at = system_clock()
        session.commit()
        response = public.get(path)
        assert response.status_code == 404
        assert "has expired" in response.text
        assert choose(public, path).status_code == 404

    @pytest.mark.parametrize(
        ("password", "again", "sentence"),
        [
            ("short", "", "at least 12"),
            ("Password123456", "", "easy to guess"),
            (GOOD, OTHER, "not the same"),
        ],
    )
    def test_bad_input_gets_a_sentence_and_the_link_still_works(
        self, public: Browser, path: str, password: str, again: str, sentence: str
    ) -> None:
        response = choose(public, path, password, again)
        assert response.status_code == 422 and sentence in alert(response)
        assert choose(public, path).status_code == 303

    def test_a_link_asked_for_long_ago_is_not_sent(
        self,
        public: Browser,
        session: Session,
        settings: Settings,
        server: MailServer,
        user: User,
    ) -> None:
        ask(public, user.email)
        later = SetClock()
        later.move(hours=1, minutes=1)
        send_all(mailer(session, settings, later, server.url))
        assert server.letters.got == []
        assert mails(session)[0].state is MailState.DROPPED

    def test_the_request_host_does_not_reach_the_link(
        self,
        public: Browser,
        session: Session,
        settings: Settings,
        server: MailServer,
        user: User,
    ) -> None:
        data = {"email": user.email, "csrf_token": public.csrf_token()}
        public.client.post(
            "/forgotten-password", data=data, headers={"X-Forwarded-Host": "evil.example"}
        )
        send_all(mailer(session, settings, SetClock(), server.url))
        assert "evil" not in server.letters.text()
        assert mails(session)[0].kind == MailKind.PASSWORD_RESET


def test_changing_ones_own_password_is_told_by_mail(
    browser_of: type[Browser], session: Session, user: User
) -> None:
    form = {"present": OTHER, "password": GOOD, "password_again": GOOD}
    assert browser_of(user).post("/account/password", form).status_code == 303
    assert [mail.kind for mail in mails(session)] == [MailKind.PASSWORD_CHANGED]
