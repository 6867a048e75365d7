"""An export in a browser: the page moves on by itself, with scripts and without."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.site import RunningSite
from tests.browser.test_pages import OVERFLOW
from tests.browser.visits import Visits, sign_in
from tracker.cli.demo import PASSWORD

pytestmark = pytest.mark.browser
REVIEWER = "reviewer@secretariat.example"


@pytest.fixture
def asked(demonstration: RunningSite) -> Iterator[RunningSite]:
    """The demonstration, where nothing waits."""
    demonstration.alter("DELETE FROM export")
    yield demonstration
    demonstration.alter("DELETE FROM export")


def ask(page: Page, language: str = "en") -> None:
    """From the page of a cycle to the page of the export, by its links and buttons."""
    page.goto("/cycles/bms7-2024")
    page.locator("a[href*='/exports/new']").click()
    page.locator("select[name=language]").select_option(language)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(lambda url: "/exports/" in url and "/exports/new" not in url)


def check(page: Page) -> None:
    """No barrier, and narrow enough for a telephone."""
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] != "minor"]
    assert not found, [(v["id"], v["nodes"][0]["html"]) for v in found]
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate(OVERFLOW) <= 0, page.url


@pytest.mark.parametrize("scripts", [False, True])
def test_the_page_moves_on_by_itself_to_the_file(
    visits: Visits, asked: RunningSite, scripts: bool
) -> None:
    page = visits.open(asked, scripts=scripts, width=320)
    ask(page)
    loads: list[str] = []
    page.on("domcontentloaded", lambda loaded: loads.append(loaded.url))
    link = page.locator("#export-state a[download]")
    expect(link).to_be_visible(timeout=60_000)
    assert bool(loads) != scripts  # without scripts by loading anew, with them in place
    with page.expect_download() as started:
        link.click()
    assert started.value.suggested_filename == "bms7-2024_compiled_public_en.xlsx"


def test_the_pages_of_an_export_hold_for_everybody(visits: Visits, asked: RunningSite) -> None:
    page = visits.open(asked)
    sign_in(page, REVIEWER, PASSWORD)
    ask(page)
    address = page.url
    expect(page.locator("#export-state a[download]")).to_be_visible(timeout=60_000)
    for path in (address, "/exports", "/exports/new?cycles=bms7-2024&audience=secretariat"):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        check(page)
    expect(page.locator("input[name=compare]")).to_be_visible()
    page.goto("/exports?lang=ar")
    assert page.evaluate(OVERFLOW) <= 0


def test_pages_answer_while_an_export_is_made(visits: Visits, asked: RunningSite) -> None:
    page, other = visits.open(asked), visits.open(asked)
    ask(page, "fr")
    waits = []
    while page.locator("#export-state[data-look-again]:not([data-look-again=''])").count():
        other.goto("/cycles/bms7-2024")
        waits.append(
            other.evaluate(
                "(() => { const [entry] = performance.getEntriesByType('navigation');"
                " return entry.responseStart - entry.requestStart })()"
            )
        )
    assert waits and sorted(waits)[len(waits) // 2] < 1_000, waits
    expect(page.locator("#export-state a[download]")).to_be_visible()
