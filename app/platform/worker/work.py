"""What a job of the worker works with. A capability's reactions take it; they know nothing of the worker."""

from dataclasses import dataclass

from app.platform.db.engine import Database
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Work:
    """Its own transaction: `async with work.db.sessions.begin() as session`."""

    settings: Settings
    db: Database
