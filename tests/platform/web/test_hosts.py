"""Which hosts a service answers for, and when it counts as public: by where people reach it, not by who speaks to it."""

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.main import create_app
from app.settings import Settings
from tests.factories import World, ok, problem


def served(settings: Settings, database: str, **changed: str) -> TestClient:
    return TestClient(create_app(settings.model_copy(update=changed), database))


@pytest.mark.parametrize(
    "changed, public",
    [
        ({}, False),
        ({"host": "127.0.0.2"}, False),
        ({"host": "::1"}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "192.168.7.5"}, True),
        ({"public_url": "https://bids.example.org"}, True),
        ({"public_url": "http://localhost:8000", "host": "0.0.0.0"}, False),
        ({"public_url": "http://[::1]:8000"}, False),
        ({"public_url": "https://127.0.0.1.example.org"}, True),
    ],
)
def test_a_service_is_public_by_where_people_reach_it(changed: dict[str, str], public: bool) -> None:
    assert Settings(**changed).on_loopback is not public  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["bids.example.org", "0.0.0.0", "10.1.2.3:8000", "localhost.example.org", "", "[::"])
def test_without_a_public_address_only_this_machines_names_are_answered(
    world: World, settings: Settings, database: str, host: str
) -> None:
    with served(settings, database) as client:
        token = {"Authorization": f"Bearer {world.person().token}"}
        refused = problem(client.get("/v1/me", headers={**token, "Host": host}), 421, "set-public-url")
        assert "PUBLIC_URL" in refused["detail"]
        assert client.get("/open/sign-in", headers={"Host": host}).status_code == 421
        assert "PUBLIC_URL" in ok(client.get("/problems/set-public-url", headers={"Host": "localhost"})).text
        for path in ("/healthz", "/readyz"):
            assert client.get(path, headers={"Host": host}).status_code == 200
        with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/x", headers={"Host": host}):
            pass
        assert closed.value.code == 4421


@pytest.mark.parametrize(
    "host", ["localhost:8000", "127.0.0.1", "127.9.9.9:1", "[::1]:8000", "cobid.localhost", "LOCALHOST"]
)
def test_this_machines_names_are_answered(world: World, settings: Settings, database: str, host: str) -> None:
    with served(settings, database) as client:
        headers = {"Authorization": f"Bearer {world.person().token}", "Host": host}
        ok(client.get("/v1/me", headers=headers))


def test_an_address_that_the_operator_named_is_answered(world: World, settings: Settings, database: str) -> None:
    token = {"Authorization": f"Bearer {world.person().token}"}
    with served(settings, database, host="192.168.7.5") as client:
        ok(client.get("/v1/me", headers={**token, "Host": "192.168.7.5:8000"}))
        problem(client.get("/v1/me", headers={**token, "Host": "192.168.7.6:8000"}), 421)
    for every in ("0.0.0.0", "::", ""):
        with served(settings, database, host=every) as client:
            ok(client.get("/v1/me", headers={**token, "Host": "localhost:8000"}))
            for host in ("0.0.0.0:8000", "[::]:8000", "", "192.168.7.5:8000"):
                problem(client.get("/v1/me", headers={**token, "Host": host}), 421)
    with served(settings, database, public_url="https://bids.example.org") as client:
        for host in ("bids.example.org", "cobid:8000", "10.1.2.3"):
            ok(client.get("/v1/me", headers={**token, "Host": host}))


def test_a_cookie_changes_things_from_the_public_address_alone(world: World, settings: Settings, database: str) -> None:
    body = {"name": "N", "kinds": ["provider"], "legal_form": "charity"}
    with served(settings, database, public_url="https://bids.example.org/") as client:

        def post(origin: str) -> int:
            headers = {"Cookie": f"__Host-cobid={world.person().token}", "Origin": origin, "Host": "evil.example"}
            return client.post("/v1/organisations", json=body, headers=headers).status_code

        assert [post(f"{scheme}://evil.example") for scheme in ("http", "https")] == [403, 403]
        assert post("https://bids.example.org") == 201
