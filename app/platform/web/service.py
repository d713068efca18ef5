"""The service's own routes: health, metrics, and the page behind each problem's type."""

import hmac
import html
from contextlib import suppress
from dataclasses import asdict

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MutexValue, ValueClass
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from app.platform.access.errors import NotFound, Unauthenticated
from app.platform.db import migrate
from app.platform.web import gauges
from app.platform.web.problems import DOCUMENTED, STATUS, known_problems, problem
from app.platform.words.contradictions import CONTRADICTIONS
from app.platform.worker import tallies

router = APIRouter(tags=["service"])


@router.get("/healthz", summary="Is the process alive?", operation_id="healthz")
async def healthz() -> JSONResponse:
    """200 as long as the process answers at all."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", summary="Can it serve: database, migrations, queue?", operation_id="readyz")
async def readyz(request: Request) -> JSONResponse:
    """503 while the database does not answer or its tables are not those that this version expects. `worker` is away when none
    gave a sign of life for a minute: requests are answered then, but mails and deadlines wait.

    With the metrics token it says how much work waits, too: to others, such a number would tell what nobody is to see.
    """
    checks: dict[str, object] = {}
    try:
        async with request.app.state.db.engine.connect() as connection:
            revision = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
            checks = {"database": "ok", "migrations": "ok" if revision == migrate.newest() else "behind"}
            if checks["migrations"] == "ok":
                standing = await tallies.standing(connection)
                checks["worker"] = standing.worker
                if _may_count(request):
                    checks |= asdict(standing)
    except Exception as error:  # whatever it is, the answer is: not ready
        checks = {"database": type(error).__name__}
    ready = checks.get("migrations") == "ok"
    return JSONResponse({"status": "ready" if ready else "not ready", **checks}, 200 if ready else 503)


@router.get("/metrics", summary="Prometheus metrics", operation_id="metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """For whoever sends METRICS_TOKEN as a bearer token; without one set, for this machine alone."""
    if not _may_count(request):
        return problem(
            request, Unauthenticated("Send METRICS_TOKEN, which the operator sets, as 'Authorization: Bearer …'.")
        )
    standing = None
    with suppress(Exception):  # what this process counted is told without the database, too
        async with request.app.state.db.engine.connect() as connection:
            standing = await tallies.standing(connection)
    told = generate_latest(_registry()) + generate_latest(gauges.of(standing, request.app.version))
    return Response(told, media_type=CONTENT_TYPE_LATEST)


def _may_count(request: Request) -> bool:
    """Whether this reader gets numbers: it sends the token; or none is set, and only this machine reaches the service."""
    settings = request.app.state.settings
    if not settings.metrics_token:
        return bool(settings.on_loopback)
    given = request.headers.get("authorization", "").encode()
    return hmac.compare_digest(given, f"Bearer {settings.metrics_token}".encode())


def _registry() -> CollectorRegistry:
    """What this process counted; or all processes of the service, where there are several."""
    if ValueClass is MutexValue:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


_PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - Cobid</title>
<style>body{{font:1.125rem/1.6 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;
background:#fff}}code,pre{{background:#f0f0f0;padding:.1em .3em;overflow-wrap:anywhere}}a{{color:#0b5394}}
pre{{font-size:.85rem;overflow-x:auto;padding:.6em}}summary{{padding:.3em 0}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """A small plain page, readable without scripts. `body` is HTML that the caller has escaped."""
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}  # a page may hold a mail's token
    return HTMLResponse(_PAGE.format(title=html.escape(title), body=body), status, headers)


@router.get(
    "/problems/{code}",
    summary="What a problem means",
    operation_id="get_problem_page",
    response_class=HTMLResponse,
    responses={404: {"description": "There is no such problem.", "content": DOCUMENTED}},
)
async def get_problem_page(request: Request, code: str) -> Response:
    """The page that a problem's `type` resolves to: what happened, and what to do next."""
    found = known_problems().get(code)
    if found is None and (contradiction := CONTRADICTIONS.get(code)):
        return page(contradiction.title, f"<p>{html.escape(contradiction.explanation)}</p>")
    if found is None:
        return problem(request, NotFound())
    body = (
        f"<p>{html.escape(found.explanation)}</p><p>Code: <code>{html.escape(code)}</code>, "
        f"HTTP status {STATUS[found.kind]}.</p><p>The answer itself says more under <code>detail</code> and "
        "<code>errors</code>. If you cannot go on, give your operator its <code>request_id</code>.</p>"
    )
    return page(found.title, body)
