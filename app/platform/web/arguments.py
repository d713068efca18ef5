"""What a route's function takes beside its context: read from the path, the query, the headers and the body.

The framework's own reading solves dependencies, which no route here has, and would take as long as all the rest of the
edge. Types and defaults mean what they mean to the framework, so the OpenAPI document, which it makes, is true of them.
"""

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from fastapi.exceptions import RequestValidationError
from fastapi.params import Header
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

MISSING = inspect.Parameter.empty
"""What stands for a value that was not sent, and for a default that there is not."""


@dataclass
class Argument:
    """One parameter of the function. `place` is path, query, header or body; `sent_as` its name there."""

    name: str
    place: str
    sent_as: str
    kind: Any
    default: Any = MISSING

    @cached_property
    def _validate(self) -> Callable[..., Any]:
        # Made by the first request that needs it: the start would be longer by all of them.
        return TypeAdapter(self.kind).validate_python

    def sent(self, request: Request, path: Mapping[str, str], body: Any) -> Any:
        if self.place == "path":
            return path[self.sent_as]
        if self.place == "body":
            return body
        if self.place == "header":  # which may come several times, and means the same as one with commas
            return ", ".join(request.headers.getlist(self.sent_as)) or MISSING
        return request.query_params.get(self.sent_as, MISSING)

    def read(self, sent: Any) -> Any:
        """The value that the function gets; ValidationError where it is none."""
        if self.kind is str:
            return sent
        return self._validate(sent, from_attributes=True)


class Arguments:
    """The arguments of one route's function, whose first parameter is the context."""

    def __init__(self, endpoint: Callable[..., Any], path: Collection[str]) -> None:
        hints = get_type_hints(endpoint, include_extras=True)
        _here, *others = inspect.signature(endpoint).parameters.values()
        self._all = [_argument(each, hints[each.name], path) for each in others]
        self.queries = frozenset(each.sent_as for each in self._all if each.place == "query")
        self.takes_body = any(each.place == "body" for each in self._all)

    def read(self, request: Request, path: Mapping[str, str], body: Any = MISSING) -> dict[str, Any]:
        """The function's keyword arguments; RequestValidationError with everything that is wrong with them."""
        read: dict[str, Any] = {}
        wrong: list[dict[str, Any]] = []
        for each in self._all:
            sent = each.sent(request, path, body)
            if sent is MISSING and each.default is not MISSING:
                read[each.name] = each.default
                continue
            where = ("body",) if each.place == "body" else (each.place, each.sent_as)
            if sent is MISSING:
                wrong.append({"type": "missing", "loc": where, "msg": "Field required"})
                continue
            try:
                read[each.name] = each.read(sent)
            except ValidationError as error:
                wrong += [{**found, "loc": (*where, *found["loc"])} for found in error.errors(include_url=False)]
        if wrong:
            raise RequestValidationError(wrong)
        return read


def _argument(parameter: inspect.Parameter, kind: Any, path: Collection[str]) -> Argument:
    name = parameter.name
    if name in path:
        return Argument(name, "path", name, kind)
    if name == "body":
        return Argument(name, "body", name, kind, parameter.default)
    if any(isinstance(extra, Header) for extra in getattr(kind, "__metadata__", ())):
        return Argument(name, "header", name.replace("_", "-"), kind, parameter.default)
    return Argument(name, "query", name, kind, parameter.default)
