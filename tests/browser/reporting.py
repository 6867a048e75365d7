"""A State's people at work: their accounts, their report, its answers on the page and on disk."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.site import RunningSite
from tests.browser.visits import PASSWORD, sign_in
from tests.people import state_id
from tracker.domain.clock import system_clock
from tracker.domain.roles import OPERATOR, Role
from tracker.services.accounts import add_user, set_password
from tracker.services.passwords import hash_password

SAVED = """
SELECT response.narrative, response.progress, response.version
  FROM response
  JOIN national_report ON national_report.id = response.report_id
  JOIN state ON state.id = national_report.state_id
  JOIN commitment ON commitment.id = response.commitment_id
 WHERE state.iso3 = ? AND commitment.paragraph = ?
"""
REVISIONS = """
SELECT count(*)
  FROM chain_entry
  JOIN national_report ON national_report.id = chain_entry.report_id
  JOIN state ON state.id = national_report.state_id
 WHERE state.iso3 = ? AND chain_entry.kind = ?
"""


@dataclass(frozen=True, slots=True)
class OnDisk:
    """An answer of a working copy, read from the file and not through the site."""

    narrative: str
    progress: str | None
    version: int


def add_focal_point(
    site: RunningSite, iso3: str, *, name: str = "Focal", language: str = "en"
) -> str:
    """An account of a State, made as the command line makes it; its address."""
    email = f"{name.lower()}.{iso3.lower()}@example.org"
    with site.writing() as session:
        added = add_user(
            session,
            actor=OPERATOR,
            email=email,
            name=f"{name} {iso3}",
            role=Role.FOCAL_POINT,
            state_id=state_id(session, iso3),
            language=language,
            clock=system_clock,
        )
        hashed = hash_password(PASSWORD, cheap=True)
        set_password(
            session,
            actor=OPERATOR,
            user_id=added.user_id,
            password_hash=hashed,
            clock=system_clock,
        )
    return email


def begin_report(page: Page, email: str) -> str:
    """Sign in and begin the report of the one open cycle; the address of the report."""
    sign_in(page, email)
    page.goto("/reports")
    page.locator("form[action$='/reports'] button, main form button").first.click()
    page.wait_for_url("**/reports/*")
    return page.url


def progress(page: Page, paragraph: int, value: str) -> Locator:
    """One of the radio buttons."""
    return page.locator(f"[name=p{paragraph}-progress][value='{value}']")


def narrative(page: Page, paragraph: int) -> Locator:
    """The text of one answer."""
    return page.locator(f"#p{paragraph}-narrative")


def save_state(page: Page, paragraph: int) -> Locator:
    """The line under an answer that says whether it is saved."""
    return page.locator(f".response[data-paragraph='{paragraph}'] .save-state")


def save_page(page: Page) -> None:
    """The button at the end of a section; waits for the page that answers."""
    press(page, page.locator("form.responses > .actions button[type=submit]"))


def press(page: Page, button: Locator) -> None:
    """Send a form and wait for the page that answers."""
    with page.expect_navigation(wait_until="domcontentloaded"):
        button.click()


def until(page: Page, true: Callable[[], object]) -> None:
    """Let the window go on until something that must come is so."""
    deadline = time.monotonic() + 15
    while not true():
        assert time.monotonic() < deadline, "it never came"
        page.wait_for_timeout(20)


def expect_kept(page: Page, number: int, *, of: str = "unsent:") -> None:
    """That many texts are kept in the browser, once its scripts have run."""
    keys = "(of) => Object.keys(sessionStorage).filter((key) => key.includes(of))"
    until(page, lambda: len(page.evaluate(keys, of)) == number)


def submit_report(page: Page, address: str, *, twice: bool = False) -> None:
    """Submit with whatever is missing; ``twice`` clicks like a nervous hand."""
    page.goto(address + "/submit")
    page.locator("#confirmed_gaps").check()
    page.locator("#title").fill("Director")
    page.locator("#has_authority").check()
    button = page.locator("main form button[type=submit]")
    if twice:
        button.dblclick()
    else:
        button.click()
    expect(page).to_have_url(re.compile("/submissions/"))  # the first of two clicks leads nowhere


def on_disk(site: RunningSite, iso3: str, paragraph: int) -> OnDisk | None:
    """What stands in the database; ``None`` where nothing was ever saved."""
    rows = site.rows(SAVED, iso3, paragraph)
    return OnDisk(*rows[0]) if rows else None


def count_entries(site: RunningSite, iso3: str, kind: str = "response-saved") -> int:
    """How many entries of a kind the history of a State's reports has."""
    return int(site.rows(REVISIONS, iso3, kind)[0][0])


def end_sessions(site: RunningSite) -> None:
    """Let every session expire, as a night does."""
    site.alter("UPDATE session SET expires_at = created_at")
