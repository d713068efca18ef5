"""`/docs`: every call, written out of the OpenAPI document as one plain page.

No scripts and nothing from other hosts: it works without the internet, is read by a screen reader from top to bottom, and
no stranger's code runs where people are signed in.
"""

import html
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.web.service import page

router = APIRouter(include_in_schema=False)
Json = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@router.get("/")
async def start() -> Response:
    """Whoever opens the bare address wants to know what is here."""
    return RedirectResponse("/docs", 307)


@router.get("/docs")
async def docs(request: Request) -> Response:
    return page("Every call", _written(request.app))


@cache
def _written(app: FastAPI) -> str:
    document = app.openapi()
    groups: dict[str, list[str]] = {}
    for path, calls in document["paths"].items():
        for method in METHODS:
            if method in calls:
                groups.setdefault(_group(calls[method]), []).append(_call(method, path, calls[method]))
    links = "".join(f'<li><a href="#{_id(name)}">{html.escape(name)}</a></li>' for name in groups)
    parts = "".join(f'<h2 id="{_id(name)}">{html.escape(name)}</h2>{"".join(calls)}' for name, calls in groups.items())
    return (
        f"{_paragraphs(document['info']['description'])}"
        '<p>For tools and generated clients: <a href="/openapi.json">the OpenAPI 3.1 document</a>.</p>'
        f'<nav aria-label="Groups of calls"><ul>{links}</ul></nav>{parts}'
    )


def _group(call: Json) -> str:
    return str((call.get("tags") or ["other"])[0]).replace("-", " ").capitalize()


def _id(name: str) -> str:
    return "group-" + re.sub(r"\W+", "-", name.lower())


def _call(method: str, path: str, call: Json) -> str:
    named = html.escape(call["operationId"], quote=True)
    inside = _paragraphs(call.get("description", "")) + _parameters(call.get("parameters", ()))
    for kind, content in call.get("requestBody", {}).get("content", {}).items():
        inside += _example(f"Send ({kind})", content)
    for status, answer in call["responses"].items():
        what = answer["description"] if not status.startswith("2") else "Done"
        told = [_example(f"{status} ({kind})", content) for kind, content in answer.get("content", {}).items()]
        inside += "".join(told) if status.startswith("2") and any(told) else f"<p>{status}: {html.escape(what)}</p>"
    return (
        f'<details id="{named}"><summary><code>{method.upper()} {html.escape(path)}</code> '
        f"{html.escape(call.get('summary', ''))}</summary><p>Name: <code>{named}</code></p>{inside}</details>"
    )


def _parameters(found: Any) -> str:
    rows = "".join(
        f"<li><code>{html.escape(p['name'])}</code> in the {html.escape(p['in'])}"
        f"{', required' if p.get('required') else ''}"
        f"{': ' + html.escape(p['description']) if p.get('description') else ''}</li>"
        for p in found
    )
    return f"<ul>{rows}</ul>" if rows else ""


def _example(label: str, content: Json) -> str:
    if "example" not in content:
        return f"<p>{html.escape(label)}</p>"
    shown = html.escape(json.dumps(content["example"], indent=2, ensure_ascii=False))
    return f'<p>{html.escape(label)}, for example:</p><pre tabindex="0">{shown}</pre>'


def _paragraphs(text: str) -> str:
    """Text with `code` in backquotes, a paragraph for each gap."""
    found = []
    for part in filter(None, text.split("\n\n")):
        pieces = html.escape(part).split("`")
        found.append(f"<p>{''.join(f'<code>{p}</code>' if i % 2 else p for i, p in enumerate(pieces))}</p>")
    return "".join(found)
