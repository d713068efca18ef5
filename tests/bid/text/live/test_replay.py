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
from tests.rounds import races, tries
from tests.waiting import until

TRACES = dict(all_traces())


@pytest.mark.parametrize("name", TRACES)
def test_all_end_with_the_recorded_text(server: str, a_bid: Bid, name: str) -> None:
    trace = TRACES[name]
    whole = len(trace["txns"]) <= tries(5000)
    start, made = steps(_first(trace, tries(5000)))

    async def story() -> None:
        replay = Replay(a_bid, [server.replace("http", "ws")], start, made)
        await replay.run()
        late = await replay.fresh()
        assert {peer.text() for peer in [*replay.peers, late]} == {_text(start, made)}
        assert not whole or late.text() == trace["endContent"]
        for peer in [*replay.peers, late]:
            await peer.leave()

    run(story(), 170)


def test_nothing_is_lost_when_the_server_is_killed_again_and_again(process: Callable[[], Process], a_bid: Bid) -> None:
    kills = len(races(5))
    trace = _first(real() or invented(1200), 300 * kills)
    start, made = steps(trace)
    server = process()

    async def kill(replay: Replay) -> None:
        server.kill()
        for place in range(len(replay.peers)):
            replay.away(place)
        await until(lambda: all(peer.ended for peer in replay.peers))  # what was on its way has arrived
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
        await replay.run({len(made) * number // (kills + 1): kill for number in range(1, kills + 1)})
        late = await replay.fresh()
        assert {peer.text() for peer in [*replay.peers, late]} == {_text(start, made)}
        for peer in [*replay.peers, late]:
            await peer.leave()

    run(story(), 175)


def test_two_processes_serve_one_section_and_clients_come_and_go(process: Callable[[], Process], a_bid: Bid) -> None:
    moves = len(races(8))
    trace = _first(real() or invented(1200), 150 * moves)
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
        hooks: dict[int, Any] = {len(made) * number // (moves + 1): move for number in range(1, moves + 1)}
        hooks[len(made) // 2 + 1] = kill
        await replay.run(hooks)
        late = [await replay.fresh(url) for url in urls]
        assert {peer.text() for peer in [*replay.peers, *late]} == {_text(start, made)}
        for peer in [*replay.peers, *late]:
            await peer.leave()

    run(story(), 175)


def _first(trace: dict[str, Any], number: int) -> dict[str, Any]:
    return {**trace, "txns": trace["txns"][:number]}


def _text(start: bytes, made: list[Any]) -> str:
    from tests.bid.text.live.peer import Peer

    peer = Peer()
    for update in (start, *(step.update for step in made)):
        peer.take(update)
    return peer.text()
