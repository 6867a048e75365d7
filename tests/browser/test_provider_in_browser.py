"""Signing in through a provider on another host, in a real browser that holds to our policy."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from werkzeug import Request, Response

from tests.browser.site import RunningSite, made_once
from tests.browser.test_pages import Findings
from tests.browser.visits import PASSWORD, Visits, sign_in
from tests.oidc_provider import CLIENT, NAME, SECRET, Provider

pytestmark = pytest.mark.browser
EMAIL = "focal-point@example.org"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    provider = Provider()
    provider.start("localhost")  # another site than 127.0.0.1
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def site(
    made: Path, tmp_path_factory: pytest.TempPathFactory, provider: Provider
) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("provided")
    shutil.copytree(made_once(made / "seed"), folder, dirs_exist_ok=True)
    site = RunningSite(folder)
    site.more = {
        "TRACKER_OIDC_ISSUER": provider.issuer,
        "TRACKER_OIDC_CLIENT_ID": CLIENT,
        "TRACKER_OIDC_CLIENT_SECRET": SECRET,
        "TRACKER_OIDC_NAME": NAME,
    }
    try:
        site.start()
        added = ("user", "add", EMAIL, "--role", "focal-point", "--state", "FRA")
        site.tracker(*added, "--password-stdin", typed=PASSWORD)
        yield site
    finally:
        site.stop()


def asked_first(provider: Provider) -> None:
    """Let the provider show a page of its own before it sends the browser back."""

    def page(request: Request) -> Response:
        back = provider._authorise(request).headers["Location"]
        html = f'<!doctype html><title>Allow</title><a href="{back}">Allow</a>'
        return Response(html.replace("&", "&amp;"), mimetype="text/html")

    provider.answers["/authorise"] = page


def check(page: Page) -> None:
    findings = Findings(page)
    findings.check_access()
    findings.check_width(320)
    assert not findings.found, "\n".join(findings.found)


def test_an_account_is_linked_signs_in_and_is_unlinked(
    visits: Visits, site: RunningSite, provider: Provider
) -> None:
    visits.expected_hosts.add(urlsplit(provider.issuer).netloc)
    page = visits.open(site, width=320)
    sign_in(page, EMAIL)
    page.goto("/account")
    check(page)
    asked_first(provider)
    page.get_by_role("button", name="Link an account").press("Enter")
    page.get_by_role("link", name="Allow").click()
    page.wait_for_url(f"{site.url}/account#provider")
    expect(page.get_by_role("button", name="Unlink the account")).to_be_visible()

    provider.answers.clear()  # who is signed in there is sent back at once
    elsewhere = visits.open(site, scripts=False)
    elsewhere.goto("/sign-in?next=/reports")
    elsewhere.get_by_role("button", name=f"Sign in through {NAME}").press("Enter")
    elsewhere.wait_for_url(f"{site.url}/reports")

    page.get_by_role("button", name="Unlink the account").press("Enter")
    expect(page.get_by_role("button", name="Link an account")).to_be_visible()
    visits.expected_statuses.add(403)
    late = visits.open(site, width=320)
    late.goto("/sign-in")
    check(late)
    late.get_by_role("button", name=f"Sign in through {NAME}").press("Enter")
    expect(late.locator("h1")).to_have_text("This account is not linked yet")
    check(late)


def test_a_provider_may_send_people_on_to_a_third_host(
    visits: Visits, site: RunningSite, provider: Provider
) -> None:
    """As those do that know a person's own organisation; a form may not be led on so."""
    third = f"127.0.0.1:{provider.server.server_port}"

    def sent_on(request: Request) -> Response:
        address = request.url.replace(urlsplit(provider.issuer).netloc, third)
        location = address.replace("/authorise", "/third")
        return Response(status=302, headers={"Location": location})

    provider.answers |= {"/authorise": sent_on, "/third": provider._authorise}
    visits.expected_hosts |= {urlsplit(provider.issuer).netloc, third}
    visits.expected_statuses.add(403)
    page = visits.open(site)
    page.goto("/sign-in")
    page.get_by_role("button", name=f"Sign in through {NAME}").press("Enter")
    expect(page.locator("h1")).to_have_text("This account is not linked yet")
    assert "/third" in provider.asked
