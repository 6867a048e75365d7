"""Every main page, as each reader sees it: accessible, narrow, mirrored, by keyboard, light."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.site import RunningSite
from tests.browser.visits import Visits, sign_in
from tracker.cli.demo import PASSWORD

pytestmark = pytest.mark.browser
HEAVIEST = 100_000
OVERFLOW = "document.scrollingElement.scrollWidth - window.innerWidth"
PUBLIC = (
    "/",
    "/about/method",
    "/checkpoints",
    "/cycles",
    "/cycles/bms7-2024",
    "/documents",
    "/documents/bms7",
    "/documents/bms7?theme=marking",
    "/documents/bms7/25?cycle=bms7-2024",
    "/documents/bms7/94",
    "/exports",
    "/exports/new?cycles=bms7-2024",
    "/forgotten-password",
    "/keys",
    "/sign-in",
    "/states",
    "/states/XAA",
    "/states/FRA",
)
OF_A_REPORT = (
    "",
    "/sections/I.1",
    "/sections/II",
    "/responses/25/history",
    "/indicators/sdg-16-4-2",
    "/read-through",
    "/submit",
    "/submissions/1",
    "/workbook",
    "/items/contacts",
    "/items/assistance",
    "/items/targets",
)
ITEM = "{item}"
OF_PEOPLE = ("/account", "/admin", "/admin/people", "/admin/people/new")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, which pages, and of which State's report of the second cycle."""

    email: str
    pages: tuple[str, ...]
    report_of: str = ""
    report_pages: tuple[str, ...] = ()
    submission_of: str = ""
    submission_pages: tuple[str, ...] = ()


READERS = {
    "signed-out": Reader("", PUBLIC),
    "focal-point": Reader("focal.xah@states.example", ("/reports", *OF_PEOPLE), "XAH", OF_A_REPORT),
    "focal-point-with-contacts": Reader(
        "focal.xac@states.example",
        (),
        "XAC",
        ("/workbook", "/items/contacts", "/items/assistance", ITEM, f"{ITEM}/history"),
    ),
    "contributor": Reader(
        "police.xac@states.example", ("/reports", "/account"), "XAC", ("", "/sections/II")
    ),
    "observer": Reader(
        "observer.xac@states.example",
        ("/reports",),
        "XAC",
        ("", "/sections/I.1", "/read-through", "/workbook", "/items/targets", ITEM),
    ),
    "reviewer": Reader(
        "reviewer@secretariat.example",
        (
            "/review",
            "/exports",
            "/exports/new?audience=states",
            "/cycles/bms7-2024",
            "/documents/bms7/25?cycle=bms7-2024",
        ),
        submission_of="XAI",
        submission_pages=("", "/return", "/accept"),
    ),
    "administrator": Reader(
        "administrator@secretariat.example",
        (
            "/",
            *OF_PEOPLE,
            "/admin/cycles",
            "/admin/cycles/new",
            "/admin/cycles/bms7/dates",
            "/admin/cycles/bms7/delete",
            "/admin/mail",
        ),
        submission_of="XAA",
        submission_pages=("/strike/25",),
    ),
}


def report_of(site: RunningSite, iso3: str) -> str:
    """The address of a State's report of the second cycle."""
    rows = site.rows(
        "SELECT r.public_id FROM national_report r JOIN state s ON s.id = r.state_id"
        " JOIN reporting_cycle c ON c.id = r.cycle_id WHERE s.iso3 = ? AND c.slug = 'bms7-2024'",
        iso3,
    )
    return f"/reports/{rows[0][0]}"


def submission_of(site: RunningSite, iso3: str) -> str:
    """Where the latest submission of that report is reviewed."""
    rows = site.rows(
        "SELECT m.public_id FROM submission m JOIN national_report r ON r.id = m.report_id"
        " JOIN state s ON s.id = r.state_id JOIN reporting_cycle c ON c.id = r.cycle_id"
        " WHERE s.iso3 = ? AND c.slug = 'bms7-2024' ORDER BY m.number DESC",
        iso3,
    )
    return f"/review/submissions/{rows[0][0]}"


def _an_item_of(site: RunningSite, report: str) -> str:
    rows = site.rows(
        "SELECT c.public_id FROM contact c JOIN national_report r ON r.id = c.report_id"
        " WHERE '/reports/' || r.public_id = ? ORDER BY c.id",
        report,
    )
    return f"/items/contacts/{rows[0][0]}" if rows else "/items/contacts"


def _addresses(site: RunningSite, reader: Reader) -> Iterator[str]:
    yield from reader.pages
    if reader.report_of:
        report = report_of(site, reader.report_of)
        item = _an_item_of(site, report)
        yield from (report + page.replace(ITEM, item) for page in reader.report_pages)
    if reader.submission_of:
        submission = submission_of(site, reader.submission_of)
        yield from (submission + page for page in reader.submission_pages)


BESIDE_THE_SHEET = """
(width) => [...document.querySelectorAll("body *")]
  .filter((part) => part.checkVisibility({ visibilityProperty: true }))
  .filter((part) => {
    const box = part.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && (box.left < -2 || box.right > width + 2);
  })
  .slice(0, 3)
  .map((part) => `${part.tagName} ${part.className}: ${part.textContent.trim().slice(0, 40)}`)
"""  # of what is shown


@dataclass(slots=True)
class Findings:
    """What is wrong, page by page, so that one run names everything."""

    page: Page
    found: list[str] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        """One thing that is wrong on the page shown."""
        self.found.append(f"{self.page.url}: {what}")

    def check_page(self, address: str, part: str = "") -> None:
        """Opens, is light, has no barrier and fits a phone: the page or, if it is long, a part."""
        self.page.set_viewport_size({"width": 1280, "height": 900})
        answer = self.page.goto(address)
        assert answer is not None and answer.status == 200, address
        self.check_weight(answer.body())
        if part:
            self.page.goto(part)
        self.check_access()
        self.check_width(320)

    def check_mirrored(self, address: str) -> None:
        """Stands the other way round in a language that is written from the right."""
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.goto(f"{address}{'&' if '?' in address else '?'}lang=ar")
        expect(self.page.locator("html")).to_have_attribute("dir", "rtl")
        expect(self.page.locator("html")).to_have_attribute("lang", "ar")
        box = self.page.locator(".site-name").bounding_box()
        if box is None or box["x"] < 640:
            self.note("the name of the site does not stand on the right")
        self.check_width(320)
        self.check_width(1280)
        self.check_paper()

    def check_paper(self) -> None:
        """Nothing hangs over a sheet of A4, less its margins: on the left it would be cut off."""
        self.page.emulate_media(media="print")
        on_its_side = self.page.evaluate("getComputedStyle(document.body).page") == "wide"
        width = 1047 if on_its_side else 673
        self.page.set_viewport_size({"width": width, "height": 800})
        if beyond := self.page.evaluate(BESIDE_THE_SHEET, width):
            self.note(f"hangs over the sheet: {beyond}")
        self.page.emulate_media(media="screen")

    def check_access(self) -> None:
        """No barrier that axe calls serious or critical."""
        for violation in Axe().run(self.page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                places = [node["target"] for node in violation["nodes"]][:3]
                self.note(f"{violation['id']} ({violation['impact']}): {places}")

    def check_width(self, width: int) -> None:
        """Nothing but a table's own box scrolls sideways."""
        self.page.set_viewport_size({"width": width, "height": 800})
        beyond = self.page.evaluate(OVERFLOW)
        if beyond > 0:
            self.note(f"{beyond} px wider than {width}")

    def check_weight(self, html: bytes) -> None:
        """The page with its styles and scripts, compressed."""
        parts = self.page.evaluate(
            "[...document.querySelectorAll('link[rel=stylesheet], link[rel=icon], script[src]')]"
            ".map((part) => part.href || part.src)"
        )
        total = len(gzip.compress(html))
        for address in parts:
            if address not in self.weights:
                body = self.page.request.get(address).body()
                self.weights[address] = len(gzip.compress(body))
            total += self.weights[address]
        if total >= HEAVIEST:
            self.note(f"{total} bytes compressed")


@pytest.mark.parametrize("name", READERS)
def test_pages_hold_for_every_reader(name: str, visits: Visits, demonstration: RunningSite) -> None:
    reader = READERS[name]
    page = visits.open(demonstration)
    if reader.email:
        sign_in(page, reader.email, PASSWORD)
    findings = Findings(page)
    for address in _addresses(demonstration, reader):
        findings.check_page(address)
    assert not findings.found, "\n".join(findings.found)


@pytest.mark.parametrize(
    "name", ["signed-out", "focal-point", "focal-point-with-contacts", "reviewer"]
)
def test_pages_mirror_for_a_right_to_left_language(
    name: str, visits: Visits, demonstration: RunningSite
) -> None:
    reader = READERS[name]
    page = visits.open(demonstration)
    if reader.email:
        sign_in(page, reader.email, PASSWORD)
    findings = Findings(page)
    for address in _addresses(demonstration, reader):
        findings.check_mirrored(address)
    assert not findings.found, "\n".join(findings.found)


def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    visits: Visits, demonstration: RunningSite
) -> None:
    page = visits.open(demonstration)
    page.goto("/documents/bms7/25?cycle=bms7-2024")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("main")
    page.goto("/")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.textContent.trim()"))
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement);"
            " return style.outlineStyle !== 'none' || style.boxShadow !== 'none' })()"
        ), page.evaluate("document.activeElement.outerHTML")
    assert {"Commitments", "States", "Progress", "Sign in", "Français"} <= seen


def test_refusals_are_pages_of_the_site(visits: Visits, demonstration: RunningSite) -> None:
    visits.expected_statuses.update((403, 404))
    page = visits.open(demonstration, width=320)
    sign_in(page, "focal.xaa@states.example", PASSWORD)
    findings = Findings(page)
    for address, status in (
        ("/states/XXX", 404),
        ("/nowhere", 404),
        (report_of(demonstration, "XAC"), 404),
        ("/review", 403),
        ("/admin/cycles", 403),
    ):
        answer = page.goto(address)
        assert answer is not None and answer.status == status, address
        expect(page.locator("main h1")).to_be_visible()
        findings.check_access()
        findings.check_width(320)
    assert not findings.found, "\n".join(findings.found)
