"""Mail on a phone: what could not be sent, and the way to a new password."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import RunningSite
from tests.browser.test_pages import Findings
from tests.browser.visits import Visits, sign_in
from tracker.cli.demo import PASSWORD

pytestmark = pytest.mark.browser
GIVEN_UP = (
    "UPDATE outgoing_mail SET state = 'dead', attempts = 1,"
    " error = 'recipient-refused: 550 5.1.1 <someone@states.example>: no such user here'"
    " WHERE id IN (SELECT id FROM outgoing_mail WHERE state = 'queued' ORDER BY id LIMIT 2)"
)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_what_was_given_up_fits_a_phone_and_is_tried_again_by_keyboard(
    visits: Visits, changing_demonstration: RunningSite, language: str
) -> None:
    changing_demonstration.alter(GIVEN_UP)
    page = visits.open(changing_demonstration, width=320)
    sign_in(page, "administrator@secretariat.example", PASSWORD)
    page.goto(f"/admin/mail?lang={language}")
    rows = page.locator("#dead-mail tbody tr")
    expect(rows).to_have_count(2)
    findings = Findings(page)
    findings.check_access()
    findings.check_width(320)
    assert not findings.found, "\n".join(findings.found)
    rows.first.locator("button").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    page.locator("#dead-mail button").press("Enter")
    expect(page.locator("#dead-mail")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_lost_password_is_asked_for_from_the_sign_in_page(
    visits: Visits, changing_demonstration: RunningSite, scripts: bool
) -> None:
    page = visits.open(changing_demonstration, scripts=scripts, width=320)
    page.goto("/sign-in")
    page.locator('a[href="/forgotten-password"]').click()
    page.locator("[name=email]").fill("nobody@states.example")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Look into your mailbox")
    findings = Findings(page)
    if scripts:
        findings.check_access()
    findings.check_width(320)
    assert not findings.found, "\n".join(findings.found)
