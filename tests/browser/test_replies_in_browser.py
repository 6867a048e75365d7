"""A section with open questions: answers and replies are typed on one page; none is lost."""

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from tests.browser.reporting import (
    add_focal_point,
    end_sessions,
    expect_kept,
    narrative,
    on_disk,
    press,
    save_page,
    save_state,
)
from tests.browser.site import RunningSite
from tests.browser.visits import PASSWORD, Visits, sign_in
from tests.national_reports import begin_report
from tracker.cli.database import connect
from tracker.cli.keys import key_file
from tracker.models.engine import write_intent
from tracker.settings import load_settings

pytestmark = pytest.mark.browser
REPLIES = """
SELECT clarification.reply
  FROM clarification
  JOIN national_report ON national_report.id = clarification.report_id
  JOIN state ON state.id = national_report.state_id
  JOIN commitment ON commitment.id = clarification.commitment_id
 WHERE state.iso3 = ?
 ORDER BY commitment.paragraph
"""


def _asked(site: RunningSite, iso3: str, *, returned: bool = True) -> str:
    """A submitted report with questions on paragraphs 26 and 28; the address of its section."""
    settings = load_settings(site.environment())
    with write_intent(), Session(connect(settings)) as session:
        work = begin_report(session, iso3)
        work.answer(29, narrative="As it was.")
        submission = work.submit(key_file(settings).signer())
        for paragraph in (26, 28):
            work.ask(submission, f"Since when, on {paragraph}?", paragraph)
        if returned:
            work.give_back(submission)
        session.commit()
        return f"/reports/{work.report.public_id}/sections/I.1"


def _open(
    visits: Visits, site: RunningSite, iso3: str, address: str, *, scripts: bool = False
) -> Page:
    page = visits.open(site, scripts=scripts)
    sign_in(page, add_focal_point(site, iso3))
    page.goto(address)
    return page


def _reply(page: Page, paragraph: int) -> Locator:
    return page.locator(f"#p{paragraph} textarea[name$='-reply']")


def _send(page: Page, paragraph: int) -> None:
    press(page, page.locator(f"#p{paragraph} button[name=send]"))


def _sent(site: RunningSite, iso3: str) -> list[str]:
    return [reply for (reply,) in site.rows(REPLIES, iso3)]


def _narrative(site: RunningSite, iso3: str, paragraph: int) -> str:
    found = on_disk(site, iso3, paragraph)
    return found.narrative if found else ""


@pytest.mark.parametrize("scripts", [False, True])
def test_sending_a_reply_saves_the_answers_and_keeps_the_other_reply(
    visits: Visits, site: RunningSite, scripts: bool
) -> None:
    iso3 = "FJI" if scripts else "WSM"
    page = _open(visits, site, iso3, _asked(site, iso3), scripts=scripts)
    narrative(page, 29).fill("Typed before the reply.")
    _reply(page, 28).fill("Not to be sent yet.")
    _reply(page, 26).fill("Since 2024.")
    _send(page, 26)
    expect(page.locator("main")).to_contain_text("Your reply on paragraph 26 was sent.")
    expect(page.locator("main .notice-alert").first).to_contain_text(
        "Your reply on paragraph 28 was not sent."
    )
    expect(_reply(page, 28)).to_have_value("Not to be sent yet.")
    expect(narrative(page, 29)).to_have_value("Typed before the reply.")
    assert _sent(site, iso3) == ["Since 2024.", ""]
    assert _narrative(site, iso3, 29) == "Typed before the reply."
    _send(page, 28)
    expect(page.locator("#p28")).to_contain_text("Not to be sent yet.")
    assert _sent(site, iso3) == ["Since 2024.", "Not to be sent yet."]
    assert page.url.endswith("/sections/I.1#p28")


def test_texts_that_were_settled_are_not_offered_beside_a_reply_that_waits(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(409)
    address = _asked(site, "MHL")
    page = _open(visits, site, "MHL", address, scripts=True)
    other = visits.open(site, scripts=False)
    sign_in(other, add_focal_point(site, "MHL", name="Deputy"))
    other.goto(address)
    narrative(other, 29).fill("From another window.")
    save_page(other)
    narrative(page, 29).fill("From this window.")
    _reply(page, 28).fill("Not to be sent yet.")
    save_page(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Two texts of the same answer")
    press(page, page.get_by_role("button", name="Save", exact=True))
    expect(_reply(page, 28)).to_have_value("Not to be sent yet.")
    assert _narrative(site, "MHL", 29) == "From this window."
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    _send(page, 28)
    page.goto(address)
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    expect_kept(page, 0)


def test_saving_the_answers_sends_no_reply_and_keeps_it(visits: Visits, site: RunningSite) -> None:
    page = _open(visits, site, "TON", _asked(site, "TON"))
    _reply(page, 28).fill("Half a sentence")
    narrative(page, 29).fill("Changed.")
    press(page, page.locator("#p29 .response > button"))
    expect(page.get_by_role("status").first).to_contain_text("Saved at")
    expect(page.locator("main .notice-alert").first).to_contain_text(
        "Your reply on paragraph 28 was not sent."
    )
    expect(_reply(page, 28)).to_have_value("Half a sentence")
    assert _narrative(site, "TON", 29) == "Changed."
    assert _sent(site, "TON") == ["", ""]
    narrative(page, 29).press("End")
    narrative(page, 29).fill("Changed again.")
    save_page(page)
    expect(_reply(page, 28)).to_have_value("Half a sentence")
    assert _narrative(site, "TON", 29) == "Changed again."


@pytest.mark.parametrize("scripts", [False, True])
def test_enter_in_a_line_sends_no_reply(visits: Visits, site: RunningSite, scripts: bool) -> None:
    iso3 = "PLW" if scripts else "TUV"
    page = _open(visits, site, iso3, _asked(site, iso3), scripts=scripts)
    _reply(page, 26).fill("Not yet.")
    page.locator("#p29 details:has(.measures) > summary").click()
    page.locator("#p29-measures-0-title").fill("Arms Act")
    if scripts:
        page.locator("#p29-measures-0-title").press("Enter")
        expect(save_state(page, 29)).to_contain_text("Saved at")
    else:
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.locator("#p29-measures-0-title").press("Enter")
    expect(_reply(page, 26)).to_have_value("Not yet.")
    assert _sent(site, iso3) == ["", ""]
    assert ("Arms Act",) in site.rows("SELECT title FROM measure")


def test_a_conflict_and_a_refusal_keep_the_replies(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.update((409, 422))
    address = _asked(site, "NRU")
    page = _open(visits, site, "NRU", address)
    other = visits.open(site, scripts=False)
    sign_in(other, add_focal_point(site, "NRU", name="Deputy"))
    other.goto(address)
    narrative(other, 29).fill("Customs wrote first.")
    save_page(other)
    narrative(page, 29).fill("Police wrote second.")
    _reply(page, 28).fill("Not yet.")
    _send(page, 26)  # empty
    expect(page.get_by_role("heading", level=1)).to_have_text("Two texts of the same answer")
    expect(page.locator("main")).to_contain_text("Your reply on paragraph 26 was not sent.")
    expect(page.locator("textarea[name$='-reply']").last).to_have_value("Not yet.")
    for link in page.locator("main .notice-alert a").all():
        expect(page.locator(f"[id='{str(link.get_attribute('href'))[1:]}']")).to_be_visible()
    press(page, page.locator("main form .actions button"))
    expect(_reply(page, 28)).to_have_value("Not yet.")
    page.locator("#p29 details:has(.measures) > summary").click()
    page.locator("#p29-measures-0-link").fill("nolink")
    _send(page, 28)
    expect(page.locator("main .notice-alert").first).to_contain_text("Paragraph 29 was not saved.")
    expect(page.locator("#p29-measures-0-link")).to_have_value("nolink")
    assert _sent(site, "NRU") == ["", "Not yet."]


def test_replies_to_a_locked_report_keep_each_other(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.update((409, 422))
    page = _open(visits, site, "KIR", _asked(site, "KIR", returned=False))
    old = _open_again(page)
    _reply(page, 28).fill("The other one.")
    _send(page, 26)
    expect(page.locator("main .notice-alert").first).to_contain_text("Fill in this field")
    expect(page.locator(".response")).to_have_count(0)  # the answers are to be read only
    _reply(page, 26).fill("Since 2024.")
    _send(page, 26)
    expect(_reply(page, 28)).to_have_value("The other one.")
    assert _sent(site, "KIR") == ["Since 2024.", ""]
    _reply(old, 26).fill("From a second window.")
    _send(old, 26)
    expect(old.locator("main .notice-alert").first).to_contain_text("already been answered")
    expect(old.locator("#p26")).to_contain_text("From a second window.")
    assert _sent(site, "KIR") == ["Since 2024.", ""]


def _open_again(page: Page) -> Page:
    """The same page in a second tab."""
    tab = page.context.new_page()
    tab.goto(page.url)
    return tab


def test_a_reply_goes_through_signing_in_again(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(401)
    page = _open(visits, site, "VUT", _asked(site, "VUT"))
    narrative(page, 29).fill("Typed before the night.")
    _reply(page, 26).fill("Since 2024.")
    _reply(page, 28).fill("Not yet.\nSecond line")
    end_sessions(site)
    _send(page, 26)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to save")
    page.get_by_label("E-mail address").fill("focal.vut@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, page.get_by_role("button", name="Sign in and save"))
    expect(_reply(page, 28)).to_have_value("Not yet.\nSecond line")
    assert _sent(site, "VUT") == ["Since 2024.", ""]
    assert _narrative(site, "VUT", 29) == "Typed before the night."
