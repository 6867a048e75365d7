"""Signing out deletes what the browser keeps of its writer: asked before, once it is done."""

import pytest
from playwright.sync_api import Dialog, Error, Page, expect

from tests.browser.reporting import (
    add_focal_point,
    begin_report,
    end_sessions,
    expect_kept,
    narrative,
    on_disk,
    save_state,
)
from tests.browser.site import RunningSite
from tests.browser.visits import PASSWORD, Visits, sign_in

pytestmark = pytest.mark.browser


def _with_text_kept(visits: Visits, site: RunningSite, iso3: str, *, away: bool = False) -> Page:
    """A window that keeps a text of an answer: on its page, or on another one."""
    visits.connection_may_fail = True
    visits.expected_statuses.update((400, 401))
    page = visits.open(site)
    page.goto(begin_report(page, add_focal_point(site, iso3)) + "/sections/I.1")
    page.context.set_offline(True)
    narrative(page, 25).fill("Mine alone.")
    page.keyboard.press("Tab")
    expect(save_state(page, 25)).to_contain_text("Not saved: no connection")
    page.context.set_offline(False)
    if away:
        page.once("dialog", lambda dialog: dialog.accept())
        page.goto("/reports")
    expect_kept(page, 1)
    return page


def _sign_out(page: Page, *, stay: bool = False) -> str:
    """Press the button, once; the question that was asked."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss() if stay else dialog.accept()

    page.once("dialog", answer)
    page.get_by_role("button", name="Sign out").click()
    return asked[0]


@pytest.mark.parametrize("away", [True, False], ids=["other-page", "its-page"])
def test_it_is_said_that_texts_go_and_they_go_once_it_is_done(
    visits: Visits, site: RunningSite, away: bool
) -> None:
    page = _with_text_kept(visits, site, "KEN" if away else "TZA", away=away)
    address = page.url
    assert "deleted when you sign out" in _sign_out(page, stay=True)
    expect_kept(page, 1)
    assert page.url == address
    _sign_out(page)
    page.wait_for_url(site.url + "/")
    expect_kept(page, 0)
    sign_in(page, "focal.ken@example.org" if away else "focal.tza@example.org")
    page.goto(address)
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_texts_stay_where_signing_out_was_lost_or_refused(
    visits: Visits, site: RunningSite
) -> None:
    page = _with_text_kept(visits, site, "UGA", away=True)
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"), page.expect_navigation():
        _sign_out(page)
    page.context.set_offline(False)
    page.goto("/reports")
    expect_kept(page, 1)
    other = page.context.new_page()
    sign_in(other, "focal.uga@example.org")  # takes the token of the first page
    with page.expect_navigation():
        _sign_out(page)
    page.goto("/reports")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect_kept(page, 1)


def test_other_tabs_drop_theirs_with_their_next_page_unless_their_writer_is_back(
    visits: Visits, site: RunningSite
) -> None:
    page = _with_text_kept(visits, site, "RWA", away=True)
    for back in (True, False):
        other = page.context.new_page()
        other.goto("/account")
        other.get_by_role("button", name="Sign out").click()
        other.wait_for_url(site.url + "/")
        if back:
            sign_in(other, "focal.rwa@example.org")
        page.goto("/states")
        expect_kept(page, 1 if back else 0)


def test_going_back_to_the_page_that_said_so_drops_nothing_of_later(
    visits: Visits, site: RunningSite
) -> None:
    page = _with_text_kept(visits, site, "GAB", away=True)
    _sign_out(page)
    page.wait_for_url(site.url + "/")
    sign_in(page, "focal.gab@example.org")
    page.evaluate(
        "sessionStorage.setItem("
        "`unsent:${document.querySelector('[data-sign-out]').dataset.signOut}:x`, '1')"
    )
    while page.url != site.url + "/":
        page.go_back()
    expect_kept(page, 1)


def test_a_session_that_ended_and_the_page_that_carries_a_text_drop_nothing(
    visits: Visits, site: RunningSite
) -> None:
    page = _with_text_kept(visits, site, "BDI")
    section = page.url
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/reports")
    end_sessions(site)
    page.goto("/states")
    page.goto("/reports")
    expect_kept(page, 1)
    sign_in(page, "focal.bdi@example.org")
    page.goto(section)
    page.get_by_role("button", name="Put it back").click()
    expect(save_state(page, 25)).to_contain_text("Saved at")
    other = page.context.new_page()
    other.goto("/account")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url(site.url + "/")
    narrative(page, 25).fill("Typed without knowing.")
    page.locator("#p25 .response > button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to save")
    expect_kept(page, 1)
    page.get_by_label("E-mail address").fill("focal.bdi@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in and save").click()
    expect(narrative(page, 25)).to_have_value("Typed without knowing.")
    expect_kept(page, 0)
    found = on_disk(site, "BDI", 25)
    assert found is not None and found.narrative == "Typed without knowing."
