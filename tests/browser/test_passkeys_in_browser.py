"""Passkeys in a real browser, with the device that Chromium plays: made, used, removed, refused."""

import copy
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import RunningSite, made_once, running
from tests.browser.test_pages import Findings
from tests.browser.visits import PASSWORD, Visits, sign_in
from tests.people import state_id
from tracker.domain.clock import system_clock
from tracker.domain.roles import OPERATOR, Role
from tracker.models import User
from tracker.services.accounts import add_user
from tracker.services.passwords import hash_password

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def named(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with a name: browsers make no passkeys for a number."""
    folder = tmp_path_factory.mktemp("named")
    with running(folder, made_once(made / "seed"), host="localhost") as site:
        yield site


def somebody(site: RunningSite, email: str, role: Role = Role.REVIEWER, iso3: str = "") -> str:
    """An account with the usual password."""
    with site.writing() as session:
        added = add_user(
            session,
            actor=OPERATOR,
            email=email,
            name="Somebody",
            role=role,
            state_id=state_id(session, iso3) if iso3 else None,
            language="en",
            clock=system_clock,
        )
        person = session.get_one(User, added.user_id)
        person.password_hash = hash_password(PASSWORD, cheap=True)
    return email


def give_device(page: Page) -> None:
    """From now on the window has a device that knows its owner and says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def add_passkey(page: Page, name: str) -> None:
    """From a page that offers one, until it is kept."""
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(lambda url: not url.endswith("/begin"))


def sign_out(page: Page) -> None:
    page.locator("[data-sign-out] button").first.click()
    page.wait_for_url("**/")


def use_passkey(page: Page) -> None:
    page.get_by_role("button", name="Use a passkey").click()


def test_it_is_added_used_and_removed(visits: Visits, named: RunningSite) -> None:
    email = somebody(named, "focal@states.example", Role.FOCAL_POINT, "FRA")
    page = visits.open(named, width=320)
    give_device(page)
    sign_in(page, email)
    page.goto("/account")
    add_passkey(page, "ministry computer")
    expect(page.locator(".codes code")).to_have_count(10)
    page.goto("/account")
    row = page.locator("#passkeys tbody tr")
    expect(row).to_contain_text("ministry computer")
    expect(row).to_contain_text("not yet")
    findings = Findings(page)
    findings.check_access()
    findings.check_width(320)

    sign_out(page)
    sign_in(page, email, done="/sign-in/code")
    findings.check_access()
    findings.check_width(320)
    assert not findings.found, "\n".join(findings.found)
    use_passkey(page)
    page.wait_for_url("**/reports")
    page.goto("/account")
    expect(row).not_to_contain_text("not yet")

    row.get_by_role("button", name="Remove ministry computer").click()
    expect(page.locator("main [role=status]")).to_contain_text("The passkey is removed")
    expect(row).to_have_count(0)
    sign_out(page)
    sign_in(page, email)
    expect(page).to_have_url(f"{named.url}/reports")


def test_the_secretariat_needs_nothing_else_and_an_answer_counts_once(
    visits: Visits, named: RunningSite
) -> None:
    visits.expected_statuses.add(401)
    email = somebody(named, "reviewer@un.example")
    page = visits.open(named)
    give_device(page)
    sign_in(page, email, done="/second-step")
    add_passkey(page, "security key")
    page.locator("main .actions a").click()
    page.wait_for_url("**/review")

    sign_out(page)
    sign_in(page, email, done="/sign-in/code")
    with page.expect_request("**/sign-in/passkey") as sent:
        use_passkey(page)
    page.wait_for_url("**/review")
    (heard,) = parse_qs(sent.value.post_data or "")["credential"]

    sign_out(page)
    sign_in(page, email, done="/sign-in/code")
    page.evaluate(
        """heard => {
            const form = document.querySelector("form[data-passkey]");
            form.elements.credential.value = heard;
            form.submit();
        }""",
        heard,
    )
    expect(page.locator("main [role=alert]")).to_contain_text("not one for this site")
    assert page.goto("/review")
    expect(page).to_have_url(f"{named.url}/sign-in/code?next=/review")
    page.get_by_role("button", name="Begin with a passkey").or_(
        page.get_by_role("button", name="Use a passkey")
    ).first.click()
    page.wait_for_url("**/review")


def test_one_of_another_origin_or_name_is_refused(
    visits: Visits, made: Path, tmp_path: Path
) -> None:
    visits.expected_statuses.update((401, 422))
    other = {"TRACKER_BASE_URL": "http://localhost:1"}  # the same name, another origin
    with running(tmp_path, made_once(made / "seed"), host="localhost", more=other) as site:
        email = somebody(site, "reviewer@un.example")
        page = visits.open(site)
        give_device(page)
        sign_in(page, email, done="/second-step")
        add_passkey(page, "security key")
        expect(page.locator("main [role=alert]")).to_contain_text("not one for this site")
        assert site.rows("SELECT id FROM passkey") == []
        assert "Unexpected client data origin" in site.log()

        numbered = copy.copy(site)  # the name for which they are made, another in the address bar
        numbered.url = f"http://127.0.0.1:{site.port}"
        elsewhere = visits.open(numbered)
        give_device(elsewhere)
        sign_in(elsewhere, email, done="/second-step")
        add_passkey(elsewhere, "security key")
        state = elsewhere.locator("[data-passkey-state]")
        expect(state).to_have_text("Your browser cannot do this here. Choose another way.")
        assert site.rows("SELECT id FROM passkey") == []


def test_without_a_device_or_a_script_the_other_ways_are_offered(
    visits: Visits, named: RunningSite
) -> None:
    visits.expected_statuses.add(422)
    email = somebody(named, "observer@un.example")
    page = visits.open(named, scripts=False)
    sign_in(page, email, done="/second-step")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("button", name="Add a passkey")).to_have_count(0)
    expect(page.locator("[data-passkey-missing]")).to_contain_text("needs JavaScript")
    page.get_by_role("link", name="Set up an app instead").click()
    expect(page.locator(".secret code")).to_be_visible()
