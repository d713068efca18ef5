"""A section's text within a request's transaction: read it, hold it, add to it.

This is what `PUT …/content`, restoring, accepting a suggestion and freezing use; live sockets write through
`app/bid/text/live/log.py`, into the same log and under the same locks. An update added here is durable with the request's
commit, and reaches every open socket of every process right after it (NOTIFY is sent on commit).

    async def put(session, section_id, ...):
        text = await section_log.hold(session, section_id)       # nobody else adds to it until we commit
        doc = Doc(); [doc.apply_update(u) for u in text.updates]
        ...                                                      # the change as one Yjs update, checked by the guard
        seq = await section_log.append(session, section_id, update, person_id=…, organisation_id=…)

`hold` first locks the proposal's row (the request will raise its revision, so a shared lock would deadlock), then the
head: the order that everybody keeps. So it waits for a freeze and a freeze waits for it. It does not judge the
proposal's status: the caller's rule does, after `hold` has returned. Freezing takes the proposal FOR UPDATE and then
`read`s: it gets exactly what was acknowledged.

The `update` must leave nothing pending: it may only build on what `hold` returned.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.platform.access.ids import Id

CHANNEL = "cobid_live"
"""NOTIFY channel: `<section_id> <seq>`, the number of the last update that is there now."""

Db = AsyncSession | AsyncConnection


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section's document as Yjs bytes: apply `updates` in their order to an empty `Doc`. `seq` 0 is empty."""

    seq: int
    updates: tuple[bytes, ...]


_READ = text(
    """
    SELECT h.last_seq, s.seq, s.state,
           ARRAY(SELECT u.update FROM section_updates u
                 WHERE u.section_id = h.section_id AND u.seq > coalesce(s.seq, 0) ORDER BY u.seq)
    FROM section_heads h LEFT JOIN section_snapshots s ON s.section_id = h.section_id
    WHERE h.section_id = CAST(:section AS uuid)
    """
)
_READ_MANY = text(
    """
    SELECT h.section_id::text, h.last_seq, s.seq, s.state,
           ARRAY(SELECT u.update FROM section_updates u
                 WHERE u.section_id = h.section_id AND u.seq > coalesce(s.seq, 0) ORDER BY u.seq)
    FROM section_heads h LEFT JOIN section_snapshots s ON s.section_id = h.section_id
    WHERE h.proposal_id = CAST(:proposal AS uuid)
    """
)
_HOLD_PROPOSAL = text(
    "SELECT p.id FROM proposals p JOIN sections s ON s.proposal_id = p.id "
    "WHERE s.id = CAST(:section AS uuid) FOR NO KEY UPDATE OF p"
)
_ENSURE_HEAD = text(
    "INSERT INTO section_heads (section_id, proposal_id) "
    "SELECT id, proposal_id FROM sections WHERE id = CAST(:section AS uuid) ON CONFLICT DO NOTHING"
)
_HOLD_HEAD = text("SELECT last_seq FROM section_heads WHERE section_id = CAST(:section AS uuid) FOR UPDATE")
_APPEND = text(
    """
    WITH head AS (
        UPDATE section_heads SET last_seq = last_seq + 1, bytes_since_snapshot = bytes_since_snapshot + :size
        WHERE section_id = CAST(:section AS uuid) RETURNING section_id, last_seq
    ), added AS (
        INSERT INTO section_updates (section_id, seq, update, organisation_id, person_id)
        SELECT section_id, last_seq, :update, CAST(:organisation AS uuid), CAST(:person AS uuid) FROM head
        RETURNING seq
    )
    SELECT seq, pg_notify(:channel, CAST(:section AS text) || ' ' || seq) FROM added
    """
)


async def read(db: Db, section_id: Id) -> SectionText:
    """The text as it is committed (and as this transaction changed it). Empty where nobody has written yet."""
    row = (await db.execute(_READ, {"section": section_id})).one_or_none()
    return SectionText(0, ()) if row is None else _text(row[0], row[2], row[3])


async def read_all(db: Db, proposal_id: Id) -> dict[Id, SectionText]:
    """The texts of all sections of a proposal in which somebody has written, by section id."""
    rows = await db.execute(_READ_MANY, {"proposal": proposal_id})
    return {row[0]: _text(row[1], row[3], row[4]) for row in rows}


async def hold(db: Db, section_id: Id) -> SectionText:
    """Locks the section's log until the transaction ends, and reads it."""
    await db.execute(_HOLD_PROPOSAL, {"section": section_id})
    await db.execute(_ENSURE_HEAD, {"section": section_id})
    await db.execute(_HOLD_HEAD, {"section": section_id})
    return await read(db, section_id)


async def append(db: Db, section_id: Id, update: bytes, *, person_id: Id | None, organisation_id: Id | None) -> int:
    """Adds one checked update to a section that is held; answers its number."""
    row = await db.execute(
        _APPEND,
        {
            "section": section_id,
            "update": update,
            "size": len(update),
            "organisation": organisation_id,
            "person": person_id,
            "channel": CHANNEL,
        },
    )
    return int(row.scalar_one())


def _text(seq: int, snapshot: bytes | None, tail: list[bytes]) -> SectionText:
    return SectionText(seq, (*([snapshot] if snapshot else []), *tail))
