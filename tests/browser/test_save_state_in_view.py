"""Whether an answer is saved stays in sight while it is written, however long it is."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reporting import add_focal_point, begin_report, narrative, save_state
from tests.browser.site import RunningSite
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser
WINDOWS = {"desk": (1280, 900), "phone": (320, 640), "zoomed to 400 %": (320, 256)}
LONG = "\n".join(f"Line {number} of a long account." for number in range(80))


def _write_at_the_top(page: Page) -> None:
    """In a field that was drawn out to show a long text whole."""
    narrative(page, 25).evaluate("(field) => { field.style.blockSize = '3000px' }")
    narrative(page, 25).press("Control+Home")
    page.keyboard.type("First of all: ")


@pytest.mark.parametrize("direction", ["en", "ar"])
def test_a_refusal_is_in_sight_at_the_top_of_a_long_answer(
    visits: Visits, site: RunningSite, direction: str
) -> None:
    visits.expected_statuses.add(409)
    iso3 = {"en": "GHA", "ar": "GIN"}[direction]
    page = visits.open(site)
    address = f"{begin_report(page, add_focal_point(site, iso3))}/sections/I.1?lang={direction}"
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    narrative(other, 25).fill("Customs wrote first.")
    other.keyboard.press("Tab")
    expect(save_state(other, 25)).to_contain_text("Saved at")
    narrative(page, 25).fill(LONG)
    state = save_state(page, 25)
    expect(state).to_have_attribute("data-state", "failed")
    for width, height in WINDOWS.values():
        page.set_viewport_size({"width": width, "height": height})
        _write_at_the_top(page)
        expect(state).to_have_attribute("data-state", "failed")
        expect(state).to_be_in_viewport(ratio=1)
        shown = state.bounding_box()
        assert shown is not None and shown["height"] <= height / 2


def test_the_line_that_stays_in_sight_covers_no_field_with_the_focus(
    visits: Visits, site: RunningSite
) -> None:
    page = visits.open(site, width=320, height=400)
    address = begin_report(page, add_focal_point(site, "MLI"))
    page.goto(f"{address}/sections/I.1")
    page.locator("#p25 details:has(.measures) > summary").click()
    page.locator("#p25-progress-0").focus()
    state = save_state(page, 25)
    for _ in range(15):
        page.keyboard.press("Tab")
        focused = page.locator(":focus").bounding_box()
        line = state.bounding_box()
        assert focused is not None and line is not None
        free = focused["y"] + focused["height"] <= line["y"] or focused["y"] >= line["y"]
        assert free or focused["height"] > line["y"], page.locator(":focus").evaluate("(e) => e.id")
