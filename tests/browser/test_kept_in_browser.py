"""What was typed into a form survives a line that is lost at the moment of saving."""

import pytest
from playwright.sync_api import Error, Locator, Page, Route, expect

from tests.browser.reporting import (
    add_focal_point,
    begin_report,
    expect_kept,
    narrative,
    on_disk,
    press,
    progress,
    save_page,
    save_state,
)
from tests.browser.site import RunningSite
from tests.browser.visits import Visits, sign_in

pytestmark = pytest.mark.browser
FORMS = {  # a field of each page, the button that sends it, and who works there
    "indicators/sdg-16-4-2": ("table.figures input >> nth=0", "Save the figures", "42", "BFA"),
    "items/targets": ("#statement", "Save", "All marked", "BDI"),
    "items/contacts": ("#organisation", "Save", "Ministry", "TCD"),
    "submit": ("#title", "Submit the report", "Director", "COG"),
}
REFUSED = ("items/contacts", "submit")  # more is needed than the one field


def _open(visits: Visits, site: RunningSite, iso3: str, part: str) -> Page:
    page = visits.open(site)
    address = begin_report(page, add_focal_point(site, iso3))
    page.goto(f"{address}/{part}")
    return page


def _button(page: Page, name: str) -> Locator:
    return page.locator("main form[data-ask-to-leave]").get_by_role("button", name=name).first


def _put_back(page: Page) -> Locator:
    return page.get_by_role("button", name="Put it back")


@pytest.mark.parametrize("part", list(FORMS))
def test_a_form_that_was_sent_into_a_lost_line_is_offered_again(
    visits: Visits, site: RunningSite, part: str
) -> None:
    visits.connection_may_fail = True
    visits.expected_statuses.add(422)
    selector, name, text, iso3 = FORMS[part]
    page = _open(visits, site, iso3, part)
    address, field = page.url, page.locator(selector)
    field.fill(text)
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"), page.expect_navigation():
        _button(page, name).click()
    page.context.set_offline(False)
    page.goto(address)
    expect(field).to_have_value("")
    _put_back(page).click()
    expect(field).to_have_value(text)
    expect(field).to_be_focused()
    press(page, _button(page, name))
    if part in REFUSED:  # the page that says so holds the text itself and offers nothing
        expect(field).to_have_value(text)
        expect_kept(page, 1, of=":form:")
    else:
        expect(page.get_by_role("status").first).to_contain_text("Saved at")
        expect_kept(page, 0, of=":form:")
    expect(_put_back(page)).to_have_count(0)


def test_a_row_that_arrived_unseen_is_not_made_twice(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(502)
    page = _open(visits, site, "GUY", "items/targets")
    address, cookies = page.url, page.context.cookies()

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.fulfill(status=502, body="The server went away.")

    page.route("**/items/targets/*", lose, times=1)
    page.locator("#statement").fill("Marked unseen")
    press(page, _button(page, "Save"))
    page.context.clear_cookies()  # those of the answer were lost with it
    page.context.add_cookies(
        [{"name": c["name"], "value": c["value"], "url": site.url} for c in cookies]
    )
    page.goto(address)
    _put_back(page).click()
    press(page, _button(page, "Save"))
    expect(page.get_by_role("status").first).to_contain_text("Nothing changed")
    assert site.rows("SELECT count(*) FROM target WHERE statement = 'Marked unseen'") == [(1,)]


def test_what_is_kept_goes_with_its_writer_and_with_what_is_taken_back(
    visits: Visits, site: RunningSite
) -> None:
    page = _open(visits, site, "JAM", "items/targets")
    address, field = page.url, page.locator("#statement")
    page.on("dialog", lambda dialog: dialog.accept())
    field.press_sequentially("A")
    expect_kept(page, 1, of=":form:")
    field.press("Backspace")
    expect_kept(page, 0, of=":form:")
    field.press_sequentially("Mine alone")
    sign_in(page, add_focal_point(site, "JAM", name="Deputy"))
    page.goto(address)
    expect(_put_back(page)).to_have_count(0)
    sign_in(page, "focal.jam@example.org")
    page.goto(address)
    expect(_put_back(page)).to_have_count(1)
    page.get_by_role("button", name="Delete it").click()
    expect(_put_back(page)).to_have_count(0)
    expect_kept(page, 0, of=":form:")
    field.press_sequentially("Again")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(site.url + "/")
    expect_kept(page, 0, of=":form:")


def _lost(visits: Visits, site: RunningSite, iso3: str) -> Page:
    """A section that offers the text of an answer which was sent into a lost line."""
    visits.connection_may_fail = True
    page = _open(visits, site, iso3, "sections/I.1")
    page.on("dialog", lambda dialog: dialog.accept())
    page.context.set_offline(True)
    narrative(page, 25).fill("A long text of an hour.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    page.context.set_offline(False)
    page.goto(page.url)
    expect(_put_back(page)).to_be_visible()
    return page


def test_a_text_that_is_offered_outlives_what_is_saved_and_typed_beside_it(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(409)
    page = _lost(visits, site, "KEN")
    progress(page, 25, "in_development").check()
    page.locator("#p25-narrative_language").focus()
    expect(save_state(page, 25)).to_contain_text("Saved at")
    narrative(page, 25).press("a")
    narrative(page, 25).press("Backspace")
    page.goto(page.url)
    _put_back(page).click()
    expect(narrative(page, 25)).to_have_value("A long text of an hour.")
    page.goto(page.url)  # before it was saved
    _put_back(page).click()
    expect(narrative(page, 25)).to_have_value("A long text of an hour.")
    save_page(page)  # over the choice that was saved beside it
    expect(page.get_by_role("heading", level=1)).to_have_text("Two texts of the same answer")
    press(page, page.locator("main form .actions button"))
    expect(narrative(page, 25)).to_have_value("A long text of an hour.")
    expect(_put_back(page)).to_have_count(0)
    expect_kept(page, 0, of="")


def test_two_texts_that_were_lost_are_both_offered(visits: Visits, site: RunningSite) -> None:
    page = _lost(visits, site, "TZA")
    page.context.set_offline(True)
    narrative(page, 25).fill("Another text.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    page.context.set_offline(False)
    page.goto(page.url)
    expect(_put_back(page)).to_have_count(2)
    expect(page.locator("#kept").get_by_role("link")).to_have_count(1)
    page.get_by_role("button", name="Delete it").first.click()
    expect(page.locator("#kept").get_by_role("link")).to_have_count(1)
    page.get_by_role("button", name="Delete it").click()
    expect(page.locator("#kept")).to_be_hidden()
    expect_kept(page, 0, of="")


def test_a_text_that_was_refused_outlives_a_line_that_is_lost_then(
    visits: Visits, site: RunningSite
) -> None:
    visits.connection_may_fail = True
    visits.expected_statuses.add(422)
    page = _open(visits, site, "UGA", "sections/I.1")
    address, text = page.url, "Ж" * 32_001
    page.on("dialog", lambda dialog: dialog.accept())
    narrative(page, 25).fill(text)
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_have_attribute("data-state", "failed")
    save_page(page)
    expect(narrative(page, 25)).to_have_value(text)
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"), page.expect_navigation():
        page.locator("form.responses > .actions button[type=submit]").click()
    page.context.set_offline(False)
    page.goto(address)
    expect(narrative(page, 25)).to_have_value("")
    _put_back(page).click()
    expect(narrative(page, 25)).to_have_value(text)
    narrative(page, 25).fill("Shorter.")
    save_page(page)
    expect(_put_back(page)).to_have_count(0)
    expect_kept(page, 0, of="")


def test_a_text_put_back_while_a_save_is_on_its_way_is_saved_over_nothing(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(409)
    page = _lost(visits, site, "RWA")
    held: list[Route] = []
    page.route("**/responses/25", lambda route: held.append(route), times=1)
    narrative(page, 25).fill("Typed since.")
    with page.expect_request("**/responses/25"):
        _put_back(page).click()  # leaving the field saves it
    page.wait_for_timeout(200)
    expect(narrative(page, 25)).to_have_value("Typed since.")
    held[0].continue_()
    expect(narrative(page, 25)).to_have_value("A long text of an hour.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_have_attribute("data-state", "failed")
    found = on_disk(site, "RWA", 25)
    assert found is not None and found.narrative == "Typed since."


def test_what_is_typed_in_a_form_outlives_what_is_put_back_over_it(
    visits: Visits, site: RunningSite
) -> None:
    page = _open(visits, site, "GAB", "items/targets")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#statement").fill("Typed first.")
    page.goto(page.url)
    page.locator("#statement").fill("Typed since.")
    _put_back(page).click()
    expect(page.locator("#statement")).to_have_value("Typed first.")
    page.locator("#level").select_option(index=1)
    press(page, _button(page, "Save"))
    expect(page.get_by_role("status").first).to_contain_text("Saved at")
    _put_back(page).click()
    expect(page.locator("#statement")).to_have_value("Typed since.")


def test_an_answer_that_another_person_saved_is_not_offered_to_who_typed_it(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.update((400, 409))
    page = _open(visits, site, "KHM", "sections/I.1")
    address = page.url
    other = page.context.new_page()
    sign_in(other, add_focal_point(site, "KHM", name="Deputy"))
    other.close()
    narrative(page, 25).fill("Typed by the first.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Deputy KHM")
    page.locator("#p25 .response > button").click()
    press(page, page.get_by_role("button", name="Save as Deputy KHM"))
    narrative(page, 25).fill("And more by Deputy.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    sign_in(page, "focal.khm@example.org")
    page.goto(address)
    expect(narrative(page, 25)).to_have_value("And more by Deputy.")
    expect(_put_back(page)).to_have_count(0)
    expect_kept(page, 0, of="")
