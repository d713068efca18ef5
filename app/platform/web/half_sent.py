"""Requests whose body is still on its way: so many of one person and of one address, and no more.

Most bodies are there as soon as their head is. One that is not all there after a moment takes a seat until it is; where none is
free it is refused, so that nobody fills a process with requests that never end.
"""

from collections import Counter
from types import TracebackType
from typing import Final

from starlette.requests import Request

from app.platform.access.rules import Actor
from app.platform.web.network import client_address
from app.platform.web.problems import TooManyHalfSent

PATIENCE: Final = 1.0
"""Seconds before a request takes a seat."""
_ADDRESS: Final = 4
"""How many times as many seats an address has as a person: several people can share one."""
_SENDER: Final = "cobid.sender"


def sent_by(request: Request, actor: Actor | None) -> None:
    """Says who sends the request, as soon as that is known."""
    if actor is not None:
        request.scope[_SENDER] = actor.person_id or actor.client_id


class Seats:
    """The seats of one process: one half-sent request takes one of its sender's and one of its address's."""

    def __init__(self, of_person: int) -> None:
        self._of_person = of_person
        self._taken: Counter[tuple[str, str]] = Counter()

    def take(self, keys: list[tuple[str, str]]) -> None:
        if any(self._taken[key] >= self._most(key) for key in keys):
            raise TooManyHalfSent
        self._taken.update(keys)

    def free(self, keys: list[tuple[str, str]]) -> None:
        self._taken.subtract(keys)
        self._taken += Counter()

    def _most(self, key: tuple[str, str]) -> int:
        return self._of_person if key[0] == "person" else _ADDRESS * self._of_person


class Seat:
    """The seat of one request, if it has to take one."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._seats: Seats = request.app.state.half_sent
        self._keys: list[tuple[str, str]] = []

    @property
    def taken(self) -> bool:
        return bool(self._keys)

    def take(self) -> None:
        """Raises `TooManyHalfSent` where none is free."""
        keys = [("address", client_address(self._request))]
        if sender := self._request.scope.get(_SENDER):
            keys.append(("person", sender))
        self._seats.take(keys)
        self._keys = keys

    def __enter__(self) -> "Seat":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seats.free(self._keys)
