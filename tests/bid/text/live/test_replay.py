"""A recorded session of two authors over real sockets, whatever happens to servers and connections on the way."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.bid.text.live.bids import Bid
from tests.bid.text.live.conftest import Process
from tests.bid.text.live.peer import run
from tests.bid.text.live.replay import Replay, holds
from tests.bid.text.live.traces import all_traces, invented, real, steps

TRACES = dict(all_traces())


@pytest.mark.parametrize("name", TRACES)
def test_all_end_with_the_recorded_text(server: str, a_bid: Bid, name: str) -> None:
    trace = TRACES[name]
    start, made = steps(trace)

    async def story() -> None:
        replay = Replay(a_bid, [server.replace("http", "ws")], start, made)
        await replay.run()
        late = await replay.fresh()
        assert {peer.text() for peer in [*replay.peers, late]} == {trace["endContent"]}
        for peer in [*replay.peers, late]:
            await peer.leave()

    run(story(), 170)


def test_nothing_is_lost_when_the_server_is_killed_twenty_times(process: Callable[[], Process], a_bid: Bid) -> None:
    trace = _some(real(), 6000) or invented(1200)
    start, made = steps(trace)
    server = process()

    async def kill(replay: Replay) -> None:
        server.kill()
        for place in range(len(replay.peers)):
            replay.away(place)
        await asyncio.sleep(0.05)  # what was on its way arrives
        await asyncio.to_thread(server.start)
        fresh = await replay.fresh()
        for watcher in replay.peers[2:]:
            assert holds(fresh, watcher), "a watcher had seen what is lost now"
        for client, author in enumerate(replay.authors, 1):
            assert holds(fresh, author, but_for=client), "an author had seen what is lost now"
        await fresh.leave()
        await replay.connect_all()

    async def story() -> None:
        replay = Replay(a_bid, [server.url], start, made)
        await replay.run({len(made) * number // 21: kill for number in range(1, 21)})
        late = await replay.fresh()
        assert {peer.text() for peer in [*replay.peers, late]} == {_text(start, made)}
        for peer in [*replay.peers, late]:
            await peer.leave()

    run(story(), 175)


def test_two_processes_serve_one_section_and_clients_come_and_go(process: Callable[[], Process], a_bid: Bid) -> None:
    trace = _some(real(), 4000) or invented(1200)
    start, made = steps(trace)
    dice = random.Random(5)
    servers = [process(), process()]
    urls = [server.url for server in servers]

    async def move(replay: Replay) -> None:
        """Somebody drops, and comes back to the other process after a while."""
        place = dice.randrange(len(replay.peers))
        replay.away(place)
        await replay.peers[place].leave()
        await asyncio.sleep(dice.random() * 0.1)
        await replay.connect(place, dice.choice(urls))

    async def kill(replay: Replay) -> None:
        servers[0].kill()
        for place, peer in enumerate(replay.peers):
            if str(servers[0].port) in str(peer.socket.remote_address):
                replay.away(place)
                await replay.connect(place, urls[1])
        await asyncio.to_thread(servers[0].start)

    async def story() -> None:
        replay = Replay(a_bid, urls, start, made)
        hooks: dict[int, Any] = {len(made) * number // 31: move for number in range(1, 31)}
        hooks[len(made) // 2 + 1] = kill
        await replay.run(hooks)
        late = [await replay.fresh(url) for url in urls]
        assert {peer.text() for peer in [*replay.peers, *late]} == {_text(start, made)}
        for peer in [*replay.peers, *late]:
            await peer.leave()

    run(story(), 175)


def _some(trace: dict[str, Any] | None, number: int) -> dict[str, Any] | None:
    return {**trace, "txns": trace["txns"][:number]} if trace else None


def _text(start: bytes, made: list[Any]) -> str:
    from tests.bid.text.live.peer import Peer

    peer = Peer()
    for update in (start, *(step.update for step in made)):
        peer.take(update)
    return peer.text()
