"""Signing in through an OpenID Connect provider, linking an account there, and every refusal."""

import base64
import hmac
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug import Request, Response
from werkzeug.test import TestResponse

from tests import oidc_provider
from tests.oidc_provider import (
    CLIENT,
    EC,
    NAME,
    Provider,
    led_to,
    query_of,
    said,
    visited,
    with_query,
)
from tests.people import Browser, make_actor, make_user, parsed, state_id
from tracker.delivery import provider as delivery
from tracker.delivery import provider_http
from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import system_clock
from tracker.domain.roles import OPERATOR, Role
from tracker.domain.second_factor import Assurance
from tracker.extensions import db
from tracker.models import (
    AccountEvent,
    PasswordReset,
    ProviderLink,
    ProviderVisit,
    SecondFactor,
    User,
)
from tracker.models import Session as SignedIn
from tracker.queries.sign_ins import list_account_events
from tracker.services import second_factor
from tracker.services.accounts import add_user, set_password
from tracker.services.invitations import accept_invitation, invite
from tracker.services.password_resets import reset_password
from tracker.services.passwords import hash_password
from tracker.services.tokens import token_hash
from tracker.web.security import CONTENT_SECURITY_POLICY

GOOD = "yellow-canal-78-fog"
HASH = hash_password(GOOD, cheap=True)
LEAVE, BACK = "/sign-in/provider", "/sign-in/provider/back"
LINK, UNLINK = "/account/provider/link", "/account/provider/unlink"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    provider = Provider()
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: Provider, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """As new, and named in the settings of the site, which knows nothing of it yet."""
    running.begin_anew()
    change(app, monkeypatch, running)
    delivery.provider_of.cache_clear()
    return running


def change(app: Flask, monkeypatch: pytest.MonkeyPatch, provider: Provider, **more: Any) -> None:
    settings = replace(app.config["SETTINGS"], provider=provider.settings(**more))
    monkeypatch.setitem(app.config, "SETTINGS", settings)


@pytest.fixture
def user(session: Session) -> User:
    user = make_user(session, Role.FOCAL_POINT, "FRA")
    user.password_hash = HASH
    session.commit()
    return user


@pytest.fixture
def linked(session: Session, user: User, provider: Provider) -> User:
    session.add(
        ProviderLink(
            user_id=user.id,
            issuer=provider.issuer,
            subject=provider.subject,
            linked_at=system_clock(),
        )
    )
    session.commit()
    return user


def went(browser: Browser, path: str = LEAVE, **form: str) -> str:
    """Leave for the provider and be sent back; the path to come back to."""
    return visited(led_to(browser.post(path, form)))


def come_back(browser: Browser, address: str) -> TestResponse:
    return browser.get(address)


def signed_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def said_to(answer: TestResponse) -> str:
    return parsed(answer.data).select("main")[0].get_text(" ", strip=True)


def events(session: Session, user: User) -> list[tuple[AccountEventKind, dict[str, str]]]:
    rows = session.scalars(
        select(AccountEvent).where(AccountEvent.user_id == user.id).order_by(AccountEvent.id)
    )
    return [(row.kind, row.facts) for row in rows]


def count(session: Session, table: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


class TestSigningIn:
    def test_the_button_signs_in_and_leads_where_one_wanted_to_go(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        page = public.soup("/sign-in?next=/reports?x%3D1")
        form = page.select_one(f'form[action="{LEAVE}"]')
        assert form is not None and f"Sign in through {NAME}" in form.get_text()
        assert form.select_one('input[name=next][value="/reports?x=1"]')
        answer = public.post(LEAVE, {"next": "/reports?x=1"})
        address = led_to(answer)
        assert [a["href"] for a in parsed(answer.data).select("main a.button")] == [address]
        query = query_of(address)
        assert address.startswith(f"{provider.issuer}/authorise?")
        assert query["redirect_uri"] == f"http://localhost{BACK}"
        assert (query["scope"], query["response_type"]) == ("openid", "code")
        assert (query["client_id"], query["code_challenge_method"]) == (CLIENT, "S256")
        assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) == 43

        done = come_back(public, visited(address))
        assert (done.status_code, done.location) == (303, "/reports?x=1")
        assert signed_in(public)
        assert events(session, linked) == [(AccountEventKind.PROVIDER_SIGN_IN, {"provider": NAME})]
        assert count(session, ProviderVisit) == 0
        assert f"Signed in through a provider, {NAME}" in public.soup("/account").get_text()

    def test_the_address_to_come_back_to_is_the_same_in_every_language(
        self, public: Browser, provider: Provider, linked: User
    ) -> None:
        form = public.soup("/sign-in?lang=fr").select_one(f'form[action^="{LEAVE}"]')
        assert form is not None
        answer = public.post(str(form["action"]), headers={"X-Forwarded-Host": "evil.example.org"})
        assert query_of(led_to(answer))["redirect_uri"] == f"http://localhost{BACK}"

    @pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
    def test_each_way_to_sign_is_taken(
        self, public: Browser, provider: Provider, linked: User, algorithm: str
    ) -> None:
        provider.algorithm = algorithm
        assert come_back(public, went(public)).location == "/reports"

    def test_a_provider_may_ask_for_the_secret_in_the_form(
        self, public: Browser, provider: Provider, linked: User
    ) -> None:
        provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
        come_back(public, went(public))
        assert signed_in(public)

    def test_nothing_is_asked_while_a_transaction_is_open(
        self,
        public: Browser,
        provider: Provider,
        linked: User,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        open_then: list[bool] = []
        exchange = provider_http._exchange

        def watched(*arguments: Any) -> Any:
            open_then.append(db.session().in_transaction())
            return exchange(*arguments)

        monkeypatch.setattr(provider_http, "_exchange", watched)
        come_back(public, went(public))
        assert signed_in(public)
        assert open_then == [False, False, False]

    def test_what_the_provider_publishes_is_asked_for_once_an_hour(
        self, public: Browser, provider: Provider, linked: User
    ) -> None:
        now = [1000.0]
        remembering = delivery.Provider(provider.settings(), clock=lambda: now[0])
        for _ in range(3):
            remembering.leave("http://localhost/")
        now[0] += 3599
        remembering.leave("http://localhost/")
        assert len(provider.asked) == 1
        now[0] += 2
        remembering.leave("http://localhost/")
        assert len(provider.asked) == 2

    def test_a_new_key_is_found_when_a_token_names_it(
        self, public: Browser, provider: Provider, linked: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivery, "KEYS_AT_MOST_EVERY", 0.0)
        come_back(public, went(public))
        new = RSAKey.generate_key(2048, auto_kid=True)
        provider.published, provider.key = [new], new
        public.post("/sign-out")
        come_back(public, went(public))
        assert signed_in(public)
        assert provider.asked.count("/keys") == 2

    def test_many_sign_ins_do_not_hide_what_else_was_done(
        self, browser_of: type[Browser], session: Session, provider: Provider, linked: User
    ) -> None:
        for number in range(60):
            kind = AccountEventKind.PROVIDER_SIGN_IN if number else AccountEventKind.LINK_USED
            at = system_clock() + timedelta(seconds=number)
            session.add(AccountEvent(user_id=linked.id, kind=kind, at=at, facts={}))
        session.commit()
        shown = [row.kind for row in list_account_events(session, linked.id)]
        assert shown == [AccountEventKind.PROVIDER_SIGN_IN] * 5 + [AccountEventKind.LINK_USED]
        assert count(session, AccountEvent) == 60

    def test_the_time_of_the_session_begins_anew_and_the_one_before_ends(
        self, browser_of: type[Browser], session: Session, provider: Provider, linked: User
    ) -> None:
        other = make_user(session, Role.OBSERVER, "KEN")
        browser = browser_of(other)
        come_back(browser, went(browser))
        rows = session.execute(
            select(SignedIn.user_id, SignedIn.ended_at.is_(None)).order_by(SignedIn.id)
        ).all()
        assert [tuple(row) for row in rows] == [(other.id, False), (linked.id, True)]


class TestTheSecondStep:
    @pytest.fixture
    def enrolled(self, session: Session, linked: User) -> User:
        session.add(
            SecondFactor(user_id=linked.id, secret="A" * 32, last_step=0, set_up_at=system_clock())
        )
        session.commit()
        return linked

    def test_it_follows_unless_the_operator_says_that_the_provider_asks_for_it(
        self, public: Browser, provider: Provider, enrolled: User
    ) -> None:
        provider.claims["amr"] = ["pwd", "mfa"]
        done = come_back(public, went(public, next="/exports"))
        assert done.location == "/sign-in/code?next=/exports"
        assert not signed_in(public)
        assert "The first step is done" in public.get("/sign-in/code").text

    @pytest.mark.parametrize(
        ("claims", "complete", "facts"),
        [
            ({"amr": ["pwd", "otp"]}, True, {"methods": "pwd, otp"}),
            (
                {"amr": ["hwk"], "acr": "urn:level:2"},
                True,
                {"methods": "hwk", "context": "urn:level:2"},
            ),
            ({}, True, {}),
            ({"amr": ["pwd"]}, False, {"methods": "pwd"}),
            ({"amr": ["\n", 7, "x" * 33]}, False, {"methods": "?, ?, ?"}),
            ({"amr": ["x" * 33, "otp"]}, True, {"methods": "?, otp"}),
            ({"amr": []}, True, {}),
        ],
    )
    def test_where_the_operator_says_so_it_counts_unless_the_provider_says_otherwise(
        self,
        app: Flask,
        monkeypatch: pytest.MonkeyPatch,
        public: Browser,
        session: Session,
        provider: Provider,
        enrolled: User,
        claims: dict[str, Any],
        complete: bool,
        facts: dict[str, str],
    ) -> None:
        change(app, monkeypatch, provider, second_step=True)
        provider.claims.update(claims)
        come_back(public, went(public))
        assert signed_in(public) is complete
        row = session.scalars(select(SignedIn)).one()
        assert row.assurance is (Assurance.SECOND_FACTOR if complete else Assurance.PASSWORD)
        assert events(session, enrolled)[0][1] == {"provider": NAME, **facts}

    def test_whose_role_needs_one_sets_an_app_up(
        self, public: Browser, session: Session, provider: Provider
    ) -> None:
        reviewer = make_user(session, Role.REVIEWER)
        link_to(session, reviewer, provider)
        assert come_back(public, went(public)).location == "/second-step"
        asked = public.get("/second-step")
        assert "Scan this picture" in asked.text
        assert public.post("/second-step", {"code": "123456"}).status_code == 401, "no password yet"

    def test_what_is_sensitive_asks_for_the_password_at_once(
        self, public: Browser, provider: Provider, linked: User
    ) -> None:
        come_back(public, went(public))
        asked = public.post(UNLINK)
        assert asked.status_code == 401 and "Confirm that it is you" in asked.text
        done = public.post(UNLINK, {"confirm_password": GOOD})
        assert done.status_code == 303


def link_to(session: Session, user: User, provider: Provider, subject: str = "") -> None:
    session.add(
        ProviderLink(
            user_id=user.id,
            issuer=provider.issuer,
            subject=subject or provider.subject,
            linked_at=system_clock(),
        )
    )
    session.commit()


class TestLinking:
    def test_somebody_links_an_account_signs_in_with_it_and_unlinks_it(
        self, browser_of: type[Browser], session: Session, provider: Provider, user: User
    ) -> None:
        browser = browser_of(user)
        assert browser.soup("/account").select_one(f'form[action="{LINK}"]')
        done = come_back(browser, went(browser, LINK))
        assert (done.status_code, done.location) == (303, "/account#provider")
        page = browser.soup("/account")
        assert f"Your account at {NAME} is linked." in page.get_text()
        assert page.select_one(f'form[action="{LINK}"]') is None

        elsewhere = browser_of()
        come_back(elsewhere, went(elsewhere))
        assert signed_in(elsewhere)

        assert browser.post(UNLINK).location == "/account#provider"
        assert count(session, ProviderLink) == 0
        assert [kind for kind, _ in events(session, user)] == [
            AccountEventKind.PROVIDER_LINKED,
            AccountEventKind.PROVIDER_SIGN_IN,
            AccountEventKind.PROVIDER_UNLINKED,
        ]
        assert browser.post(UNLINK).status_code == 404

    def test_the_password_comes_first(
        self, browser_of: type[Browser], session: Session, provider: Provider, user: User
    ) -> None:
        browser = browser_of(user)
        session.execute(
            update(SignedIn).values(confirmed_at=system_clock() - timedelta(minutes=16))
        )
        session.commit()
        asked = browser.post(LINK)
        assert asked.status_code == 401 and provider.asked == []
        sent = browser.post(LINK, {"confirm_password": GOOD})
        assert come_back(browser, visited(led_to(sent))).location == "/account#provider"

    def test_an_account_there_opens_one_account_here(
        self, browser_of: type[Browser], session: Session, provider: Provider, linked: User
    ) -> None:
        browser = browser_of(make_user(session, Role.OBSERVER, "KEN"))
        refused = come_back(browser, went(browser, LINK))
        assert refused.status_code == 409
        assert "opens another account here already" in said_to(refused)
        assert session.scalars(select(ProviderLink.user_id)).all() == [linked.id]

    def test_an_account_here_is_opened_by_one_account_there(
        self, browser_of: type[Browser], session: Session, provider: Provider, linked: User
    ) -> None:
        browser = browser_of(linked)
        provider.subject = "another"
        refused = come_back(browser, went(browser, LINK))
        assert refused.status_code == 409 and "linked to yours already" in said_to(refused)
        assert session.scalars(select(ProviderLink.subject)).all() == ["subject-1"]

    def test_it_is_linked_for_whoever_began_and_for_nobody_else(
        self, browser_of: type[Browser], session: Session, provider: Provider, user: User
    ) -> None:
        browser = browser_of(user)
        back = went(browser, LINK)
        browser.sign_in(make_user(session, Role.OBSERVER, "KEN"))
        refused = come_back(browser, back)
        assert refused.status_code == 401 and "somebody else signed in" in said_to(refused)
        browser.client.delete_cookie("tracker_session", domain="localhost")
        assert come_back(browser, went_as(browser, user)).status_code == 401
        assert count(session, ProviderLink) == 0

    def test_a_password_chosen_by_a_link_unlinks(
        self, session: Session, provider: Provider, linked: User
    ) -> None:
        administrator = make_actor(session, Role.ADMINISTRATOR)
        token = invite(session, actor=administrator, user_id=linked.id, clock=system_clock)
        accept_invitation(
            session, token=token, name="N", language="en", password_hash=HASH, clock=system_clock
        )
        assert count(session, ProviderLink) == 0
        assert events(session, linked)[-1][0] is AccountEventKind.PROVIDER_UNLINKED

    def test_a_new_password_by_mail_unlinks(
        self, session: Session, provider: Provider, linked: User
    ) -> None:
        now = system_clock()
        session.add(
            PasswordReset(
                token_hash=token_hash("t"),
                user_id=linked.id,
                created_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )
        reset_password(session, token="t", password_hash=HASH, clock=system_clock)
        assert count(session, ProviderLink) == 0

    def test_a_password_set_by_the_operator_unlinks(
        self, session: Session, provider: Provider, linked: User
    ) -> None:
        set_password(
            session, actor=OPERATOR, user_id=linked.id, password_hash=HASH, clock=system_clock
        )
        assert count(session, ProviderLink) == 0

    def test_whoever_lost_the_second_step_links_anew(
        self, session: Session, provider: Provider
    ) -> None:
        reviewer = make_user(session, Role.REVIEWER)
        session.add(
            SecondFactor(
                user_id=reviewer.id, secret="A" * 32, last_step=1, set_up_at=system_clock()
            )
        )
        link_to(session, reviewer, provider)
        second_factor.reset(
            session,
            actor=make_actor(session, Role.ADMINISTRATOR),
            user_id=reviewer.id,
            reason="Known by voice.",
            clock=system_clock,
        )
        assert count(session, ProviderLink) == 0

    def test_whoever_made_an_account_for_one_state_does_not_open_the_next_with_it(
        self, session: Session, provider: Provider, linked: User
    ) -> None:
        focal_point = make_actor(session, Role.FOCAL_POINT, "FRA")
        administrator = make_actor(session, Role.ADMINISTRATOR)
        invite(session, actor=focal_point, user_id=linked.id, clock=system_clock)
        add_user(
            session,
            actor=administrator,
            email=linked.email,
            name="N",
            role=Role.OBSERVER,
            state_id=state_id(session, "KEN"),
            language="en",
            clock=system_clock,
        )
        assert count(session, ProviderLink) == 0


def went_as(browser: Browser, user: User) -> str:
    """Leave to link as this person, and be signed out before coming back."""
    browser.sign_in(user)
    back = went(browser, LINK)
    browser.client.delete_cookie("tracker_session", domain="localhost")
    return back


def refused_without_change(
    browser: Browser, session: Session, answer: TestResponse, status: int, sentence: str
) -> None:
    assert answer.status_code == status, said_to(answer)
    assert sentence in said_to(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not signed_in(browser)
    assert session.scalars(select(SignedIn)).all() == []
    assert session.scalars(select(AccountEvent)).all() == []


OVER = "belongs to no sign-in that was begun in this browser"
UNTRUSTED = "could not be verified"
NO_USE = "gave an answer that this site cannot use"
DOWN = "does not answer at the moment"


class TestWhoIsRefused:
    @pytest.mark.parametrize("email", ["same", "somebody@example.org", None])
    def test_an_account_that_is_not_linked_gets_the_same_page_whatever_its_address(
        self, public: Browser, session: Session, provider: Provider, user: User, email: str | None
    ) -> None:
        provider.claims["email"] = user.email if email == "same" else email
        answer = come_back(public, went(public))
        refused_without_change(public, session, answer, 403, "not linked to an account here")
        assert "once with your e-mail address and your password" in said_to(answer)
        assert count(session, User) == 1

    def test_a_closed_account_gets_what_a_wrong_password_gets(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        linked.is_active = False
        session.commit()
        answer = come_back(public, went(public))
        wrong = public.post("/sign-in", {"email": linked.email, "password": GOOD})
        refused_without_change(public, session, answer, 401, "password is not right")
        assert parsed(answer.data).select(".error-summary") == (
            parsed(wrong.data).select(".error-summary")
        )

    def test_the_subject_of_another_issuer_is_another(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        session.execute(update(ProviderLink).values(issuer="https://other.example.org"))
        session.commit()
        answer = come_back(public, went(public))
        refused_without_change(public, session, answer, 403, "not linked")

    def test_who_is_refused_too_often_waits(
        self, public: Browser, session: Session, provider: Provider, user: User
    ) -> None:
        for _ in range(10):
            assert come_back(public, went(public)).status_code == 403
        fresh = type(public)()
        answer = public.post(LEAVE)
        assert answer.status_code == 429 and answer.headers["Retry-After"] == "900"
        assert f"Too many attempts through {NAME}" in said_to(answer)
        other = come_back(fresh, went(fresh))
        assert other.status_code == 429, "counted by the account there, not by the browser alone"


class TestTheState:
    def test_it_works_once(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        back = went(public)
        assert come_back(public, back).status_code == 303
        public.post("/sign-out")
        asked = len(provider.asked)
        answer = come_back(public, back)
        assert answer.status_code == 400 and OVER in said_to(answer)
        assert not signed_in(public) and len(provider.asked) == asked

    def test_it_is_used_up_by_a_refusal(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        back = went(public)
        denied = with_query(back, code=None, error="access_denied")
        assert come_back(public, denied).status_code == 403
        answer = come_back(public, back)
        refused_without_change(public, session, answer, 400, OVER)

    def test_it_lasts_ten_minutes(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        back = went(public)
        session.execute(update(ProviderVisit).values(expires_at=system_clock()))
        session.commit()
        refused_without_change(public, session, come_back(public, back), 400, OVER)

    def test_it_belongs_to_the_browser_that_began(
        self, browser_of: type[Browser], session: Session, provider: Provider, linked: User
    ) -> None:
        began, lured, third = browser_of(), browser_of(), browser_of()
        back = went(began)
        went(lured)
        for other in (lured, third):
            refused_without_change(other, session, come_back(other, back), 400, OVER)
        assert come_back(began, back).status_code == 303

    @pytest.mark.parametrize(
        "changes", [{"state": "made-up"}, {"state": None}, {"state": "\0"}, {"state": "x" * 5000}]
    )
    def test_one_that_there_is_not_is_refused(
        self,
        public: Browser,
        session: Session,
        provider: Provider,
        linked: User,
        changes: dict[str, str | None],
    ) -> None:
        answer = come_back(public, with_query(went(public), **changes))
        assert answer.status_code == 400 and not signed_in(public)

    def test_the_database_keeps_hashes_alone(
        self, public: Browser, session: Session, provider: Provider
    ) -> None:
        answer = public.post(LEAVE, {"next": "//evil.example.org"})
        row = session.scalars(select(ProviderVisit)).one()
        kept = (row.state_hash, row.browser_hash)
        assert query_of(led_to(answer))["state"] not in kept
        assert all(len(digest) == 64 for digest in kept)
        assert row.target == ""

    @pytest.mark.parametrize(
        ("iss", "status"), [("https://evil.example.org", 400), (None, 400), ("", 400)]
    )
    def test_another_provider_must_not_send_the_browser_back(
        self,
        public: Browser,
        session: Session,
        provider: Provider,
        linked: User,
        iss: str | None,
        status: int,
    ) -> None:
        answer = come_back(public, with_query(went(public), iss=iss))
        refused_without_change(public, session, answer, status, "came from somewhere else")
        assert "/token" not in provider.asked

    def test_a_provider_that_does_not_name_itself_may_do_so(
        self, public: Browser, provider: Provider, linked: User
    ) -> None:
        provider.metadata["authorization_response_iss_parameter_supported"] = False
        assert come_back(public, with_query(went(public), iss=None)).status_code == 303


@pytest.mark.one_engine
class TestErrorsOfTheProvider:
    @pytest.mark.parametrize(
        ("error", "status", "sentence"),
        [
            ("access_denied", 403, "was cancelled"),
            ("temporarily_unavailable", 503, DOWN),
            ("server_error", 503, DOWN),
            ("invalid_scope", 502, NO_USE),
            ("<script>\r\nx", 502, NO_USE),
        ],
    )
    def test_each_gets_a_sentence(
        self,
        public: Browser,
        session: Session,
        provider: Provider,
        linked: User,
        error: str,
        status: int,
        sentence: str,
    ) -> None:
        back = with_query(went(public), code=None, error=error, error_description="<b>ours</b>")
        answer = come_back(public, back)
        refused_without_change(public, session, answer, status, sentence)
        assert "ours" not in said_to(answer) and "<b>" not in answer.text

    def test_in_the_readers_language(
        self, public: Browser, provider: Provider, linked: User
    ) -> None:
        back = with_query(went(public), code=None, error="access_denied", lang="fr")
        assert "a été annulée" in said_to(come_back(public, back))

    def test_a_code_that_it_did_not_give_is_refused(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        answer = come_back(public, with_query(went(public), code="made-up"))
        refused_without_change(public, session, answer, 401, "is over or was used already")

    def test_a_wrong_secret_is_for_the_operator(
        self,
        app: Flask,
        monkeypatch: pytest.MonkeyPatch,
        public: Browser,
        session: Session,
        provider: Provider,
        linked: User,
    ) -> None:
        change(app, monkeypatch, provider, client_secret="a wrong one")
        refused_without_change(public, session, come_back(public, went(public)), 502, NO_USE)

    def test_one_that_is_down_gets_503_and_is_left_alone_for_a_while(
        self,
        app: Flask,
        monkeypatch: pytest.MonkeyPatch,
        public: Browser,
        session: Session,
        provider: Provider,
    ) -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            issuer = f"http://127.0.0.1:{nobody.getsockname()[1]}"
            change(app, monkeypatch, provider, issuer=issuer)
            asked: list[str] = []
            exchange = provider_http._exchange

            def watched(*arguments: Any) -> Any:
                asked.append(arguments[0])
                return exchange(*arguments)

            monkeypatch.setattr(provider_http, "_exchange", watched)
            for _ in range(3):
                answer = public.post(LEAVE)
                refused_without_change(public, session, answer, 503, DOWN)
                assert answer.headers["Retry-After"] == "30"
            assert len(asked) == 1
        assert count(session, ProviderVisit) == 0


@pytest.mark.one_engine
def test_a_slow_provider_holds_few_threads(
    public: Browser, session: Session, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_http, "WAIT", 0.01)
    held = [provider_http._places.acquire(timeout=1) for _ in range(provider_http.AT_ONCE)]
    assert all(held)
    try:
        refused_without_change(public, session, public.post(LEAVE), 503, DOWN)
    finally:
        for _ in held:
            provider_http._places.release()
    assert provider.asked == []


@pytest.mark.one_engine
def test_nobody_waits_long_for_whoever_asks_it(
    app: Flask,
    public: Browser,
    session: Session,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "WAIT", 0.01)
    with delivery.provider_of(app.config["SETTINGS"].provider)._lock:
        refused_without_change(public, session, public.post(LEAVE), 503, DOWN)
    assert provider.asked == []


def raw(content: bytes | str, status: int = 200, **headers: str) -> Callable[[Request], Response]:
    return lambda request: Response(content, status, headers=headers)


def dripping(request: Request) -> Response:
    """An answer that is long in coming, though never silent for long."""

    def drops() -> Iterator[bytes]:
        for _ in range(30):
            yield b" "
            time.sleep(0.05)

    return Response(drops(), headers={"Content-Length": "30"})


def cut_short(request: Request) -> Response:
    return Response(iter([b"{"]), headers={"Content-Length": "500"})


def silent(request: Request) -> Response:
    time.sleep(0.6)
    return said({})


BAD: list[tuple[Callable[[Request], Response], int, str]] = [
    (raw("<html>"), 502, NO_USE),
    (raw("[]"), 502, NO_USE),
    (raw("[" * 100_000), 502, NO_USE),
    (raw('{"a": "' + "x" * 300_000 + '"}'), 502, NO_USE),
    (raw("{}"), 502, NO_USE),
    (raw("", 302, Location="http://127.0.0.1:1/"), 502, NO_USE),
    (raw("", 404), 502, NO_USE),
    (raw("oops", 500), 503, DOWN),
    (raw("{}", 429), 503, DOWN),
    (cut_short, 503, DOWN),
    (dripping, 503, DOWN),
    (silent, 503, DOWN),
]


@pytest.mark.one_engine
class TestAnswersThatAreNoUse:
    @pytest.mark.parametrize(
        ("path", "answer", "status", "sentence"),
        [("/.well-known/openid-configuration", *bad) for bad in BAD]
        + [("/keys", *bad) for bad in (BAD[0], BAD[4], BAD[6], BAD[7])]
        + [("/token", *bad) for bad in (BAD[0], BAD[4], BAD[5], BAD[7], BAD[-1])],
    )
    def test_none_signs_anybody_in(
        self,
        public: Browser,
        session: Session,
        provider: Provider,
        linked: User,
        path: str,
        answer: Callable[[Request], Response],
        status: int,
        sentence: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        provider.answers[path] = answer
        if answer in (dripping, silent):
            monkeypatch.setattr(provider_http, "TIMEOUT", 0.3)
        left = public.post(LEAVE)
        if left.status_code == 200:
            left = come_back(public, visited(led_to(left)))
        if path == "/token" and answer is BAD[4][0]:  # an object without a token in it
            status, sentence = 401, UNTRUSTED
        refused_without_change(public, session, left, status, sentence)

    @pytest.mark.parametrize(
        "metadata",
        [
            {"issuer": "https://evil.example.org"},
            {"token_endpoint": "http://evil.example.org/token"},
            {"jwks_uri": "file:///etc/passwd"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"token_endpoint": None},
            {"jwks_uri": "https://a@evil.example.org/"},
        ],
    )
    def test_addresses_that_are_not_over_https_are_not_used(
        self, public: Browser, session: Session, provider: Provider, metadata: dict[str, Any]
    ) -> None:
        provider.metadata.update(metadata)
        refused_without_change(public, session, public.post(LEAVE), 502, NO_USE)


def forged(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token signed with the public key as if it were a secret, or by nothing at all."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in (header, claims)
    ]
    public_key = oidc_provider.RSA.as_pem(private=False)
    digest = hmac.digest(public_key, ".".join(parts).encode(), "sha256")
    signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return ".".join([*parts, signature if header["alg"] == "HS256" else ""])


@pytest.mark.one_engine
class TestTokens:
    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://evil.example.org"},
            {"iss": None},
            {"aud": "another"},
            {"aud": ["another"]},
            {"aud": "another", "azp": CLIENT},
            {"aud": [CLIENT, "another"]},
            {"aud": [CLIENT, "another"], "azp": "another"},
            {"azp": "another"},
            {"exp": 1_700_000_000},
            {"exp": None},
            {"exp": "later"},
            {"iat": 4_000_000_000},
            {"iat": 1_700_000_000},
            {"iat": None},
            {"nbf": 4_000_000_000},
            {"nonce": "replayed"},
            {"nonce": None},
            {"sub": None},
            {"sub": ""},
            {"sub": 7},
            {"sub": "x" * 256},
            {"sub": "\0"},
            {"amr": "mfa"},
        ],
    )
    def test_each_claim_is_checked(
        self,
        public: Browser,
        session: Session,
        provider: Provider,
        linked: User,
        claims: dict[str, Any],
    ) -> None:
        provider.claims.update(claims)
        refused_without_change(public, session, come_back(public, went(public)), 401, UNTRUSTED)

    def test_several_audiences_are_fine_where_the_token_is_for_this_site(
        self, public: Browser, provider: Provider, linked: User
    ) -> None:
        provider.claims.update(aud=[CLIENT, "another"], azp=CLIENT)
        assert come_back(public, went(public)).status_code == 303

    @pytest.mark.parametrize("kid", [None, "unknown"])
    def test_another_key_signs_for_nobody(
        self, public: Browser, session: Session, provider: Provider, linked: User, kid: str | None
    ) -> None:
        provider.key = RSAKey.generate_key(2048)
        provider.kid = kid or provider.published[0].kid
        refused_without_change(public, session, come_back(public, went(public)), 401, UNTRUSTED)

    @pytest.mark.filterwarnings("ignore:Key size should be")
    def test_a_short_key_is_not_used(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        provider.key = RSAKey.generate_key(1024, auto_kid=True)
        provider.published = [provider.key]
        refused_without_change(public, session, come_back(public, went(public)), 401, UNTRUSTED)

    def test_a_key_for_encryption_is_not_used(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        published = oidc_provider.RSA.as_dict(private=False) | {"use": "enc"}
        provider.answers["/keys"] = lambda request: said({"keys": [published]})
        refused_without_change(public, session, come_back(public, went(public)), 401, UNTRUSTED)

    @pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", "", None, 5])
    def test_no_other_algorithm_is_taken(
        self,
        public: Browser,
        session: Session,
        provider: Provider,
        linked: User,
        algorithm: Any,
    ) -> None:
        back = went(public)
        (code,) = provider.codes.values()
        now = int(time.time())
        claims = {
            "iss": provider.issuer,
            "sub": provider.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": code.query["nonce"],
        }
        provider.token = forged({"alg": algorithm, "kid": provider.published[0].kid}, claims)
        refused_without_change(public, session, come_back(public, back), 401, UNTRUSTED)

    @pytest.mark.parametrize("token", ["", "a.b.c", "....", "é.é.é", "e30.e30.e30"])
    def test_what_is_no_token_is_refused(
        self, public: Browser, session: Session, provider: Provider, linked: User, token: str
    ) -> None:
        provider.token = token
        refused_without_change(public, session, come_back(public, went(public)), 401, UNTRUSTED)

    def test_an_algorithm_needs_its_own_kind_of_key(
        self, public: Browser, session: Session, provider: Provider, linked: User
    ) -> None:
        provider.algorithm, provider.kid = "ES256", oidc_provider.RSA.kid
        provider.key = EC
        refused_without_change(public, session, come_back(public, went(public)), 401, UNTRUSTED)


class TestWithoutAProvider:
    def test_nothing_of_it_is_there(
        self, browser_of: type[Browser], session: Session, user: User
    ) -> None:
        browser, public = browser_of(user), browser_of()
        assert public.soup("/sign-in").select_one(f'form[action="{LEAVE}"]') is None
        assert browser.soup("/account").select_one("#provider") is None
        for answer in (public.post(LEAVE), public.get(BACK), browser.post(LINK)):
            assert answer.status_code == 404


def test_the_policy_on_content_stays_as_it_is(public: Browser, provider: Provider) -> None:
    for answer in (public.get("/sign-in"), public.post(LEAVE)):
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["Referrer-Policy"] == "same-origin"
