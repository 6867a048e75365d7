"""Pictures of the demonstration for the README.

Kept in ``docs/images`` only with ``TRACKER_TEST_PICTURES=1``; taken in every run, so that the
pages they show are known to be there.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Pictures
from tests.browser.excel import fetch_template, open_workbook_page, send_back
from tests.browser.site import RunningSite
from tests.browser.test_excel_in_browser import filled, save_online
from tests.browser.test_pages import report_of, submission_of
from tests.browser.visits import Visits, sign_in
from tracker.cli.demo import PASSWORD

pytestmark = pytest.mark.browser
CYCLE = "bms7-2024"


def _show(page: Page, selector: str) -> None:
    """Scroll a part of the page to the top of the window."""
    page.locator(selector).first.evaluate("(part) => part.scrollIntoView({ block: 'start' })")


def test_pictures_of_public_pages(
    visits: Visits, demonstration_as_delivered: RunningSite, pictures: Pictures
) -> None:
    page = visits.open(demonstration_as_delivered, height=860)
    page.goto(f"/documents/bms7/33?cycle={CYCLE}&base=reporting")
    expect(page.locator("#distribution")).to_be_visible()
    _show(page, "#progress")
    pictures.take(page, "commitment")
    page.goto(f"/cycles/{CYCLE}/figures?base=reporting")
    expect(page.locator("#sections")).to_be_visible()
    pictures.take(page, "figures")
    page.goto(f"/cycles/{CYCLE}")
    expect(page.locator("main table").first).to_be_visible()
    pictures.take(page, "coverage")
    page.goto(f"/cycles/{CYCLE}/matrix")
    expect(page.locator("main table.matrix")).to_be_visible()
    _show(page, "main table.matrix")
    pictures.take(page, "matrix")
    page.goto(f"/compare?states=XAA,XAB&groups=demo_coast&cycles={CYCLE}&only=differences")
    expect(page.locator("#comparison")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 660})
    _show(page, "#comparison")
    pictures.take(page, "compare")


def test_pictures_of_the_focal_point(
    visits: Visits, demonstration_as_delivered: RunningSite, pictures: Pictures
) -> None:
    page = visits.open(demonstration_as_delivered, height=860)
    sign_in(page, "focal.xah@states.example", PASSWORD)
    page.goto("/reports")
    expect(page.locator("main .card").first).to_be_visible()
    pictures.take(page, "home")
    page.set_viewport_size({"width": 390, "height": 844})
    pictures.take(page, "phone")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(report_of(demonstration_as_delivered, "XAH") + "/sections/I.1.b")
    expect(page.locator("#p51 .response")).to_be_visible()
    _show(page, "#p51")
    pictures.take(page, "section")


def test_picture_of_a_review(
    visits: Visits, demonstration_as_delivered: RunningSite, pictures: Pictures
) -> None:
    page = visits.open(demonstration_as_delivered, height=860)
    sign_in(page, "reviewer@secretariat.example", PASSWORD)
    page.goto(submission_of(demonstration_as_delivered, "XAM"))
    expect(page.locator("#changed")).to_be_visible()
    _show(page, "#changed")
    pictures.take(page, "review")


def test_pictures_of_the_way_through_excel(
    visits: Visits,
    demonstration_as_delivered: RunningSite,
    pictures: Pictures,
    tmp_path: Path,
) -> None:
    page = visits.open(demonstration_as_delivered, height=800)
    sign_in(page, "focal.xah@states.example", PASSWORD)
    report = report_of(demonstration_as_delivered, "XAH")
    open_workbook_page(page, report)
    pictures.take(page, "excel")
    file = tmp_path / "Hespermore, six ministries.xlsx"
    file.write_bytes(filled(fetch_template(page)))
    save_online(page, report)
    open_workbook_page(page, report)
    send_back(page, file)
    expect(page.locator("#conflict-1")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 1120})
    pictures.take(page, "plan")


def test_picture_of_an_export(
    visits: Visits, demonstration_as_delivered: RunningSite, pictures: Pictures
) -> None:
    page = visits.open(demonstration_as_delivered, height=960)
    sign_in(page, "reviewer@secretariat.example", PASSWORD)
    page.goto(f"/exports/new?cycles={CYCLE}&audience=secretariat")
    expect(page.locator("main form")).to_be_visible()
    pictures.take(page, "exports")
