"""What was typed on a page that somebody else opened is not saved as if it were one's own."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.national_reports import report_at
from tests.people import Browser, make_user, parsed, state_id
from tracker.domain.clock import system_clock
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry, NationalReport, Response, User
from tracker.models import Session as SignedIn
from tracker.services.passwords import hash_password

GOOD = "lantern orbit quilt 27"
SCRIPT = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
DUMMIES = {
    "code": "I.1",
    "paragraph": "25",
    "part": "contacts",
    "item_id": "a" * 22,
    "slug": "sdg-16-4-2",
    "clarification_id": "b" * 22,
    "evidence_id": "c" * 22,
    "plan_id": "d" * 22,
    "number": "1",
}


@pytest.fixture
def camille(session: Session) -> User:
    return make_user(session, Role.FOCAL_POINT, "FRA", name="Camille")


@pytest.fixture
def dominique(session: Session) -> User:
    user = make_user(session, Role.FOCAL_POINT, "FRA", name="Dominique")
    user.password_hash = hash_password(GOOD, cheap=True)
    session.commit()
    return user


@pytest.fixture
def browser(browser_of: type[Browser], camille: User) -> Browser:
    return browser_of(camille)


@pytest.fixture
def address(browser: Browser, session: Session) -> str:
    browser.post("/reports", {"cycle": "bms7", "state": state_id(session, "FRA")})
    report = session.scalars(select(NationalReport)).one()
    return f"/reports/{report.public_id}"


def typed(page: BeautifulSoup, name: str = "", text: str = "") -> dict[str, Any]:
    """What the first form of a page sends: its hidden fields, and one that is filled in."""
    form = page.select_one("form.responses, main form")
    assert form
    hidden = {str(f["name"]): str(f["value"]) for f in form.select("input[type=hidden]")}
    return {**hidden, **({name: text} if name else {})}


def narratives(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Response.narrative)))


def test_every_form_of_a_report_asks_who_sends_it(
    app: Flask, browser_of: type[Browser], address: str, session: Session, dominique: User
) -> None:
    other, entries = browser_of(dominique), select(func.count(ChainEntry.id))
    before = session.scalar(entries)
    rules = [rule for rule in app.url_map.iter_rules() if "<report_id>" in rule.rule]
    sending = [rule for rule in rules if "POST" in (rule.methods or ())]
    assert len(sending) > 10
    for rule in sending:
        values = DUMMIES | {"report_id": address.removeprefix("/reports/")}
        _, path = rule.build({name: values[name] for name in rule.arguments}) or ("", "")
        sent = {"shown_to": "987 Camille", "action": "save", "reason": "Typed by Camille."}
        response = other.post(path, sent)
        main = parsed(response.data).select("main")[0].get_text(" ", strip=True)
        assert response.status_code == 409, path
        assert "This page was opened by Camille, but Dominique is signed in now." in main, path
        assert "Typed by Camille." in response.text, path
    session.expire_all()
    assert session.scalar(entries) == before


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("sections/I.1", "p25-narrative"),
        ("items/targets", "statement"),
        ("indicators/sdg-16-4-2", "add_year"),
        ("submit", "title"),
    ],
)
def test_who_signed_in_meanwhile_is_asked_and_may_save_it(
    browser: Browser, address: str, session: Session, dominique: User, part: str, name: str
) -> None:
    shown = browser.soup(f"{address}/{part}")
    sent = typed(shown, name, "Typed by Camille.")
    form = shown.select_one("form.responses, main form")
    action = str(form.get("action", f"{address}/{part}")) if form else ""
    browser.post("/sign-out")
    browser.sign_in(dominique)
    response = browser.client.post(action, data=sent, headers=FROM_HERE)
    page = parsed(response.data)
    assert response.status_code == 409
    assert page.select("main .button")[0].get_text(strip=True) == "Save as Dominique"
    assert "This page was opened by Camille" in page.select("main")[0].get_text(" ", strip=True)
    assert narratives(session) == []
    again = typed(page)
    assert again[name] == "Typed by Camille."
    assert again["shown_to"] == f"{dominique.id} Dominique"
    response = browser.client.post(action, data=again, headers=FROM_HERE)
    assert "This page was opened by" not in response.text
    if part.startswith("sections"):
        assert narratives(session) == ["Typed by Camille."]
        history = browser.soup(f"{address}/responses/25/history")
        assert "Dominique" in history.select("main")[0].text


def test_who_signs_in_on_the_page_that_carries_it_is_asked_too(
    browser: Browser, address: str, session: Session, dominique: User
) -> None:
    sent = typed(browser.soup(f"{address}/sections/I.1"), "p25-narrative", "Typed by Camille.")
    browser.post("/sign-out")
    response = browser.client.post(f"{address}/sections/I.1", data=sent, headers=FROM_HERE)
    carried = typed(parsed(response.data))
    carried |= {"sign_in_email": dominique.email, "sign_in_password": GOOD}
    response = browser.client.post(f"{address}/sections/I.1", data=carried, headers=FROM_HERE)
    assert response.status_code == 409 and GOOD not in response.text
    assert "This page was opened by Camille, but Dominique is signed in now." in response.text
    assert narratives(session) == []
    again = typed(parsed(response.data))
    browser.client.post(f"{address}/sections/I.1", data=again, headers=FROM_HERE)
    assert narratives(session) == ["Typed by Camille."]


def test_the_script_is_told_of_somebody_else_and_gets_a_token_for_the_same_person(
    browser: Browser, address: str, session: Session, camille: User, dominique: User
) -> None:
    sent = typed(browser.soup(f"{address}/sections/I.1"), "p25-narrative", "Typed by Camille.")
    sent["save_key"], path = "k", f"{address}/responses/25"
    browser.post("/sign-out")
    browser.sign_in(dominique)
    told = browser.client.post(path, data=sent, headers=SCRIPT)
    assert told.status_code == 409 and told.json
    assert told.json["code"] == "other-person-typed" and "token" not in told.json
    assert "opened by Camille, but Dominique is signed in now" in told.json["message"]
    browser.post("/sign-out")
    browser.sign_in(camille)
    elsewhere = SCRIPT | {"Sec-Fetch-Site": "cross-site"}
    told = browser.client.post(path, data=sent, headers=elsewhere)
    assert told.status_code == 400 and "token" not in (told.json or {})
    told = browser.client.post(path, data=sent, headers=SCRIPT)
    assert told.status_code == 400 and told.json and "press Save" in told.json["message"]
    assert narratives(session) == []
    sent["csrf_token"] = told.json["token"]
    assert browser.client.post(path, data=sent, headers=SCRIPT).status_code == 200
    assert narratives(session) == ["Typed by Camille."]


def test_the_person_who_typed_it_signs_in_again_and_saves_it(
    browser: Browser,
    browser_of: type[Browser],
    address: str,
    dominique: User,
    camille: User,
    session: Session,
) -> None:
    """As the page says: sign in again in another window, then press the button."""
    section = f"{address}/sections/I.1"
    form = typed(browser.soup(section), "p25-narrative", "Typed by Camille.")
    asked = browser_of(dominique).client.post(section, data=form, headers=FROM_HERE)
    assert asked.status_code == 409
    carried = typed(parsed(asked.data))
    again = browser_of(camille)
    told = again.client.post(section, data=carried, headers=FROM_HERE)  # signing in took the token
    assert told.status_code == 400
    assert "You are signed in as Camille" in told.text and "was opened by" not in told.text
    saved = again.client.post(section, data=typed(parsed(told.data)), headers=FROM_HERE)
    assert saved.status_code == 303
    assert narratives(session) == ["Typed by Camille."]
    author = session.scalars(select(ChainEntry.actor_id).order_by(ChainEntry.id.desc())).first()
    assert author == camille.id


@pytest.mark.parametrize(
    ("path", "name"),
    [("questions/28", "question"), ("return", "reason"), ("strike/28", "reason")],
)
def test_what_a_reviewer_typed_is_carried_through_signing_in_and_asked_of_somebody_else(
    session: Session, browser_of: type[Browser], path: str, name: str
) -> None:
    work, submission = report_at(session, ReportStatus.SUBMITTED)
    assert submission
    first = make_user(session, Role.ADMINISTRATOR, name="First")
    second = make_user(session, Role.ADMINISTRATOR, name="Second")
    for user in (first, second):
        user.password_hash = hash_password(GOOD, cheap=True)
    session.commit()
    browser = browser_of(first)
    action = f"/review/submissions/{submission.public_id}/{path}"
    sent = {"shown_to": f"{first.id} First", name: "Typed by First.", "field": "narrative"}
    session.execute(update(SignedIn).values(expires_at=system_clock()))
    session.commit()
    carried = browser.post(action, sent)
    assert carried.status_code == 401 and "Typed by First." in carried.text
    asked = browser_of(second).post(action, typed(parsed(carried.data)))
    assert asked.status_code == 409 and "Save as Second" in asked.text
    assert browser_of(first).post(action, typed(parsed(carried.data))).status_code == 303
