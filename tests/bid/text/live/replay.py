"""Replays a trace over real sockets: two authors who write what was recorded when it was recorded, others who watch."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import websockets
from pycrdt import Doc, XmlFragment

from app.bid.text.live import protocol, updates
from tests.bid.text.live.bids import Bid, Writer
from tests.bid.text.live.peer import Peer
from tests.bid.text.live.traces import Step
from tests.waiting import until

Hook = Callable[["Replay"], Awaitable[None]]


class Replay:
    """`urls`: where the clients connect, in turn, the two authors first."""

    def __init__(self, bid: Bid, urls: list[str], start: bytes, steps: list[Step], watchers: int = 6) -> None:
        self.bid = bid
        self.urls = urls
        self._start = start
        self._steps = steps
        self.sent = 0
        self.writers = [bid.lead, bid.partner()]
        self.peers = [Peer() for _ in range(2 + watchers)]
        self._back = [asyncio.Event() for _ in self.peers]
        self._clocks = _clocks(steps)

    @property
    def authors(self) -> list[Peer]:
        return self.peers[:2]

    def writer(self, place: int) -> Writer:
        return self.writers[place % 2]

    async def run(self, at: dict[int, Hook] | None = None) -> None:
        """Replays the trace until every client has all of it. `at`: what to do after that many steps were sent."""
        await self.connect_all()
        first = self.peers[0]
        first.take(self._start)
        await first.send(protocol.update(self._start))
        begun = {client: structs[-1].clock for client, structs in updates.read(self._start).structs.items()}
        for author in self.authors:  # an author's first update builds on the start
            await until(lambda a=author: all(_clock(a, client) > at for client, at in begun.items()), 60, self._where)  # type: ignore[misc]
        hooks = asyncio.create_task(self._hooks(dict(at or {})))
        writing = [asyncio.create_task(self._write(author)) for author in (0, 1)]
        everything = [hooks, *writing]
        done, _ = await asyncio.wait(everything, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
        await self.level()

    async def level(self) -> None:
        """Waits until every client has the text of the whole trace."""
        whole: Doc[XmlFragment] = Doc()
        for update in (self._start, *(step.update for step in self._steps)):
            whole.apply_update(update)
        want = Peer()
        want.take(whole.get_update())
        await until(lambda: all(peer.text() == want.text() for peer in self.peers), 60, self._where)

    async def connect_all(self) -> None:
        for place in range(len(self.peers)):
            await self.connect(place)

    async def connect(self, place: int, url: str | None = None) -> None:
        peer = self.peers[place]
        await peer.leave()
        url = url or self.urls[place % len(self.urls)]
        await peer.connect(url + self.bid.path(), self.writer(place).token)
        await peer.level()
        self._back[place].set()

    async def fresh(self, url: str | None = None) -> Peer:
        """A client that was never connected before."""
        peer = await Peer().connect((url or self.urls[0]) + self.bid.path(), self.bid.lead.token)
        await peer.level()
        return peer

    def away(self, place: int) -> None:
        self._back[place].clear()

    async def _hooks(self, at: dict[int, Hook]) -> None:
        for number in sorted(at):
            await until(lambda number=number: self.sent >= number, 120)  # type: ignore[misc]
            await at[number](self)

    async def _write(self, author: int) -> None:
        peer, other = self.peers[author], 2 - author  # client ids are 1 and 2
        for step in self._steps:
            if step.author != author:
                continue
            needed = self._clocks[1 - author][step.seen]
            if _clock(peer, other) < needed:
                await until(lambda needed=needed: _clock(peer, other) >= needed, 60, self._where)  # type: ignore[misc]
            peer.take(step.update)
            await self._send(author, protocol.update(step.update))
            self.sent += 1

    async def _send(self, place: int, frame: bytes) -> None:
        """Sends the frame. A client that is cut off waits to be connected again, which also sends what is missing."""
        await self._back[place].wait()
        with contextlib.suppress(websockets.ConnectionClosed):
            await self.peers[place].send(frame)
            return
        self._back[place].clear()
        await self._back[place].wait()

    def _where(self) -> object:
        states = [updates.read_state_vector(peer.doc.get_state()) for peer in self.peers]
        return f"sent {self.sent} of {len(self._steps)}, closed {[p.closed for p in self.peers]}, denied {[p.denied for p in self.peers]}, {states}"


def _clock(peer: Peer, client: int) -> int:
    return updates.read_state_vector(peer.doc.get_state()).get(client, 0)


def _clocks(steps: list[Step]) -> list[list[int]]:
    """For each author, its clock after each number of steps of the whole trace."""
    clocks: list[list[int]] = [[0], [0]]
    now = [0, 0]
    for step in steps:
        for client, structs in updates.read(step.update).structs.items():
            now[client - 1] = structs[-1].clock + structs[-1].length
        for author in (0, 1):
            clocks[author].append(now[author])
    return clocks


def holds(fresh: Peer, other: Peer, *, but_for: int | None = None) -> bool:
    """Whether all that `other` has is in `fresh`: its structs, and its deletions. `but_for`: its own client."""
    mine, theirs = (updates.read_state_vector(peer.doc.get_state()) for peer in (fresh, other))
    if any(clock > mine.get(client, 0) for client, clock in theirs.items() if client != but_for):
        return False
    if but_for is not None:
        return True
    together = Peer()
    together.take(fresh.doc.get_update())
    together.take(other.doc.get_update())
    return together.text() == fresh.text()
