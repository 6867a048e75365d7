"""A page says once which text, kept by the browser, was saved, and none that was refused."""

from bs4 import BeautifulSoup
from sqlalchemy.orm import Session

from tests.national_reports import begin_report
from tests.people import Browser, make_user, parsed
from tracker.domain.roles import Role


def told(page: BeautifulSoup) -> tuple[str, str]:
    about = page.select_one("#kept-text")
    assert about
    return str(about["data-arrived"]), str(about["data-shown"])


def test_what_was_saved_is_told_once_and_what_was_refused_is_not(
    session: Session, browser_of: type[Browser]
) -> None:
    work = begin_report(session, "GHA")
    session.commit()
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    address = f"/reports/{work.report.public_id}/items/targets"
    sent = {"version": "0", "action": "save", "kept": "a-text"}
    refused = browser.post(f"{address}/{'a' * 22}", sent)
    assert refused.status_code == 422
    assert told(parsed(refused.data)) == ("", "a-text")
    assert told(browser.soup(address)) == ("", "")
    sent |= {"statement": "All marked", "level": "national", "audience": "public"}
    assert browser.post(f"{address}/{'a' * 22}", sent).status_code == 303
    assert told(browser.soup(address)) == ("form:a-text", "")
    assert told(browser.soup(address)) == ("", "")
    sent |= {"kept": "no <name>", "version": "1", "statement": "None"}
    assert browser.post(f"{address}/{'a' * 22}", sent).status_code == 303
    assert told(browser.soup(address)) == ("", "")


def test_who_was_signed_out_is_told_once_on_a_page_that_is_not_stored(
    session: Session, browser_of: type[Browser]
) -> None:
    user = make_user(session, Role.FOCAL_POINT, "GHA")
    browser = browser_of(user)
    browser.post("/sign-out")
    answer = browser.get("/")
    body = parsed(answer.data).body
    assert body and body["data-signed-out"] == str(user.id)
    assert answer.headers["Cache-Control"] == "no-store"
    answer = browser.get("/")
    body = parsed(answer.data).body
    assert body and "data-signed-out" not in body.attrs
    assert answer.headers["Cache-Control"] != "no-store"
