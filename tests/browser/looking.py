"""Looking at a page as its reader does: axe finds nothing wrong at either width, and nothing scrolls sideways."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.node.stock import packages

WIDTHS = (1280, 320)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _axe() -> str:
    return (packages() / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@dataclass
class Looked:
    browser: Browser
    url: str
    pictures: Path | None = None
    seen: set[str] = field(default_factory=set)

    def at(self, page: Page, name: str) -> None:
        """The page as it stands (what was typed and refused included), in the two widths."""
        content, cookies = page.content(), page.context.cookies()
        assert name not in self.seen, f"{name} was looked at before"
        self.seen.add(name)
        context = self.browser.new_context(bypass_csp=True)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        copy = context.new_page()
        copy.route(
            "**/*",
            lambda route: (
                route.fulfill(body=content, content_type="text/html; charset=utf-8")
                if route.request.is_navigation_request()
                else route.continue_()
            ),
        )
        copy.goto(page.url.partition("#")[0])
        copy.evaluate(_axe())
        for width in WIDTHS:
            copy.set_viewport_size({"width": width, "height": 800})
            if self.pictures:
                copy.screenshot(path=self.pictures / f"{name}-{width}.png", full_page=True)
            found: dict[str, Any] = copy.evaluate("rules => axe.run(document, {runOnly: rules})", _RULES)
            wide = copy.evaluate("document.documentElement.scrollWidth")
            wrong = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
            assert not wrong, (name, width, wrong)
            assert wide <= width, f"{name} scrolls sideways at {width} px: {wide}"
        context.close()
