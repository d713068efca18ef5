"""Signed versions as the bytes that were stored, which never change once they were made."""

from collections import OrderedDict
from typing import Any, TypeAlias

from app.platform.access.ids import Id
from app.platform.access.statements import Run
from app.platform.db.reads import Reads

Stored: TypeAlias = tuple[bytes, str]
"""Bytes, and their SHA-256."""


class Kept:
    """The bytes that were asked for last, up to `limit` bytes with what holds them: what is kept here never changes once it was made.

    Who may have them is judged for every request before they are looked for.
    """

    def __init__(self, limit: int = 64_000_000) -> None:
        self.limit = limit
        self.held = 0
        self._items: OrderedDict[tuple[object, ...], Stored] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Stored | None:
        found = self._items.get(key)
        if found is not None:
            self._items.move_to_end(key)
        return found

    def put(self, key: tuple[object, ...], stored: Stored) -> None:
        if _size(stored) > self.limit or key in self._items:
            return
        self._items[key] = stored
        self.held += _size(stored)
        while self.held > self.limit:
            _, dropped = self._items.popitem(last=False)
            self.held -= _size(dropped)


def _size(stored: Stored) -> int:
    return len(stored[0]) + 1_000  # its key, digest and place


_kept = Kept()


SEEN_BY_FORMER = """
SELECT 1 FROM editions e JOIN sign_offs s ON s.edition_id = e.id
WHERE e.proposal_id = $1 AND e.number = $2 AND s.partner_id = ANY($3::uuid[])"""


EDITION = "SELECT e.document, e.sha256 FROM editions e WHERE e.proposal_id = $1 AND e.number = $2"


ANNEX = """
SELECT e.annex, encode(sha256(e.annex), 'hex') FROM editions e WHERE e.proposal_id = $1 AND e.number = $2"""


EDITION_SCHEDULE = """
SELECT c.document, c.sha256 FROM editions e JOIN edition_schedules c ON c.edition_id = e.id
WHERE e.proposal_id = $1 AND e.number = $2 AND c.partner_id = $3"""


async def was_signed_by(reads: Reads, proposal_id: Id, number: int, partner_ids: list[Id]) -> bool:
    """A former partner keeps the editions that it signed."""
    return await reads.first(SEEN_BY_FORMER, proposal_id, number, partner_ids) is not None


async def edition_document(reads: Reads, proposal_id: Id, number: int) -> Stored | None:
    """An edition's signed bytes and their SHA-256."""
    return await immutable(reads.first, EDITION, proposal_id, number)


async def edition_annex(reads: Reads, proposal_id: Id, number: int) -> Stored | None:
    return await immutable(reads.first, ANNEX, proposal_id, number)


async def edition_schedule(reads: Reads, proposal_id: Id, number: int, partner_id: Id) -> Stored | None:
    return as_stored(await reads.first(EDITION_SCHEDULE, proposal_id, number, partner_id))


async def immutable(run: Run, statement: str, *parameters: Any) -> Stored | None:
    key = (statement, *parameters)
    found = _kept.get(key)
    if found is None:
        found = as_stored(await run(statement, *parameters))
        if found is not None:
            _kept.put(key, found)
    return found


def as_stored(row: Any) -> Stored | None:
    return (bytes(row[0]), row[1]) if row else None
