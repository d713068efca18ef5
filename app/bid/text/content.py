"""A section's text as Markdown: read it, put another one, or bring an earlier one back, merged with what others wrote.

The text's own ETag is opaque to clients. It names the update up to which the text was read, and has a check value so
that one section's tag is not taken for another's.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text import history, section_log
from app.bid.text.catching_up import catch_up
from app.bid.text.history import VersionReason
from app.bid.text.section_log import Author, SectionText
from app.bid.text.tables import SectionVersion
from app.bid.value import Counts
from app.platform.access.errors import IfMatchRequired, Invalid, StaleVersion
from app.platform.access.ids import Id
from app.platform.db.act import Act
from app.platform.richtext import merge, yjs
from app.platform.richtext.counting import count
from app.platform.richtext.guard import ForeignUpdate, Guard
from app.platform.richtext.markdown import parse
from app.platform.richtext.markdown_writer import dump
from app.platform.richtext.schema import ForeignText, Json

BASES_KEPT: Final = timedelta(days=7)
"""How long after it was overtaken a text that somebody read can be the base of a change."""


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


@dataclass(frozen=True, slots=True)
class Base:
    """The text that the author of a change started from, as of update `seq`."""

    seq: int
    updates: Sequence[bytes]


def tag(section_id: Id, seq: int) -> str:
    check = hashlib.sha256(f"{section_id} {seq}".encode()).hexdigest()[:8]
    return f'"t{seq:x}-{check}"'


def seq_of(section_id: Id, if_match: str | None) -> int | None:
    """The update up to which the sender of this If-Match had read; None where it is no ETag of this text.

    Raises `IfMatchRequired` where there is none, or `*`.
    """
    given = (if_match or "").strip()
    if not given or given == "*":
        raise IfMatchRequired("Send the ETag of the text that you changed in the header If-Match.")
    try:
        seq = int(given.removeprefix('"t').split("-")[0], 16)
    except ValueError:
        return None
    return seq if 0 <= seq < 2**53 and tag(section_id, seq) == given else None


async def read(session: AsyncSession, section_id: Id) -> Content:
    now = await section_log.read(session, section_id)
    return await asyncio.to_thread(_content, section_id, now)


def _content(section_id: Id, now: SectionText) -> Content:
    document = yjs.read(yjs.load(*now.updates))
    return Content(dump(document), count(document), tag(section_id, now.seq))


async def parsed(markdown: str) -> Json:
    """The text that `markdown` describes; 422 where no section can hold it."""
    try:
        return await asyncio.to_thread(parse, markdown)
    except ForeignText as foreign:
        raise Invalid.at("/markdown", "not-a-text", f"This text cannot be kept: {foreign}.") from None


async def base_of(session: AsyncSession, section_id: Id, now: SectionText, seq: int | None, strict: bool) -> Base:
    """The text up to update `seq`, which its author had read (None: no such text). `strict`: it must be the newest.

    Raises `StaleText` where it is not to be had.
    """
    if seq is not None and seq == now.seq:
        return Base(seq, now.updates)
    if seq is not None and seq < now.seq and not strict:
        updates = await _updates_until(session, section_id, seq)
        if updates is not None:
            return Base(seq, updates)
    why = "You asked not to merge, and others wrote since." if strict else "The text that you started from is gone."
    raise StaleText(why, await read(session, section_id))


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


async def _updates_until(session: AsyncSession, section_id: Id, seq: int) -> list[bytes] | None:
    """The text as it was after update `seq`; None where it was overtaken more than `BASES_KEPT` ago."""
    given = {"section": section_id, "seq": seq, "kept": BASES_KEPT}
    _, state, updates, too_old = (await session.execute(_BASE, given)).one()
    return None if too_old else [*([state] if state else []), *updates]


async def put(act: Act, section_id: Id, now: SectionText, base: Base, wanted: Json, digest: bytes) -> None:
    """Merges the change from `base` to `wanted` into the text `now`, which is locked, and keeps a version.

    `digest` is that of the Markdown. The same Markdown from the same author and base changes nothing again.
    """
    by = Author.of(act)
    if await history.was_put(act.session, section_id, base.seq, digest, by):
        return
    update = await asyncio.to_thread(_change, base.updates, now.updates, wanted)
    if update is None:
        return
    await section_log.append(act.session, section_id, update, by)
    reason = VersionReason("put", by=by, base_seq=base.seq, digest=digest)
    await catch_up(act.session, act.stream_id, section_id, reason)


async def restore(act: Act, section_id: Id, earlier: SectionVersion) -> None:
    """Brings an earlier version back, as one more change of the text. Keeps what it replaces as a version too."""
    session = act.session
    by = Author.of(act)
    now = await section_log.lock(session, section_id)
    update = await asyncio.to_thread(_restoring, now.updates, earlier.state)
    if update is None:
        return
    if not await history.is_kept(session, section_id, now.seq):  # what was typed lately is in no version yet
        await catch_up(session, act.stream_id, section_id, VersionReason())
    await section_log.append(session, section_id, update, by)
    reason = VersionReason("restored", by=by, restored_from=earlier.number)
    await catch_up(session, act.stream_id, section_id, reason)


def _change(base: Sequence[bytes], live: Sequence[bytes], wanted: Json, exact: bool = False) -> bytes | None:
    update = merge.change(base, live, wanted, exact=exact)
    if update is not None:
        check(live, update)
    return update


def _restoring(live: Sequence[bytes], state: bytes) -> bytes | None:
    return _change(live, live, yjs.read(yjs.load(state)), exact=True)


def check(live: Sequence[bytes], update: bytes) -> None:
    """Raises `Invalid` unless the update may be added to the text, by the same guard that sockets pass.

    For a merged text that should never happen.
    """
    guard = Guard(yjs.load(*live))
    try:
        guard.apply(update)
    except ForeignUpdate as foreign:
        raise Invalid.at("/markdown", "not-a-text", f"This text cannot be kept: {foreign}.") from None
    finally:
        guard.close()
