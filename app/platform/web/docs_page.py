"""`/openapi.json`, and `/docs`: every call, written out of that document as one plain page.

No scripts and nothing from other hosts: it works without the internet, is read by a screen reader from top to bottom, and
no stranger's code runs where people are signed in.
"""

import asyncio
import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.platform.web.edge import Route
from app.platform.web.replies import reply_bytes
from app.platform.web.service import page

router = APIRouter(include_in_schema=False)
Json = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    built = await _built(request.app)
    return reply_bytes(request, built.document, tag=built.tag)


@router.get("/docs")
async def docs(request: Request) -> Response:
    return page("Every call", (await _built(request.app)).page)


@dataclass(frozen=True, slots=True)
class _Built:
    document: bytes
    tag: str
    page: str


async def _built(app: FastAPI) -> _Built:
    """Put together once, when somebody first asks: it takes seconds, in which all others are answered as ever."""
    if not hasattr(app.state, "documentation"):
        app.state.documentation = asyncio.create_task(_build(app))
    built: _Built = await asyncio.shield(app.state.documentation)
    return built


async def _build(app: FastAPI) -> _Built:
    # The models are built here, one at a time, since a request may need one at the same moment.
    for route in app.routes:
        if isinstance(route, Route):
            _ = route.documented
            await asyncio.sleep(0)
    return await asyncio.to_thread(_put_together, app)


def _put_together(app: FastAPI) -> _Built:
    document = app.openapi()
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return _Built(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"', _written(document))


def _written(document: Json) -> str:
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
