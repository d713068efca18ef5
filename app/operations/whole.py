"""Whether what is kept is whole: the log's chains, the hash of every edition and schedule, the bytes of every file."""

import hashlib
from collections.abc import AsyncIterator, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.db import event_log

Read = Callable[[str], AsyncIterator[bytes]]
"""The bytes of a stored file by its key, in pieces; FileNotFoundError where there is none."""

_HASHED = (
    ("edition", "SELECT id::text, document, sha256 FROM editions"),
    ("private schedule", "SELECT id::text, document, sha256 FROM edition_schedules"),
)


async def faults(session: AsyncSession, read: Read) -> AsyncIterator[str]:
    """Each thing that is not as it was written, as a sentence. Reads as a stream and as at one instant: it begins the session's
    transaction."""
    async for broken in event_log.verify(session):
        yield f"The log of {broken.stream} {broken.stream_id}, row {broken.seq}: {broken.why}."
    for what, query in _HASHED:
        rows = await session.stream(text(query).execution_options(yield_per=20))
        async for id_, document, sha256 in rows:
            if hashlib.sha256(document).hexdigest() != sha256:
                yield f"The {what} {id_} is not the one that was signed."
    files = await session.stream(
        text("SELECT id::text, sha256 FROM attachments WHERE deleted_at IS NULL").execution_options(yield_per=500)
    )
    async for id_, sha256 in files:
        try:
            made = hashlib.sha256()
            async for piece in read(f"files/{id_}"):
                made.update(piece)
        except FileNotFoundError:
            yield f"The file {id_} is missing."
            continue
        if made.hexdigest() != sha256:
            yield f"The file {id_} is not the one that was attached."
