"""The edge: the routes of the service, each of which answers through `Running`, and what a fault below means."""

import warnings
from collections.abc import Callable, Coroutine
from typing import Any, get_args, get_type_hints

import asyncpg
import structlog
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from pydantic.warnings import UnsupportedFieldAttributeWarning
from sqlalchemy.exc import InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from app.platform.access.errors import Refusal
from app.platform.access.permissions import PERMISSIONS
from app.platform.web import paging
from app.platform.web.problems import DOCUMENTED, ServiceUnavailable, from_validation, problem, server_error
from app.platform.web.running import Options as Options
from app.platform.web.running import Running

log = structlog.get_logger("cobid.web")
# The framework silences this one about its own fields while it builds them; ours are built later (`Route`).
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)


class Route(APIRoute):
    """An APIRoute whose handler is the edge. The row of the permission table is found by the function's name."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Keeps no more than it takes to find the route. The rest is built when it is first asked for: reading the
        parameters and models of all routes would be half of the service's start."""
        self.path, self.endpoint = path, endpoint
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self.methods = set(options["methods"])
        self.name = options.get("name") or endpoint.__name__
        self.include_in_schema = options.get("include_in_schema", True)
        self._options: dict[str, Any] | None = options

    def __getattr__(self, name: str) -> Any:
        if self.__dict__.get("_options") is None:
            raise AttributeError(name)
        self.build()
        return getattr(self, name)

    def build(self) -> None:
        """Once, on the event loop: it is not made for several threads."""
        options, self._options = self._options, None
        if options is None:
            return
        for kind in get_type_hints(self.endpoint).values():
            for model in (kind, *get_args(kind)):
                if isinstance(model, type) and issubclass(model, BaseModel):
                    model.model_rebuild()  # schemas are made when they are first needed; the framework needs a body's
        super().__init__(self.path, self.endpoint, **options)
        if self.answers_itself:
            self.app = _bare(self.get_route_handler())

    @property
    def edge_options(self) -> Options:
        found: Options = getattr(self.endpoint, "edge_options", Options())
        return found

    @property
    def answers_itself(self) -> bool:
        return self.edge_options.direct or self.edge_options.at_once

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()
        operation = self.endpoint.__name__
        rule = PERMISSIONS[operation]
        options = self.edge_options
        if self.answers_itself:
            inner = _directly(self.endpoint)
        takes_body = self.body_field is not None
        queries = frozenset(field.alias for field in self.dependant.query_params)

        async def handle(request: Request) -> Response:
            try:
                return await Running(request, operation, rule, options, takes_body, queries, inner).answer()
            except Refusal as refusal:
                if refusal.kind == "forbidden":
                    log.warning("refused", operation=operation, code=refusal.code)
                return problem(request, refusal)
            except RequestValidationError as error:
                return problem(request, from_validation(error))
            except _GONE as error:
                log.error("database-unavailable", operation=operation, error=type(error).__name__)
                return problem(request, ServiceUnavailable(retry_after=2))
            except (StatementError, asyncpg.PostgresError, asyncpg.InternalClientError) as error:
                return problem(request, _of_database(error, operation, "cursor" in request.query_params))

        async def handle_faults(request: Request) -> Response:
            # Here, not in the framework's outermost handler: a browser client is to read the answer and its request id.
            try:
                return await handle(request)
            except Exception as error:
                return server_error(request, error)

        return handle_faults


_GONE = (OperationalError, InterfaceError, PoolTimeout, asyncpg.InterfaceError, OSError)
"""What the driver says of a connection that is no more."""


def _of_database(
    error: StatementError | asyncpg.PostgresError | asyncpg.InternalClientError, operation: str, paged: bool
) -> Refusal:
    """What a failed statement means for who asked; raised again where it is a fault of ours."""
    cause = error.orig if isinstance(error, StatementError) else error
    code = str(getattr(cause, "sqlstate", None) or "")
    if isinstance(getattr(cause, "__cause__", None) or cause, asyncpg.InternalClientError):
        code = "08006"  # the driver, of a connection that broke in the middle of an answer
    if code in ("55P03", "40P01", "40001"):
        return ServiceUnavailable("Somebody else is at work on this just now.", retry_after=1)
    if code.startswith(("08", "57P")):
        log.error("database-unavailable", operation=operation, error=type(cause).__name__)
        return ServiceUnavailable(retry_after=2)
    if paged and _does_not_fit(cause, code):
        return paging.bad_cursor()
    raise error


def _does_not_fit(cause: object, code: str) -> bool:
    """A value that its column cannot take, seen by driver or database (class 22): with a list, its cursor."""
    seen = getattr(cause, "__cause__", None) or cause
    return isinstance(seen, asyncpg.DataError | ValueError) or code.startswith("22")


def _directly(endpoint: Callable[..., Any]) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """Call a route that takes the path and perhaps a `body`, as the framework would."""
    model: type[BaseModel] | None = get_type_hints(endpoint).get("body")

    async def inner(request: Request) -> Response:
        taken = dict(request.path_params)
        if model is not None:
            taken["body"] = _validated(model, request)
        response: Response = await endpoint(request.scope["cobid.context"], **taken)
        return response

    return inner


def _validated(model: type[BaseModel], request: Request) -> BaseModel:
    if not hasattr(request, "_json"):
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
    try:
        return model.model_validate(request._json)
    except ValidationError as error:
        raise RequestValidationError([{**found, "loc": ("body", *found["loc"])} for found in error.errors()]) from error


def _bare(handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> ASGIApp:
    """Without the framework's stacks for dependencies, of which such a route has none."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handle(Request(scope, receive, send))
        await response(scope, receive, send)

    return app


_COMMON = {
    401: "Not signed in.",
    403: "Seen, but not allowed.",
    404: "Not there, or not for you.",
    422: "Not right.",
    503: "Not just now.",
}
_BODY = {400: "Not JSON.", 413: "Too large.", 415: "Not JSON."}
_CHANGE = {409: "Not in this state.", 412: "Changed meanwhile.", 428: "No If-Match."}


class Router(APIRouter):
    """A router of the edge. `post(..., edge=Options(...))` says what a route asks beyond the usual."""

    def __init__(self, *, tags: list[str], prefix: str = "/v1") -> None:
        super().__init__(
            prefix=prefix, tags=list(tags), route_class=Route, generate_unique_id_function=lambda route: route.name
        )

    def add_api_route(
        self, path: str, endpoint: Callable[..., Any], *, edge: Options | None = None, **options: Any
    ) -> None:
        if edge is not None:
            endpoint.edge_options = edge  # type: ignore[attr-defined]
        known = _problems(options.get("methods") or [], edge or Options())
        options["responses"] = {**known, **(options.get("responses") or {})}
        super().add_api_route(path, endpoint, **options)

    def api_route(self, path: str, *, edge: Options | None = None, **options: Any) -> Callable[[Any], Any]:
        def decorate(endpoint: Any) -> Any:
            self.add_api_route(path, endpoint, edge=edge, **options)
            return endpoint

        return decorate

    def get(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self.api_route(path, methods=["GET"], **options)

    def post(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self.api_route(path, methods=["POST"], **options)

    def put(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self.api_route(path, methods=["PUT"], **options)

    def patch(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self.api_route(path, methods=["PATCH"], **options)

    def delete(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self.api_route(path, methods=["DELETE"], **options)


def _problems(methods: list[str], edge: Options) -> dict[int | str, dict[str, Any]]:
    known = dict(_COMMON)
    if set(methods) & {"POST", "PUT", "PATCH", "DELETE"}:
        known |= {**_BODY, 409: _CHANGE[409]}
    if set(methods) & {"PUT", "PATCH", "DELETE"} and edge.versioned:
        known |= _CHANGE
    if edge.limited:
        known[429] = "Too many tries."
    return {status: {"description": words, "content": DOCUMENTED} for status, words in known.items()}
