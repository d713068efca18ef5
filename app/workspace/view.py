"""What templates call: the environment, the words, times, money, and users' Markdown made safe."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup

from app.platform.words.catalogue import load
from app.workspace import addresses, dates

_HERE = Path(__file__).parent
WORDS = load(_HERE / "words")
ENGLISH = WORDS["en"]
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable("image")
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "code", "pre", "hr"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A built file, as it is sent: its name holds what it is made of, so browsers keep it for good."""

    name: str
    media_type: str
    content: bytes
    zipped: bytes

    @property
    def address(self) -> str:
        return f"/assets/{self.name}"


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    name = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
    kind = mimetypes.types_map.get(path.suffix, "application/octet-stream")
    return Asset(name, kind, content, gzip.compress(content, mtime=0))


ASSETS = {path.name: _asset(path) for path in sorted((_HERE / "assets").iterdir())}


def markdown(text: str | None) -> Markup:
    """Somebody's Markdown as safe HTML. Headings become paragraphs: the page's own outline stays whole."""
    tokens = _MARKDOWN.parse(text or "")
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"
    made = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Markup(nh3.clean(made, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}))  # noqa: S704  nh3 made it safe


def money(given: dict[str, Any] | None) -> str:
    """'£12,000', with pence only where there are any."""
    if not given:
        return ""
    whole, _, pence = str(given["amount"]).partition(".")
    sign, whole = ("–", whole[1:]) if whole.startswith("-") else ("", whole)
    mark = {"GBP": "£", "EUR": "€", "USD": "$"}.get(given["currency"], f"{given['currency']} ")
    return f"{sign}{mark}{int(whole):,}" + (f".{pence:0<2}" if pence.strip("0") else "")


def left(text: str | None, zone: str | None = dates.HOME) -> str:
    """'today', 'tomorrow', 'in 5 days': how much time there is."""
    if not text:
        return ""
    days = dates.days_left(text, zone)
    if days < 0:
        return ENGLISH("time.over")
    return ENGLISH(f"time.{days}") if days < 2 else ENGLISH("time.many", n=days)


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(when=dates.when, day=dates.day, left=left, money=money, markdown=markdown)
    made.filters["onward"] = lambda address, onward: addresses.to(address, next=onward)
    made.filters["query"] = addresses.to
    made.globals.update(w=ENGLISH, css=ASSETS["app.css"].address, mark=ASSETS["mark.svg"].address)
    return made


TEMPLATES = _environment()
