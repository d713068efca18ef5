"""The bounds of live editing. Where nothing else is said, what is over them is slowed down, never dropped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    frame_bytes: int = 1_000_000
    """Largest frame; a larger one ends the connection. A pasted chapter takes some 100 kB."""
    frames_per_second: int = 4000
    rate_burst: int = 1000
    waiting_updates: int = 512
    """Updates of one connection that wait to be applied; then it is not read from."""
    queue_bytes: int = 512_000
    """What waits to be sent to one connection; then the rest is dropped, and made good when the queue is empty."""
    stalled_seconds: float = 30.0
    """A connection that takes nothing for so long is given up."""
    silent_seconds: float = 20.0
    section_bytes: int = 4_000_000
    """Largest document of one section, as Yjs bytes with its history of deletions."""
    sockets_of_one: int = 40
    """Connections of one person to one process."""
    idle_seconds: float = 30.0
    """How long a room stays open after the last one left."""
