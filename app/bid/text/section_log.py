"""A section's text within a request's transaction: read it, lock it, add to it.

The text is a log of Yjs updates. Requests that put, restore or freeze a text, or accept a suggestion, use this module;
live sockets write through `app/bid/text/live/update_log.py`, to the same log and under the same locks. An update added
here is durable with the request's commit, and then reaches every open socket of every process (NOTIFY is sent on commit).

    await section_log.lock(session, section_id)                # nobody else adds to it until the commit
    update = …                                                 # the change of the text as it is, checked by the guard
    await section_log.append(session, section_id, update, by)

The request holds the proposal's row already, by its row of the permission table, when `lock` takes the head. Everybody
keeps that order. A freeze locks the proposal FOR UPDATE and then reads: it gets exactly what was acknowledged.

An update may only build on what was there when `lock` returned; `ahead` works it out before, and looks whether it still is.
"""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Side
from app.platform.db.act import Act

CHANNEL = "cobid_live"
"""NOTIFY channel: `<section_id> <seq>`, the number of the section's last update."""

Db = AsyncSession | AsyncConnection


class Author(NamedTuple):
    """Who an update comes from: a person, and the organisation that they write for."""

    organisation_id: Id | None
    person_id: Id | None

    @classmethod
    def of(cls, act: Act) -> "Author":
        return cls(act.organisation_id, act.actor.person_id if act.actor else None)

    @classmethod
    def by(cls, actor: Actor, side: Side) -> "Author":
        return cls(side.organisation_id, actor.person_id)


NOBODY = Author(None, None)


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section's document: apply `updates` in their order to an empty `Doc`. `seq` 0 is empty."""

    seq: int
    updates: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(map(len, self.updates))


_READ = text(
    """
    SELECT h.last_seq, s.seq, s.state,
           ARRAY(SELECT u.update FROM section_updates u
                 WHERE u.section_id = h.section_id AND u.seq > coalesce(s.seq, 0) ORDER BY u.seq)
    FROM section_heads h LEFT JOIN section_snapshots s ON s.section_id = h.section_id
    WHERE h.section_id = CAST(:section AS uuid)
    """
)
_READ_ALL = text(
    """
    SELECT h.section_id::text, h.last_seq, s.seq, s.state,
           ARRAY(SELECT u.update FROM section_updates u
                 WHERE u.section_id = h.section_id AND u.seq > coalesce(s.seq, 0) ORDER BY u.seq)
    FROM section_heads h LEFT JOIN section_snapshots s ON s.section_id = h.section_id
    WHERE h.proposal_id = CAST(:proposal AS uuid)
    """
)
_ENSURE_HEAD = text(
    "INSERT INTO section_heads (section_id, proposal_id) "
    "SELECT id, proposal_id FROM sections WHERE id = CAST(:section AS uuid) ON CONFLICT DO NOTHING"
)
_LOCK_HEAD = text("SELECT last_seq FROM section_heads WHERE section_id = CAST(:section AS uuid) FOR UPDATE")
# One statement, as in the live log: the number is given and the row added and announced in one round trip.
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
    rows = await db.execute(_READ_ALL, {"proposal": proposal_id})
    return {row[0]: _text(row[1], row[3], row[4]) for row in rows}


async def lock(db: Db, section_id: Id) -> int:
    """Locks the section's log until the transaction, which holds its bid, ends; answers the number of its last update."""
    await db.execute(_ENSURE_HEAD, {"section": section_id})
    return int((await db.execute(_LOCK_HEAD, {"section": section_id})).scalar_one())


async def append(db: Db, section_id: Id, update: bytes, by: Author) -> int:
    """Adds one checked update to a section that is locked; answers its number."""
    row = await db.execute(
        _APPEND,
        {
            "section": section_id,
            "update": update,
            "size": len(update),
            "organisation": by.organisation_id,
            "person": by.person_id,
            "channel": CHANNEL,
        },
    )
    return int(row.scalar_one())


def _text(seq: int, snapshot: bytes | None, tail: list[bytes]) -> SectionText:
    return SectionText(seq, (*([snapshot] if snapshot else []), *tail))
