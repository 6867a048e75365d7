"""Saving with JavaScript switched off: nothing acknowledged is lost, nothing typed either."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reporting import (
    add_focal_point,
    begin_report,
    count_entries,
    end_sessions,
    narrative,
    on_disk,
    press,
    progress,
    save_page,
    submit_report,
)
from tests.browser.site import RunningSite
from tests.browser.visits import PASSWORD, Visits, sign_in

pytestmark = pytest.mark.browser
SECTION = "/sections/I.1"


def _open(visits: Visits, site: RunningSite, email: str, address: str = "") -> tuple[Page, str]:
    """A window without scripts on the first section of the person's report."""
    page = visits.open(site, scripts=False)
    if address:
        sign_in(page, email)
    else:
        address = begin_report(page, email)
    page.goto(address + SECTION)
    return page, address


def test_an_answer_is_saved_and_shown_again(visits: Visits, site: RunningSite) -> None:
    page, address = _open(visits, site, add_focal_point(site, "CMR"))
    progress(page, 25, "implemented").check()
    narrative(page, 25).fill("La loi de 2016 porte régime général des armes.\nأسلحة صغيرة")
    save_page(page)
    expect(page.get_by_role("status").first).to_contain_text("Saved at")
    expect(page.get_by_role("status").first).to_contain_text("25")
    stored = on_disk(site, "CMR", 25)
    assert stored is not None
    assert stored.narrative == "La loi de 2016 porte régime général des armes.\nأسلحة صغيرة"
    assert (stored.progress, stored.version) == ("implemented", 1)
    page.goto(address + SECTION)
    expect(narrative(page, 25)).to_have_value(stored.narrative)
    expect(progress(page, 25, "implemented")).to_be_checked()
    assert on_disk(site, "CMR", 26) is None


def test_two_people_meet_in_a_conflict_and_combine(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(409)
    first, address = _open(visits, site, add_focal_point(site, "GHA"))
    second, _ = _open(visits, site, add_focal_point(site, "GHA", name="Deputy"), address)
    narrative(first, 27).fill("Police: manufacture without a licence is an offence.")
    save_page(first)
    narrative(second, 27).fill("Customs: import of parts needs a licence.")
    narrative(second, 28).fill("Transfers are assessed one by one.")
    save_page(second)
    expect(second.get_by_role("heading", level=1)).to_have_text("Two texts of the same answer")
    theirs, mine = second.locator(".compare .theirs"), second.locator(".compare .mine")
    expect(theirs).to_contain_text("Police: manufacture without a licence is an offence.")
    expect(theirs).to_contain_text("Focal GHA")
    expect(mine).to_contain_text("Customs: import of parts needs a licence.")
    stored = on_disk(site, "GHA", 27)
    assert stored is not None and stored.narrative.startswith("Police")
    other = on_disk(site, "GHA", 28)
    assert other is not None and other.narrative == "Transfers are assessed one by one."
    combined = (
        "Police: manufacture without a licence is an offence.\n"
        "Customs: import of parts needs a licence."
    )
    narrative(second, 27).fill(combined)
    press(second, second.locator("main form .actions button"))
    expect(second.get_by_role("status").first).to_contain_text("Saved at")
    stored = on_disk(site, "GHA", 27)
    assert stored is not None and (stored.narrative, stored.version) == (combined, 2)


def test_a_conflict_may_be_settled_for_the_other_text(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(409)
    first, address = _open(visits, site, add_focal_point(site, "TGO"))
    second, _ = _open(visits, site, add_focal_point(site, "TGO", name="Deputy"), address)
    narrative(first, 30).fill("Convoys are guarded.")
    save_page(first)
    narrative(second, 30).fill("To be checked.")
    save_page(second)
    second.locator("#p30-choice-theirs").check()
    press(second, second.locator("main form .actions button"))
    expect(narrative(second, 30)).to_have_value("Convoys are guarded.")
    stored = on_disk(site, "TGO", 30)
    assert stored is not None and (stored.narrative, stored.version) == ("Convoys are guarded.", 1)


def test_text_goes_through_signing_in_again(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(401)
    email = add_focal_point(site, "BEN")
    page, _ = _open(visits, site, email)
    text = 'Before the night: "quoted" <b>&amp;</b>\nsecond line'
    narrative(page, 31).fill(text)
    progress(page, 31, "in_development").check()
    end_sessions(site)
    save_page(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to save")
    assert on_disk(site, "BEN", 31) is None
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill("not the password at all")
    press(page, page.get_by_role("button", name="Sign in and save"))
    assert on_disk(site, "BEN", 31) is None
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, page.get_by_role("button", name="Sign in and save"))
    expect(page.get_by_role("status").first).to_contain_text("Saved at")
    expect(narrative(page, 31)).to_have_value(text)
    stored = on_disk(site, "BEN", 31)
    assert stored is not None
    assert (stored.narrative, stored.progress) == (text, "in_development")


def test_carried_text_is_not_saved_for_another_state(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.update((401, 404))
    page, _ = _open(visits, site, add_focal_point(site, "NER"))
    stranger = add_focal_point(site, "TCD")
    narrative(page, 33).fill("For our State only.")
    end_sessions(site)
    save_page(page)
    page.get_by_label("E-mail address").fill(stranger)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, page.get_by_role("button", name="Sign in and save"))
    expect(page.locator("main")).to_contain_text("This account may not save what was sent")
    expect(page.locator("main")).not_to_contain_text("For our State only.")  # kept, not displayed
    assert on_disk(site, "NER", 33) is None
    page.get_by_label("E-mail address").fill("focal.ner@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, page.get_by_role("button", name="Sign in and save"))
    expect(narrative(page, 33)).to_have_value("For our State only.")
    stored = on_disk(site, "NER", 33)
    assert stored is not None and stored.narrative == "For our State only."
    assert on_disk(site, "TCD", 33) is None


def test_enter_in_the_field_of_a_year_adds_it(visits: Visits, site: RunningSite) -> None:
    page, address = _open(visits, site, add_focal_point(site, "GAB"))
    page.goto(address.split("/sections")[0])
    press(page, page.locator("main a[href*='/indicators/']").first)
    cell = page.locator("table.figures input").first
    cell.fill("12")
    page.locator("#add_year").fill("2015")
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.locator("#add_year").press("Enter")
    expect(page.locator("#year-2015")).to_be_visible()
    expect(page.locator("table.figures input[value='12']")).to_have_count(1)
    assert not site.rows("SELECT * FROM indicator_figure")
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.locator("table.figures input[value='12']").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved at")
    assert len(site.rows("SELECT * FROM indicator_figure")) == 1


def test_a_report_locked_meanwhile_keeps_the_text(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(409)
    first, address = _open(visits, site, add_focal_point(site, "MLI"))
    narrative(first, 25).fill("An answer that is there.")
    save_page(first)
    second, _ = _open(visits, site, add_focal_point(site, "MLI", name="Deputy"), address)
    submit_report(second, address)
    narrative(first, 26).fill("Typed while the report was being submitted.")
    save_page(first)
    expect(first.locator("main .notice-alert").first).to_contain_text("not open for changes")
    expect(narrative(first, 26)).to_have_value("Typed while the report was being submitted.")
    assert on_disk(site, "MLI", 26) is None


def test_sending_twice_has_one_effect(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.update((409, 422))
    page, address = _open(visits, site, add_focal_point(site, "CIV"))
    narrative(page, 25).fill("Sent by a nervous hand.")
    page.locator("form.responses > .actions button[type=submit]").dblclick()
    expect(narrative(page, 25)).to_have_value("Sent by a nervous hand.")
    stored = on_disk(site, "CIV", 25)
    assert stored is not None and stored.version == 1
    assert count_entries(site, "CIV") == 1
    submit_report(page, address, twice=True)
    submissions = site.rows(
        "SELECT count(*) FROM submission JOIN national_report r ON r.id = report_id"
        " JOIN state ON state.id = r.state_id WHERE iso3 = 'CIV'"
    )
    assert submissions == [(1,)]


def test_a_wrong_value_is_named_and_the_rest_is_saved(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(422)
    page, _ = _open(visits, site, add_focal_point(site, "SEN"))
    narrative(page, 25).fill("Good text.")
    page.locator("#p26 details:has(#p26-measures-0-link) > summary").click()
    page.locator("#p26-measures-0-title").fill("Decree 12")
    page.locator("#p26-measures-0-link").fill("javascript:alert(1)")
    save_page(page)
    expect(page.locator("#p26-measures-0-link")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#p26-measures-0-link")).to_have_value("javascript:alert(1)")
    expect(page.locator("#p26 .field-error").first).to_be_visible()
    stored = on_disk(site, "SEN", 25)
    assert stored is not None and stored.narrative == "Good text."
    assert on_disk(site, "SEN", 26) is None


def test_an_answer_is_given_by_keyboard_alone(visits: Visits, site: RunningSite) -> None:
    email = add_focal_point(site, "GIN")
    page = visits.open(site, scripts=False)
    page.goto("/sign-in")
    _tab_to(page, "#email")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports")
    _tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/*")
    _tab_to(page, "a[href$='/sections/I.2']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sections/I.2")
    _tab_to(page, "[name=p57-progress]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    _tab_to(page, "#p57-narrative")
    page.keyboard.type("Road map adopted.")
    _tab_to(page, "#p57 .response > button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved at")
    stored = on_disk(site, "GIN", 57)
    assert stored is not None
    assert (stored.narrative, stored.progress) == ("Road map adopted.", "in_development")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there; fails if it never comes."""
    wanted = page.locator(f"{selector}:focus")
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.count():
            return
    raise AssertionError(f"Tab does not reach {selector}")
