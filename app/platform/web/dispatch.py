"""Finding the route of a request by the segments of its path, not by trying two hundred patterns in turn.

One route stands before all others and answers for them: it walks a tree of path segments to the few routes that can
match, and asks those. What it does not find (another method, nothing at all) falls through to the framework.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


@dataclass(slots=True)
class _Node:
    """What may follow a path so far: a word, or any segment; and the routes that end here, with their places."""

    words: dict[str, "_Node"] = field(default_factory=dict)
    anything: "_Node | None" = None
    routes: list[tuple[int, Route]] = field(default_factory=list)


class Dispatcher(BaseRoute):
    """Routes whose parameters stay within one segment; the order in which they were declared still decides."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self.root = _Node()
        for place, route in enumerate(routes):
            if isinstance(route, Route) and ":path}" not in route.path:
                self._add(place, route)

    def _add(self, place: int, route: Route) -> None:
        node = self.root
        for segment in route.path.split("/")[1:]:
            if re.search(r"[{}]", segment):
                node.anything = node.anything or _Node()
                node = node.anything
            else:
                node = node.words.setdefault(segment, _Node())
        node.routes.append((place, route))

    def candidates(self, path: str) -> list[Route]:
        """The routes that can match this path, in their order."""
        nodes = [self.root]
        for segment in path.split("/")[1:]:
            following = []
            for node in nodes:
                if (known := node.words.get(segment)) is not None:
                    following.append(known)
                if node.anything is not None:
                    following.append(node.anything)
            nodes = following
            if not nodes:
                return []
        return [route for _, route in sorted((entry for node in nodes for entry in node.routes), key=lambda e: e[0])]

    def methods(self, path: str) -> list[str]:
        """What this path takes, for the header Allow; nothing where there is no such path."""
        found = {
            method for route in self.candidates(path) if route.path_regex.match(path) for method in route.methods or ()
        }
        return sorted(found | {"HEAD", "OPTIONS"} if "GET" in found else found | {"OPTIONS"}) if found else []

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope.get("root_path"):
            return Match.NONE, {}
        for route in self.candidates(scope["path"]):
            if route.methods and scope["method"] not in route.methods:
                continue
            match, child = route.matches(scope)
            if match == Match.FULL:
                child["route"] = route
                return match, child
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: Route = scope["route"]
        await route.handle(scope, receive, send)
