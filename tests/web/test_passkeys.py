"""Passkeys, page by page: what the script of a page sends is put together by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.authenticator import Device
from tests.outbox import mails
from tests.people import Browser, make_user, parsed, state_id
from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import system_clock
from tracker.domain.roles import Role
from tracker.models import AccountEvent, NationalReport, Passkey, RecoveryCode, User
from tracker.models import Session as SignedIn
from tracker.services.passwords import hash_password

GOOD = "yellow-canal-78-fog"
HASH = hash_password(GOOD, cheap=True)


def with_password(session: Session, role: Role, iso3: str | None = None) -> User:
    user = make_user(session, role, iso3)
    user.password_hash = HASH
    session.commit()
    return user


@pytest.fixture
def reviewer(session: Session) -> User:
    return with_password(session, Role.REVIEWER)


@pytest.fixture
def focal_point(session: Session) -> User:
    return with_password(session, Role.FOCAL_POINT, "FRA")


def sign_in(browser: Browser, user: User, **more: str) -> TestResponse:
    return browser.post("/sign-in", {"email": user.email, "password": GOOD, **more})


def main_of(response: TestResponse) -> str:
    return parsed(response.data).select("main")[0].get_text(" ", strip=True)


def options_in(page: BeautifulSoup) -> str:
    form = page.select_one("form[data-passkey]")
    assert form
    return str(form["data-options"])


def add(browser: Browser, device: Device, name: str = "office computer") -> TestResponse:
    assert browser.post("/second-step/passkey/begin").location == "/second-step/passkey"
    answer = device.create(options_in(browser.soup("/second-step/passkey")))
    return browser.post("/second-step/passkey", {"name": name, "credential": answer})


def use(browser: Browser, device: Device, **bent: str) -> TestResponse:
    answer = device.get(options_in(browser.soup("/sign-in/code")), **bent)
    return browser.post("/sign-in/passkey", {"credential": answer})


@pytest.fixture
def device() -> Device:
    return Device(count=1)


@pytest.fixture
def enrolled(public: Browser, reviewer: User, device: Device) -> Iterator[Browser]:
    """A reviewer with one passkey who signed out again."""
    sign_in(public, reviewer)
    assert add(public, device).status_code == 200
    public.post("/sign-out")
    yield public


class TestAdding:
    def test_a_passkey_is_enough_for_the_secretariat(
        self, public: Browser, session: Session, reviewer: User, device: Device
    ) -> None:
        assert sign_in(public, reviewer, next="/review?x=1").location.startswith("/second-step?")
        offered = public.soup("/second-step?next=/review").select_one("form[action$='/begin']")
        assert offered
        (field,) = offered.select("input[name=next]")
        begun = public.post("/second-step/passkey/begin", {"next": str(field["value"])})
        assert begun.location == "/second-step/passkey?next=/review"
        page = public.soup(begun.location)
        assert page.select_one("form[action='/sign-out']")
        answer = device.create(options_in(page))
        done = public.post(
            "/second-step/passkey", {"name": "key", "credential": answer, "next": "/review"}
        )
        assert done.status_code == 200
        assert done.headers["Cache-Control"] == "no-store"
        codes = parsed(done.data).select(".codes code")
        assert len({code.text for code in codes}) == 10
        onward = parsed(done.data).select_one(".actions a")
        assert onward and onward["href"] == "/review"
        assert public.get("/review").status_code == 200

    def test_it_stands_on_the_page_of_the_account(
        self, public: Browser, focal_point: User, device: Device
    ) -> None:
        sign_in(public, focal_point)
        assert public.soup("/account").select_one("#passkeys") is None
        add(public, device, name="clé bleue <b>")
        second = add(public, Device(credential_id=b"another"), name="telephone")
        assert second.location == "/account"
        page = public.soup("/account")
        rows = [
            [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
            for row in page.select("#passkeys tbody tr")
        ]
        assert [row[0] for row in rows] == ["clé bleue <b>", "telephone"]
        assert [row[3] for row in rows] == ["not yet", "not yet"]
        assert "Passkey added, telephone" in page.select("#happened + ul")[0].text
        public.post("/sign-out")
        sign_in(public, focal_point)
        assert use(public, device).location == "/reports"
        used = [
            row.select("td")[2].get_text()
            for row in public.soup("/account").select("#passkeys tbody tr")
        ]
        assert used[0] != "not yet" and used[1] == "not yet"

    def test_without_a_script_the_page_says_so_and_nothing_is_kept(
        self, public: Browser, session: Session, focal_point: User
    ) -> None:
        sign_in(public, focal_point)
        public.post("/second-step/passkey/begin")
        page = public.soup("/second-step/passkey")
        missing, ready = page.select("[data-passkey-missing], [data-passkey-ready]")
        assert "needs JavaScript" in missing.text and not missing.has_attr("hidden")
        assert ready.has_attr("hidden")
        sent = public.post("/second-step/passkey", {"name": "key"})
        assert sent.status_code == 422
        assert "needs JavaScript" in main_of(sent)
        nameless = public.post("/second-step/passkey", {"name": " ", "credential": "{}"})
        assert nameless.status_code == 422
        assert session.scalars(select(Passkey)).all() == []

    def test_a_refusal_keeps_the_name_and_brings_a_new_challenge(
        self, public: Browser, session: Session, focal_point: User, device: Device
    ) -> None:
        sign_in(public, focal_point)
        public.post("/second-step/passkey/begin")
        options = options_in(public.soup("/second-step/passkey"))
        answer = device.create(options, origin="https://evil.example")
        refused = public.post("/second-step/passkey", {"name": "key", "credential": answer})
        assert refused.status_code == 422
        assert "not one for this site" in main_of(refused)
        page = parsed(refused.data)
        assert page.select("input[name=name]")[0]["value"] == "key"
        fresh = options_in(page)
        assert fresh != options
        replay = {"name": "key", "credential": device.create(options)}
        assert public.post("/second-step/passkey", replay).status_code == 422
        again = options_in(public.soup("/second-step/passkey"))
        assert again not in (options, fresh)
        last = {"name": "key", "credential": device.create(again)}
        assert public.post("/second-step/passkey", last).status_code == 200
        assert public.post("/second-step/passkey", last).status_code == 422
        assert len(session.scalars(select(Passkey)).all()) == 1

    def test_without_a_challenge_one_begins(self, public: Browser, focal_point: User) -> None:
        sign_in(public, focal_point)
        page = public.soup("/second-step/passkey")
        assert page.select_one("form[data-passkey]") is None
        assert page.select_one("form[action='/second-step/passkey/begin']")

    def test_a_host_that_a_request_names_counts_for_nothing(
        self, public: Browser, focal_point: User
    ) -> None:
        sign_in(public, focal_point)
        public.post("/second-step/passkey/begin")
        page = public.get("/second-step/passkey", headers={"X-Forwarded-Host": "evil.example"})
        assert '"id": "localhost"' in options_in(parsed(page.data))
        assert "evil.example" not in page.text

    def test_after_a_while_the_password_is_asked_again(
        self, public: Browser, session: Session, focal_point: User, device: Device
    ) -> None:
        sign_in(public, focal_point)
        add(public, device)
        session.execute(update(SignedIn).values(confirmed_at=system_clock() - timedelta(hours=1)))
        session.commit()
        (passkey,) = session.scalars(select(Passkey.public_id))
        path = f"/account/passkeys/{passkey}/remove"
        for asked in (path, "/second-step/passkey/begin", "/second-step/passkey"):
            assert public.post(asked).status_code == 401
        assert session.scalars(select(Passkey)).one()
        assert public.post(path, {"confirm_password": GOOD}).status_code == 303
        assert session.scalars(select(Passkey)).all() == []


class TestWhereThereAreNone:
    @pytest.mark.parametrize(
        "other", [{"base_url": "http://127.0.0.1:5000"}, {"second_factor": "off"}], ids=str
    )
    def test_none_is_offered(
        self,
        app: Flask,
        monkeypatch: pytest.MonkeyPatch,
        public: Browser,
        focal_point: User,
        other: dict[str, str],
    ) -> None:
        settings = replace(app.config["SETTINGS"], **other)
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        sign_in(public, focal_point)
        assert public.soup("/account").select_one("form[action*=passkey]") is None
        assert public.post("/second-step/passkey/begin").location == "/reports"
        assert public.get("/second-step/passkey").location == "/reports"
        assert public.post("/second-step/passkey", {"name": "x"}).location == "/reports"

    def test_who_has_one_is_asked_for_a_recovery_code(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch, enrolled: Browser, reviewer: User
    ) -> None:
        settings = replace(app.config["SETTINGS"], base_url="http://127.0.0.1:5000")
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        assert sign_in(enrolled, reviewer).location == "/sign-in/code"
        page = enrolled.soup("/sign-in/code")
        assert page.select_one("form[data-passkey]") is None
        assert "recovery codes" in page.select("main .lead")[0].text
        assert enrolled.post("/sign-in/passkey", {"credential": "{}"}).status_code == 303
        assert enrolled.get("/review").status_code == 303


class TestUsing:
    def test_password_and_passkey_sign_in(
        self, enrolled: Browser, reviewer: User, device: Device
    ) -> None:
        assert sign_in(enrolled, reviewer, next="/review").location == "/sign-in/code?next=/review"
        page = enrolled.soup("/sign-in/code?next=/review")
        assert page.select("form[data-passkey] input[name=next]")[0]["value"] == "/review"
        half = enrolled.client.get_cookie("tracker_session")
        answer = device.get(options_in(page))
        done = enrolled.post("/sign-in/passkey", {"credential": answer, "next": "//evil.example"})
        assert done.location == "/review"
        whole = enrolled.client.get_cookie("tracker_session")
        assert half and whole and half.value != whole.value
        assert enrolled.get("/review").status_code == 200

    def test_the_password_alone_opens_nothing(self, enrolled: Browser, reviewer: User) -> None:
        sign_in(enrolled, reviewer)
        assert enrolled.get("/review").location.startswith("/sign-in/code")
        assert enrolled.post("/second-step/passkey/begin").location == "/sign-in/code"
        assert enrolled.get("/sign-in/passkey").location == "/sign-in/code"

    def test_what_is_refused_is_counted_with_wrong_codes(
        self, enrolled: Browser, session: Session, reviewer: User, device: Device
    ) -> None:
        sign_in(enrolled, reviewer)
        for _ in range(5):
            wrong = use(enrolled, device, rp_id="evil.example")
            assert wrong.status_code == 401
            assert "not one for this site" in main_of(wrong)
        slowed = use(enrolled, device)
        assert slowed.status_code == 429
        assert slowed.headers["Retry-After"] == "900"
        assert enrolled.get("/review").status_code == 303
        kinds = session.scalars(select(AccountEvent.kind)).all()
        assert AccountEventKind.CODES_REFUSED in kinds
        assert mails(session)[-1].data == {"event": "codes-refused"}

    def test_an_answer_is_taken_once(
        self, enrolled: Browser, reviewer: User, device: Device
    ) -> None:
        sign_in(enrolled, reviewer)
        answer = {"credential": device.get(options_in(enrolled.soup("/sign-in/code")))}
        assert enrolled.post("/sign-in/passkey", answer).status_code == 303
        sign_in(enrolled, reviewer)
        assert enrolled.post("/sign-in/passkey", answer).status_code == 401
        assert enrolled.get("/review").status_code == 303

    def test_a_late_one_is_asked_anew_and_not_counted(
        self, enrolled: Browser, session: Session, reviewer: User, device: Device
    ) -> None:
        sign_in(enrolled, reviewer)
        answer = {"credential": device.get(options_in(enrolled.soup("/sign-in/code")))}
        over = system_clock() - timedelta(seconds=1)
        session.execute(update(SignedIn).values(passkey_challenge_until=over))
        session.commit()
        page = enrolled.soup("/sign-in/code")
        assert page.select_one("form[data-passkey]") is None
        assert page.select_one("form[action='/sign-in/passkey/begin']")
        for _ in range(6):
            late = enrolled.post("/sign-in/passkey", answer)
            assert late.status_code == 401
            session.execute(update(SignedIn).values(passkey_challenge_until=over))
            session.commit()
        assert "five minutes" in main_of(late)
        assert enrolled.post("/sign-in/passkey/begin").location == "/sign-in/code"
        assert use(enrolled, device).status_code == 303

    def test_a_copy_is_refused_and_stands_in_the_history(
        self, enrolled: Browser, reviewer: User, session: Session, device: Device
    ) -> None:
        sign_in(enrolled, reviewer)
        assert use(enrolled, device).status_code == 303
        device.count -= 1
        sign_in(enrolled, reviewer)
        copied = use(enrolled, device)
        assert copied.status_code == 401
        assert "there may be a copy" in main_of(copied)
        kinds = session.scalars(select(AccountEvent.kind).order_by(AccountEvent.id)).all()
        assert kinds[-1] is AccountEventKind.PASSKEY_COPIED

    def test_a_recovery_code_does_as_well(
        self, public: Browser, session: Session, focal_point: User, device: Device
    ) -> None:
        sign_in(public, focal_point)
        codes = [code.text for code in parsed(add(public, device).data).select(".codes code")]
        sign_in(public, focal_point)
        assert public.post("/sign-in/code", {"code": "123456"}).status_code == 401
        assert public.post("/sign-in/code", {"code": codes[0]}).status_code == 303
        page = public.soup("/account")
        assert "9" in page.select("#second-step ~ dl")[0].text
        made = public.soup("/account").select_one("form[action$='/codes'] [name=made]")
        assert made
        new = public.post("/account/second-step/codes", {"made": str(made["value"])})
        assert len(parsed(new.data).select(".codes code")) == 10
        assert len(session.scalars(select(RecoveryCode)).all()) == 10

    def test_without_a_script_the_other_way_is_there(
        self, enrolled: Browser, reviewer: User
    ) -> None:
        sign_in(enrolled, reviewer)
        page = enrolled.soup("/sign-in/code")
        assert "needs JavaScript" in page.select("[data-passkey-missing]")[0].text
        assert page.select_one("form[action='/sign-in/code'] input[name=code]")
        sent = enrolled.post("/sign-in/passkey", {"credential": ""})
        assert sent.status_code == 422
        assert "needs JavaScript" in main_of(sent)


def test_text_of_an_ended_session_waits_for_the_passkey(
    public: Browser,
    browser_of: type[Browser],
    session: Session,
    focal_point: User,
    device: Device,
) -> None:
    browser_of(focal_point).post("/reports", {"cycle": "bms7", "state": state_id(session, "FRA")})
    report = session.scalars(select(NationalReport)).one()
    sign_in(public, focal_point)
    add(public, device)
    public.post("/sign-out")
    form = {"p25-version": "0", "p25-progress": "implemented", "p25-narrative": "Tenus."}
    path = f"/reports/{report.public_id}/sections/I.1"
    proof = {"sign_in_email": focal_point.email, "sign_in_password": GOOD}
    asked = public.post(path, form | proof | {"p25-audience": "public"})
    assert asked.status_code == 401
    (link,) = parsed(asked.data).select("main p a[target=_blank]")
    assert link["href"] == "/sign-in/code"
    public.post("/sign-in/passkey/begin")
    assert use(public, device).status_code == 303
    saved = public.post(path, form | {"p25-audience": "public", "sign_in_code": ""})
    assert saved.status_code in (302, 303)


def test_an_administrator_sees_how_many_and_resets_them(
    enrolled: Browser, browser_of: type[Browser], session: Session, reviewer: User
) -> None:
    administrator = browser_of(make_user(session, Role.ADMINISTRATOR))
    path = f"/admin/people/{reviewer.public_id}"
    facts = administrator.soup(path).select("#second-step ~ dl")[0].get_text(" ", strip=True)
    assert facts.startswith("App set up no app Passkeys 1")
    reset = administrator.post(f"{path}/second-step/reset", {"reason": "by telephone"})
    assert reset.status_code == 303
    assert session.scalars(select(Passkey)).all() == []
    assert sign_in(enrolled, reviewer).location == "/second-step"
