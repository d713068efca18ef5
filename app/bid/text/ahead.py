"""Works a change of a section's text out before anything is locked, and under the lock only writes it.

To merge, replay and render a long text takes up to seconds, and nobody is to wait for that. If somebody else has written
meanwhile, it is worked out again; the last time under the lock, so that it comes to an end.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text import section_log
from app.bid.text.catching_up import Behind
from app.bid.text.rendered import Content, content_of
from app.bid.text.replay import Replayed, replay
from app.bid.text.section_log import Author, SectionText
from app.bid.text.threads import beside
from app.platform.access.ids import Id
from app.platform.db.engine import Database

_TRIES: Final = 2

Change: TypeAlias = Callable[[SectionText], bytes | None]
"""Makes the update from the text as it is; None where nothing changes. It runs in a thread."""


class Request(Protocol):
    """What is needed of the request: it has not begun yet, so it holds nothing."""

    @property
    def db(self) -> Database: ...

    @property
    def begin(self) -> Callable[[], Awaitable[None]]: ...

    @property
    def session(self) -> AsyncSession: ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change of the text after update `seq`, by somebody, and all that follows from it.

    `typed` is what was written until then and not caught up with yet (only where it was asked for), `after` the text with
    the change.
    """

    seq: int
    by: Author
    update: bytes | None
    typed: Replayed | None
    after: Replayed
    content: Content


@dataclass(frozen=True, slots=True)
class Work:
    """How to prepare a change, and how many bytes it is about."""

    size: int
    prepare: Callable[[], Prepared]

    async def done(self) -> Prepared:
        return await beside(self.size, self.prepare)


Look: TypeAlias = Callable[[AsyncSession, SectionText], Awaitable[Work]]
"""Reads what the change needs, and answers how to work it out; refuses what it sees to be impossible."""


def nothing(_: SectionText) -> None:
    """The change that changes nothing."""


async def work(
    session: AsyncSession,
    section_id: Id,
    now: SectionText,
    by: Author,
    change: Change,
    *,
    brings: int = 0,
    apart: bool = False,
) -> Work:
    """How to prepare a change that brings so many bytes; `apart`: what others wrote before it is caught up with by itself."""
    behind = await Behind.read(session, section_id)
    return Work(now.size + brings, partial(_prepare, section_id, now, by, behind, change, apart))


async def hold(here: Request, section_id: Id, look: Look) -> Prepared:
    """Begins the request's transaction and locks the text; answers the change of just this text."""
    for _ in range(_TRIES):
        async with here.db.sessions() as session:
            made = await look(session, await section_log.read(session, section_id))
        prepared = await made.done()
        await here.begin()
        if await section_log.lock(here.session, section_id) == prepared.seq:
            return prepared
        await here.session.rollback()
    await here.begin()
    await section_log.lock(here.session, section_id)
    made = await look(here.session, await section_log.read(here.session, section_id))
    return await made.done()


def _prepare(section_id: Id, now: SectionText, by: Author, behind: Behind, change: Change, apart: bool) -> Prepared:
    update = change(now)
    updates: list[tuple[int, bytes, Author]] = [each for each in behind.updates if each[0] <= now.seq]
    before: Any = behind.before
    typed = None
    if apart and updates:
        typed = before = replay(before, updates)
        updates = []
    if update is not None:
        updates.append((now.seq + 1, update, by))
    after = replay(before, updates)
    seq = now.seq if update is None else now.seq + 1
    return Prepared(now.seq, by, update, typed, after, content_of(section_id, seq, after.document, after.counts))
