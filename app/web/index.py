"""Finding a route among hundreds by the shape of its path, where the framework would try one after the other.

A path is told apart by its number of segments and by the two that name things: `/v1/<2>/{id}/<4>/…`. Only the routes
of that shape are then matched, in their order.
"""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

_ANY = "*"
_Key = tuple[int, str, str]


class RouteIndex(BaseRoute):
    """Stands for all its routes."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = list(routes)
        self._by_shape: dict[_Key, list[Route]] = {}
        for route in self.routes:
            self._by_shape.setdefault(_shape(route.path), []).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        partial: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._candidates(scope["path"]):
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, {**child, "route": route}
            if match is Match.PARTIAL and partial[0] is Match.NONE:
                partial = match, {**child, "route": route}
        return partial

    def _candidates(self, path: str) -> list[Route]:
        count, second, fourth = _shape(path)
        shapes = dict.fromkeys(
            (count, *key) for key in ((second, fourth), (second, _ANY), (_ANY, fourth), (_ANY, _ANY))
        )
        return [route for shape in shapes for route in self._by_shape.get(shape, ())]

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["route"].handle(scope, receive, send)


def _shape(path: str) -> _Key:
    """Templates and paths alike: segments count from 1; a segment with a parameter in it is any."""
    parts = path.split("/")
    named = [parts[place] if len(parts) > place else "" for place in (2, 4)]
    second, fourth = (_ANY if "{" in name else name for name in named)
    return len(parts), second, fourth
