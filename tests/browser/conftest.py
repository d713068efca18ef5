"""One Chromium for a file, the system's. Without one the journeys are skipped, and CI takes that for a failure."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.looking import Looked
from tests.factories import World

PHONE = {"width": 320, "height": 740}
DESK = {"width": 1280, "height": 900}
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str:
    """Where it is; skips the test, loudly, where there is none."""
    found = os.environ.get("CHROMIUM") or next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        why = "NO CHROMIUM HERE: the journeys through the pages were not tried (apt install chromium, or set CHROMIUM)"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Stopped after each file: while it runs it holds this thread's event loop, which other tests start one of their own in."""
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, world: World) -> Iterator[NewPage]:
    """A browser of somebody's own, at the service. Any break of the pages' policy fails the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def make(size: dict[str, int] = DESK, scripts: bool = False) -> Page:
        context = browser.new_context(viewport=size, java_script_enabled=scripts, base_url=world.url, locale="en-GB")
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in opened:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def look(browser: Browser, world: World) -> Looked:
    """Looks at pages with axe, at both widths; PICTURES names a folder for pictures of them."""
    folder = os.environ.get("PICTURES")
    return Looked(browser, world.url, Path(folder) if folder else None)
