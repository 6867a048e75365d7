"""Going back shows what stands, and never fills in over it what was typed there before."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Error, Page, expect
from sqlalchemy.orm import Session

from tests.browser.reporting import (
    add_focal_point,
    begin_report,
    expect_kept,
    narrative,
    on_disk,
    press,
    save_page,
    save_state,
)
from tests.browser.site import RunningSite
from tests.browser.visits import PASSWORD, Visits, set_up_second_step, sign_in
from tests.national_reports import begin_report as begin_report_of
from tests.people import make_user
from tracker.cli.database import connect
from tracker.cli.keys import key_file
from tracker.domain.roles import Role
from tracker.models.engine import write_intent
from tracker.services.passwords import hash_password
from tracker.settings import load_settings

pytestmark = pytest.mark.browser
SECTION = "/sections/I.1"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


def _at_work(visits: Visits, site: RunningSite, iso3: str, *, scripts: bool) -> tuple[Page, str]:
    page = visits.open(site, scripts=scripts)
    address = begin_report(page, add_focal_point(site, iso3))
    page.on("dialog", lambda dialog: dialog.accept())
    return page, address


def _of_deputy(visits: Visits, site: RunningSite, iso3: str, address: str) -> Page:
    page = visits.open(site)
    sign_in(page, add_focal_point(site, iso3, name="Deputy"))
    page.goto(address)
    return page


def _save(page: Page, text: str) -> None:
    narrative(page, 25).fill(text)
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")


def _stored(site: RunningSite, iso3: str) -> str:
    found = on_disk(site, iso3, 25)
    return found.narrative if found else ""


@BOTH
def test_text_of_before_does_not_come_back_over_what_a_colleague_saved_meanwhile(
    visits: Visits, site: RunningSite, scripts: bool
) -> None:
    iso3 = "KEN" if scripts else "TZA"
    page, address = _at_work(visits, site, iso3, scripts=scripts)
    page.goto(address + SECTION)
    narrative(page, 25).fill("Saved once.")
    save_page(page)
    if scripts:
        _save(page, "Saved twice.")
    else:
        narrative(page, 25).fill("Typed and left.")
    page.goto("/reports")
    _save(_of_deputy(visits, site, iso3, address + SECTION), "Theirs later.")
    page.go_back()
    expect(narrative(page, 25)).to_have_value("Theirs later.")
    narrative(page, 26).fill("Another paragraph.")
    save_page(page)
    assert _stored(site, iso3) == "Theirs later."


@BOTH
def test_text_of_before_does_not_come_back_under_the_name_of_another(
    visits: Visits, site: RunningSite, scripts: bool
) -> None:
    iso3 = "UGA" if scripts else "RWA"
    page, address = _at_work(visits, site, iso3, scripts=scripts)
    page.clock.install(time=NOON)
    page.goto(address + SECTION)
    page.clock.pause_at(NOON + timedelta(hours=1))  # else it is saved after two seconds
    narrative(page, 25).fill("Typed by the first, never saved.")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(site.url + "/")
    sign_in(page, add_focal_point(site, iso3, name="Deputy"))
    while page.url != address + SECTION:
        page.go_back()
    expect(narrative(page, 25)).to_have_value("")
    save_page(page)
    assert _stored(site, iso3) == ""


@BOTH
def test_a_row_of_before_does_not_come_back_over_what_a_colleague_saved_meanwhile(
    visits: Visits, site: RunningSite, scripts: bool
) -> None:
    iso3 = "BDI" if scripts else "GAB"
    page, address = _at_work(visits, site, iso3, scripts=scripts)
    page.goto(address + "/items/targets")
    page.locator("#statement").fill(f"First of {iso3}")
    page.locator("#level").select_option(index=1)
    form = page.locator("main form").filter(has=page.locator("#statement"))
    press(page, form.get_by_role("button", name="Save", exact=True))
    press(page, page.get_by_role("link", name="Change or remove row 1"))
    item = page.url
    page.locator("#statement").fill("Changed and left.")
    page.goto("/reports")
    other = _of_deputy(visits, site, iso3, item)
    other.locator("#statement").fill(f"Theirs of {iso3}")
    press(other, other.get_by_role("button", name="Save", exact=True))
    page.go_back()
    expect(page.locator("#statement")).to_have_value(f"Theirs of {iso3}")


def _submitted(site: RunningSite, iso3: str) -> str:
    """The page of a submission, for a reviewer who has yet to set up a second step."""
    settings = load_settings(site.environment())
    with write_intent(), Session(connect(settings)) as session:
        work = begin_report_of(session, iso3)
        work.answer(28, narrative="As it is.")
        submission = work.submit(key_file(settings).signer())
        user = make_user(session, Role.REVIEWER, name="Reviewer")
        user.email = "reviewer@example.org"
        user.password_hash = hash_password(PASSWORD, cheap=True)
        session.commit()
        return f"/review/submissions/{submission.public_id}"


def test_a_question_sent_into_a_lost_line_is_offered_again_until_it_arrived(
    visits: Visits, site: RunningSite
) -> None:
    visits.connection_may_fail = True
    address = _submitted(site, "TCD")
    page = visits.open(site)
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, "reviewer@example.org")
    set_up_second_step(page)
    page.goto(address)
    question, send = page.locator("#question-28"), page.locator("#p28 details form button")
    page.locator("#p28 summary", has_text="Ask about").click()
    question.fill("Since when, and how?")
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"), page.expect_navigation():
        send.click()
    page.context.set_offline(False)
    page.goto(address)
    expect(question).not_to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    expect(question).to_be_focused()
    expect(question).to_have_value("Since when, and how?")
    press(page, send)
    expect(page.locator("#p28")).to_contain_text("Since when, and how?")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    expect_kept(page, 0, of="")
    page.goto(address + "/return")
    page.locator("#reason").fill("A reason never sent.")
    page.goto("/review")
    page.go_back()
    expect(page.locator("#reason")).to_have_value("")
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#reason")).to_have_value("A reason never sent.")
