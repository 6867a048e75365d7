"""Saving with the page's script: when it saves, what it says, what it keeps."""

import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.browser.reporting import (
    add_focal_point,
    begin_report,
    count_entries,
    end_sessions,
    expect_kept,
    narrative,
    on_disk,
    progress,
    save_state,
    submit_report,
    until,
)
from tests.browser.site import RunningSite
from tests.browser.visits import PASSWORD, Visits, sign_in

pytestmark = pytest.mark.browser
SECTION = "/sections/I.1"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _at_work(visits: Visits, site: RunningSite, iso3: str, *, clock: bool = False) -> Page:
    """A window on the first section of a new report; with ``clock`` its time stands still."""
    page = visits.open(site)
    address = begin_report(page, add_focal_point(site, iso3))
    if clock:
        page.clock.install(time=NOON)
    page.goto(address + SECTION)
    if clock:
        page.clock.pause_at(NOON.replace(hour=13))
    return page


def _stored(site: RunningSite, iso3: str, paragraph: int) -> str:
    found = on_disk(site, iso3, paragraph)
    return found.narrative if found else ""


def test_text_is_saved_two_seconds_after_typing_stops(visits: Visits, site: RunningSite) -> None:
    page = _at_work(visits, site, "KEN", clock=True)
    narrative(page, 25).press_sequentially("Marking is required")
    expect(save_state(page, 25)).to_have_text("Not saved yet")
    page.clock.run_for(1900)
    narrative(page, 25).press_sequentially(" by law.")
    page.clock.run_for(1900)
    expect(save_state(page, 25)).to_have_text("Not saved yet")
    assert on_disk(site, "KEN", 25) is None
    page.clock.run_for(200)
    expect(save_state(page, 25)).to_contain_text("Saved at")
    assert _stored(site, "KEN", 25) == "Marking is required by law."


def test_text_is_saved_on_leaving_a_field(visits: Visits, site: RunningSite) -> None:
    page = _at_work(visits, site, "TZA", clock=True)
    narrative(page, 25).press_sequentially("Registers are kept.")
    expect(save_state(page, 25)).to_have_text("Not saved yet")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    assert _stored(site, "TZA", 25) == "Registers are kept."
    listed = page.locator("#paragraphs a[href='#p26'] + .hint")
    to_do = listed.inner_text()
    progress(page, 26, "partly_implemented").check()
    page.keyboard.press("Tab")
    expect(save_state(page, 26)).to_contain_text("Saved at")
    expect(listed).not_to_have_text(to_do)
    shown = listed.inner_text()
    page.reload()
    expect(listed).to_have_text(shown)
    expect(page.locator("#paragraphs a[href='#p25'] + .hint")).to_have_text(to_do)
    found = on_disk(site, "TZA", 26)
    assert found is not None and found.progress == "partly_implemented"
    assert count_entries(site, "TZA") == 2


def test_walking_through_choices_by_arrow_keys_saves_the_last_one_alone(
    visits: Visits, site: RunningSite
) -> None:
    page = _at_work(visits, site, "CAF", clock=True)
    progress(page, 25, "").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        page.clock.run_for(1900)
    expect(save_state(page, 25)).to_have_text("Not saved yet")
    page.clock.run_for(100)
    expect(save_state(page, 25)).to_contain_text("Saved at")
    found = on_disk(site, "CAF", 25)
    assert found is not None and (found.progress, found.version) == ("implemented", 1)
    assert count_entries(site, "CAF") == 1
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    found = on_disk(site, "CAF", 25)
    assert found is not None and (found.progress, found.version) == ("partly_implemented", 2)


def test_saving_goes_on_after_the_first_save(visits: Visits, site: RunningSite) -> None:
    page = _at_work(visits, site, "UGA")
    for number, text in enumerate(("One.", "One. Two.", "One. Two. Three."), 1):
        narrative(page, 25).fill(text)
        page.keyboard.press("Tab")
        expect(save_state(page, 25)).to_contain_text("Saved at")
        found = on_disk(site, "UGA", 25)
        assert found is not None and (found.narrative, found.version) == (text, number)


def test_without_connection_the_text_is_kept_and_sent_later(
    visits: Visits, site: RunningSite
) -> None:
    visits.connection_may_fail = True
    page = _at_work(visits, site, "RWA", clock=True)
    page.context.set_offline(True)
    narrative(page, 25).press_sequentially("Written on a train.")
    page.clock.run_for(2000)
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    expect(narrative(page, 25)).to_have_value("Written on a train.")
    expect_kept(page, 1)
    assert on_disk(site, "RWA", 25) is None
    page.context.set_offline(False)
    page.clock.run_for(15_000)
    expect(save_state(page, 25)).to_contain_text("Saved at")
    assert _stored(site, "RWA", 25) == "Written on a train."
    expect_kept(page, 0)


def test_while_the_database_is_away_the_text_is_kept_and_sent_later(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(503)
    page = _at_work(visits, site, "MDG", clock=True)
    with closing(sqlite3.connect(site.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        narrative(page, 25).press_sequentially("Written during a backup.")
        page.clock.run_for(2000)
        expect(save_state(page, 25)).to_contain_text("Nothing was saved", timeout=30_000)
        expect(save_state(page, 25)).to_have_attribute("data-state", "failed")
        other.execute("ROLLBACK")
    expect_kept(page, 1)
    page.clock.run_for(15_000)
    expect(save_state(page, 25)).to_contain_text("Saved at")
    page.clock.run_for(60_000)
    found = on_disk(site, "MDG", 25)
    assert found is not None and (found.narrative, found.version) == ("Written during a backup.", 1)
    expect_kept(page, 0)


@pytest.mark.parametrize("taken_back", [True, False])
def test_a_save_whose_answer_was_lost_is_found_out_before_a_newer_text(
    visits: Visits, site: RunningSite, taken_back: bool
) -> None:
    """The server had the longer text, the page did not know: undoing it must reach the disk."""
    visits.connection_may_fail = True
    iso3 = "MUS" if taken_back else "MOZ"
    page = _at_work(visits, site, iso3, clock=True)
    narrative(page, 25).fill("Short.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    page.route("**/responses/25", lose, times=1)
    narrative(page, 25).fill("Short. Arrived unseen.")
    page.clock.run_for(2000)
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    assert _stored(site, iso3, 25) == "Short. Arrived unseen."
    newer = "Short." if taken_back else "Short. Arrived unseen. And more."
    narrative(page, 25).fill(newer)
    expect(save_state(page, 25)).to_have_text("Not saved yet")
    page.clock.run_for(2000)
    expect(save_state(page, 25)).to_contain_text("Saved at")
    found = on_disk(site, iso3, 25)
    assert found is not None and (found.narrative, found.version) == (newer, 3)
    expect_kept(page, 0)


def test_a_save_that_is_lost_after_a_session_ended_is_sent_again(
    visits: Visits, site: RunningSite
) -> None:
    visits.connection_may_fail = True
    visits.expected_statuses.add(401)
    page = _at_work(visits, site, "MWI", clock=True)
    ended = {"ok": False, "code": "sign-in", "message": "Your session has ended."}
    page.route("**/responses/25", lambda r: r.fulfill(status=401, json=ended), times=1)
    narrative(page, 25).fill("One.")
    page.clock.run_for(2000)
    expect(save_state(page, 25)).to_have_text("Your session has ended.")
    page.route("**/responses/25", lambda r: r.abort("internetdisconnected"), times=1)
    narrative(page, 25).fill("One. Two.")
    page.clock.run_for(2000)
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    page.clock.run_for(15_000)
    expect(save_state(page, 25)).to_contain_text("Saved at")
    assert _stored(site, "MWI", 25) == "One. Two."


def test_text_not_saved_is_offered_again(visits: Visits, site: RunningSite) -> None:
    visits.connection_may_fail = True
    page = _at_work(visits, site, "BDI")
    address = page.url
    page.context.set_offline(True)
    narrative(page, 25).fill("Kept in the browser.")
    progress(page, 25, "in_development").check()
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    page.context.set_offline(False)
    page.goto(address)
    expect(narrative(page, 25)).to_have_value("")
    kept = page.locator("#kept")  # at the top, for the paragraph may be far below
    expect(kept).to_contain_text("Text that was not saved was kept in this browser.")
    expect(kept.get_by_role("link")).to_have_count(1)
    kept.get_by_role("link").click()
    assert page.url == f"{address}#p25"
    page.get_by_role("button", name="Put it back").click()
    expect(kept).to_be_hidden()
    expect(narrative(page, 25)).to_have_value("Kept in the browser.")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    found = on_disk(site, "BDI", 25)
    assert found is not None
    assert (found.narrative, found.progress) == ("Kept in the browser.", "in_development")
    page.goto(address)
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    expect(kept).to_be_hidden()


@pytest.mark.parametrize("in_flight", [True, False])
def test_text_put_back_over_a_save_of_its_own_that_arrived_unseen_is_no_conflict(
    visits: Visits, site: RunningSite, in_flight: bool
) -> None:
    visits.connection_may_fail = True
    iso3 = "GNQ" if in_flight else "COG"
    page = _at_work(visits, site, iso3, clock=True)
    held: list[Route] = []

    def lose(route: Route) -> None:
        route.fetch()
        held.append(route) if in_flight else route.abort("internetdisconnected")

    page.route("**/responses/25", lose)
    narrative(page, 25).fill("Arrived unseen.")
    page.clock.run_for(2000)
    if not in_flight:
        expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    narrative(page, 25).press("End")
    narrative(page, 25).press_sequentially(" And more.")
    until(page, lambda: _stored(site, iso3, 25) == "Arrived unseen.")
    page.unroute("**/responses/25")
    assert "csrf_token" not in page.evaluate("Object.values(sessionStorage).join()")
    page.goto(page.url)
    expect(narrative(page, 25)).to_have_value("Arrived unseen.")
    page.get_by_role("button", name="Put it back").click()
    page.clock.run_for(2000)
    expect(save_state(page, 25)).to_contain_text("Saved at")
    found = on_disk(site, iso3, 25)
    assert found is not None
    assert (found.narrative, found.version) == ("Arrived unseen. And more.", 2)


def test_text_put_back_over_somebody_elses_save_is_a_conflict(
    visits: Visits, site: RunningSite
) -> None:
    visits.connection_may_fail = True
    visits.expected_statuses.add(409)
    page = _at_work(visits, site, "GAB")
    page.context.set_offline(True)
    narrative(page, 25).fill("Police wrote")
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    narrative(page, 25).fill("Police wrote second.")
    other = visits.open(site)
    sign_in(other, add_focal_point(site, "GAB", name="Deputy"))
    other.goto(page.url)
    narrative(other, 25).fill("Customs wrote first.")
    other.keyboard.press("Tab")
    expect(save_state(other, 25)).to_contain_text("Saved at")
    page.context.set_offline(False)
    page.goto(page.url)
    page.get_by_role("button", name="Put it back").click()
    expect(save_state(page, 25)).to_have_attribute("data-state", "failed")
    expect(narrative(page, 25)).to_have_value("Police wrote second.")
    assert _stored(site, "GAB", 25) == "Customs wrote first."


FORBIDDEN = """
Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("no") } });
"""
FULL = """
Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError") };
"""


@pytest.mark.parametrize("storage", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_where_nothing_can_be_kept_saving_and_asking_go_on(
    visits: Visits, site: RunningSite, storage: str
) -> None:
    visits.connection_may_fail = True
    iso3 = "NAM" if storage == FULL else "AGO"
    page = visits.open(site)
    page.add_init_script(storage)
    address = begin_report(page, add_focal_point(site, iso3))
    page.clock.install(time=NOON)
    page.goto(address + SECTION)
    page.clock.pause_at(NOON.replace(hour=13))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    narrative(page, 25).click()
    narrative(page, 25).press_sequentially("Typed.")
    expect(save_state(page, 25)).to_have_text("Not saved yet")
    with page.expect_event("dialog"):
        page.get_by_role("link", name="My reports").first.click()
    assert (asked, page.url) == (["beforeunload"], address + SECTION)
    page.clock.run_for(2000)
    expect(save_state(page, 25)).to_contain_text("Saved at")
    page.context.set_offline(True)
    narrative(page, 25).press_sequentially(" More.")
    page.clock.run_for(2000)
    expect(save_state(page, 25)).to_contain_text("while this page stays open")
    page.context.set_offline(False)
    page.clock.run_for(15_000)
    expect(save_state(page, 25)).to_contain_text("Saved at")
    assert _stored(site, iso3, 25) == "Typed. More."
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(site.url + "/")
    assert asked == ["beforeunload"]


def test_text_kept_is_for_its_writer_only_and_goes_when_that_person_signs_out(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(401)
    page = _at_work(visits, site, "SOM")
    address = page.url
    colleague = add_focal_point(site, "SOM", name="Deputy")
    end_sessions(site)
    narrative(page, 25).fill("Mine alone.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_have_attribute("data-state", "failed")
    sign_in(page, colleague)
    page.goto(address)
    expect(narrative(page, 25)).to_have_value("")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    expect_kept(page, 1)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(site.url + "/")
    expect_kept(page, 1)
    sign_in(page, "focal.som@example.org")
    page.goto(address)
    expect(page.get_by_role("button", name="Put it back")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())  # that it is deleted
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(site.url + "/")
    expect_kept(page, 0)
    assert on_disk(site, "SOM", 25) is None


def test_an_ended_session_is_said_and_the_text_comes_back(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(401)
    page = _at_work(visits, site, "DJI")
    address = page.url
    end_sessions(site)
    narrative(page, 25).fill("Typed after the night.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("sign in", ignore_case=True)
    assert on_disk(site, "DJI", 25) is None
    sign_in(page, "focal.dji@example.org")
    page.goto(address)
    page.get_by_role("button", name="Put it back").click()
    expect(save_state(page, 25)).to_contain_text("Saved at")
    assert _stored(site, "DJI", 25) == "Typed after the night."


@pytest.mark.parametrize("autosaved", [True, False])
def test_after_signing_out_in_another_window_save_leads_to_signing_in(
    visits: Visits, site: RunningSite, autosaved: bool
) -> None:
    """The token of the form went with the session; one press is enough, whoever found it out."""
    visits.expected_statuses.update((400, 401))
    iso3 = "ZMB" if autosaved else "ZWE"
    page = _at_work(visits, site, iso3, clock=not autosaved)
    other = page.context.new_page()
    other.goto("/account")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url(site.url + "/")
    narrative(page, 25).fill("Typed without knowing.")
    if autosaved:
        page.keyboard.press("Tab")
        expect(save_state(page, 25)).to_contain_text("Your session has ended")
        expect(save_state(page, 25)).to_contain_text("press Save")
    page.locator("#p25 .response > button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to save")
    page.get_by_label("E-mail address").fill(f"focal.{iso3.lower()}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in and save").click()
    expect(narrative(page, 25)).to_have_value("Typed without knowing.")
    assert _stored(site, iso3, 25) == "Typed without knowing."


def _sign_in_in_another_window(page: Page, email: str) -> None:
    other = page.context.new_page()
    other.goto("/account")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/")
    sign_in(other, email)
    other.close()


def test_after_signing_in_again_in_another_window_saving_goes_on(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(400)
    page = _at_work(visits, site, "GMB")
    _sign_in_in_another_window(page, "focal.gmb@example.org")
    for text in ("Typed without knowing.", "Typed without knowing. And on."):
        narrative(page, 25).fill(text)
        page.keyboard.press("Tab")
        expect(save_state(page, 25)).to_contain_text("Saved at")
        assert _stored(site, "GMB", 25) == text


@pytest.mark.parametrize("autosaved", [True, False])
def test_what_one_person_typed_is_not_saved_for_another_without_asking(
    visits: Visits, site: RunningSite, autosaved: bool
) -> None:
    visits.expected_statuses.add(409)
    iso3 = "GNB" if autosaved else "CPV"
    page = _at_work(visits, site, iso3, clock=not autosaved)
    _sign_in_in_another_window(page, add_focal_point(site, iso3, name="Deputy"))
    narrative(page, 25).fill("Typed by the first.")
    if autosaved:
        page.keyboard.press("Tab")
        expect(save_state(page, 25)).to_contain_text(f"opened by Focal {iso3}, but Deputy {iso3}")
        expect(save_state(page, 25)).to_contain_text("press Save")
    page.locator("#p25 .response > button").click()
    expect(page.locator("main")).to_contain_text(f"opened by Focal {iso3}, but Deputy {iso3}")
    assert on_disk(site, iso3, 25) is None
    page.get_by_role("button", name=f"Save as Deputy {iso3}").click()
    expect(narrative(page, 25)).to_have_value("Typed by the first.")
    assert _stored(site, iso3, 25) == "Typed by the first."


def test_a_save_that_arrived_unseen_is_no_conflict_after_another_person_was_here(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses |= {400, 409, 502}
    page = _at_work(visits, site, "STP")

    def lose(route: Route) -> None:
        route.fetch()
        route.fulfill(status=502, body="The server went away.")

    page.route("**/responses/25", lose, times=1)
    narrative(page, 25).fill("Arrived unseen.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    _sign_in_in_another_window(page, add_focal_point(site, "STP", name="Deputy"))
    narrative(page, 25).press_sequentially(" And more.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Deputy STP")
    _sign_in_in_another_window(page, "focal.stp@example.org")
    narrative(page, 25).press_sequentially(" On.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    expect(save_state(page, 25)).to_be_visible()
    expect_kept(page, 0, of="")
    found = on_disk(site, "STP", 25)
    assert found and found.narrative == "Arrived unseen. And more. On."


def test_a_report_locked_meanwhile_is_said_and_the_text_stays(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(409)
    page = _at_work(visits, site, "ERI")
    narrative(page, 25).fill("There before.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    other = visits.open(site)
    sign_in(other, add_focal_point(site, "ERI", name="Deputy"))
    submit_report(other, page.url.removesuffix(SECTION))
    narrative(page, 26).fill("Too late by a minute.")
    page.keyboard.press("Tab")
    expect(save_state(page, 26)).to_contain_text("not open for changes")
    expect(narrative(page, 26)).to_have_value("Too late by a minute.")
    expect_kept(page, 1)
    assert on_disk(site, "ERI", 26) is None


def test_a_save_over_somebody_elses_is_refused_and_settled(
    visits: Visits, site: RunningSite
) -> None:
    visits.expected_statuses.add(409)
    page = _at_work(visits, site, "SDN")
    other = visits.open(site)
    sign_in(other, add_focal_point(site, "SDN", name="Deputy"))
    other.goto(page.url)
    narrative(other, 25).fill("Customs wrote first.")
    other.keyboard.press("Tab")
    expect(save_state(other, 25)).to_contain_text("Saved at")
    narrative(page, 25).fill("Police wrote second.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_have_attribute("data-state", "failed")
    assert _stored(site, "SDN", 25) == "Customs wrote first."
    page.locator("#p25 .response > button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two texts of the same answer")
    expect(page.locator(".compare .theirs")).to_contain_text("Customs wrote first.")
    expect(page.locator(".compare .mine")).to_contain_text("Police wrote second.")
    narrative(page, 25).fill("Customs wrote first. Police wrote second.")
    page.locator("main form .actions button").click()
    expect(narrative(page, 25)).to_have_value("Customs wrote first. Police wrote second.")
    assert _stored(site, "SDN", 25) == "Customs wrote first. Police wrote second."


def test_a_text_that_was_not_chosen_is_not_offered_again(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(409)
    page = _at_work(visits, site, "TLS")
    other = visits.open(site)
    sign_in(other, add_focal_point(site, "TLS", name="Deputy"))
    other.goto(page.url)
    narrative(other, 25).fill("Customs wrote first.")
    other.keyboard.press("Tab")
    expect(save_state(other, 25)).to_contain_text("Saved at")
    narrative(page, 25).fill("Police wrote second.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_have_attribute("data-state", "failed")
    page.locator("#p25 .response > button").click()
    page.locator("#p25-choice-theirs").check()
    page.locator("main form .actions button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("I.1")
    expect(narrative(page, 25)).to_have_value("Customs wrote first.")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    expect_kept(page, 0)


def test_the_button_waits_for_a_save_that_is_on_its_way(visits: Visits, site: RunningSite) -> None:
    page = _at_work(visits, site, "COM")
    held: list[Route] = []
    page.route("**/responses/25", lambda route: held.append(route), times=1)
    narrative(page, 25).fill("First half.")
    with page.expect_request("**/responses/25"):
        page.keyboard.press("Tab")
    narrative(page, 25).fill("First half. Second half.")
    page.get_by_role("button", name="Save all answers of this page").click()
    with page.expect_navigation():
        held[0].continue_()
    expect(page.get_by_role("heading", level=1)).to_contain_text("I.1")
    expect(narrative(page, 25)).to_have_value("First half. Second half.")
    assert _stored(site, "COM", 25) == "First half. Second half."
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    expect_kept(page, 0)


def test_the_button_of_one_answer_saves_it_in_place(visits: Visits, site: RunningSite) -> None:
    page = _at_work(visits, site, "LSO")
    address = page.url
    narrative(page, 25).fill("Saved where it stands.")
    page.locator("#p25 .response > button").click()
    expect(save_state(page, 25)).to_contain_text("Saved at")
    assert page.url == address
    assert _stored(site, "LSO", 25) == "Saved where it stands."


def test_a_value_that_cannot_be_is_said_at_its_field(visits: Visits, site: RunningSite) -> None:
    visits.expected_statuses.add(422)
    page = _at_work(visits, site, "SSD")
    page.locator("#p25 details:has(#p25-measures-0-link) > summary").click()
    link = page.locator("#p25-measures-0-link")
    page.locator("#p25-measures-0-title").fill("Arms Act")
    link.fill("ftp:somewhere")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_have_attribute("data-state", "failed")
    expect(save_state(page, 25)).to_contain_text("Paragraph 25 was not saved. “ftp:somewhere”")
    expect(link).to_have_attribute("aria-invalid", "true")
    link.fill("https://example.org/act")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Saved at")
    expect(link).not_to_have_attribute("aria-invalid", "true")
    assert site.rows("SELECT title, link FROM measure") == [("Arms Act", "https://example.org/act")]


def test_a_reason_that_is_missing_is_said_at_its_field(visits: Visits, site: RunningSite) -> None:
    page = _at_work(visits, site, "SYC")
    reason, button = page.locator("#p25-reason"), page.locator("#p25 .response > button")
    line = page.locator("#p25-reason-error")
    progress(page, 25, "not_applicable").check()
    expect(save_state(page, 25)).to_contain_text("a reason is still missing")
    expect(line).to_have_count(0)  # nobody had the time to type it
    button.click()
    expect(line).to_have_text("a reason is still missing")
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(reason).to_have_attribute("aria-describedby", "p25-reason-hint p25-reason-error")
    page.reload()
    expect(line).to_contain_text("a reason is still missing")
    reason.fill("No armed forces.")
    button.click()
    expect(save_state(page, 25)).to_contain_text("Saved at")
    expect(line).to_have_count(0)
    expect(reason).not_to_have_attribute("aria-invalid", "true")
    expect(reason).to_have_attribute("aria-describedby", "p25-reason-hint")


def test_what_was_said_to_be_saved_survives_a_killed_server(
    visits: Visits, site: RunningSite
) -> None:
    visits.connection_may_fail = True
    page = _at_work(visits, site, "ETH")
    address = page.url
    for number in range(1, 4):
        text = f"Written before power cut {number}."
        narrative(page, 25).fill(text)
        page.keyboard.press("Tab")
        expect(save_state(page, 25)).to_contain_text("Saved at")
        site.stop(signal.SIGKILL)
        site.start()
        page.goto(address)
        expect(narrative(page, 25)).to_have_value(text)
    site.tracker("verify")
    assert count_entries(site, "ETH") == 3


QUICK = """
const native = AbortSignal.timeout;
AbortSignal.timeout = (time) => native.call(AbortSignal, time / 20);
"""


@pytest.mark.parametrize("whole_page", [False, True])
def test_an_answer_that_never_comes_counts_as_lost_and_the_page_says_what_it_waits_for(
    visits: Visits, site: RunningSite, whole_page: bool
) -> None:
    iso3 = "TCD" if whole_page else "GIN"
    page = visits.open(site)
    page.add_init_script(QUICK)
    page.goto(begin_report(page, add_focal_point(site, iso3)) + SECTION)
    page.route("**/responses/25", lambda _: None, times=1)
    narrative(page, 25).fill("Hangs.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_have_text("Saving…")
    button = page.locator("form.responses > .actions button[type=submit]")
    if whole_page:
        button.click(no_wait_after=True)
        expect(page.locator(".actions [role=status]")).to_have_text("Saving…")
        expect(page.get_by_role("status").first).to_contain_text("Saved at")
        expect(narrative(page, 25)).to_have_value("Hangs.")
    else:
        expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
        page.keyboard.press("Shift+Tab")
        narrative(page, 25).press("End")
        narrative(page, 25).press_sequentially(" No more.")
        page.keyboard.press("Tab")
        expect(save_state(page, 25)).to_contain_text("Saved at")
    assert _stored(site, iso3, 25) == ("Hangs." if whole_page else "Hangs. No more.")
