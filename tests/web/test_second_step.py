"""The second step of signing in, page by page, with codes as an authenticator app computes them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import segno
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.outbox import mails
from tests.people import Browser, make_user, parsed, state_id
from tracker.domain.clock import system_clock
from tracker.domain.roles import Role
from tracker.models import (
    NationalReport,
    RecoveryCode,
    Response,
    SecondFactor,
    SignInFailure,
    User,
)
from tracker.models import Session as SignedIn
from tracker.services.passwords import hash_password

GOOD = "yellow-canal-78-fog"
HASH = hash_password(GOOD, cheap=True)


def with_password(session: Session, role: Role, iso3: str | None = None) -> User:
    user = make_user(session, role, iso3)
    user.password_hash = HASH
    session.commit()
    return user


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No half minute ends between the making of a code and its check."""
    now = system_clock()
    for module in ("tracker.web.proving", "tracker.web.second_step", __name__):
        monkeypatch.setattr(f"{module}.system_clock", lambda: now)


@pytest.fixture
def reviewer(session: Session) -> User:
    return with_password(session, Role.REVIEWER)


@pytest.fixture
def focal_point(session: Session) -> User:
    return with_password(session, Role.FOCAL_POINT, "FRA")


@pytest.fixture
def asked_of_all(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(app.config["SETTINGS"], second_factor="all")
    monkeypatch.setitem(app.config, "SETTINGS", settings)


@pytest.fixture
def asked_of_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(app.config["SETTINGS"], second_factor="off")
    monkeypatch.setitem(app.config, "SETTINGS", settings)


def sign_in(browser: Browser, user: User, **more: str) -> TestResponse:
    return browser.post("/sign-in", {"email": user.email, "password": GOOD, **more})


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(system_clock(), counter_offset=steps)


def soup_of(response: TestResponse) -> BeautifulSoup:
    return parsed(response.data)


def text_of(response: TestResponse) -> str:
    return soup_of(response).select("main")[0].get_text(" ", strip=True)


def shown_secret(page: BeautifulSoup) -> str:
    key = page.select_one(".secret code")
    assert key
    return key.text.replace(" ", "")


def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Give an app the key on the page; the secret and the recovery codes."""
    secret = shown_secret(browser.soup("/second-step"))
    done = browser.post("/second-step", {"code": code_of(secret, -1)})
    assert done.status_code == 200, done.text
    assert done.headers["Cache-Control"] == "no-store"
    return secret, [code.text for code in soup_of(done).select(".codes code")]


@pytest.fixture
def enrolled(public: Browser, reviewer: User) -> Iterator[tuple[Browser, str, list[str]]]:
    """A reviewer who set an app up and signed out again."""
    sign_in(public, reviewer)
    secret, codes = set_up(public)
    public.post("/sign-out")
    yield public, secret, codes


class TestEnrolment:
    def test_loading_the_page_of_the_codes_again_leads_to_where_new_ones_are_made(
        self, public: Browser, session: Session, reviewer: User
    ) -> None:
        sign_in(public, reviewer)
        secret = shown_secret(public.soup("/second-step"))
        sent = {"code": code_of(secret, -1), "csrf_token": public.csrf_token()}
        assert "recovery codes" in public.client.post("/second-step", data=sent).text
        again = public.client.post("/second-step", data=sent)
        assert (again.status_code, again.location) == (303, "/account#second-step")
        account = public.soup("/account")
        assert "The second step is set up already" in account.select("main")[0].text
        assert account.select_one("#second-step ~ .actions form[action$='/codes']")
        assert len(session.scalars(select(SecondFactor)).all()) == 1
        public.post("/sign-out")
        assert public.client.post("/second-step", data=sent).status_code == 400

    @pytest.mark.parametrize("typed", ["abc", "abcd " * 6])
    def test_what_is_no_code_of_an_app_is_told_without_recovery_codes(
        self, public: Browser, session: Session, reviewer: User, typed: str
    ) -> None:
        sign_in(public, reviewer)
        shown_secret(public.soup("/second-step"))
        refused = public.post("/second-step", {"code": typed})
        assert refused.status_code == 422
        told = soup_of(refused).select("main [role=alert]")[0].text
        assert "Type the 6 digits that your app shows now." in told
        assert "recovery" not in told

    def test_the_secretariat_sets_an_app_up_before_anything_else(
        self, public: Browser, session: Session, reviewer: User
    ) -> None:
        response = sign_in(public, reviewer, next="/review?x=1")
        assert response.location == "/second-step?next=/review?x%3D1"
        assert public.get("/review").location.startswith("/second-step?next=")
        assert public.get("/account").status_code == 303
        leave = public.soup("/second-step").select_one("form[data-sign-out]")
        assert leave and leave["data-sign-out"] == str(reviewer.id)  # whose unsent text goes
        page = public.soup(response.location)
        link = page.select_one("a[href^='otpauth://totp/']")
        assert link
        secret = shown_secret(page)
        parsed = pyotp.parse_uri(str(link["href"]))
        assert (parsed.secret, parsed.name) == (secret, reviewer.email)
        drawn = page.select("[role=img] svg.qr path")[-1]
        assert f'd="{drawn["d"]}"' in segno.make_qr(str(link["href"]), error="m").svg_inline(
            border=4
        )
        field = page.select_one("input[name=next]")
        assert field and field["value"] == "/review?x=1"

        done = public.post("/second-step", {"code": code_of(secret), "next": "/review?x=1"})
        codes = [code.text for code in soup_of(done).select(".codes code")]
        assert len(set(codes)) == 10
        onward = soup_of(done).select_one(".actions a")
        assert onward and onward["href"] == "/review?x=1"
        assert public.get("/review").status_code == 200
        kept = session.scalars(select(RecoveryCode.code_hash)).all()
        assert not set(kept) & {code.replace(" ", "") for code in codes}

    def test_a_wrong_code_sets_nothing_up_and_keeps_the_key(
        self, public: Browser, session: Session, reviewer: User
    ) -> None:
        sign_in(public, reviewer)
        secret = shown_secret(public.soup("/second-step"))
        wrong = public.post("/second-step", {"code": code_of(secret, 20)})
        assert wrong.status_code == 422
        assert "does not belong to this key" in text_of(wrong)
        assert shown_secret(soup_of(wrong)) == secret
        assert public.post("/second-step", {"code": "abc"}).status_code == 422
        assert session.scalars(select(SecondFactor)).all() == []
        assert public.get("/review").status_code == 303

    def test_a_focal_point_is_not_asked_but_may(self, public: Browser, focal_point: User) -> None:
        assert sign_in(public, focal_point).location == "/reports"
        account = public.soup("/account")
        assert account.select_one("form[action='/second-step/begin']")
        assert public.post("/second-step/begin").location == "/second-step"
        secret, _ = set_up(public)
        public.post("/sign-out")
        assert sign_in(public, focal_point).location == "/sign-in/code"
        public.post("/sign-in/code", {"code": code_of(secret)})
        assert public.get("/reports").status_code == 200

    @pytest.mark.usefixtures("asked_of_all")
    def test_a_focal_point_is_asked_where_all_are(self, public: Browser, focal_point: User) -> None:
        assert sign_in(public, focal_point).location == "/second-step"
        assert public.get("/reports").location.startswith("/second-step")

    @pytest.mark.usefixtures("asked_of_nobody")
    def test_where_it_is_off_nobody_is_asked_or_offered_one(
        self, public: Browser, reviewer: User
    ) -> None:
        assert sign_in(public, reviewer).location == "/review"
        assert public.soup("/account").select_one("#second-step") is None
        assert public.get("/second-step").status_code == 303

    def test_a_role_given_meanwhile_asks_at_once(
        self, public: Browser, session: Session, focal_point: User
    ) -> None:
        from tests.people import make_actor
        from tracker.services.accounts import add_user

        sign_in(public, focal_point)
        assert public.get("/reports").status_code == 200
        add_user(
            session,
            actor=make_actor(session, Role.ADMINISTRATOR),
            email=focal_point.email,
            name="",
            role=Role.REVIEWER,
            state_id=None,
            language="en",
            clock=system_clock,
        )
        session.commit()
        assert public.get("/reports").location.startswith("/second-step")

    def test_half_signed_in_one_can_sign_out(
        self, public: Browser, session: Session, reviewer: User
    ) -> None:
        sign_in(public, reviewer)
        assert public.soup("/second-step").select_one("form[action='/sign-out']")
        assert public.post("/sign-out").location == "/"
        assert session.scalars(select(SignedIn.ended_at)).one() is not None
        assert public.get("/second-step").location.startswith("/sign-in")


class TestCode:
    def test_password_and_code_sign_in(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User
    ) -> None:
        browser, secret, _ = enrolled
        assert sign_in(browser, reviewer, next="/review").location == "/sign-in/code?next=/review"
        assert browser.get("/review").location.startswith("/sign-in/code")
        assert browser.get("/second-step").location == "/sign-in/code"
        done = browser.post("/sign-in/code", {"code": code_of(secret), "next": "/review"})
        assert done.location == "/review"
        assert browser.get("/review").status_code == 200

    def test_a_code_works_once(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User
    ) -> None:
        browser, secret, _ = enrolled
        code = code_of(secret)
        sign_in(browser, reviewer)
        assert browser.post("/sign-in/code", {"code": code}).status_code == 303
        sign_in(browser, reviewer)
        again = browser.post("/sign-in/code", {"code": code})
        assert again.status_code == 401
        assert "used before" in text_of(again)
        assert browser.get("/review").status_code == 303

    def test_a_recovery_code_works_once_and_the_last_ones_are_counted(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User
    ) -> None:
        browser, _, codes = enrolled
        for used, code in enumerate(codes[:7], 1):
            sign_in(browser, reviewer)
            assert browser.post("/sign-in/code", {"code": code.upper()}).status_code == 303
            notice = browser.soup("/review").select_one("main .notice-alert")
            assert bool(notice) == (used == 7)
        assert notice and "3 recovery codes" in notice.text
        sign_in(browser, reviewer)
        assert browser.post("/sign-in/code", {"code": codes[0]}).status_code == 401

    def test_guessing_slows_down_for_all_browsers_together(
        self, enrolled: tuple[Browser, str, list[str]], browser_of: type[Browser], reviewer: User
    ) -> None:
        browser, secret, _ = enrolled
        other = browser_of()
        for one in (browser, other):
            sign_in(one, reviewer)
        answers = [
            one.post("/sign-in/code", {"code": code_of(secret, 50)}).status_code
            for one in (browser, other, browser, other, browser)
        ]
        assert answers == [401] * 5
        slowed = other.post("/sign-in/code", {"code": code_of(secret)})
        assert slowed.status_code == 429
        assert slowed.headers["Retry-After"] == "900"
        assert "15 minutes" in text_of(slowed)
        assert other.get("/review").status_code == 303

    def test_who_guesses_slowly_is_stopped_for_the_day_and_the_owner_is_told(
        self, enrolled: tuple[Browser, str, list[str]], session: Session, reviewer: User
    ) -> None:
        browser, secret, _ = enrolled
        sign_in(browser, reviewer)
        told = []
        for _ in range(20):
            assert browser.post("/sign-in/code", {"code": code_of(secret, 50)}).status_code == 401
            failures = session.scalars(select(SignInFailure)).all()
            for failure in failures:
                failure.at -= timedelta(minutes=20)
            session.commit()
            told.append(mails(session)[-1].data["event"])
        assert set(told[:-1]) == {"factor-set-up"} and told[-1] == "codes-refused"
        assert browser.post("/sign-in/code", {"code": code_of(secret)}).status_code == 429

    def test_nonsense_is_refused_and_not_counted(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User
    ) -> None:
        browser, secret, _ = enrolled
        sign_in(browser, reviewer)
        for code in ("", "12345", "a" * 5000, "%00", "\N{WHITE SMILING FACE}"):
            assert browser.post("/sign-in/code", {"code": code}).status_code == 422
        assert browser.post("/sign-in/code", {"code": code_of(secret)}).status_code == 303

    def test_leads_to_no_other_site(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User
    ) -> None:
        browser, secret, _ = enrolled
        sign_in(browser, reviewer)
        form = {"code": code_of(secret), "next": "//evil.example/"}
        assert browser.post("/sign-in/code", form).location == "/review"

    def test_the_token_of_half_a_sign_in_opens_nothing_later(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User
    ) -> None:
        browser, secret, _ = enrolled
        sign_in(browser, reviewer)
        half = browser.client.get_cookie("tracker_session")
        browser.post("/sign-in/code", {"code": code_of(secret)})
        whole = browser.client.get_cookie("tracker_session")
        assert half and whole and half.value != whole.value
        browser.client.set_cookie("tracker_session", half.value, domain="localhost")
        assert browser.get("/sign-in/code").location.startswith("/sign-in")

    def test_the_sign_in_page_leads_on(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User
    ) -> None:
        browser, _, _ = enrolled
        sign_in(browser, reviewer)
        assert browser.soup("/sign-in").select_one("main a[href='/sign-in/code']")


class TestOwnSecondStep:
    def test_new_recovery_codes_replace_the_old_ones(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User
    ) -> None:
        browser, secret, codes = enrolled
        sign_in(browser, reviewer)
        browser.post("/sign-in/code", {"code": code_of(secret)})
        made = browser.soup("/account").select_one("form[action$='/codes'] [name=made]")
        assert made
        sent = {"made": str(made["value"])}
        page = browser.post("/account/second-step/codes", sent)
        new = [code.text for code in soup_of(page).select(".codes code")]
        assert len(set(new) | set(codes)) == 20
        refused = browser.post("/account/second-step/codes")
        assert refused.status_code == 422, "none of our pages sends it without the number"
        assert "This form had expired" in refused.text
        again = browser.post("/account/second-step/codes", sent)
        assert again.status_code == 303, "loaded again, it makes no others"
        assert "New recovery codes were made already" in browser.get("/account").text
        sign_in(browser, reviewer)
        assert browser.post("/sign-in/code", {"code": codes[0]}).status_code == 401
        assert browser.post("/sign-in/code", {"code": new[0]}).status_code == 303

    def test_it_is_not_removed_where_the_role_needs_it(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User, session: Session
    ) -> None:
        browser, secret, _ = enrolled
        sign_in(browser, reviewer)
        browser.post("/sign-in/code", {"code": code_of(secret)})
        assert browser.soup("/account").select_one("form[action$='/remove']") is None
        assert browser.post("/account/second-step/remove").status_code == 403
        assert session.scalars(select(SecondFactor)).one()

    def test_a_focal_point_removes_it(
        self, public: Browser, session: Session, focal_point: User
    ) -> None:
        sign_in(public, focal_point)
        public.post("/second-step/begin")
        set_up(public)
        assert public.post("/account/second-step/remove").status_code == 303
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(RecoveryCode)).all() == []
        assert public.get("/reports").status_code == 200

    def test_another_app_takes_its_place(
        self, enrolled: tuple[Browser, str, list[str]], reviewer: User
    ) -> None:
        browser, secret, _ = enrolled
        sign_in(browser, reviewer)
        browser.post("/sign-in/code", {"code": code_of(secret)})
        browser.post("/second-step/begin")
        other, _ = set_up(browser)
        assert other != secret
        sign_in(browser, reviewer)
        assert browser.post("/sign-in/code", {"code": code_of(secret, 1)}).status_code == 401
        assert browser.post("/sign-in/code", {"code": code_of(other)}).status_code == 303


class TestCarriedText:
    """A save whose session ended needs the second step too, and loses nothing over it."""

    TEXT = "Les registres sont tenus."

    @pytest.fixture
    def path(self, browser_of: type[Browser], session: Session, focal_point: User) -> str:
        browser = browser_of(focal_point)
        browser.post("/reports", {"cycle": "bms7", "state": state_id(session, "FRA")})
        report = session.scalars(select(NationalReport)).one()
        return f"/reports/{report.public_id}/sections/I.1"

    FORM = {
        "p25-version": "0",
        "p25-progress": "implemented",
        "p25-narrative": TEXT,
        "p25-audience": "public",
    }

    def narratives(self, session: Session) -> list[str]:
        session.expire_all()
        return list(session.scalars(select(Response.narrative)))

    def test_the_code_saves(
        self, public: Browser, session: Session, focal_point: User, path: str
    ) -> None:
        sign_in(public, focal_point)
        public.post("/second-step/begin")
        secret, _ = set_up(public)
        public.post("/sign-out")
        proof = {"sign_in_email": focal_point.email, "sign_in_password": GOOD}
        asked = public.post(path, self.FORM | proof)
        assert asked.status_code == 401
        assert self.narratives(session) == []
        fields = {
            str(field["name"]): str(field.get("value", ""))
            for field in soup_of(asked).select("main form input[name]")
        }
        assert fields["p25-narrative"] == self.TEXT
        assert not {"sign_in_email", "sign_in_password"} & set(fields)
        wrong = public.post(path, fields | {"sign_in_code": code_of(secret, 30)})
        assert wrong.status_code == 401
        assert self.TEXT in wrong.text
        assert self.narratives(session) == []
        fields["csrf_token"] = public.csrf_token()
        saved = public.client.post(path, data=fields | {"sign_in_code": code_of(secret)})
        assert saved.status_code in (302, 303)
        assert self.narratives(session) == [self.TEXT]

    @pytest.mark.usefixtures("asked_of_all")
    def test_whoever_has_no_app_yet_keeps_the_text(
        self, public: Browser, session: Session, focal_point: User, path: str
    ) -> None:
        proof = {"sign_in_email": focal_point.email, "sign_in_password": GOOD}
        asked = public.post(path, self.FORM | proof)
        assert asked.status_code == 401
        assert self.TEXT in asked.text
        assert soup_of(asked).select_one("a[href='/second-step']")
        assert self.narratives(session) == []
        public.post("/second-step/begin")
        set_up(public)
        assert public.post(path, self.FORM).status_code in (302, 303)
        assert self.narratives(session) == [self.TEXT]


class TestConfirming:
    """What is sensitive asks again for password or code once 15 minutes have gone by."""

    @pytest.fixture
    def late(self, browser_of: type[Browser], session: Session, focal_point: User) -> Browser:
        browser = browser_of(focal_point)
        long_ago = system_clock() - timedelta(minutes=15)
        session.execute(update(SignedIn).values(confirmed_at=long_ago))
        session.commit()
        return browser

    FORM = {
        "email": "deputy@example.org",
        "name": "La « suppléante »",
        "role": "observer",
        "state": "FRA",
        "language": "fr",
    }

    def people(self, session: Session) -> list[str]:
        session.expire_all()
        return list(session.scalars(select(User.name).where(User.email == "deputy@example.org")))

    def test_the_form_goes_on_after_the_password(self, late: Browser, session: Session) -> None:
        asked = late.post("/admin/people/new", self.FORM)
        assert asked.status_code == 401
        assert "Confirm that it is you" in text_of(asked)
        assert self.people(session) == []
        fields = {
            str(field["name"]): str(field.get("value", ""))
            for field in soup_of(asked).select("main form input[name]")
        }
        assert {name: fields[name] for name in self.FORM} == self.FORM
        assert "confirm_code" not in fields
        wrong = late.client.post("/admin/people/new", data=fields | {"confirm_password": "no"})
        assert wrong.status_code == 401
        assert "not your password" in text_of(wrong)
        assert "suppléante" in wrong.text
        assert self.people(session) == []
        before = late.client.get_cookie("tracker_session")
        done = late.client.post("/admin/people/new", data=fields | {"confirm_password": GOOD})
        assert done.status_code == 200
        assert self.people(session) == [self.FORM["name"]]
        after = late.client.get_cookie("tracker_session")
        assert before and after and before.value != after.value

    def test_afterwards_it_is_not_asked_again(self, late: Browser, session: Session) -> None:
        late.post("/admin/people/new", self.FORM | {"confirm_password": GOOD})
        again = self.FORM | {"email": "third@example.org"}
        assert late.post("/admin/people/new", again).status_code == 200

    def test_guesses_are_counted_with_those_of_signing_in(self, late: Browser) -> None:
        wrong = self.FORM | {"confirm_password": "a wrong one"}
        answers = [late.post("/admin/people/new", wrong).status_code for _ in range(11)]
        assert answers == [401] * 10 + [429]

    def test_a_code_does_as_well(
        self, public: Browser, session: Session, focal_point: User
    ) -> None:
        sign_in(public, focal_point)
        public.post("/second-step/begin")
        secret, _ = set_up(public)
        session.execute(update(SignedIn).values(confirmed_at=system_clock() - timedelta(hours=1)))
        session.commit()
        asked = public.post("/account/second-step/remove")
        assert soup_of(asked).select_one("input[name=confirm_code]")
        wrong = public.post("/account/second-step/remove", {"confirm_code": code_of(secret, 9)})
        assert wrong.status_code == 401
        done = public.post("/account/second-step/remove", {"confirm_code": code_of(secret)})
        assert done.status_code == 303
        assert session.scalars(select(SecondFactor)).all() == []

    def test_pages_that_only_show_are_not_asked_about(self, late: Browser) -> None:
        assert late.get("/admin/people/new").status_code == 200
        assert late.get("/account").status_code == 200


SENSITIVE = """
POST /admin/cycles/<slug>/dates
POST /admin/cycles/<slug>/delete
POST /admin/cycles/new
POST /admin/memberships/<membership_id>/end
POST /admin/memberships/<role_id>/hand-over
POST /admin/memberships/<membership_id>/sections
POST /admin/people/<person_id>/activate
POST /admin/people/<person_id>/deactivate
POST /admin/people/<person_id>/link
POST /admin/people/<person_id>/second-step/reset
POST /admin/people/new
POST /account/passkeys/<passkey_id>/remove
POST /account/provider/link
POST /account/provider/unlink
POST /account/second-step/codes
POST /account/second-step/remove
POST /review/submissions/<submission_id>/publish
POST /second-step
POST /second-step/begin
POST /second-step/passkey
POST /second-step/passkey/begin
"""


def test_these_and_no_others_ask_for_confirmation(app: Flask) -> None:
    from tracker.web.confirming import is_sensitive

    found = {
        f"{method} {rule}"
        for rule in app.url_map.iter_rules()
        if is_sensitive(app, rule.endpoint)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == set(SENSITIVE.strip().splitlines())
    assert not [line for line in found if re.match("GET", line)]
