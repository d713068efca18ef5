"""`python -m tests.browser.pictures` draws the screen that the README shows: the demo's bid while its partners still write."""

import io
import tempfile
from datetime import timedelta
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import sync_playwright

from app.demo import free_port, own_service
from app.demo.caller import Caller
from app.demo.story import Story
from tests import ROOT
from tests.browser.conftest import chromium

PICTURE = ROOT / "docs" / "pictures" / "workspace-bid.png"
SIZE = {"width": 1180, "height": 1000}


def write(picture: Path = PICTURE) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with own_service(Path(folder), free_port()) as (url, _), httpx.Client(base_url=url, timeout=60) as http:
            story = Story(Caller(http, Path(folder) / "mail"), Path(folder) / "bid.pdf", timedelta(days=19))
            for act in (story.people_register, story.council_publishes, story.lead_invites, story.each_says_apart):
                act()
            story.all_see_and_agree()
            screen = _screen(url, story.lead.token, story.base.replace("/v1/proposals", "/bids"))
    # Few colours are on it, so a palette shows the same in a third of the bytes.
    Image.open(io.BytesIO(screen)).convert("RGB").quantize(96).save(picture, optimize=True)


def _screen(url: str, token: str, path: str) -> bytes:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = browser.new_context(viewport=SIZE, java_script_enabled=False, locale="en-GB")  # type: ignore[arg-type]
        context.add_cookies([{"name": "cobid", "value": token, "url": url}])
        page = context.new_page()
        page.goto(f"{url}{path}")
        made = page.screenshot()
        browser.close()
    return made


if __name__ == "__main__":
    write()
