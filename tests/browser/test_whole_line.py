"""From an empty site to a published report: every step by the person whose step it is."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.reporting import narrative, on_disk, press, progress, save_state
from tests.browser.site import RunningSite
from tests.browser.visits import PASSWORD, Visits, set_up_second_step, sign_in

pytestmark = pytest.mark.browser
STATE = "MDG"
MEMBERS = 193
WITHHELD_WORDS = "Dépôt central, plan réservé au secrétariat"
FIRST_TEXT = "Le projet de loi couvre tout le cycle de vie des armes."
LAST_TEXT = "La loi de 2024 couvre tout le cycle de vie des armes, munitions comprises."
REASON = "Préciser l’état du projet de loi au paragraphe 25."
QUESTION = "Le projet de loi a-t-il été adopté ?"
REPLY = "Oui, en mars 2024."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the focal point says on one paragraph."""

    section: str
    paragraph: int
    progress: str
    narrative: str = ""
    reason: str = ""
    audience: str = "public"


ANSWERS = (
    Answer("I.1", 25, "in_development", FIRST_TEXT),
    Answer("I.1", 26, "partly_implemented", "=SOMME(A1) : un texte, pas une formule."),
    Answer("I.1", 33, "implemented", WITHHELD_WORDS, audience="secretariat"),
    Answer("I.1.a", 45, "not_applicable", reason="Aucune imprimante 3D n’est en service."),
    Answer("II", 82, "implemented", "Marquage à l’importation.\nRegistre national _x0041_ tenu."),
    Answer("III.a", 108, "not_started"),
)
FIGURES = {  # of 2019, by category: total, uniquely marked, traced, established otherwise
    "seized_criminal": (120, 80, 30, 6),
    "found": (30, 20, 5, 0),
    "surrendered": (50, 25, 10, 4),
}
INPUTS = ("total", "uniquely_marked", "traced", "otherwise_established")
VALUE_A, VALUE_B = "55/200", "45/125"


def test_a_report_from_invitation_to_publication(
    visits: Visits, site: RunningSite, tmp_path: Path
) -> None:
    administrator, reviewer, focal, public = (visits.open(site) for _ in range(4))
    visits.expected_statuses.update((404, 422))
    _begin_as_administrator(site, administrator)
    _accept(reviewer, site.tracker("user", "add", "reviewer@un.example", "--role", "reviewer"))
    set_up_second_step(reviewer)
    _accept(focal, _invite(administrator))
    expect(focal.locator("html")).to_have_attribute("lang", "fr")
    report = _open_report(focal)
    for answer in ANSWERS:
        _fill(site, focal, report, answer)
    _fill_figures(focal, report)
    _submit_with_gaps(focal, report)
    _ask_and_return(reviewer)
    _answer_and_submit_again(site, focal, report)
    _accept_what_changed(reviewer)
    _check_nothing_is_public_yet(site, public)
    _publish(administrator)
    _check_public_pages(public)
    figures = _check_figures(site, public)
    _check_workbook(public, figures, tmp_path)
    site.tracker("verify")


def _begin_as_administrator(site: RunningSite, page: Page) -> None:
    role = ("--role", "administrator", "--password-stdin")
    site.tracker("user", "add", "administrator@un.example", *role, typed=PASSWORD)
    sign_in(page, "administrator@un.example")
    secret = set_up_second_step(page)
    press(page, page.locator("[data-sign-out] button").first)
    sign_in(page, "administrator@un.example", done="/sign-in/code")
    page.locator("#code").fill(pyotp.TOTP(secret).at(datetime.now(UTC), counter_offset=1))
    press(page, page.locator("main form button[type=submit]").first)
    expect(page).to_have_url(re.compile("/review$"))


def _invite(page: Page) -> str:
    """Invite a focal point; the link, which is shown once."""
    page.goto("/admin/people/new")
    page.locator("#email").fill("point.focal@mdg.example")
    page.locator("#name").fill("Haja Rabe")
    page.locator("#role").select_option("focal-point")
    page.locator("#state").select_option(STATE)
    page.locator("#language").select_option("fr")
    press(page, page.locator("main form button[type=submit]").first)
    link = page.locator("#link").input_value()
    page.goto("/admin/people")
    expect(page.locator("main")).to_contain_text("Haja Rabe")
    page.get_by_role("link", name="Haja Rabe").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Haja Rabe")
    assert link not in page.content()
    return link


def _accept(page: Page, link: str) -> None:
    """Choose a password by the link, which then works no more."""
    page.goto(link.strip())
    page.locator("#password").fill(PASSWORD)
    page.locator("#password_again").fill(PASSWORD)
    press(page, page.locator("main form button[type=submit]"))
    expect(page.locator("[data-sign-out]")).to_be_visible()
    landed = page.url
    refused = page.goto(link.strip())
    assert refused is not None and refused.status == 404
    page.goto(landed)


def _open_report(page: Page) -> str:
    page.goto("/reports")
    press(page, page.locator("main form button[type=submit]").first)
    assert re.search(r"/reports/[\w-]{22}$", page.url)
    return page.url


def _box(page: Page, paragraph: int) -> Locator:
    return page.locator(f".response[data-paragraph='{paragraph}']")


def _fill(site: RunningSite, page: Page, report: str, answer: Answer) -> None:
    """Type an answer; what the page calls saved stands in the database."""
    number = answer.paragraph
    page.goto(f"{report}/sections/{answer.section}")
    expect(page.locator(f"#p{number} blockquote").first).to_contain_text(f"{number}.")
    if answer.audience != "public":
        page.locator(f"#p{number}-audience").select_option(answer.audience)
    progress(page, number, answer.progress).check()
    if answer.reason:  # the field shows once "not applicable" is chosen
        page.locator(f"#p{number}-reason").fill(answer.reason)
    narrative(page, number).fill(answer.narrative)
    page.keyboard.press("Tab")
    expect(save_state(page, number)).to_contain_text("Enregistré")
    page.wait_for_function(
        "Object.keys(sessionStorage).filter((key) => key.startsWith('unsent:')).length === 0"
    )
    stored = on_disk(site, STATE, number)
    assert stored is not None
    assert (stored.narrative, stored.progress) == (answer.narrative, answer.progress)


def _fill_figures(page: Page, report: str) -> None:
    page.goto(report)
    press(page, page.locator("main a[href*='/indicators/']").first)
    for category, values in FIGURES.items():
        for name, value in zip(INPUTS, values, strict=True):
            page.locator(f"#figure-2019-{category}-{name}").fill(str(value))
    press(page, page.locator("button[value=save]"))
    section = page.locator("section[aria-labelledby='year-2019']")
    expect(section).to_contain_text(VALUE_A)
    expect(section).to_contain_text(VALUE_B)


def _submit_with_gaps(page: Page, report: str) -> None:
    page.goto(report + "/submit")
    page.locator("#title").fill("Directrice")
    page.locator("#has_authority").check()
    press(page, page.locator("main form button[type=submit]"))
    expect(page.locator("#confirmed_gaps")).to_be_visible()
    assert "/submissions/" not in page.url
    page.locator("#confirmed_gaps").check()
    press(page, page.locator("main form button[type=submit]"))
    assert page.url.endswith("/submissions/1")
    expect(page.locator("main")).to_contain_text("Haja Rabe, Directrice")


def _decide(page: Page, step: str) -> None:
    press(page, page.locator(f"main a[href$='/{step}']"))
    press(page, page.locator("main form button[type=submit]"))


def _open_waiting(page: Page) -> None:
    page.goto("/review")
    press(page, page.get_by_role("link", name=re.compile("Madagascar.*Submission")).first)


def _ask_and_return(page: Page) -> None:
    _open_waiting(page)
    expect(page.locator("#p25")).to_contain_text(FIRST_TEXT)
    expect(page.locator("#p33")).to_contain_text(WITHHELD_WORDS)
    page.locator("#p25 summary").last.click()
    page.locator("#question-25").fill(QUESTION)
    press(page, page.locator("#p25 form button"))
    expect(page.locator("#p25")).to_contain_text(QUESTION)
    press(page, page.locator("main a[href$='/return']"))
    page.locator("#reason").fill(REASON)
    press(page, page.locator("main form button[type=submit]"))


def _answer_and_submit_again(site: RunningSite, page: Page, report: str) -> None:
    page.goto("/reports")
    asked = page.locator("main .card", has=page.locator("a[href$='#p25']"))
    expect(asked).to_contain_text("1")
    press(page, asked.locator("a[href$='#p25']"))
    expect(page.locator("#p25")).to_contain_text(QUESTION)
    page.locator("#p25 textarea[name$='-reply']").fill(REPLY)
    press(page, page.locator("#p25 button[name=send]"))
    page.goto(report)
    expect(page.locator("main")).to_contain_text(REASON)
    _fill(site, page, report, Answer("I.1", 25, "implemented", LAST_TEXT))
    _submit_again(page, report)


def _submit_again(page: Page, report: str) -> None:
    page.goto(report + "/submit")
    page.locator("#title").fill("Directrice")
    page.locator("#has_authority").check()
    page.locator("#confirmed_gaps").check()
    press(page, page.locator("main form button[type=submit]"))
    assert page.url.endswith("/submissions/2")


def _accept_what_changed(page: Page) -> None:
    """The changed answer stands first, with what was before and what is now."""
    _open_waiting(page)
    expect(page.locator("article").first).to_have_id("p25")
    changed = page.locator("#p25")
    expect(changed.locator("del").first).to_contain_text("In development")
    expect(changed.locator("ins").first).to_contain_text("Implemented")
    expect(changed).to_contain_text(REPLY)
    headings = page.locator("main h2").all_inner_texts()
    assert headings.index("Changed since submission 1") < headings.index("Unchanged answers")
    _decide(page, "accept")


def _check_nothing_is_public_yet(site: RunningSite, page: Page) -> None:
    page.goto("/documents/bms7/25")
    expect(page.locator("#distribution tr", has_text="Implemented").first).to_contain_text("0/193")
    assert LAST_TEXT not in page.content()
    page.goto(f"/states/{STATE}")
    assert LAST_TEXT not in page.content()
    assert _figures(site)["reports"]["published"] == 0


def _publish(page: Page) -> None:
    _open_waiting(page)
    _decide(page, "publish")


def _check_public_pages(page: Page) -> None:
    for base, size in (("members", MEMBERS), ("reporting", 1), ("answered", 1)):
        page.goto(f"/documents/bms7/25?base={base}")
        row = page.locator("#distribution tr", has_text="Implemented").first
        expect(row).to_contain_text(f"1/{size}")
    expect(page.locator(f"article#{STATE}")).to_contain_text(LAST_TEXT)
    page.goto("/documents/bms7/33")
    expect(page.locator("#distribution tr", has_text="Withheld")).to_contain_text("1/193")
    expect(page.locator("#distribution tr", has_text="Withheld")).to_contain_text("Madagascar")
    assert WITHHELD_WORDS not in page.content()
    page.goto(f"/states/{STATE}")
    assert WITHHELD_WORDS not in page.content()
    expect(page.locator("#p33")).to_contain_text("Withheld")
    expect(page.locator("#p25")).to_contain_text(LAST_TEXT)
    expect(page.locator("#p45")).to_contain_text("Aucune imprimante 3D")
    expect(page.locator("#p27")).to_contain_text("Not answered")
    expect(page.locator("#figures")).to_contain_text(VALUE_A)
    for words in (QUESTION, REPLY, REASON, FIRST_TEXT):
        assert words not in page.content()
    page.goto("/indicators/sdg-16-4-2?year=2019")
    row = page.locator("#states tr", has_text="Madagascar")
    expect(row).to_contain_text(VALUE_A)
    expect(row).to_contain_text(VALUE_B)


def _figures(site: RunningSite) -> dict[str, Any]:
    return dict(json.loads(site.tracker("figures", "--cycle", "bms7", "--format", "json")))


def _expected(key: str) -> dict[str, int]:
    """The counts of one commitment, by hand."""
    said = {f"bms7/annex/{a.paragraph}": a for a in ANSWERS}
    counts = {"not_reported": MEMBERS - 1}
    if key == "bms7/annex/25":
        return counts | {"implemented": 1}
    if key not in said:
        return counts | {"not_answered": 1}
    value = "withheld" if said[key].audience != "public" else said[key].progress
    return counts | {value: 1}


def _check_figures(site: RunningSite, page: Page) -> dict[str, Any]:
    """Command line and page say the same, and what was typed."""
    figures = _figures(site)
    assert figures["member_states"] == MEMBERS
    assert figures["reports"] == {"published": 1}
    asked = len(figures["commitments"])
    for commitment in figures["commitments"]:
        counts = {name: n for name, n in commitment["counts"].items() if n}
        assert counts == _expected(commitment["key"]), commitment["key"]
    page.goto("/cycles/bms7/figures?base=members")
    legend = page.locator("main .legend").first
    everything = f"{asked * MEMBERS:,}"
    for word, number in (
        ("Implemented", "2"),
        ("Partly implemented", "1"),
        ("Not started", "1"),
        ("Not applicable", "1"),
        ("Withheld", "1"),
        ("Not answered", str(asked - len(ANSWERS))),
        ("Not reported", f"{asked * (MEMBERS - 1):,}"),
    ):
        item = legend.locator("li", has=page.get_by_text(word, exact=True))
        expect(item).to_contain_text(f"{number}/{everything}")
    expect(page.locator("#commitments tr", has_text="25 ·")).to_contain_text("1/193")
    return figures


def _check_workbook(page: Page, figures: dict[str, Any], folder: Path) -> None:
    """The button's file, by two readers: the same texts and numbers, nothing withheld."""
    page.goto("/cycles/bms7")
    page.get_by_role("link", name="Export whole cycles, with every answer").click()
    page.get_by_role("button", name="Make the file").click()
    link = page.locator("#export-state a[download]")  # the page looks again by itself
    link.wait_for(timeout=60_000)
    with page.expect_download() as started:
        link.click()
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    content = file.read_bytes()
    assert file.name == "bms7_compiled_public_en.xlsx"
    book = openpyxl.load_workbook(BytesIO(content))
    exact = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheetnames == exact.sheet_names
    _check_responses(exact.get_sheet_by_name("Responses").to_python(skip_empty_area=False))
    _check_matrix(book["Matrix"], figures)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert WITHHELD_WORDS not in str(cell.value), (sheet.title, cell.coordinate)


def _check_responses(cells: list[list[Any]]) -> None:
    header, *rows = cells
    found = {row["Paragraph"]: row for row in (dict(zip(header, r, strict=True)) for r in rows)}
    assert {int(number) for number in found} == {answer.paragraph for answer in ANSWERS}
    assert found[25]["Narrative"] == LAST_TEXT
    assert (found[25]["ISO code"], found[25]["Submission"]) == (STATE, 2)
    assert found[26]["Narrative"] == ANSWERS[1].narrative
    assert found[82]["Narrative"] == ANSWERS[4].narrative
    assert found[45]["Reason"] == ANSWERS[3].reason
    assert found[45]["Progress code"] == "not_applicable"
    assert (found[33]["Progress"], found[33]["Narrative"]) == ("Withheld", "")


def _check_matrix(sheet: Any, figures: dict[str, Any]) -> None:
    """Counting the words of each column gives what the command line printed."""
    rows = list(sheet.iter_rows(values_only=True))
    codes = {
        "Not started": "not_started",
        "In development": "in_development",
        "Partly implemented": "partly_implemented",
        "Implemented": "implemented",
        "Not applicable": "not_applicable",
        "Not answered": "not_answered",
        "Withheld": "withheld",
        "Not reported": "not_reported",
    }
    members = [row for row in rows if "Member State" in row]
    assert len(members) == MEMBERS
    heads = next(row for row in rows if "Para 25" in row)
    columns = {str(cell).removeprefix("Para "): place for place, cell in enumerate(heads)}
    for commitment in figures["commitments"]:
        place = columns[commitment["key"].rpartition("/")[2]]
        words = [codes[str(row[place])] for row in members]
        counted = {code: words.count(code) for code in codes.values()}
        assert counted == commitment["counts"], commitment["key"]
