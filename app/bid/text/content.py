"""A section's text as Markdown: read it, put another one, or bring an earlier one back, merged with what others wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text import ahead, complexity, history, section_log
from app.bid.text.catching_up import catch_up
from app.bid.text.history import VersionReason
from app.bid.text.rendered import Content, content_of
from app.bid.text.section_log import Author, SectionText
from app.bid.text.tables import SectionVersion
from app.bid.text.threads import beside
from app.platform.access.errors import Invalid, StaleVersion
from app.platform.access.ids import Id
from app.platform.db.act import Act
from app.platform.richtext import merge, yjs
from app.platform.richtext.complexity import Complexity
from app.platform.richtext.counting import count
from app.platform.richtext.guard import ForeignUpdate, Guard
from app.platform.richtext.markdown import parse
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
class Base:
    """The text that the author of a change started from, as of update `seq`."""

    seq: int
    updates: Sequence[bytes]


async def rendered(section_id: Id, now: SectionText) -> Content:
    """Takes a moment for a long text, so the caller holds no connection meanwhile."""
    return await beside(now.size, _rendered, section_id, now)


def _rendered(section_id: Id, now: SectionText) -> Content:
    document = yjs.read(yjs.load(*now.updates))
    return content_of(section_id, now.seq, document, count(document))


async def parsed(markdown: str, most: Complexity) -> Json:
    """The text that `markdown` describes; 422 where no section can hold it."""
    try:
        wanted = await beside(len(markdown), parse, markdown)
    except ForeignText as foreign:
        raise Invalid.at("/markdown", "not-a-text", f"This text cannot be kept: {foreign}.") from None
    complexity.check(most, wanted)
    return wanted


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
    raise StaleText(why, await rendered(section_id, now))


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


def changing(base: Base, wanted: Json, most: Complexity) -> ahead.Change:
    """The change from `base` to `wanted`, merged into the text as it is."""
    return lambda now: _change(base.updates, now.updates, wanted, most)


def restoring(state: bytes, most: Complexity) -> ahead.Change:
    """The change that brings an earlier state back."""
    return lambda now: _change(now.updates, now.updates, yjs.read(yjs.load(state)), most, exact=True)


async def put(act: Act, section_id: Id, change: ahead.Prepared, base_seq: int | None, digest: bytes) -> None:
    """Writes a change of the text, which is locked, and keeps a version.

    `base_seq` names the text that its author had read, and `digest` is that of the Markdown.
    """
    reason = VersionReason("put", by=Author.of(act), base_seq=base_seq, digest=digest)
    await _write(act, section_id, change, reason)


async def restore(act: Act, section_id: Id, change: ahead.Prepared, earlier: SectionVersion) -> None:
    """Brings an earlier version back, as one more change of the text, which is locked. Keeps what it replaces as a version
    too."""
    session = act.session
    if change.update is not None and not await history.is_kept(session, section_id, change.seq):
        await catch_up(session, act.stream_id, section_id, VersionReason(), ahead=change.typed)
    reason = VersionReason("restored", by=Author.of(act), restored_from=earlier.number)
    await _write(act, section_id, change, reason)


async def _write(act: Act, section_id: Id, change: ahead.Prepared, reason: VersionReason) -> None:
    if change.update is not None:
        await section_log.append(act.session, section_id, change.update, reason.by)
        known = change.after if change.by == reason.by else None
        await catch_up(act.session, act.stream_id, section_id, reason, ahead=known)


def _change(
    base: Sequence[bytes], live: Sequence[bytes], wanted: Json, most: Complexity, exact: bool = False
) -> bytes | None:
    update = merge.change(base, live, wanted, exact=exact)
    if update is not None:
        check(live, update, most)
    return update


def check(live: Sequence[bytes], update: bytes, most: Complexity) -> None:
    """Raises `Invalid` unless the update may be added to the text, by the same guard that sockets pass, and `TextTooComplex`.

    For a merged text that should seldom happen.
    """
    doc = yjs.load(*live)
    before = yjs.read(doc)
    guard = Guard(doc)
    try:
        guard.apply(update)
    except ForeignUpdate as foreign:
        raise Invalid.at("/markdown", "not-a-text", f"This text cannot be kept: {foreign}.") from None
    finally:
        guard.close()
    complexity.check(most, yjs.read(doc), before)
