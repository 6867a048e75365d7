"""Leaving a page that holds what is not saved: the browser asks, and only then."""

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.reporting import (
    add_focal_point,
    begin_report,
    expect_kept,
    narrative,
    on_disk,
    press,
    save_state,
)
from tests.browser.site import RunningSite
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser
FIGURES = "indicators/sdg-16-4-2"
PAGES = {  # a field of each, and who fills it in
    FIGURES: ("table.figures input >> nth=0", "AGO"),
    "items/assistance": ("#description", "BWA"),
    "items/targets": ("#statement", "CPV"),
    "items/contacts": ("#organisation", "LBR"),
}


class Asked:
    """Counts what a window asks before it is left, and stays there."""

    def __init__(self, page: Page) -> None:
        self.times = 0
        page.on("dialog", self._stay)

    def _stay(self, dialog: Dialog) -> None:
        assert dialog.type == "beforeunload"
        self.times += 1
        dialog.dismiss()


def _open(visits: Visits, site: RunningSite, iso3: str, part: str) -> tuple[Page, Asked]:
    """A page of a new report, and what it asks from now on."""
    page = visits.open(site)
    address = begin_report(page, add_focal_point(site, iso3))
    page.goto(f"{address}/{part}")
    return page, Asked(page)


def _type(field: Locator, text: str) -> None:
    """As a hand does: a browser asks nothing on a page that nobody touched."""
    field.click()
    field.press("Control+a")
    field.press("Delete")
    field.press_sequentially(text)


def _home(page: Page) -> Locator:
    return page.get_by_role("link", name="My reports").first


def _asks(page: Page) -> None:
    """Leaving is asked about, and the page stays."""
    with page.expect_event("dialog"):
        _home(page).click()


@pytest.mark.parametrize("part", PAGES)
def test_what_is_typed_and_not_saved_is_asked_about_until_it_is_put_back(
    visits: Visits, site: RunningSite, part: str
) -> None:
    selector, iso3 = PAGES[part]
    page, asked = _open(visits, site, iso3, part)
    field, address = page.locator(selector), page.url
    _type(field, "12")
    _asks(page)
    _asks(page)
    expect(field).to_have_value("12")
    assert page.url == address
    _type(field, "")
    press(page, _home(page))
    assert (asked.times, page.url) == (2, f"{site.url}/reports")


def test_saving_is_not_asked_about_and_nothing_after_it(visits: Visits, site: RunningSite) -> None:
    page, asked = _open(visits, site, "MWI", FIGURES)
    _type(page.locator("table.figures input").first, "12")
    press(page, page.get_by_role("button", name="Save the figures").last)
    press(page, _home(page))
    page.go_back()
    page.locator("#audience").select_option("secretariat")
    page.locator("h1").click()
    _asks(page)
    assert asked.times == 1


def test_a_year_that_was_added_and_filled_in_is_not_saved_yet(
    visits: Visits, site: RunningSite
) -> None:
    page, asked = _open(visits, site, "MOZ", FIGURES)
    _type(page.locator("#add_year"), "2015")
    press(page, page.get_by_role("button", name="Add this year"))
    cell = page.locator("section[aria-labelledby=year-2015] input").first
    _type(cell, "7")
    _type(page.locator("#add_year"), "2014")
    press(page, page.get_by_role("button", name="Add this year"))
    assert asked.times == 0
    page.locator("h1").click()  # nothing typed on this page, yet it shows what is not saved
    _asks(page)
    expect(cell).to_have_value("7")


def test_what_the_site_refused_is_not_saved_yet(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(422)
    page, asked = _open(visits, site, "NAM", "items/contacts")
    _type(page.locator("#email"), "not an address")
    press(page, page.get_by_role("button", name="Save", exact=True))
    page.locator("h1").click()
    _asks(page)
    assert asked.times == 1


def test_going_back_without_saving_is_what_it_says(visits: Visits, site: RunningSite) -> None:
    page, asked = _open(visits, site, "SYC", "items/targets")
    _type(page.locator("#statement"), "All marked")
    press(page, page.get_by_role("button", name="Save", exact=True))
    history = page.locator("main a[href$='/history']").first.get_attribute("href")
    page.goto(f"{site.url}{str(history).removesuffix('/history')}")
    _type(page.locator("#statement"), "None marked")
    press(page, page.get_by_role("link", name="Back without saving"))
    assert asked.times == 0 and page.url.endswith("/items/targets")
    expect(page.locator("main")).not_to_contain_text("None marked")


def test_an_answer_on_its_way_is_asked_about_and_a_saved_one_is_not(
    visits: Visits, site: RunningSite
) -> None:
    visits.connection_may_fail = True
    page, asked = _open(visits, site, "SWZ", "sections/I.1")
    page.context.set_offline(True)
    _type(narrative(page, 25), "Typed under a bridge.")
    _asks(page)
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    page.context.set_offline(False)
    _type(narrative(page, 25), "Typed under a bridge. Saved behind it.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    press(page, _home(page))
    assert asked.times == 1


def test_what_is_typed_and_taken_back_is_not_waiting(visits: Visits, site: RunningSite) -> None:
    page, asked = _open(visits, site, "MUS", "sections/I.1")
    narrative(page, 25).press_sequentially("X")
    expect(save_state(page, 25)).to_have_text("Not saved yet")
    narrative(page, 25).press("Backspace")
    expect(save_state(page, 25)).to_have_text("No answer saved yet")
    expect_kept(page, 0, of="")
    press(page, _home(page))
    assert asked.times == 0
    assert on_disk(site, "MUS", 25) is None
