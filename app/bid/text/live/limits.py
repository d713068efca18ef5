"""The bounds of live editing. Where nothing else is said, whoever exceeds one is slowed down, and nothing is dropped."""

from dataclasses import dataclass

from app.platform.richtext.complexity import Complexity


@dataclass(frozen=True, slots=True)
class Limits:
    frame_bytes: int = 1_000_000
    """Largest frame; a larger one ends the connection. A pasted chapter takes some 100 kB."""
    frames_per_second: int = 4000
    rate_burst: int = 1000
    """Frames of one connection after which its rate is looked at."""
    waiting_updates: int = 512
    """Updates of one connection that wait to be applied; with so many, nothing more is read from it."""
    queue_bytes: int = 512_000
    """Bytes that wait to be sent to one connection. What comes after them is dropped, and made good when all is sent."""
    stalled_seconds: float = 30.0
    """A connection that takes nothing for so long is closed."""
    silent_seconds: float = 20.0
    """A connection that was sent nothing for so long is sent an empty update."""
    section_bytes: int = 4_000_000
    """Largest document of one section, as Yjs bytes with its history of deletions. Longer text is refused."""
    text_blocks: int = 5000
    text_runs: int = 20_000
    """Most blocks and runs in one section. Anything that would make it more is refused."""
    sockets_per_person: int = 40
    """Connections of one person to one process; more are closed."""
    idle_seconds: float = 30.0
    """How long a room stays open after the last connection left."""

    @property
    def parts(self) -> Complexity:
        return Complexity(self.text_blocks, self.text_runs)
