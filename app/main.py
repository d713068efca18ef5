"""Wiring only: the application from its settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from app import VERSION, capabilities
from app.bid.text.live.lifespan import running as live_editing
from app.commissioning.webhooks import documented as messages
from app.people.accounts.passwords import Passwords
from app.platform.access.errors import NotFound, Refusal
from app.platform.access.permissions import PERMISSIONS
from app.platform.capability import joined
from app.platform.db.engine import connect
from app.platform.web import documented, examples, fields
from app.platform.web.dispatch import Dispatcher
from app.platform.web.docs_page import router as docs_router
from app.platform.web.edge import Route
from app.platform.web.guard import PARAMETER_OF
from app.platform.web.half_sent import Seats
from app.platform.web.hosts import OwnHostsOnly
from app.platform.web.middleware import Envelope
from app.platform.web.problems import (
    DOCUMENTED,
    MethodNotAllowed,
    ProblemOut,
    Unreadable,
    from_validation,
    problem,
    server_error,
)
from app.platform.web.service import router as service_router
from app.settings import Settings

EXPOSED = [
    "ETag",
    "Location",
    "Link",
    "Retry-After",
    "X-Request-ID",
    "Next-Cursor",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Idempotency-Replayed",
    "Content-Disposition",
    "Cobid-Characters-Replaced",
    "Cobid-Pages",
    "Cobid-Page-Limit",
    "Cobid-Pages-Over",
]


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The whole service. `database_url` is where the database is (embedded or not), `settings` all the rest."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.db = await connect(database_url, settings)
        async with live_editing(app):
            yield
        if hasattr(app.state, "renderings"):
            await app.state.renderings.close()
        await app.state.db.close()

    app = Service(
        title="Cobid",
        version=VERSION,
        summary="Joint bids that every partner really agreed to",
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
        openapi_url=None,  # answered by `docs_page`, which holds nobody up while it is put together
        docs_url=None,
        redoc_url=None,
        # Nothing here exports it (/metrics and the log do), and asking each time whether somebody does is not free.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    rooms = capabilities.join().capabilities
    app.state.passwords = Passwords(settings)
    app.state.half_sent = Seats(settings.half_sent)
    for router in (service_router, docs_router, *(router for room in rooms for router in room.routers)):
        app.router.routes.extend(router.routes)
    app.dispatcher = Dispatcher(app.router.routes)
    app.router.routes.insert(0, app.dispatcher)
    _handle_what_is_left(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    _check_table(app)
    return app


class Service(FastAPI):
    """The framework's application within what every answer goes through, a server error's too."""

    dispatcher: Dispatcher

    def build_middleware_stack(self) -> ASGIApp:
        stack = super().build_middleware_stack()
        if origins := self.state.settings.origins:
            stack = CORSMiddleware(
                stack,
                allow_origins=origins,
                allow_credentials=True,
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=["*"],
                expose_headers=EXPOSED,
                max_age=600,
            )
        if not self.state.settings.public_url:
            stack = OwnHostsOnly(stack, self.state.settings)
        return Envelope(stack)


def _handle_what_is_left(app: Service) -> None:
    """Problems for what happens outside any route of the edge."""

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return problem(request, NotFound())
        if error.status_code == 405:
            allowed = {
                "Allow": ", ".join(app.dispatcher.methods(request.scope["path"])) or (error.headers or {})["Allow"]
            }
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=allowed)
            answer = problem(request, MethodNotAllowed())
            answer.headers.update(allowed)
            return answer
        return problem(request, Unreadable(str(error.detail)), error.status_code)

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> Response:
        return problem(request, from_validation(error))

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> Response:
        return problem(request, error)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        return server_error(request, error)


def _check_table(app: FastAPI) -> None:
    """What is declared nowhere, or twice, stops the service from starting: names, permission rows, path parameters."""
    routes = api_routes(app)
    names = [route.name for route in routes]
    if twice := {name for name in names if names.count(name) > 1}:
        raise RuntimeError(f"two routes share a name: {sorted(twice)}")
    if missing := set(names) - set(PERMISSIONS):
        raise RuntimeError(f"routes without a row in app/platform/access/permissions.py: {sorted(missing)}")
    known = set(joined().parameters) | set(PARAMETER_OF.values())
    if unknown := {name for route in routes for name in route.param_convertors} - known:
        raise RuntimeError(f"path parameters that no room declares: {sorted(unknown)}")


def api_routes(app: FastAPI) -> list[Route | APIRoute]:
    return [route for route in app.routes if isinstance(route, Route | APIRoute) and route.include_in_schema]


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        settings: Settings = app.state.settings
        schema = get_openapi(
            title=app.title,
            version=API_VERSION,
            summary=app.summary,
            routes=[route.documented if isinstance(route, Route) else route for route in api_routes(app)],
            description=DESCRIPTION,
            openapi_version="3.1.0",
            servers=[{"url": settings.base_url, "description": "This service."}],
            contact={"name": "Whoever runs this service", "url": settings.base_url},
            license_info={"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        )
        components = schema.setdefault("components", {})
        problems = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = components.setdefault("schemas", {})
        schemas.update({name: value for name, value in problems.pop("$defs", {}).items()})
        schemas["Problem"] = problems
        _name_problems(schema)
        documented.complete(schema, api_routes(app))
        fields.describe(schema)
        examples.add(schema)
        schema["webhooks"] = messages.section()
        app.openapi_schema = schema
    return app.openapi_schema


def _name_problems(schema: dict[str, Any]) -> None:
    """What the framework would answer with is answered as a problem here, so that is what is documented."""
    for methods in schema["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                if "HTTPValidationError" in str(answer.get("content")):
                    answer["content"] = DOCUMENTED
    for unused in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(unused, None)


API_VERSION = "1"
"""Of `/v1`, whose calls stay as they are while it stands; the program has its own number (`app.VERSION`)."""

DESCRIPTION = """
Several organisations write, agree, sign and submit one joint bid. Start with `POST /v1/people`, confirm the mail,
sign in with `POST /v1/sessions` and send the token as `Authorization: Bearer …`.

Every problem is `application/problem+json`; its `type` is a page that says what to do. Whatever changes needs the
ETag that you read, in `If-Match`. Every POST takes an `Idempotency-Key`, so that a retry has one effect.
""".strip()
