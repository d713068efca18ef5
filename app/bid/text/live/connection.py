"""A connection as its room sees it, the codes with which it is closed, and what it says when an update is refused."""

from typing import Protocol

from app.platform.access.ids import Id

GONE_WRONG, TRY_AGAIN, UNREADABLE, FOREIGN = 1011, 1013, 4400, 4422
"""Close codes. y-websocket's client comes back after 1011 and 1013; 4400 to 4499 tell it to stay away."""

TOO_LONG = "This section is as long as it can be. Shorten it, or write in another section."
TOO_COMPLEX = (
    "This section has as many paragraphs, list items, cells and changes of bold or italics as it can have. Join or take "
    "some out, or write in another section."
)
READ_ONLY = "You can read this section, but not write in it."
LOCKED = "The proposal is locked for signing. Withdraw the signed version to write again."


class Connection(Protocol):
    """What a room does with a connection. None of these methods waits."""

    person_id: Id | None
    organisation_id: Id | None
    may_write: bool

    def send(self, frame: bytes) -> None:
        """Queues a frame. When the queue is full, frames are dropped and the connection asks later for what it lacks."""

    def answer(self, frame: bytes) -> None:
        """Queues the answer to what the connection asked for."""

    def refuse(self, reason: str) -> None:
        """Says that an update was not taken."""

    def deny(self) -> None:
        """Says that this connection may not write, and why."""

    def lock(self) -> None:
        """Nobody may write any more, so neither may this connection."""

    def taken(self) -> None:
        """The updates that it had waiting were taken, so it may send more."""

    def close(self, code: int, reason: str) -> None: ...
