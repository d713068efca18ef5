"""Who is here, and where their cursors are: relayed and bounded, never stored.

States as y-protocols writes them: a list of (Yjs client, clock, JSON). Every editor shows what the others send, so the
newest state of each client is kept for those who come later, and taken back when its connection ends.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from app.bid.text.live.varint import Malformed, Reader, block, uint

MAX_STATE = 4096
"""Bytes of one client's state. A cursor with a name, a colour and two relative positions takes some 400."""
MAX_CLIENTS_OF_ONE = 8
"""Yjs clients that one connection may speak for."""
MAX_CLIENTS = 500
FORGOTTEN_AFTER = 45.0
"""Seconds. Clients renew their state every 15; y-protocols itself forgets after 30."""


@dataclass(frozen=True, slots=True)
class State:
    client: int
    clock: int
    json: str

    @property
    def gone(self) -> bool:
        return self.json == "null"


@dataclass(slots=True)
class _Held:
    state: State
    owner: object
    seen: float


def read(states: bytes) -> list[State]:
    """Reads an awareness update. Raises `Malformed`."""
    r = Reader(states)
    out = []
    for _ in range(r.count()):
        client, clock, json = r.uint(), r.uint(), r.string()
        if len(json.encode()) > MAX_STATE:
            raise Malformed("a cursor's state is too large")
        out.append(State(client, clock, json))
    if r.left() or len(out) > MAX_CLIENTS:
        raise Malformed("something follows the cursors' states")
    return out


def write(states: list[State]) -> bytes:
    return uint(len(states)) + b"".join(uint(s.client) + uint(s.clock) + block(s.json.encode()) for s in states)


def parts(states: list[State], most: int) -> Iterator[bytes]:
    """The states as updates of at most so many bytes (or of one state); one empty update where there are none."""
    part: list[State] = []
    for state in states:
        if part and len(write([*part, state])) > most:
            yield write(part)
            part = []
        part.append(state)
    yield write(part)


class Presence:
    """The states of one section. `owner` is the connection (or `None` for another process) that spoke last for each."""

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}

    def accept(self, owner: object, states: list[State]) -> list[State]:
        """Takes what is new; answers what must be passed on.

        A client that another connection speaks for is not touched, unless with a later clock: that is the same editor
        on a new connection.
        """
        news = []
        now = time.monotonic()
        mine = sum(1 for held in self._held.values() if held.owner is owner) if owner is not None else 0
        for state in states:
            held = self._held.get(state.client)
            if held is not None:
                newer = state.clock > held.state.clock or (state.gone and state.clock == held.state.clock)
                if not newer or (state.gone and held.owner is not owner and owner is not None):
                    continue
                if state.gone:
                    del self._held[state.client]
                else:
                    self._held[state.client] = _Held(state, owner, now)
                news.append(state)
            elif not state.gone and len(self._held) < MAX_CLIENTS and (owner is None or mine < MAX_CLIENTS_OF_ONE):
                mine += 1
                self._held[state.client] = _Held(state, owner, now)
                news.append(state)
        return news

    def leave(self, owner: object) -> list[State]:
        """The connection ended: answers the removals to pass on."""
        return self._remove([client for client, held in self._held.items() if held.owner is owner])

    def forget(self) -> list[State]:
        """Takes back those who were not heard of for long: their process may have died."""
        oldest = time.monotonic() - FORGOTTEN_AFTER
        return self._remove([client for client, held in self._held.items() if held.seen < oldest])

    def all(self) -> list[State]:
        return [held.state for held in self._held.values()]

    def here(self) -> list[State]:
        """Those whose connections are in this process."""
        return [held.state for held in self._held.values() if held.owner is not None]

    def _remove(self, clients: list[int]) -> list[State]:
        """With the clock that they had, as the stock server does: who comes back is seen with the next move."""
        return [State(client, self._held.pop(client).state.clock, "null") for client in clients]
