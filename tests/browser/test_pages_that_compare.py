"""The pages that compare States, in a browser: light, open to all, on a phone, from the right."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import RunningSite
from tests.browser.test_pages import Findings
from tests.browser.visits import Visits

pytestmark = pytest.mark.browser
PART = "section=III"  # the same page, with fewer of the commitments
MATRIX = "/cycles/bms7-2024/matrix"
ADDRESSES = (
    "/about/scoring",
    "/compare",
    f"/compare?states=XAA,XAB,XAC,XAX&groups=demo_coast,demo_north&cycles=bms7-2024&{PART}",
    f"/cycles/bms7-2024/figures?base=reporting&{PART}",
    f"/cycles/bms7-2024/matrix?{PART}",
    "/cycles/bms7-2024/states?value=back",
    "/documents/bms7/70?cycle=bms7-2024&q=arm&first=good-practice",
    "/indicators/sdg-16-4-2",
    "/indicators/sdg-16-4-2?state=XAD&category=found",
    "/needs",
    "/search?q=police",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_holds_either_way(address: str, visits: Visits, demonstration: RunningSite) -> None:
    findings = Findings(visits.open(demonstration))
    whole = re.sub(f"[?&]{PART}", "", address)
    findings.check_page(whole, part=address if address != whole else "")
    findings.check_mirrored(address)
    assert not findings.found, "\n".join(findings.found)


def test_a_cell_of_the_matrix_leads_to_its_answer(
    visits: Visits, demonstration: RunningSite
) -> None:
    page = visits.open(demonstration)
    page.goto(MATRIX)
    cell = page.locator("#matrix tbody td.is-implemented").first
    cell.hover()
    state, commitment, word = (cell.get_attribute("title") or "").split(" · ")
    assert word == "Implemented"
    cell.click()
    page.wait_for_url(re.compile(r"/states/\w+\?cycle=bms7-2024#p\d+$"))
    assert page.get_by_role("heading", level=1).inner_text() == state
    assert page.locator(":target h4").inner_text().replace(" · ", " ") == commitment
    assert "Implemented" in page.locator(":target").inner_text()


def test_header_and_names_of_the_matrix_stay_on_a_phone(
    visits: Visits, demonstration: RunningSite
) -> None:
    page = visits.open(demonstration, width=320, height=640)
    page.goto(f"{MATRIX}#matrix")
    frame = page.locator(".table-scroll:has(> #matrix)")
    frame.evaluate("box => box.scrollTo(300, box.scrollHeight / 2)")
    box = frame.bounding_box()
    head = page.locator("#matrix thead .upright").nth(12).bounding_box()
    name = page.locator("#matrix tbody th[scope=row]").nth(9).bounding_box()
    assert box and head and name
    assert box["height"] <= 0.9 * 640 + 1
    assert box["y"] <= head["y"] < box["y"] + 0.25 * box["height"], "the header takes little"
    assert abs(name["x"] - box["x"]) <= 2
    assert name["width"] < 0.4 * box["width"]


@pytest.mark.parametrize("words", ["", "?cells=words"])
def test_the_matrix_on_paper_has_every_column(
    words: str, visits: Visits, demonstration: RunningSite
) -> None:
    """A sheet of A4 on its long side, less the margins, is 277 mm wide: 1,047 CSS pixels."""
    page = visits.open(demonstration, width=1047, height=700)
    page.goto(MATRIX + words)
    page.emulate_media(media="print")
    columns = page.locator("#matrix thead .upright")
    assert columns.count() == 93
    last = columns.last.bounding_box()
    assert last
    assert last["x"] + last["width"] <= 1047
    assert last["width"] > 7, "two millimetres"
    head = page.locator("#matrix thead").bounding_box()
    assert head and head["height"] < 120, "a header of titles takes half of each sheet"
    titles = page.locator(".matrix-titles li")
    assert titles.count() == 93 and titles.last.is_visible()
    size = len(page.pdf(format="A4", prefer_css_page_size=True))
    assert size < 2_000_000, "small patterns and conic gradients are printed as pictures"


def test_a_comparison_on_paper_keeps_rows_whole_and_says_where_it_is_from(
    visits: Visits, demonstration: RunningSite
) -> None:
    page = visits.open(demonstration)
    page.goto(f"/compare?states=XAA,XAB&cycles=bms7-2024&{PART}")
    assert not page.locator(".printed-from").is_visible()
    page.emulate_media(media="print")
    assert "/compare?states=XAA,XAB" in page.locator(".printed-from").inner_text()
    rows = page.locator("#comparison tbody tr")
    kept = rows.evaluate_all("rows => rows.map(row => getComputedStyle(row).breakInside)")
    assert kept and set(kept) == {"avoid"}, "a torn row goes on without its commitment's name"
    head = page.locator("#comparison thead").evaluate("head => getComputedStyle(head).display")
    assert head == "table-header-group", "it is printed again on each sheet"


@pytest.mark.parametrize(
    "path", ["/search?q=a&cycle=bms7-2024", "/documents/bms7/40?cycle=bms7-2024"]
)
def test_on_paper_nobody_is_parted_from_the_words(
    path: str, visits: Visits, demonstration: RunningSite
) -> None:
    page = visits.open(demonstration)
    page.goto(path)
    page.emulate_media(media="print")
    before = page.locator("main article > :is(h3, p):has(~ .narrative)")
    kept = before.evaluate_all("parts => parts.map(part => getComputedStyle(part).breakAfter)")
    assert len(kept) > 10 and set(kept) == {"avoid"}


def test_columns_of_the_matrix_are_of_one_width(visits: Visits, demonstration: RunningSite) -> None:
    page = visits.open(demonstration)
    page.goto(MATRIX)
    widths = page.locator("#matrix thead .upright").evaluate_all(
        "heads => heads.map(head => Math.round(head.getBoundingClientRect().width))"
    )
    assert max(widths) - min(widths) <= 1
    assert not page.locator(".matrix-titles").is_visible()


@pytest.mark.parametrize("address", ["/cycles/bms7-2024/figures", MATRIX, "/needs"])
def test_filters_fold_on_a_phone_only_and_open_where_something_is_chosen(
    address: str, visits: Visits, demonstration: RunningSite
) -> None:
    page = visits.open(demonstration, width=320, height=640, scripts=False)
    page.goto(address)
    assert not page.get_by_label("Theme", exact=True).is_visible()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Theme", exact=True).select_option("tracing")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**theme=tracing**")
    expect(page.get_by_label("Theme", exact=True)).to_be_visible()
    wide = visits.open(demonstration)
    wide.goto(address)
    assert wide.get_by_label("Theme", exact=True).is_visible()
    assert not wide.get_by_text("Filters", exact=True).is_visible()
    wide.keyboard.press("Tab")
    for _ in range(60):
        if wide.evaluate("document.activeElement.name") == "theme":
            break
        wide.keyboard.press("Tab")
    else:
        pytest.fail("the keyboard does not come to what is folded")


def test_focus_in_the_matrix_stays_below_its_header(
    visits: Visits, demonstration: RunningSite
) -> None:
    page = visits.open(demonstration)
    page.goto(MATRIX)
    page.get_by_role("link", name="To the first row").click()
    page.keyboard.press("Tab")
    places = [_place_of_focus(page)]
    page.locator("#matrix tbody a").last.focus()
    for _ in range(14):
        page.keyboard.press("Shift+Tab")
        places.append(_place_of_focus(page))
    links = page.locator("#matrix tbody a").all_inner_texts()  # names of States, and their sums
    assert [name for name, _ in places] == [links[0], *links[-2:-16:-1]]
    assert min(below for _, below in places) >= 0


def _place_of_focus(page: Page) -> tuple[str, float]:
    """What has the focus, and how far below the header it stands."""
    name, below = page.evaluate(
        """() => {
          const header = document.querySelector("#matrix thead").getBoundingClientRect();
          const focused = document.activeElement;
          return [focused.innerText, focused.getBoundingClientRect().top - header.bottom];
        }"""
    )
    return str(name), float(below)
