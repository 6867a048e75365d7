"""A code by mail as the second step: who may have one, how long and how often it works."""

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.outbox import FROM, MailServer, SetClock, mailer, mails, send_all
from tests.people import Browser, make_user, parsed
from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid
from tracker.domain.mail import MailKind, MailState
from tracker.domain.mailed_code import SIGNS, code_from, parse_mailed_code
from tracker.domain.roles import Role
from tracker.domain.second_factor import Assurance
from tracker.models import Membership, SignInFailure, User
from tracker.models import Session as SignedIn
from tracker.services.passwords import hash_password
from tracker.services.tokens import token_hash
from tracker.settings import Settings

GOOD = "yellow-canal-78-fog"
HASH = hash_password(GOOD, cheap=True)
PAGE, SEND = "/sign-in/mailed-code", "/sign-in/mailed-code/send"
CODE = re.compile(r"^[0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]{4} [0-9A-Z]$", re.M)


@pytest.fixture(autouse=True)
def asked_of_all(app: Flask, monkeypatch: pytest.MonkeyPatch, server: MailServer) -> None:
    change(app, monkeypatch, second_factor="all", smtp_url=server.url, mail_from=FROM)


def change(app: Flask, monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], **values))


def with_password(
    session: Session, role: Role, iso3: str | None = None, language: str = "en"
) -> User:
    user = make_user(session, role, iso3, language=language)
    user.password_hash = HASH
    session.commit()
    return user


@pytest.fixture
def user(session: Session) -> User:
    return with_password(session, Role.FOCAL_POINT, "FRA")


def sign_in(browser: Browser, user: User, **more: str) -> TestResponse:
    return browser.post("/sign-in", {"email": user.email, "password": GOOD, **more})


class Post:
    """The worker and what it has sent."""

    def __init__(self, session: Session, settings: Settings, server: MailServer) -> None:
        self.session, self.settings, self.server = session, settings, server

    def code(self) -> str:
        """Send what waits; the code in the last letter."""
        send_all(mailer(self.session, self.settings, SetClock(), self.server.url))
        (code,) = CODE.findall(self.server.letters.text())
        return str(code)


@pytest.fixture
def post(session: Session, settings: Settings, server: MailServer) -> Post:
    return Post(session, settings, server)


def said(response: TestResponse) -> str:
    return parsed(response.data).select("main")[0].get_text(" ", strip=True)


def another(code: str) -> str:
    return code[:-1] + ("0" if code[-1] != "0" else "2")


class TestSigningIn:
    def test_the_page_offers_a_code_and_the_code_opens_what_was_wanted(
        self, public: Browser, session: Session, user: User, post: Post
    ) -> None:
        assert sign_in(public, user, next="/reports?x=1").location.startswith("/second-step")
        page = public.soup("/second-step?next=/reports?x%3D1")
        assert page.select_one(f'form[action="{SEND}"] input[name=next][value="/reports?x=1"]')
        asked = public.post(SEND, {"next": "/reports?x=1"})
        assert asked.location == f"{PAGE}?next=/reports?x%3D1"
        assert user.email in said(public.get(asked.location))
        assert public.get("/reports").status_code == 303
        code = post.code()
        rows = session.scalars(select(SignedIn).where(SignedIn.user_id == user.id)).all()
        assert [row.mailed_code_hash for row in rows] == [token_hash(code.replace(" ", ""))]
        assert code.replace(" ", "") not in str([mail.data for mail in mails(session)])

        done = public.post(PAGE, {"code": code.lower(), "next": "/reports?x=1"})
        assert (done.status_code, done.location) == (303, "/reports?x=1")
        assert public.get("/reports").status_code == 200
        assert public.get(PAGE).location == "/reports"

    def test_the_letter_is_in_the_readers_language(
        self, public: Browser, session: Session, post: Post
    ) -> None:
        sign_in(public, with_password(session, Role.OBSERVER, "FRA", language="fr"))
        public.post(SEND)
        post.code()
        letter = post.server.letters
        assert letter.got[-1]["Content-Language"] == "fr"
        assert "dix minutes" in letter.text()
        assert "http://localhost/sign-in/mailed-code\n" in letter.text()

    def test_without_mail_none_is_offered(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch, public: Browser, user: User
    ) -> None:
        change(app, monkeypatch, smtp_url="")
        sign_in(public, user)
        assert public.soup("/second-step").select_one(f'form[action="{SEND}"]') is None
        assert public.post(SEND).location == "/second-step"


class TestWhoMay:
    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
    def test_the_secretariat_may_not(self, public: Browser, session: Session, role: Role) -> None:
        sign_in(public, with_password(session, role))
        assert public.soup("/second-step").select_one(f'form[action="{SEND}"]') is None
        for answer in (public.post(SEND), public.get(PAGE), public.post(PAGE, {"code": "1"})):
            assert answer.location == "/second-step"
        assert mails(session, MailKind.SIGN_IN_CODE) == []

    def test_whoever_has_an_app_uses_the_app(
        self, public: Browser, session: Session, user: User
    ) -> None:
        sign_in(public, user)
        key = public.soup("/second-step").select_one(".secret code")
        assert key
        public.post("/second-step", {"code": pyotp.TOTP(key.text.replace(" ", "")).now()})
        public.post("/sign-out")
        assert sign_in(public, user).location == "/sign-in/code"
        assert public.post(SEND).location == "/sign-in/code"
        assert mails(session, MailKind.SIGN_IN_CODE) == []

    def test_a_role_in_the_secretariat_ends_what_a_code_opened(
        self, public: Browser, session: Session, user: User, post: Post
    ) -> None:
        sign_in(public, user)
        public.post(SEND)
        public.post(PAGE, {"code": post.code()})
        assert public.get("/account").status_code == 200
        session.add(
            Membership(user_id=user.id, role=Role.REVIEWER, sections=[], granted_at=system_clock())
        )
        session.commit()
        assert public.get("/review").location.startswith("/second-step")
        assert public.get("/account").status_code == 303

    def test_nobody_gets_one_without_the_password(self, public: Browser, session: Session) -> None:
        assert public.post(SEND).location.startswith("/sign-in")
        assert public.get(PAGE).location.startswith("/sign-in")
        assert mails(session) == []


class TestTheCode:
    def test_it_works_once_and_in_the_browser_that_asked(
        self,
        browser_of: type[Browser],
        public: Browser,
        session: Session,
        user: User,
        post: Post,
    ) -> None:
        other = browser_of()
        sign_in(public, user)
        sign_in(other, user)
        public.post(SEND)
        code = post.code()
        assert other.post(PAGE, {"code": code}).status_code == 401
        assert public.post(PAGE, {"code": code}).status_code == 303
        public.post("/sign-out")
        sign_in(public, user)
        assert public.post(PAGE, {"code": code}).status_code == 401
        ways = set(session.scalars(select(SignedIn.assurance)))
        assert ways == {Assurance.PASSWORD, Assurance.MAILED_CODE}

    def test_a_newer_one_replaces_it(self, public: Browser, user: User, post: Post) -> None:
        sign_in(public, user)
        public.post(SEND)
        first = post.code()
        public.post(SEND)
        second = post.code()
        assert first != second
        assert public.post(PAGE, {"code": first}).status_code == 401
        assert public.post(PAGE, {"code": second}).status_code == 303

    def test_it_ends_after_ten_minutes(
        self, public: Browser, user: User, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign_in(public, user)
        public.post(SEND)
        code = post.code()
        later = system_clock() + timedelta(minutes=10)
        monkeypatch.setattr("tracker.web.mailed_codes.system_clock", lambda: later)
        late = public.post(PAGE, {"code": code})
        assert late.status_code == 401 and "ten minutes are over" in said(late)

    def test_one_that_could_not_be_sent_in_time_is_not_sent(
        self, public: Browser, session: Session, settings: Settings, user: User, server: MailServer
    ) -> None:
        sign_in(public, user)
        public.post(SEND)
        clock = SetClock(system_clock() + timedelta(minutes=10))
        send_all(mailer(session, settings, clock, server.url))
        assert [mail.state for mail in mails(session)] == [MailState.DROPPED]
        assert server.letters.got == []

    def test_one_for_a_browser_that_was_signed_out_is_not_sent(
        self, public: Browser, session: Session, settings: Settings, user: User, server: MailServer
    ) -> None:
        sign_in(public, user)
        public.post(SEND)
        public.post("/sign-out")
        send_all(mailer(session, settings, SetClock(), server.url))
        assert [mail.state for mail in mails(session)] == [MailState.DROPPED]

    def test_the_sixth_try_is_refused_even_if_right_in_every_browser(
        self,
        browser_of: type[Browser],
        public: Browser,
        session: Session,
        user: User,
        post: Post,
    ) -> None:
        sign_in(public, user)
        public.post(SEND)
        code = post.code()
        for _ in range(5):
            assert public.post(PAGE, {"code": another(code)}).status_code == 401
        refused = public.post(PAGE, {"code": code})
        assert refused.status_code == 429 and refused.headers["Retry-After"] == "900"
        other = browser_of()
        sign_in(other, user)
        assert other.post(PAGE, {"code": code}).status_code == 429
        assert public.get("/account").status_code == 303
        session.execute(
            update(SignInFailure).values(at=system_clock() - timedelta(minutes=15, seconds=1))
        )
        assert public.post(PAGE, {"code": code}).status_code == 303

    @pytest.mark.parametrize("typed", ["", "123456", "U" * 13, "é" * 13, "A" * 14])
    def test_what_can_be_none_is_said_and_not_counted(
        self, public: Browser, session: Session, user: User, typed: str
    ) -> None:
        sign_in(public, user)
        wrong = public.post(PAGE, {"code": typed})
        assert wrong.status_code == 422
        assert parsed(wrong.data).select_one("main [role=alert]")
        assert session.scalars(select(SignInFailure)).all() == []


class TestAsking:
    def test_three_in_a_quarter_of_an_hour_with_the_same_answer(
        self, public: Browser, session: Session, user: User, post: Post
    ) -> None:
        sign_in(public, user)
        answers = set()
        for number in range(5):
            answer = public.post(SEND)
            answers.add((answer.status_code, answer.location, answer.text))
            if number < 3:
                post.code()
        assert len(answers) == 1
        assert len(mails(session, MailKind.SIGN_IN_CODE)) == 3

    def test_one_that_waits_is_not_doubled(
        self, public: Browser, session: Session, user: User
    ) -> None:
        sign_in(public, user)
        public.post(SEND)
        public.post(SEND)
        assert len(mails(session, MailKind.SIGN_IN_CODE)) == 1

    def test_one_that_would_come_too_late_is_not_waited_for(
        self, public: Browser, session: Session, user: User, post: Post
    ) -> None:
        sign_in(public, user)
        public.post(SEND)
        public.post(SEND)
        (late,) = mails(session)  # the mail server does not answer
        late.created_at -= timedelta(minutes=11)
        session.commit()
        public.post(SEND)
        assert len(mails(session)) == 2
        assert public.post(PAGE, {"code": post.code()}).status_code == 303
        assert [mail.state for mail in mails(session)] == [MailState.DROPPED, MailState.SENT]


class TestItsSigns:
    def test_64_bits_all_tell(self) -> None:
        codes = {code_from(bytes(8))} | {code_from((1 << bit).to_bytes(8)) for bit in range(64)}
        assert len(codes) == 65
        assert {len(code) for code in codes} == {13}

    def test_what_is_easily_mistaken_is_understood(self) -> None:
        assert parse_mailed_code("ilo0-1234 5678-9") == "1100123456789"
        assert not set("ILOU") & set(SIGNS)
        with pytest.raises(Invalid):
            parse_mailed_code("U234567890123")
