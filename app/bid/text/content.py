"""A section's text as Markdown: read it, and put another one, merged from the version that its author read.

The text's own ETag is opaque to clients: it names the update up to which the text was read, and a check so that one
section's tag is not taken for another's.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text import section_log
from app.bid.text.section_log import SectionText
from app.bid.text.service import Writer
from app.bid.text.tables import SectionVersion
from app.bid.value import Counts
from app.platform.access.errors import IfMatchRequired, Invalid, StaleVersion
from app.platform.access.ids import Id
from app.platform.richtext import merge, yjs
from app.platform.richtext.count import count
from app.platform.richtext.guard import Foreign, Guard
from app.platform.richtext.markdown import parse
from app.platform.richtext.markdown_writer import dump
from app.platform.richtext.schema import ForeignText, Json

BASES_KEPT: Final = timedelta(days=7)
"""How long a text that somebody read can still be the base of a change."""


class StaleText(StaleVersion):
    """The text moved on, and this change can't be (or must not be) merged into it. Carries the text as it is now."""

    code = "stale-text"
    title = "The text changed since you read it"
    explanation = "'current_markdown' holds the text as it is now, with 'current_etag'. Make your change there."

    def __init__(self, detail: str, now: "Content") -> None:
        super().__init__(detail)
        self.members = {"current_markdown": now.markdown, "current_etag": now.etag}


@dataclass(frozen=True, slots=True)
class Content:
    markdown: str
    counts: Counts
    etag: str


def tag(section_id: Id, seq: int) -> str:
    check = hashlib.sha256(f"{section_id} {seq}".encode()).hexdigest()[:8]
    return f'"t{seq:x}-{check}"'


def base_of(section_id: Id, header: str | None) -> int | None:
    """The update up to which the author of an If-Match had read; None where it is no ETag of this text.

    Raises `IfMatchRequired` where there is none, or `*`.
    """
    given = (header or "").strip()
    if not given or given == "*":
        raise IfMatchRequired("Send the ETag of the text that you changed in the header If-Match.")
    try:
        seq = int(given.removeprefix('"t').split("-")[0], 16)
    except ValueError:
        return None
    return seq if 0 <= seq < 2**53 and tag(section_id, seq) == given else None


async def read(session: AsyncSession, section_id: Id) -> Content:
    now = await section_log.read(session, section_id)
    return await asyncio.to_thread(_content, section_id, now.seq, now.updates)


def _content(section_id: Id, seq: int, updates: Sequence[bytes]) -> Content:
    document = yjs.read(yjs.load(*updates))
    return Content(dump(document), count(document), tag(section_id, seq))


async def parsed(markdown: str) -> Json:
    """The text that `markdown` describes; 422 where no section can hold it."""
    try:
        return await asyncio.to_thread(parse, markdown)
    except ForeignText as foreign:
        raise Invalid.at("/markdown", "not-a-text", f"This text cannot be kept: {foreign}.") from None


_BASE = text(
    """
    SELECT v.seq, v.state, ARRAY(
      SELECT u.update FROM section_updates u
      WHERE u.section_id = CAST(:section AS uuid) AND u.seq > coalesce(v.seq, 0) AND u.seq <= :seq ORDER BY u.seq),
      coalesce((SELECT u.at < clock_timestamp() - CAST(:kept AS interval) FROM section_updates u
                WHERE u.section_id = CAST(:section AS uuid) AND u.seq = :seq + 1), false)
    FROM (SELECT 1) one LEFT JOIN LATERAL (
      SELECT seq, state FROM section_versions WHERE section_id = CAST(:section AS uuid) AND seq <= :seq
      ORDER BY seq DESC LIMIT 1) v ON true
    """
)


async def base(session: AsyncSession, section_id: Id, seq: int) -> list[bytes] | None:
    """The text as it was after update `seq`; None where it was overtaken more than `BASES_KEPT` ago."""
    given = {"section": section_id, "seq": seq, "kept": BASES_KEPT}
    _, state, updates, too_old = (await session.execute(_BASE, given)).one()
    return None if too_old else [*([state] if state else []), *updates]


async def was_put(session: AsyncSession, section_id: Id, base_seq: int, digest: bytes, by: Writer) -> bool:
    """Whether this very text came from this writer and this base before: a retry, whose answer got lost."""
    query = select(SectionVersion.id).where(
        SectionVersion.section_id == section_id,
        SectionVersion.base_seq == base_seq,
        SectionVersion.digest == digest,
        SectionVersion.person_id == by.person_id if by.person_id is not None else SectionVersion.person_id.is_(None),
        SectionVersion.organisation_id == by.organisation_id,
    )
    return (await session.execute(query.limit(1))).scalar_one_or_none() is not None


async def put(
    session: AsyncSession, section_id: Id, now: SectionText, base_updates: Sequence[bytes], wanted: Json, by: Writer
) -> bool:
    """Adds the change from the base to `wanted` to the text, which is held; whether there was one.

    Raises `Invalid` where the merged text is not one that editors could open (it never should be).
    """
    update = await asyncio.to_thread(_change, base_updates, now.updates, wanted, False)
    return await add(session, section_id, update, by)


async def add(session: AsyncSession, section_id: Id, update: bytes | None, by: Writer) -> bool:
    """Adds a checked update to a section that is held."""
    if update is None:
        return False
    await section_log.append(session, section_id, update, person_id=by.person_id, organisation_id=by.organisation_id)
    return True


def _change(base_updates: Sequence[bytes], live: Sequence[bytes], wanted: Json, exact: bool) -> bytes | None:
    update = merge.change(base_updates, live, wanted, exact=exact)
    if update is not None:
        check(live, update)
    return update


def check(live: Sequence[bytes], update: bytes) -> None:
    """That the update may be added to the text: the same guard that sockets pass."""
    guard = Guard(yjs.load(*live))
    try:
        guard.apply(update)
    except Foreign as foreign:
        raise Invalid.at("/markdown", "not-a-text", f"This text cannot be kept: {foreign}.") from None
    finally:
        guard.close()


async def restored(live: SectionText, state: bytes) -> bytes | None:
    """The update that brings an earlier text back, as a change that others' work survives."""
    return await asyncio.to_thread(_restored, live.updates, state)


def _restored(live: Sequence[bytes], state: bytes) -> bytes | None:
    wanted = yjs.read(yjs.load(state))
    return _change(live, live, wanted, True)


def facts(content: Content) -> dict[str, Any]:
    return {"words": content.counts.words, "characters": content.counts.characters, "pages": content.counts.pages}
