"""A connection, as its room sees it; why it is closed, and what it is told when something is not taken."""

from typing import Protocol

from app.platform.access.ids import Id

GONE_WRONG, TRY_AGAIN, UNREADABLE, FOREIGN = 1011, 1013, 4400, 4422
"""Close codes. y-websocket's client comes back after 1011 and 1013; 4400 to 4499 tell it to stay away."""

TOO_LONG = "This section is as long as it can be. Shorten it, or write in another section."
READ_ONLY = "You can read this section, but not write in it."
LOCKED = "The proposal is locked for signing. Withdraw the signed version to write again."


class Member(Protocol):
    """A connection, as its room sees it. None of these wait."""

    person_id: Id | None
    organisation_id: Id | None
    may_write: bool

    def send(self, frame: bytes) -> None:
        """Queues a frame. When the queue is full the member is behind, and asks for what it lacks later."""

    def answer(self, frame: bytes) -> None:
        """Queues the answer to what the member asked for."""

    def refuse(self, reason: str) -> None:
        """Says that an update was not taken."""

    def deny(self) -> None:
        """Says that it may not write, and why."""

    def lock(self) -> None:
        """It may not write now: nobody may."""

    def taken(self) -> None:
        """Its waiting updates were taken: it may send more."""

    def close(self, code: int, reason: str) -> None: ...
