"""A report that travels through Excel: out by the page, filled in, back, looked at, applied."""

import signal
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.excel import (
    fetch_template,
    notes_of,
    open_workbook_page,
    reach,
    send_back,
    with_answers,
    with_rows,
)
from tests.browser.reporting import add_focal_point, narrative, press, save_page
from tests.browser.site import RunningSite
from tests.browser.test_pages import Findings, report_of
from tests.browser.visits import Visits, sign_in
from tests.exchange.libreoffice import libreoffice
from tracker.cli.demo import PASSWORD

pytestmark = pytest.mark.browser
NARRATIVES = """
SELECT commitment.paragraph, response.narrative
  FROM response
  JOIN commitment ON commitment.id = response.commitment_id
  JOIN national_report ON national_report.id = response.report_id
 WHERE '/reports/' || national_report.public_id = ?
"""
CHANGED, CONFLICT, WRONG, NEW = 25, 28, 29, 36
MINE, THEIRS = "Registers are kept by hand.\nA second line.", "Registers are kept online."
NEED = "Two marking machines, with training."
FILE = "filled by six.xlsx"
MANY = range(25, 57)


def narratives(site: RunningSite, report: str) -> dict[int, str]:
    """What the working copy says, read from the file and not through the site."""
    return {number: text for number, text in site.rows(NARRATIVES, report)}


def filled(template: bytes) -> bytes:
    """One cell that changes, one that somebody changes meanwhile, one wrong; new ones and rows."""
    content = with_answers(
        template,
        (CHANGED, "Narrative", "A new act is in force."),
        (CONFLICT, "Narrative", MINE),
        (WRONG, "Progress", "Nearly"),
        (NEW, "Progress", "In development"),
        (NEW, "Narrative", "A bill is drafted. ٣ is no formula."),
    )
    return with_rows(
        content,
        Laws_and_instruments={
            "Law or instrument": "Arms Act",
            "Paragraph": CHANGED,
            "Date of adoption": "2023-04",
        },
        Assistance={
            "Description": NEED,
            "Needed or offered": "Needed",
            "Theme": "Marking",
        },
    )


def save_online(page: Page, report: str) -> None:
    """Somebody else answers one of the same paragraphs on the page."""
    page.goto(f"{report}/sections/I.1")
    narrative(page, CONFLICT).fill(THEIRS)
    save_page(page)


def check_plan(page: Page) -> None:
    """Every cell is shown as what it is; nothing was saved."""
    counts = page.locator("ul.counts li").all_inner_texts()
    law_named = page.locator("#sheet-2 td").nth(1).inner_text() != "empty"
    assert [counts[0], counts[1]] == (
        ["5 new cells", "2 changed cells"] if law_named else ["6 new cells", "1 changed cell"]
    )
    assert counts[3:] == ["1 conflict to settle", "1 cell to correct"]
    expect(page.locator(".lead")).to_have_text("Nothing has been saved yet.")
    expect(page.locator("section[aria-labelledby=errors]")).to_contain_text("“Nearly”")
    conflict = page.locator("#conflict-1")
    expect(conflict.locator(".mine .as-typed")).to_have_text(MINE)
    expect(conflict.locator(".theirs .as-typed")).to_have_text(THEIRS)
    changes = page.locator("section[aria-labelledby=changes]")
    for words in ("A new act is in force.", "٣ is no formula.", "Arms Act", NEED):
        expect(changes.get_by_text(words).first).to_be_visible()


def check_marked_copy(page: Page) -> None:
    """The copy says beside the cells what is wrong and what somebody saved."""
    with page.expect_download() as started:
        page.locator("a[href$='/marked.xlsx']").click()
    notes = notes_of(Path(started.value.path()).read_bytes())
    wrong, conflict = notes[f"D{WRONG - 22}"], notes[f"F{CONFLICT - 22}"]
    assert "Not started, In development" in wrong
    assert THEIRS in conflict
    assert len(notes) == 2


def check_applied(page: Page, report: str) -> None:
    """The answers, where they came from, and the row stand on their pages."""
    page.goto(f"{report}/sections/I.1")
    expect(narrative(page, CHANGED)).to_have_value("A new act is in force.")
    expect(narrative(page, CONFLICT)).to_have_value(MINE)
    expect(narrative(page, NEW)).to_have_value("A bill is drafted. ٣ is no formula.")
    laws = page.locator(f"[name^=p{CHANGED}-measures-][name$=-title]")
    assert "Arms Act" in [law.input_value() for law in laws.all()]
    page.goto(f"{report}/responses/{CONFLICT}/history")
    latest, before = page.locator("main section").nth(0), page.locator("main section").nth(1)
    expect(latest).to_contain_text("from a file")
    expect(before).to_contain_text("Deputy")
    expect(before).not_to_contain_text("from a file")
    page.goto(f"{report}/items/assistance")
    expect(page.locator(".card").filter(has_text=NEED)).to_be_visible()


@pytest.mark.parametrize(("iso3", "scripts"), [("XAH", False), ("XAR", True)])
def test_a_file_goes_out_comes_back_and_is_applied(
    visits: Visits,
    changing_demonstration: RunningSite,
    tmp_path: Path,
    iso3: str,
    scripts: bool,
) -> None:
    site = changing_demonstration
    report = report_of(site, iso3)
    writer, colleague = visits.open(site, scripts=scripts), visits.open(site)
    sign_in(writer, add_focal_point(site, iso3, name="Writer"))
    sign_in(colleague, add_focal_point(site, iso3, name="Deputy"))
    open_workbook_page(writer, report)
    file = tmp_path / FILE
    file.write_bytes(filled(fetch_template(writer)))
    if not scripts:  # one of the two is saved again by another program
        (file,) = libreoffice([file], "xlsx", tmp_path / "saved again")
    save_online(colleague, report)
    before = narratives(site, report)

    send_back(writer, file)
    check_plan(writer)
    check_marked_copy(writer)
    assert narratives(site, report) == before
    visits.expected_statuses.add(422)
    press(writer, writer.locator("button[value=apply]"))
    expect(writer.locator(".notice-alert")).to_be_visible()
    assert narratives(site, report) == before, "a conflict and a wrong cell are open"

    writer.locator("#mine-1").check()
    writer.locator("#skip_invalid").check()
    press(writer, writer.locator("button[value=apply]"))
    expect(writer.locator("body")).to_contain_text("The file was applied")
    expect(writer.locator("body")).to_contain_text("1 wrong cell was left out.")
    check_applied(writer, report)
    changed = {n for n, text in narratives(site, report).items() if text != before.get(n)}
    assert changed == {CHANGED, CONFLICT, NEW}
    site.tracker("verify")


def test_the_keyboard_is_enough_and_the_pages_hold(
    visits: Visits, changing_demonstration: RunningSite, tmp_path: Path
) -> None:
    site = changing_demonstration
    report = report_of(site, "XAC")
    page, colleague = visits.open(site), visits.open(site)
    sign_in(page, add_focal_point(site, "XAC", name="Writer"))
    sign_in(colleague, add_focal_point(site, "XAC", name="Deputy"))
    open_workbook_page(page, report)
    file = tmp_path / FILE
    file.write_bytes(filled(fetch_template(page)))
    save_online(colleague, report)

    with page.expect_file_chooser() as chooser:  # expected early: the browser has to hear of it
        reach(page, page.locator("input[type=file]"))
        page.keyboard.press("Enter")
    chooser.value.set_files(file)
    reach(page, page.get_by_role("button", name="Read the file"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    plan = page.url
    findings = Findings(page)
    findings.check_access()
    findings.check_width(320)
    page.goto(f"{plan}?lang=ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    findings.check_width(320)
    findings.check_width(1280)
    assert not findings.found, "\n".join(findings.found)

    page.goto(f"{plan}?lang=en")
    reach(page, page.locator("#mine-1"))
    page.keyboard.press("ArrowDown")
    expect(page.locator("#theirs-1")).to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#theirs-1")).to_be_checked()
    reach(page, page.locator("#theirs-1"))
    page.keyboard.press("ArrowUp")
    expect(page.locator("#mine-1")).to_be_checked()
    reach(page, page.locator("button[value=settle]").last)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#mine-1")).to_be_checked()
    reach(page, page.locator("#skip_invalid"))
    page.keyboard.press("Space")
    reach(page, page.locator("button[value=apply]"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("The file was applied")
    assert narratives(site, report)[CONFLICT] == MINE


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("", b"", "Choose the filled template"),
        ("answers.csv", b"Paragraph;Progress\n25;yes\n", "CSV"),
        ("broken.xlsx", b"PK\x03\x04 cut off", "Excel"),
    ],
)
def test_a_bad_file_gets_a_sentence(
    visits: Visits,
    changing_demonstration: RunningSite,
    tmp_path: Path,
    name: str,
    content: bytes,
    says: str,
) -> None:
    visits.expected_statuses.add(422)
    page = visits.open(changing_demonstration, width=320)
    sign_in(page, "focal.xah@states.example", PASSWORD)
    open_workbook_page(page, report_of(changing_demonstration, "XAH"))
    if name:
        (tmp_path / name).write_bytes(content)
        page.locator("input[type=file]").set_input_files(tmp_path / name)
    press(page, page.locator("main form button[type=submit]"))
    alert = page.locator("main [role=alert]")
    expect(alert).to_contain_text(says)
    findings = Findings(page)
    findings.check_access()
    findings.check_width(320)
    assert not findings.found, "\n".join(findings.found)


def test_a_killed_server_leaves_the_whole_file_or_nothing_of_it(
    visits: Visits, changing_demonstration: RunningSite, tmp_path: Path
) -> None:
    site = changing_demonstration
    report = report_of(site, "XAO")
    page = visits.open(site)
    sign_in(page, add_focal_point(site, "XAO", name="Writer"))
    plan_many(page, report, tmp_path, "Shown as applied.")
    began = time.monotonic()
    press(page, page.locator("button[value=apply]"))
    expect(page.locator("body")).to_contain_text("The file was applied")
    took = time.monotonic() - began
    site.stop(signal.SIGKILL)
    site.start()
    assert how_many(site, report, "Shown as applied.") == len(MANY)

    text = ""
    for share in (0.2, 0.4, 0.6, 0.8):
        if not text or how_many(site, report, text):
            text = f"Cut off after {share} of the time."
            plan_many(page, report, tmp_path, text)
        apply_and_kill(site, page, took * share)
        site.start()
        assert how_many(site, report, text) in (0, len(MANY))
        page.reload()
        shown = page.get_by_text("This file was applied.")
        expect(shown).to_have_count(1 if how_many(site, report, text) else 0)
    site.tracker("verify")


def plan_many(page: Page, report: str, folder: Path, text: str) -> None:
    """The page of a plan that gives the same text to many paragraphs."""
    open_workbook_page(page, report)
    cells = ((paragraph, "Narrative", text) for paragraph in MANY)
    (folder / FILE).write_bytes(with_answers(fetch_template(page), *cells))
    send_back(page, folder / FILE)
    expect(page.locator("button[value=apply]")).to_be_visible()


def how_many(site: RunningSite, report: str, text: str) -> int:
    """How many answers say that."""
    return sum(said == text for said in narratives(site, report).values())


def apply_and_kill(site: RunningSite, page: Page, after: float) -> None:
    """Send what the button sends; the server is killed that many seconds later."""
    fields = ("csrf_token", "seen")
    form = {name: page.locator(f"main form input[name={name}]").input_value() for name in fields}
    cookies = "; ".join(f"{c.get('name')}={c.get('value')}" for c in page.context.cookies())
    connection = HTTPConnection("127.0.0.1", site.port, timeout=20)
    connection.request(
        "POST",
        urlsplit(page.url).path,
        urlencode(form | {"action": "apply"}),
        {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"},
    )
    time.sleep(after)
    site.stop(signal.SIGKILL)
    connection.close()
