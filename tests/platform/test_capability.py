"""What the rooms declare fits together, or the service does not start."""

from collections.abc import Iterator
from typing import Any

import pytest

from app import capabilities
from app.main import create_app
from app.platform.access import permissions
from app.platform.capability import Capability, Event, Hook, Parameter, Tick, join, joined
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.words.catalogue import BadCatalogue
from app.settings import Settings


@pytest.fixture(autouse=True)
def all_rooms_again() -> Iterator[None]:
    yield
    capabilities.join()


async def handle(_work: Any, _payload: dict[str, Any]) -> None:
    """Handles nothing."""


def refused(*rooms: Capability) -> str:
    with pytest.raises(RuntimeError) as error:
        join(rooms)
    return str(error.value)


def started(monkeypatch: pytest.MonkeyPatch, *more: Capability) -> str:
    """What the service says when it starts with these rooms besides its own."""
    monkeypatch.setattr(capabilities, "CAPABILITIES", (*capabilities.CAPABILITIES, *more))
    with pytest.raises((RuntimeError, BadCatalogue)) as error:
        create_app(Settings(), "postgresql://nowhere/none")
    return str(error.value)


def test_two_rooms_cannot_declare_one_path_parameter() -> None:
    one, other = (Capability(name=name, parameters={"thing_id": Parameter("SELECT 1")}) for name in ("one", "other"))
    assert "'thing_id'" in refused(one, other)


def test_two_rooms_cannot_declare_one_event() -> None:
    assert "'thing_added'" in refused(*(Capability(name=name, events={"thing_added": Event()}) for name in "ab"))


def test_a_topic_needs_a_handler_of_whichever_room() -> None:
    writes, handles = Capability(name="a", topics=["thing"]), Capability(name="b", handlers={"thing": [handle]})
    assert "['thing']" in refused(writes)
    assert join([writes, handles]).topics == {"thing"}


def test_an_event_without_words_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "event_that_nobody_worded" in started(
        monkeypatch, Capability(name="x", events={"event_that_nobody_worded": Event()})
    )


def test_a_path_parameter_that_no_room_declares_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(permissions.PERMISSIONS, "get_thing", permissions.PERMISSIONS["get_proposal"])
    router = Router(tags=["things"])

    @router.get("/proposals/{proposal_id}/things/{undeclared_id}", response_model=None)
    async def get_thing(here: Here, proposal_id: str, undeclared_id: str) -> None:
        """Reads it."""

    assert "['undeclared_id']" in started(monkeypatch, Capability(name="x", routers=[router]))


def test_an_operation_without_a_permission_row_stops_the_start() -> None:
    router = Router(tags=["things"])

    async def list_things_of_nobody(here: Here) -> None:
        """Lists them."""

    with pytest.raises(RuntimeError, match="list_things_of_nobody"):
        router.get("/things", response_model=None)(list_things_of_nobody)


def test_a_hook_runs_its_followers_in_the_order_of_the_rooms() -> None:
    import asyncio

    happened: Hook[[list[str]]] = Hook("happened")

    def follower(name: str) -> Any:
        async def follow(seen: list[str]) -> None:
            seen.append(name)

        return follow

    join([Capability(name=name, followers=[happened.followed_by(follower(name))]) for name in ("low", "high")])
    seen: list[str] = []
    asyncio.run(happened(seen))
    assert seen == ["low", "high"]


def test_ticks_of_all_rooms_are_joined() -> None:
    async def tick(_work: Any) -> None:
        """Does nothing."""

    assert join([Capability(name="a", ticks=[Tick(1.0, tick)])]).ticks == (Tick(1.0, tick),)
    assert joined().capabilities[0].name == "a"
