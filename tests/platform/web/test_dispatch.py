"""The quick way to a route finds exactly what the framework's own search finds."""

import pytest
from starlette.routing import BaseRoute, Match, Route

from app.main import create_app
from app.platform.web.dispatch import Dispatcher
from app.settings import Settings

APP = create_app(Settings(), "postgresql://nobody@localhost/none")
[DISPATCHER] = [route for route in APP.router.routes if isinstance(route, Dispatcher)]
ROUTES = [route for route in APP.router.routes if isinstance(route, Route)]


def example(path: str, word: str) -> str:
    return "/".join(word if "{" in segment and "." not in segment else segment for segment in path.split("/"))


def paths() -> list[str]:
    made = {example(route.path, word) for route in ROUTES for word in ("019ab0e2", "1", "current", "batch")}
    made |= {
        path.replace("document.{format:rendering}", f"document.{kind}") for path in made for kind in ("pdf", "json")
    }
    return sorted(made | {"/", "/v1", "/v1/nothing", "//", "/v1/proposals/", "/v1/proposals/x/y/z/a/b/c"})


def slowly(method: str, path: str) -> BaseRoute | None:
    """The first route that matches, tried one by one."""
    scope = {"type": "http", "method": method, "path": path, "headers": [], "root_path": ""}
    others = (route for route in APP.router.routes if route is not DISPATCHER)
    return next((route for route in others if route.matches(dict(scope))[0] == Match.FULL), None)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_path_leads_to_the_route_that_a_search_one_by_one_finds(method: str) -> None:
    for path in paths():
        scope = {"type": "http", "method": method, "path": path, "headers": [], "root_path": ""}
        match, child = DISPATCHER.matches(scope)
        found = child.get("route") if match == Match.FULL else None
        expected = slowly(method, path)
        assert found is expected or (found is None and not isinstance(expected, Route)), path


def test_only_a_few_routes_are_tried() -> None:
    most = max(len(DISPATCHER.candidates(path)) for path in paths())
    assert most < 12
