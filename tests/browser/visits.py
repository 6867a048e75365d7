"""Browser windows that are watched: an error or a request to another host fails the test."""

import re
from urllib.parse import urlsplit

import pyotp
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.browser.site import RunningSite

PASSWORD = "lantern orbit quilt 27"
REFUSED = re.compile(r"responded with a status of (\d+)")
NO_CONNECTION = "net::ERR_INTERNET_DISCONNECTED"


class Visits:
    """Opens windows on a site and collects what went wrong in any of them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []
        self.expected_statuses: set[int] = set()
        self.expected_hosts: set[str] = set()  # beside the site's own
        self.connection_may_fail = False

    def open(
        self,
        site: RunningSite,
        *,
        scripts: bool = True,
        width: int = 1280,
        height: int = 900,
        locale: str = "en-GB",
    ) -> Page:
        """A window with a profile of its own; its pages may be addressed by path."""
        context = self._browser.new_context(
            base_url=site.url,
            java_script_enabled=scripts,
            viewport={"width": width, "height": height},
            locale=locale,
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        host = urlsplit(site.url).netloc
        context.on("request", lambda request: self._check_host(request, host))
        context.on("console", self._check_message)
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        return context.new_page()

    def _check_host(self, request: Request, host: str) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc not in (
            host,
            *self.expected_hosts,
        ):
            self.problems.append(f"asked another host: {request.url}")

    def _check_message(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        refused = REFUSED.search(message.text)
        if refused and int(refused[1]) in self.expected_statuses:
            return
        if self.connection_may_fail and NO_CONNECTION in message.text:
            return
        where = message.location.get("url", "")
        self.problems.append(f"{message.type} on {where}: {message.text}")

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()


def sign_in(page: Page, email: str, password: str = PASSWORD, *, done: str = "") -> None:
    """Through the sign-in page, until the page ``done`` or any but one of signing in."""
    page.goto("/sign-in?fresh=1")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: done in url if done else "/sign-in" not in url)


def set_up_second_step(page: Page) -> str:
    """Give an app the key that the page shows, as the secretariat must; gives the secret."""
    secret = page.locator(".secret code").inner_text().replace(" ", "")
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".codes code")).to_have_count(10)
    page.locator("main .actions a").click()
    return secret
