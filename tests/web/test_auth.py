"""Signing in and out, links, one's own account, and text carried through signing in."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.people import Browser, make_actor, make_user, parsed, state_id
from tracker.domain.clock import system_clock
from tracker.domain.roles import OPERATOR, Role
from tracker.models import Invitation, NationalReport, Response, SignInFailure, User
from tracker.models import Session as SignedIn
from tracker.services import accounts, invitations
from tracker.services.passwords import hash_password
from tracker.services.tokens import token_hash

GOOD = "yellow-canal-78-fog"
OTHER = "silver.ladder.11.moss"
HASH = hash_password(GOOD, cheap=True)
SESSION_COOKIE = "tracker_session"


def with_password(session: Session, *args: Any, **options: Any) -> User:
    user = make_user(session, *args, **options)
    user.password_hash = HASH
    session.commit()
    return user


@pytest.fixture
def user(session: Session) -> User:
    return with_password(session, Role.FOCAL_POINT, "FRA", name="Camille")


def sign_in(browser: Browser, email: str, password: str = GOOD, **more: str) -> TestResponse:
    return browser.post("/sign-in", {"email": email, "password": password, **more})


def soup_of(response: TestResponse) -> BeautifulSoup:
    return parsed(response.data)


def alert(response: TestResponse) -> str:
    found = soup_of(response).select_one("main [role=alert]")
    assert found, response.text
    return found.get_text(" ", strip=True)


def signed_in_as(browser: Browser) -> str:
    account = browser.soup("/sign-in").select_one(".account bdi")
    return account.text if account else ""


def form_fields(page: BeautifulSoup) -> tuple[str, dict[str, str]]:
    """Where the form of a page goes, and what it sends untouched."""
    form = page.select_one("main form")
    assert form
    fields = {str(f["name"]): str(f.get("value", "")) for f in form.select("input[name]")}
    return str(form.get("action", "")), fields


class TestSignIn:
    def test_signs_in_and_leads_to_the_reports(self, public: Browser, user: User) -> None:
        response = sign_in(public, user.email.upper() + " ")
        assert response.status_code == 303
        assert response.location == "/reports"
        assert signed_in_as(public) == "Camille"

    def test_cookie_is_out_of_reach(self, public: Browser, session: Session, user: User) -> None:
        response = sign_in(public, user.email)
        (cookie,) = [c for c in response.headers.getlist("Set-Cookie") if SESSION_COOKIE in c]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        token = cookie.split("=", 1)[1].split(";")[0]
        kept = session.scalars(select(SignedIn).where(SignedIn.user_id == user.id)).one()
        assert kept.token_hash == token_hash(token)
        assert kept.expires_at - kept.created_at == timedelta(hours=12)

    def test_unknown_address_and_wrong_password_get_the_same_answer(
        self, public: Browser, session: Session, user: User
    ) -> None:
        closed = with_password(session, Role.OBSERVER, "FRA")
        closed.is_active = False
        without = make_user(session, Role.OBSERVER, "FRA")
        session.commit()
        pages = set()
        addresses = (user.email, closed.email, without.email, "nobody@example.org", "nonsense", "")
        for email in addresses:
            response = sign_in(public, email, "a wrong password")
            assert response.status_code == 401
            text = response.text.replace(email or "\0", "")
            text = text.replace(' value=""', "")
            pages.add(re.sub(r'name="csrf_token" value="[^"]*"', "", text))
        assert len(pages) == 1
        assert "not right" in pages.pop()
        assert signed_in_as(public) == ""

    @pytest.mark.parametrize("email", ["with\0null@example.org", "x" * 5000, "é@exámple.org"])
    def test_odd_addresses_are_refused_like_any_other(self, public: Browser, email: str) -> None:
        assert sign_in(public, email).status_code == 401

    def test_password_is_never_shown_again(self, public: Browser, user: User) -> None:
        assert "a wrong password" not in sign_in(public, user.email, "a wrong password").text

    def test_without_token_nothing_happens(
        self, public: Browser, session: Session, user: User
    ) -> None:
        response = public.client.post("/sign-in", data={"email": user.email, "password": GOOD})
        assert response.status_code == 400
        assert session.scalars(select(SignedIn)).all() == []

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example/",
            "/\t/evil.example/",
            "\\\\evil.example",
            "javascript:alert(1)",
            "reports",
            "/%0d%0aX: y\r\nX: y",
        ],
    )
    def test_leads_to_no_other_site(self, public: Browser, user: User, target: str) -> None:
        page = public.get("/sign-in", query_string={"next": target})
        assert soup_of(page).select_one("input[name=next]") is None
        response = sign_in(public, user.email, next=target)
        assert response.location == "/reports"

    def test_leads_back_to_where_the_reader_was_going(self, public: Browser, user: User) -> None:
        refused = public.get("/account?x=1")
        assert refused.status_code == 303
        action, fields = form_fields(public.soup(refused.location))
        fields |= {"email": user.email, "password": GOOD}
        response = public.client.post(action, data=fields)
        assert response.location == "/account?x=1"

    def test_the_page_stands_for_signed_in_readers_too(
        self, browser_of: type[Browser], user: User
    ) -> None:
        page = browser_of(user).soup("/sign-in?fresh=1")
        assert page.select_one("input[name=password]")
        assert "You are signed in as Camille" in page.text

    def test_signing_in_ends_the_session_before(
        self, browser_of: type[Browser], session: Session, user: User
    ) -> None:
        browser = browser_of(user)
        other = with_password(session, Role.OBSERVER, "DEU", name="Dagmar")
        sign_in(browser, other.email)
        assert signed_in_as(browser) == "Dagmar"
        (first,) = session.scalars(select(SignedIn).where(SignedIn.user_id == user.id))
        assert first.ended_at is not None

    def test_the_form_token_is_renewed(self, public: Browser, user: User) -> None:
        before = public.csrf_token()
        sign_in(public, user.email)
        stale = public.client.post("/sign-out", data={"csrf_token": before})
        assert stale.status_code == 400
        assert signed_in_as(public) == "Camille"

    def test_the_language_survives(self, public: Browser, session: Session) -> None:
        person = with_password(session, Role.OBSERVER, "FRA", language="en")
        public.get("/sign-in?lang=fr")
        sign_in(public, person.email)
        public.post("/sign-out")
        html = public.soup("/sign-in").html
        assert html
        assert html["lang"] == "fr"

    def test_a_language_chosen_when_signed_in_holds_until_one_signs_out(
        self, public: Browser, session: Session
    ) -> None:
        person = with_password(session, Role.OBSERVER, "FRA", language="fr")
        sign_in(public, person.email)

        def language(path: str = "/account") -> object:
            html = public.soup(path).html
            return html and html["lang"]

        assert language() == "fr"
        assert language("/account?lang=en") == language() == language("/states") == "en"
        public.post("/account", {"name": "Camille", "language": "fr"})
        assert language() == "fr"
        assert language("/account?lang=en") == "en"
        public.post("/sign-out")
        sign_in(public, person.email)
        assert language() == "fr"


class TestCounting:
    def test_ten_failures_slow_an_address_down(
        self, public: Browser, session: Session, user: User
    ) -> None:
        for _ in range(10):
            assert sign_in(public, user.email, "a wrong password").status_code == 401
        refused = sign_in(public, user.email)  # even the right one
        assert refused.status_code == 429
        assert "15 minutes" in alert(refused)
        assert refused.headers["Retry-After"] == "900"
        assert signed_in_as(public) == ""
        assert len(session.scalars(select(SignInFailure)).all()) == 10
        assert sign_in(public, "other@example.org").status_code == 401

        earlier = system_clock() - timedelta(minutes=16)
        session.execute(update(SignInFailure).values(at=earlier))
        session.commit()
        assert sign_in(public, user.email).status_code == 303

    def test_unknown_addresses_are_counted_alike(self, public: Browser) -> None:
        answers = [sign_in(public, "nobody@example.org").status_code for _ in range(11)]
        assert answers == [401] * 10 + [429]

    def test_success_begins_anew(self, public: Browser, session: Session, user: User) -> None:
        for _ in range(9):
            sign_in(public, user.email, "a wrong password")
        assert sign_in(public, user.email).status_code == 303
        assert session.scalars(select(SignInFailure)).all() == []


class TestSignOut:
    def test_ends_the_session_on_the_server(
        self, browser_of: type[Browser], session: Session, user: User
    ) -> None:
        browser = browser_of(user)
        kept = browser.client.get_cookie(SESSION_COOKIE)
        assert kept
        response = browser.post("/sign-out")
        assert response.status_code == 303
        assert browser.client.get_cookie(SESSION_COOKIE) is None
        browser.client.set_cookie(SESSION_COOKIE, kept.value, domain="localhost")
        assert signed_in_as(browser) == ""

    def test_needs_a_token(self, browser_of: type[Browser], user: User) -> None:
        browser = browser_of(user)
        assert browser.client.post("/sign-out").status_code == 400
        assert browser.client.get("/sign-out").status_code == 405
        assert signed_in_as(browser) == "Camille"


class TestInvitation:
    def test_a_link_that_cannot_be_used_has_a_page_of_its_own(self, public: Browser) -> None:
        for response in (public.get("/invitations/nope"), public.post("/invitations/nope", {})):
            assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")
            heading = soup_of(response).select_one("main h1")
            assert heading and heading.text.strip() == "This link cannot be used"

    @pytest.fixture
    def token(self, session: Session) -> str:
        added = accounts.add_user(
            session,
            actor=OPERATOR,
            email="new@example.org",
            name="New Person",
            role=Role.FOCAL_POINT,
            state_id=state_id(session, "FRA"),
            language="fr",
            clock=system_clock,
        )
        token = invitations.invite(
            session, actor=OPERATOR, user_id=added.user_id, clock=system_clock
        )
        session.commit()
        return token

    def accept(self, browser: Browser, token: str, **changes: str) -> TestResponse:
        form = {"name": "Élise", "language": "fr", "password": GOOD, "password_again": GOOD}
        return browser.post(f"/invitations/{token}", form | changes)

    def test_shows_whose_it_is(self, public: Browser, token: str) -> None:
        response = public.get(f"/invitations/{token}")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "same-origin"
        page = soup_of(response)
        assert "new@example.org" in page.text
        name = page.select_one("input[name=name]")
        assert name
        assert name["value"] == "New Person"

    def test_sets_the_password_and_signs_in_once(
        self, public: Browser, browser_of: type[Browser], token: str
    ) -> None:
        response = self.accept(public, token)
        assert (response.status_code, response.location) == (303, "/reports")
        assert signed_in_as(public) == "Élise"
        second = browser_of()
        assert second.get(f"/invitations/{token}").status_code == 404
        again = self.accept(second, token, password=OTHER, password_again=OTHER)
        assert again.status_code == 404
        assert "used before" in again.text
        assert sign_in(browser_of(), "new@example.org", GOOD).status_code == 303
        assert sign_in(browser_of(), "new@example.org", OTHER).status_code == 401

    def test_expires(self, public: Browser, session: Session, token: str) -> None:
        session.execute(update(Invitation).values(expires_at=system_clock()))
        session.commit()
        assert public.get(f"/invitations/{token}").status_code == 404
        assert self.accept(public, token).status_code == 404
        assert public.get("/invitations/" + "x" * 43).status_code == 404

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"password": "short-one-1"}, "at least 12 characters"),
            ({"password": "ab" + "x-y" * 43}, "at most 128 characters"),
            ({"password": "new@example.org"}, "easy to guess"),
            ({"password": "Password123456"}, "easy to guess"),
            ({"password": "123456789012"}, "easy to guess"),
            ({"name": "Élise Vandermeer", "password": "vandermeer2026"}, "easy to guess"),
            ({"password": "SmallArms-2026"}, "easy to guess"),
            ({"password_again": OTHER}, "not the same"),
            ({"name": "  "}, "Fill in this field"),
            ({"language": "xx"}, "not one of the choices"),
        ],
    )
    def test_bad_input_gets_a_sentence_and_the_link_still_works(
        self, public: Browser, token: str, changes: dict[str, str], sentence: str
    ) -> None:
        form = dict(changes)
        if "password" in form:
            form.setdefault("password_again", form["password"])
        response = self.accept(public, token, **form)
        assert response.status_code == 422
        assert sentence in alert(response)
        assert form.get("password", GOOD) not in response.text or "@" in form["password"]
        assert self.accept(public, token).status_code == 303

    def test_needs_a_token_of_the_form(self, public: Browser, token: str) -> None:
        form = {"name": "É", "language": "fr", "password": GOOD, "password_again": GOOD}
        assert public.client.post(f"/invitations/{token}", data=form).status_code == 400
        assert public.get(f"/invitations/{token}").status_code == 200


class TestAccount:
    def test_needs_signing_in(self, public: Browser) -> None:
        response = public.get("/account")
        assert response.status_code == 303
        assert response.location.startswith("/sign-in")

    def test_changes_name_and_language(self, browser_of: type[Browser], user: User) -> None:
        browser = browser_of(user)
        response = browser.post("/account", {"name": " Camille  D. ", "language": "fr"})
        assert response.status_code == 303
        assert signed_in_as(browser) == "Camille D."
        html = browser.soup("/account").html
        assert html
        assert html["lang"] == "fr"

    @pytest.mark.parametrize(
        "form", [{"name": "", "language": "fr"}, {"name": "a\0b", "language": "fr"}]
    )
    def test_bad_details_change_nothing(
        self, browser_of: type[Browser], session: Session, user: User, form: Mapping[str, str]
    ) -> None:
        assert browser_of(user).post("/account", form).status_code == 422
        session.refresh(user)
        assert (user.name, user.language) == ("Camille", "en")

    def test_a_new_password_needs_the_present_one(
        self, browser_of: type[Browser], user: User
    ) -> None:
        browser, elsewhere = browser_of(user), browser_of(user)
        form = {"present": "a wrong one", "password": OTHER, "password_again": OTHER}
        refused = browser.post("/account/password", form)
        assert refused.status_code == 422
        assert "not your present password" in alert(refused)
        assert sign_in(browser_of(), user.email, OTHER).status_code == 401

        changed = browser.post("/account/password", form | {"present": GOOD})
        assert changed.status_code == 303
        assert signed_in_as(browser) == "Camille"
        assert signed_in_as(elsewhere) == ""
        assert sign_in(browser_of(), user.email, OTHER).status_code == 303

    def test_guessing_the_present_password_is_counted(
        self, browser_of: type[Browser], user: User
    ) -> None:
        browser = browser_of(user)
        form = {"present": "a wrong one", "password": OTHER, "password_again": OTHER}
        answers = [browser.post("/account/password", form).status_code for _ in range(11)]
        assert answers == [422] * 10 + [429]

    def test_an_easy_new_password_is_refused(self, browser_of: type[Browser], user: User) -> None:
        form = {"present": GOOD, "password": "qwertyuiop123", "password_again": "qwertyuiop123"}
        response = browser_of(user).post("/account/password", form)
        assert response.status_code == 422
        assert "easy to guess" in alert(response)


class TestCarriedText:
    """A save with an ended session, without JavaScript: nothing typed is lost."""

    TEXT = "Les <b>registres</b> \"sont\" tenus & relus.\n\n'Ligne' trois"

    @pytest.fixture
    def report(self, browser_of: type[Browser], session: Session, user: User) -> NationalReport:
        browser_of(user).post("/reports", {"cycle": "bms7", "state": state_id(session, "FRA")})
        return session.scalars(select(NationalReport)).one()

    @pytest.fixture
    def path(self, report: NationalReport) -> str:
        return f"/reports/{report.public_id}/sections/I.1"

    @pytest.fixture
    def form(self) -> dict[str, str]:
        return {
            "p25-version": "0",
            "p25-progress": "implemented",
            "p25-narrative": self.TEXT.replace("\n", "\r\n"),
            "p25-audience": "public",
            "save_key": "a-key-of-this-save",
        }

    def narratives(self, session: Session) -> list[str]:
        return list(session.scalars(select(Response.narrative)))

    def carried(self, browser: Browser, path: str, form: Mapping[str, str]) -> TestResponse:
        response = browser.post(path, form)
        assert response.status_code == 401, response.text
        return response

    def test_signing_in_saves(
        self, public: Browser, session: Session, user: User, path: str, form: dict[str, str]
    ) -> None:
        action, fields = form_fields(soup_of(self.carried(public, path, form)))
        assert action == path
        assert {name: fields[name] for name in form if name != "p25-narrative"} == {
            name: form[name] for name in form if name != "p25-narrative"
        }
        assert self.narratives(session) == []
        fields |= {"sign_in_email": user.email, "sign_in_password": GOOD}
        response = public.client.post(action, data=fields)
        assert response.status_code in (302, 303)
        session.expire_all()
        assert self.narratives(session) == [self.TEXT]
        assert signed_in_as(public) == "Camille"

    def test_a_wrong_password_carries_it_on(
        self, public: Browser, session: Session, user: User, path: str, form: dict[str, str]
    ) -> None:
        page = soup_of(self.carried(public, path, form))
        for _ in range(2):
            action, fields = form_fields(page)
            fields |= {"sign_in_email": user.email, "sign_in_password": "a wrong one"}
            response = public.client.post(action, data=fields)
            assert response.status_code == 401
            assert "a wrong one" not in response.text
            page = soup_of(response)
        assert len(session.scalars(select(SignInFailure)).all()) == 2
        action, fields = form_fields(page)
        fields |= {"sign_in_email": user.email, "sign_in_password": GOOD}
        public.client.post(action, data=fields)
        session.expire_all()
        assert self.narratives(session) == [self.TEXT]

    def test_an_address_slowed_down_keeps_the_text(
        self, public: Browser, user: User, path: str, form: dict[str, str]
    ) -> None:
        for _ in range(10):
            sign_in(public, user.email, "a wrong one")
        fields = form | {"sign_in_email": user.email, "sign_in_password": GOOD}
        response = public.post(path, fields)
        assert response.status_code == 429
        assert "registres" in response.text

    def test_a_refused_save_leaves_the_person_signed_in(
        self, public: Browser, session: Session, user: User, path: str, form: dict[str, str]
    ) -> None:
        sent = form | {"p25-progress": "nonsense"}
        sent |= {"sign_in_email": user.email, "sign_in_password": GOOD}
        response = public.post(path, sent)
        assert response.status_code == 422
        assert "registres" in response.text
        assert GOOD not in response.text
        assert self.narratives(session) == []
        assert signed_in_as(public) == "Camille"

    @pytest.mark.parametrize(
        ("role", "iso3", "status"),
        [
            (Role.FOCAL_POINT, "DEU", 404),
            (Role.CONTRIBUTOR, "DEU", 404),
            (Role.OBSERVER, "FRA", 403),
        ],
    )
    def test_nobody_saves_it_who_may_not(
        self,
        public: Browser,
        session: Session,
        user: User,
        path: str,
        form: dict[str, str],
        role: Role,
        iso3: str | None,
        status: int,
    ) -> None:
        other = with_password(session, role, iso3)
        fields = form | {"sign_in_email": other.email, "sign_in_password": GOOD}
        response = public.post(path, fields)
        assert response.status_code == status
        assert self.narratives(session) == []
        assert signed_in_as(public) == other.name
        # Its sender gets it back, to be saved with the account that it belongs to.
        page = soup_of(response)
        assert response.headers["Cache-Control"] == "no-store"
        assert GOOD not in response.text
        assert "This account may not save what was sent" in page.select("main")[0].get_text(" ")
        action, again = form_fields(page)
        assert again["sign_in_email"] == again["sign_in_password"] == ""
        again |= {"sign_in_email": user.email, "sign_in_password": GOOD}
        assert public.client.post(action, data=again).status_code == 303
        session.expire_all()
        assert self.narratives(session) == [self.TEXT]
        assert signed_in_as(public) == "Camille"

    def test_a_right_lost_meanwhile_keeps_the_text(
        self,
        browser_of: type[Browser],
        session: Session,
        user: User,
        path: str,
        form: dict[str, str],
    ) -> None:
        """A colleague on the same page, whose role has been changed to one that reads."""
        reader = browser_of(make_user(session, Role.OBSERVER, "FRA"))
        response = reader.post(path, form)
        assert response.status_code == 403
        assert form_fields(soup_of(response))[1]["p25-narrative"].splitlines() == (
            self.TEXT.splitlines()
        )
        told = reader.post(path, form, headers={"Accept": "application/json"})
        assert (told.status_code, told.json and told.json["code"]) == (403, "not-permitted")

    def test_who_signs_in_here_is_who_saves(
        self,
        browser_of: type[Browser],
        session: Session,
        user: User,
        path: str,
        form: dict[str, str],
    ) -> None:
        """Somebody else signed in meanwhile, in another window of the same browser."""
        other = with_password(session, Role.FOCAL_POINT, "FRA", name="Dominique")
        browser = browser_of(other)
        browser.post(path, form | {"sign_in_email": user.email, "sign_in_password": GOOD})
        assert signed_in_as(browser) == "Camille"
        history = browser.soup(path.replace("sections/I.1", "responses/25/history"), 200)
        assert "Camille" in history.select("main")[0].text
        assert "Dominique" not in history.select("main")[0].text

    def test_cross_site_forms_are_not_carried(
        self, public: Browser, path: str, form: dict[str, str]
    ) -> None:
        response = public.client.post(path, data=form)
        assert response.status_code == 400
        assert "registres" not in response.text
        response = public.client.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 400
        assert "registres" not in response.text

    def test_a_page_from_before_signing_in_again_keeps_its_text(
        self, public: Browser, session: Session, user: User, path: str, form: dict[str, str]
    ) -> None:
        stale = public.csrf_token()
        sign_in(public, user.email)  # in another window: the form token is a new one
        headers = {"Sec-Fetch-Site": "same-origin"}
        sent = form | {"csrf_token": stale}
        response = public.client.post(path, data=sent, headers=headers)
        assert response.status_code == 400
        session.expire_all()
        assert self.narratives(session) == []
        action, fields = form_fields(soup_of(response))
        assert public.client.post(action, data=fields).status_code in (302, 303)
        session.expire_all()
        assert self.narratives(session) == [self.TEXT]

    def test_scripts_get_the_sentence_and_keep_the_text_themselves(
        self, public: Browser, path: str, form: dict[str, str]
    ) -> None:
        response = public.post(path, form, headers={"Accept": "application/json"})
        assert response.status_code == 401
        assert response.json
        assert response.json["code"] == "sign-in-needed"

    def test_a_script_whose_token_went_with_the_session_gets_that_sentence_too(
        self, browser_of: type[Browser], user: User, report: NationalReport, form: dict[str, str]
    ) -> None:
        """Signed out in another window, which took the token of the form as well."""
        browser, path = browser_of(user), f"/reports/{report.public_id}/responses/25"
        sent = form | {"csrf_token": browser.csrf_token()}
        scripts = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
        browser.post("/sign-out")
        told = browser.client.post(path, data=sent, headers=scripts)
        assert (told.status_code, told.json and told.json["code"]) == (401, "sign-in-needed")
        assert "press Save" in told.text
        sign_in(browser, user.email)  # then the form is what is wrong
        told = browser.client.post(path, data=sent, headers=scripts)
        assert (told.status_code, told.json and told.json["code"]) == (400, "form-expired")

    def test_other_pages_lead_to_signing_in(self, public: Browser) -> None:
        for path, location in (
            ("/account", "/sign-in?next=/account"),
            ("/account/password", "/sign-in"),
        ):
            response = public.post(path, {"name": "x", "language": "en"})
            assert (response.status_code, response.location) == (303, location)

    def test_a_session_that_ran_out_is_such_a_case(
        self,
        browser_of: type[Browser],
        session: Session,
        user: User,
        path: str,
        form: dict[str, str],
    ) -> None:
        browser = browser_of(user)
        session.execute(update(SignedIn).values(expires_at=system_clock()))
        session.commit()
        assert "registres" in self.carried(browser, path, form).text


def test_rights_follow_the_role_at_once(browser_of: type[Browser], session: Session) -> None:
    keeper = make_actor(session, Role.ADMINISTRATOR)
    person = make_user(session, Role.FOCAL_POINT, "FRA")
    browser = browser_of(person)
    assert browser.get("/admin/people").status_code == 200
    membership = person.memberships[0].id
    accounts.end_membership(session, actor=keeper, membership_id=membership, clock=system_clock)
    session.commit()
    assert browser.get("/admin/people").status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/invitations/%00",
        "/search?q=a%00b",
        "/reports/%00",
        "/states/F%00A",
        "/sign-in?next=%00",
        "/documents/%00",
        "/states?lang=%00",
    ],
)
def test_a_null_character_in_an_address_is_refused(
    browser_of: type[Browser], user: User, path: str
) -> None:
    answer = browser_of(user).get(path)
    assert answer.status_code == 400
    assert "A null character (%00) stands in this address." in answer.text
    assert "not translated into the language" not in answer.text


def test_an_address_that_is_no_utf_8_is_refused_in_a_page(public: Browser) -> None:
    answer = public.client.get("/search", environ_overrides={"QUERY_STRING": "lang=en&q=\xe9"})
    assert answer.status_code == 400
    assert "could not be understood" in answer.text


@pytest.mark.parametrize("path", [f"/search?q={'a' * 7600}", f"/states/{'A' * 7600}?lang=en"])
def test_too_long_an_address_is_refused_in_a_page(public: Browser, path: str) -> None:
    answer = public.get(path)
    assert answer.status_code == 414
    assert "Choose fewer things at a time" in answer.text
