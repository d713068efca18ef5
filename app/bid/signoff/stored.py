"""Signed versions as the bytes that were stored, which never change once they were made."""

from typing import Any, TypeAlias

from app.platform.access.ids import Id
from app.platform.access.statements import Run
from app.platform.byte_cache import ByteCache
from app.platform.db.reads import Reads

Stored: TypeAlias = tuple[bytes, str]
"""Bytes, and their SHA-256."""


_stored_bytes: ByteCache[Stored] = ByteCache(lambda stored: len(stored[0]))


EDITION = "SELECT e.document, e.sha256 FROM editions e WHERE e.proposal_id = $1 AND e.number = $2"


ANNEX = """
SELECT e.annex, encode(sha256(e.annex), 'hex') FROM editions e WHERE e.proposal_id = $1 AND e.number = $2"""


EDITION_SCHEDULE = """
SELECT c.document, c.sha256 FROM editions e JOIN edition_schedules c ON c.edition_id = e.id
WHERE e.proposal_id = $1 AND e.number = $2 AND c.partner_id = $3"""


async def edition_document(reads: Reads, proposal_id: Id, number: int) -> Stored | None:
    """An edition's signed bytes and their SHA-256."""
    return await immutable(reads.first, EDITION, proposal_id, number)


async def edition_annex(reads: Reads, proposal_id: Id, number: int) -> Stored | None:
    return await immutable(reads.first, ANNEX, proposal_id, number)


async def edition_schedule(reads: Reads, proposal_id: Id, number: int, partner_id: Id) -> Stored | None:
    return as_stored(await reads.first(EDITION_SCHEDULE, proposal_id, number, partner_id))


async def immutable(run: Run, statement: str, *parameters: Any) -> Stored | None:
    key = (statement, *parameters)
    found = _stored_bytes.get(key)
    if found is None:
        found = as_stored(await run(statement, *parameters))
        if found is not None:
            _stored_bytes.put(key, found)
    return found


def as_stored(row: Any) -> Stored | None:
    return (bytes(row[0]), row[1]) if row else None
