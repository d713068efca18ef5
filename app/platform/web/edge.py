"""The edge: the routes of the service, each of which answers through `Running`, and what a fault below means."""

import warnings
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, get_args, get_type_hints

import structlog
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.warnings import UnsupportedFieldAttributeWarning
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as PlainRoute
from starlette.types import Receive, Scope, Send

from app.platform.access.errors import Refusal
from app.platform.access.permissions import PERMISSIONS
from app.platform.web.arguments import Arguments
from app.platform.web.faults import unavailable
from app.platform.web.problems import DOCUMENTED, problem, server_error
from app.platform.web.running import Operation, Running
from app.platform.web.running import Options as Options

log = structlog.get_logger("cobid.web")
# The framework silences this one about its own fields while it builds them; with `defer_build` that comes later.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)


class Route(PlainRoute):
    """A route of the edge. The row of the permission table is found by the function's name."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        method: str,
        options: Options,
        documentation: Mapping[str, Any],
        name: str | None = None,
    ) -> None:
        """`documentation`: what the framework's own route takes, for the OpenAPI document alone."""
        super().__init__(path, endpoint, methods=[method], name=name)
        self.methods = {method}  # HEAD is asked as GET: the outermost layer sees to it
        self.options, self.documentation = options, documentation
        operation = endpoint.__name__
        if operation not in PERMISSIONS:
            raise RuntimeError(f"a route without a row in app/platform/access/permissions.py: {operation}")
        arguments = Arguments(endpoint, self.param_convertors)
        self.operation = Operation(operation, PERMISSIONS[operation], options, arguments, endpoint)
        self.app = self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        # Faults are answered here, not in the framework's outermost handler: a browser client is to read the answer and
        # its request id.
        try:
            return await Running(request, self.operation).answer()
        except Refusal as refusal:
            if refusal.kind == "forbidden":
                log.warning("refused", operation=self.name, code=refusal.code)
            return problem(request, refusal)
        except Exception as error:
            meant = unavailable(error, self.name)
            return server_error(request, error) if meant is None else problem(request, meant)

    @cached_property
    def documented(self) -> APIRoute:
        """The framework's own route of this path, from which it makes the OpenAPI document. It answers nothing."""
        for kind in get_type_hints(self.endpoint).values():
            for model in (kind, *get_args(kind)):
                if isinstance(model, type) and issubclass(model, BaseModel):
                    model.model_rebuild()  # schemas are made when they are first needed; the framework needs a body's
        return APIRoute(
            self.path,
            self.endpoint,
            methods=self.methods,
            name=self.name,
            generate_unique_id_function=lambda route: route.name,
            **self.documentation,
        )


_COMMON = {
    401: "Not signed in.",
    403: "Seen, but not allowed.",
    404: "Not there, or not for you.",
    422: "Not right.",
    503: "Not just now.",
}
_BODY = {400: "Not JSON.", 408: "Came too slowly.", 413: "Too large.", 415: "Not JSON.", 429: "Too many at once."}
_CHANGE = {409: "Not in this state.", 412: "Changed meanwhile.", 428: "No If-Match."}
_CHANGES = frozenset({"PUT", "PATCH", "DELETE"})


class Router:
    """Routes of the edge. `post(..., edge=Options(...))` says what a route asks beyond the usual; all other options
    are for the documentation."""

    def __init__(self, *, tags: list[str], prefix: str = "/v1") -> None:
        self.tags, self.prefix = tags, prefix
        self.routes: list[BaseRoute] = []

    def _route(
        self, method: str, path: str, edge: Options | None = None, name: str | None = None, **documentation: Any
    ) -> Callable[[Any], Any]:
        options = edge or Options()
        responses = {**_problems(method, options), **documentation.pop("responses", {})}
        said = {"tags": self.tags, "responses": responses, **documentation}

        def decorate(endpoint: Any) -> Any:
            self.routes.append(Route(self.prefix + path, endpoint, method, options, said, name))
            return endpoint

        return decorate

    def get(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self._route("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self._route("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self._route("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self._route("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Any], Any]:
        return self._route("DELETE", path, **options)


def _problems(method: str, edge: Options) -> dict[int | str, dict[str, Any]]:
    known = dict(_COMMON)
    if method != "GET":
        known |= {**_BODY, 409: _CHANGE[409]}
    if method in _CHANGES and edge.versioned:
        known |= _CHANGE
    if edge.limited:
        known[429] = "Too many tries."
    return {status: {"description": words, "content": DOCUMENTED} for status, words in known.items()}
