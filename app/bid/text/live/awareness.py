"""Who has a section open, and where their cursors are: relayed and bounded, never stored.

States are written as y-protocols writes them: a list of (Yjs client, clock, JSON). Every editor shows what the others
send, so the newest state of each client is kept for those who join later, and removed when its connection ends.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic_core import from_json, to_json

from app.platform.richtext.lib0 import ByteReader, Malformed, write_block, write_uint

MAX_STATE = 4096
"""Bytes of one client's state. A cursor with a name, a colour and two relative positions takes some 400."""
MAX_CLIENTS_PER_CONNECTION = 8
"""Yjs clients that one connection may speak for."""
MAX_CLIENTS = 500
_COLOURS = ("color", "colorLight")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{3,8}|[a-z]{1,30}|(rgb|hsl)a?\([0-9., %]{1,40}\)", re.ASCII)
FORGOTTEN_AFTER = 45.0
"""Seconds. Clients renew their state every 15; y-protocols itself forgets after 30."""


@dataclass(frozen=True, slots=True)
class CursorState:
    """What one Yjs client shows of itself. `clock` counts its states; `json` is `null` once the client is gone."""

    client: int
    clock: int
    json: str

    @property
    def gone(self) -> bool:
        return self.json == "null"


@dataclass(slots=True)
class _Known:
    state: CursorState
    owner: object
    heard_at: float


def read(update: bytes) -> list[CursorState]:
    """Reads an awareness update. Raises `Malformed`."""
    r = ByteReader(update)
    states = []
    for _ in range(r.count()):
        client, clock, json = r.uint(), r.uint(), r.string()
        if len(json.encode()) > MAX_STATE:
            raise Malformed("a cursor's state is too large")
        states.append(CursorState(client, clock, json))
    if r.left() or len(states) > MAX_CLIENTS:
        raise Malformed("something follows the cursors' states")
    return states


def named(state: CursorState, name: str) -> CursorState:
    """The state under the name that the service knows: an editor shows `user`, and nobody types as somebody else.

    Of what the client says of its user, the colours alone are kept. Raises `Malformed` for what no editor sends.
    """
    if state.gone:
        return state
    try:
        said = from_json(state.json)
        user = said.get("user")
        colours = {key: user[key] for key in _COLOURS if _is_colour(user.get(key))} if isinstance(user, dict) else {}
        json = to_json({**said, "user": {"name": name, **colours}}).decode()
    except (ValueError, RecursionError, AttributeError) as broken:
        raise Malformed("a cursor's state is no JSON object") from broken
    if len(json.encode()) > MAX_STATE:
        raise Malformed("a cursor's state is too large")
    return CursorState(state.client, state.clock, json)


def _is_colour(value: object) -> bool:
    return isinstance(value, str) and _COLOUR.fullmatch(value) is not None


def write(states: list[CursorState]) -> bytes:
    written = (write_uint(s.client) + write_uint(s.clock) + write_block(s.json.encode()) for s in states)
    return write_uint(len(states)) + b"".join(written)


def parts(states: list[CursorState], most: int) -> Iterator[bytes]:
    """Writes the states as updates of at most `most` bytes (or of one state); without states, as one empty update."""
    part: list[CursorState] = []
    for state in states:
        if part and len(write([*part, state])) > most:
            yield write(part)
            part = []
        part.append(state)
    yield write(part)


class Presence:
    """The states of one section. Each has an `owner`: the connection that sent it last, or None for another process."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}

    def accept(self, owner: object, states: list[CursorState]) -> list[CursorState]:
        """Stores what is new in `states`; answers what must be passed on.

        A client that another connection speaks for is left alone unless the clock is later: then the same editor has
        come back on a new connection.
        """
        news = []
        now = time.monotonic()
        owned = sum(1 for known in self._known.values() if known.owner is owner) if owner is not None else 0
        for state in states:
            known = self._known.get(state.client)
            if known is not None:
                newer = state.clock > known.state.clock or (state.gone and state.clock == known.state.clock)
                if not newer or (state.gone and known.owner is not owner and owner is not None):
                    continue
                if state.gone:
                    del self._known[state.client]
                else:
                    self._known[state.client] = _Known(state, owner, now)
                news.append(state)
            elif self._has_room(state, owner, owned):
                owned += 1
                self._known[state.client] = _Known(state, owner, now)
                news.append(state)
        return news

    def _has_room(self, state: CursorState, owner: object, owned: int) -> bool:
        if state.gone or len(self._known) >= MAX_CLIENTS:
            return False
        return owner is None or owned < MAX_CLIENTS_PER_CONNECTION

    def leave(self, owner: object) -> list[CursorState]:
        """Removes the states of a connection that ended; answers the removals to pass on."""
        return self._remove([client for client, known in self._known.items() if known.owner is owner])

    def forget_silent(self) -> list[CursorState]:
        """Removes the clients that were silent for long, since their process may have died."""
        oldest = time.monotonic() - FORGOTTEN_AFTER
        return self._remove([client for client, known in self._known.items() if known.heard_at < oldest])

    def all(self) -> list[CursorState]:
        return [known.state for known in self._known.values()]

    def of_this_process(self) -> list[CursorState]:
        return [known.state for known in self._known.values() if known.owner is not None]

    def _remove(self, clients: list[int]) -> list[CursorState]:
        """A removal carries the clock of the last state, as in the stock server; so a client that returns is shown
        again with its next move."""
        return [CursorState(client, self._known.pop(client).state.clock, "null") for client in clients]
