"""A real server and a real browser. Each test fails if any window saw an error."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.site import DELIVERED, RunningSite, made_once, running
from tests.browser.visits import Visits

IMAGES = Path(__file__).parents[2] / "docs" / "images"
expect.set_options(timeout=15_000)  # machines that test are busy

# The first has no windows, menus and pages of its own, which take half of the others' time.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-default-browser-check",
)


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> str:
    """The browser; without one the tests are skipped here and fail where they must run."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        reason = "no Chromium is installed; the browser tests need it (Debian: chromium)"
        if os.environ.get("CI") or request.config.getoption("--browser-tests"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests; each window has a fresh profile."""
    browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
    yield browser
    browser.close()


@pytest.fixture
def visits(browser: Browser) -> Iterator[Visits]:
    """Opens windows; at the end none may have seen an error."""
    visits = Visits(browser)
    yield visits
    visits.close()
    assert not visits.problems


@pytest.fixture(scope="module")
def site(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with the seed and nobody in it, for the tests of one module."""
    with running(tmp_path_factory.mktemp("site"), made_once(made / "seed")) as site:
        yield site


@pytest.fixture(scope="session")
def demonstration(
    demonstrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSite]:
    """The demonstration, for tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("demonstration")
    with running(folder, demonstrated, demonstration=True) as site:
        yield site


@pytest.fixture(scope="module")
def changing_demonstration(
    demonstrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSite]:
    """A demonstration of its own, for the tests of one module that work in it."""
    folder = tmp_path_factory.mktemp("changing")
    with running(folder, demonstrated, demonstration=True) as site:
        yield site


@pytest.fixture(scope="module")
def demonstration_as_delivered(
    demonstrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSite]:
    """The same in the languages that are delivered."""
    folder = tmp_path_factory.mktemp("delivered")
    with running(folder, demonstrated, demonstration=True, languages=DELIVERED) as site:
        yield site


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where pictures of pages go."""

    folder: Path

    def take(self, page: Page, name: str) -> None:
        """What the window shows now."""
        page.screenshot(path=self.folder / f"{name}.png", animations="disabled", caret="hide")


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    """The project's own folder where they were asked for, else one that is thrown away."""
    if not os.environ.get("TRACKER_TEST_PICTURES"):
        return Pictures(tmp_path)
    IMAGES.mkdir(parents=True, exist_ok=True)
    return Pictures(IMAGES)
