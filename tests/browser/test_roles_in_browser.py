"""Giving a role to somebody who has an account, and ending it: asked first, on a phone too."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import RunningSite
from tests.browser.test_pages import Findings
from tests.browser.visits import Visits, sign_in
from tracker.cli.demo import PASSWORD

pytestmark = pytest.mark.browser
ROLES_OF = (
    "SELECT m.role FROM membership m JOIN user u ON u.id = m.user_id"
    " WHERE u.email = ? AND m.ended_at IS NULL ORDER BY m.id"
)


def _check(page: Page, scripts: bool) -> None:
    findings = Findings(page)
    if scripts:
        findings.check_access()
    findings.check_width(320)
    assert not findings.found, "\n".join(findings.found)


@pytest.mark.parametrize(("scripts", "somebody"), [(True, "xab"), (False, "xad")])
def test_a_role_is_given_and_ended_only_after_a_look(
    visits: Visits, changing_demonstration: RunningSite, scripts: bool, somebody: str
) -> None:
    site, email = changing_demonstration, f"focal.{somebody}@states.example"
    page = visits.open(site, scripts=scripts, width=320)
    sign_in(page, "administrator@secretariat.example", PASSWORD)
    page.goto("/admin/people/new")
    page.locator("[name=email]").fill(email)
    page.locator("[name=name]").fill("Somebody else")
    page.locator("[name=role]").select_option("reviewer")
    page.locator("main button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("This address has an account")
    expect(page.locator(".notice-alert")).to_contain_text("a role of a State meet in this person")
    assert site.rows(ROLES_OF, email) == [("focal-point",)]
    _check(page, scripts)

    page.get_by_role("button", name="Back to the form").click()
    expect(page.locator("[name=email]")).to_have_value(email)
    page.locator("main button[type=submit]").click()
    page.get_by_role("button", name="Give this person the role").click()
    expect(page.locator("h1")).to_have_text("People and roles")
    assert site.rows(ROLES_OF, email) == [("focal-point",), ("reviewer",)]

    page.locator("tr", has_text=email).first.locator("a").click()
    page.get_by_role("link", name="End the role “Reviewer, Secretariat”…").click()
    expect(page.locator("main")).to_contain_text(email)
    assert site.rows(ROLES_OF, email) == [("focal-point",), ("reviewer",)]
    _check(page, scripts)
    page.get_by_role("button", name="End the role “Reviewer, Secretariat”").click()
    expect(page.locator("h1")).to_have_text("People and roles")
    assert site.rows(ROLES_OF, email) == [("focal-point",)]


def test_a_cycle_opened_by_mistake_goes(
    visits: Visits, changing_demonstration: RunningSite
) -> None:
    page = visits.open(changing_demonstration, scripts=False, width=320)
    sign_in(page, "administrator@secretariat.example", PASSWORD)
    page.goto("/admin/cycles/new")
    page.locator("[name=slug]").fill("wrong")
    page.locator("[name=opens_on]").fill("2031-01-01")
    page.locator("main button[type=submit]").click()
    page.get_by_role("link", name="wrong").click()
    page.get_by_role("link", name="Opened by mistake? Delete this cycle…").click()
    _check(page, False)
    page.get_by_role("button", name="Delete the cycle wrong").click()
    expect(page.locator("#cycles tbody tr")).to_have_count(2)
