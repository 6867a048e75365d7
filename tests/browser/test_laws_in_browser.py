"""The laws of an answer: further rows without leaving the page."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reporting import add_focal_point, begin_report, save_state
from tests.browser.site import RunningSite
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser
MOST = 50


def _open(visits: Visits, site: RunningSite, iso3: str) -> Page:
    page = visits.open(site)
    address = begin_report(page, add_focal_point(site, iso3))
    page.goto(f"{address}/sections/I.1")
    _unfold(page)
    return page


def _unfold(page: Page) -> None:
    details = page.locator("#p25 details:has(.measures)")
    if details.get_attribute("open") is None:
        details.locator("summary").click()


def _titles(page: Page) -> Locator:
    return page.locator("#p25 .measures input[name$='-title']")


def _add(page: Page) -> Locator:
    """By its name alone: the buttons of the other paragraphs are called otherwise."""
    return page.get_by_role("button", name="Add a law or instrument (Paragraph 25)", exact=True)


def _laws(site: RunningSite, iso3: str) -> list[str]:
    """The titles as they stand on disk."""
    rows = site.rows(
        "SELECT measure.title FROM measure JOIN response ON response.id = response_id"
        " JOIN national_report r ON r.id = report_id JOIN state ON state.id = r.state_id"
        " WHERE iso3 = ? ORDER BY measure.id",
        iso3,
    )
    return [title for (title,) in rows]


def test_further_laws_are_added_and_saved_without_loading_the_page_again(
    visits: Visits, site: RunningSite
) -> None:
    page = _open(visits, site, "TUN")
    laws = [f"Law {number}" for number in range(1, 6)]
    expect(page.locator("#p25").get_by_text("Save to get further")).to_be_hidden()
    for number, law in enumerate(laws):
        if number >= _titles(page).count():
            _add(page).click()
            expect(_titles(page).nth(number)).to_be_focused()
        _titles(page).nth(number).press_sequentially(law)
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    expect(page.locator("#p25-measures-4-title")).to_have_value("Law 5")
    expect(page.get_by_label("Law or instrument").nth(4)).to_have_id("p25-measures-4-title")
    page.reload()
    expect(page.locator("#p25-measures-4-title")).to_have_value("Law 5")
    assert _laws(site, "TUN") == laws


def test_a_new_row_takes_nothing_of_the_row_before_and_is_no_change(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(422)
    page = _open(visits, site, "DZA")
    _titles(page).nth(1).fill("Decree")
    page.locator("#p25-measures-1-link").fill("ftp:somewhere")
    page.keyboard.press("Tab")
    expect(page.locator("#p25-measures-1-link")).to_have_attribute("aria-invalid", "true")
    _add(page).click()
    row = page.locator("#p25 .measure").nth(2)
    assert [field.input_value() for field in row.locator("input").all()] == ["", "", ""]
    expect(row.locator("[aria-invalid], .field-error, .field-invalid")).to_have_count(0)
    page.locator("#p25-measures-1-link").fill("")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    with page.expect_request("**/responses/25", timeout=60_000) as sent:
        _add(page).click()  # an empty row alone is not sent
        page.locator("#p25-measures-3-link").fill("ftp:elsewhere")
        page.keyboard.press("Tab")
    assert "elsewhere" in (sent.value.post_data or "")
    expect(page.locator("#p25-measures-3-link")).to_have_attribute("aria-invalid", "true")


def test_what_is_wrong_with_one_field_moves_nothing_beside_it(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(422)
    page = _open(visits, site, "SDN")
    link = page.locator("#p25-measures-0-link")
    for typed in ("", "ftp:somewhere"):
        link.fill(typed)
        page.keyboard.press("Tab")
        expect(page.locator("#p25 .measures .field-error")).to_have_count(2 if typed else 0)
        for part in ("label[for=p25-measures-0-{}]", "#p25-measures-0-{}"):
            tops = {
                page.locator(part.format(name)).evaluate("(e) => e.getBoundingClientRect().top")
                for name in ("adopted_on", "link")
            }
            assert len(tops) == 1, (typed, part)


def test_no_row_is_offered_beyond_the_last_that_can_be_saved(
    visits: Visits, site: RunningSite
) -> None:
    page = _open(visits, site, "LBY")
    for _ in range(MOST - _titles(page).count()):
        _add(page).click()
    expect(_titles(page)).to_have_count(MOST)
    expect(_add(page)).to_be_hidden()


def test_kept_laws_come_back_with_their_rows(visits: Visits, site: RunningSite) -> None:
    visits.connection_may_fail = True
    page = _open(visits, site, "MAR")
    page.context.set_offline(True)
    for number in range(4):
        if number >= 2:
            _add(page).click()
        _titles(page).nth(number).fill(f"Law {number}")
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    page.context.set_offline(False)
    page.goto(page.url)
    expect(_titles(page)).to_have_count(2)
    page.get_by_role("button", name="Put it back").click()
    expect(save_state(page, 25)).to_contain_text("Saved at")
    assert _laws(site, "MAR") == [f"Law {number}" for number in range(4)]


def test_without_scripts_saving_gives_further_rows(visits: Visits, site: RunningSite) -> None:
    page = visits.open(site, scripts=False)
    address = begin_report(page, add_focal_point(site, "EGY"))
    page.goto(f"{address}/sections/I.1")
    _unfold(page)
    expect(_add(page)).to_be_hidden()
    expect(page.locator("#p25").get_by_text("Save to get further")).to_be_visible()
    for number in range(2):
        _titles(page).nth(number).fill(f"Law {number}")
    page.locator("#p25 .response > button").click()
    expect(_titles(page)).to_have_count(4)
