"""A section's versions: kept by name or automatically, read with who wrote what, compared, and brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text.replay import Replayed
from app.bid.text.section_log import NOBODY, Author
from app.bid.text.tables import SectionUpdate, SectionVersion
from app.bid.text.threads import beside
from app.platform.access.errors import Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.richtext import yjs
from app.platform.richtext.authors import numbered_pieces
from app.platform.richtext.diff import Span, as_markdown, spans
from app.platform.richtext.markdown_writer import dump

AUTOMATIC_EVERY: Final = timedelta(minutes=10)
"""While people type, a version is kept automatically at most this often."""


@dataclass(frozen=True, slots=True)
class VersionReason:
    """Why a version is kept. `kind`: `automatic`, `named`, `put` or `restored`.

    `base_seq` and `digest` say of a text that was put which one its author had read, and what it was: so a retry is
    recognised.
    """

    kind: str = "automatic"
    name: str | None = None
    by: Author = NOBODY
    restored_from: int | None = None
    base_seq: int | None = None
    digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class VersionText:
    """A version's text, and who wrote which piece of it: the number of the run of text, the piece, its author."""

    markdown: str
    written: list[tuple[int, str, Author]]


async def page(session: AsyncSession, section_id: Id, limit: int, before: int | None) -> Sequence[SectionVersion]:
    """At most `limit` versions with numbers below `before`, the newest first."""
    query = select(SectionVersion).where(SectionVersion.section_id == section_id)
    if before is not None:
        query = query.where(SectionVersion.number < before)
    return (await session.execute(query.order_by(SectionVersion.number.desc()).limit(limit))).scalars().all()


async def is_kept(session: AsyncSession, section_id: Id, seq: int) -> bool:
    """Whether the text after update `seq` is a version."""
    query = select(SectionVersion.id).where(SectionVersion.section_id == section_id, SectionVersion.seq == seq)
    return (await session.execute(query.limit(1))).scalar_one_or_none() is not None


async def was_put(session: AsyncSession, section_id: Id, base_seq: int, digest: bytes, by: Author) -> bool:
    """Whether this very text came from this author and this base before: a retry, whose answer got lost."""
    query = select(SectionVersion.id).where(
        SectionVersion.section_id == section_id,
        SectionVersion.base_seq == base_seq,
        SectionVersion.digest == digest,
        SectionVersion.person_id == by.person_id if by.person_id is not None else SectionVersion.person_id.is_(None),
        SectionVersion.organisation_id == by.organisation_id,
    )
    return (await session.execute(query.limit(1))).scalar_one_or_none() is not None


async def version(session: AsyncSession, section_id: Id, number: int, pointer: str | None = None) -> SectionVersion:
    """The version with this number. Without it NotFound, or Invalid where `pointer` says which input named it."""
    query = select(SectionVersion).where(SectionVersion.section_id == section_id, SectionVersion.number == number)
    row = (await session.execute(query)).scalar_one_or_none()
    if row is not None:
        return row
    if pointer is None:
        raise NotFound
    raise Invalid.at(pointer, "unknown-version", "This section has no such version. GET …/history lists them.")


async def read(row: SectionVersion) -> VersionText:
    authors = [Author(each[0], each[1]) for each in row.authors]
    return await beside(len(row.state), _read, row.state, row.runs, authors)


def _read(state: bytes, runs: list[list[list[int]]], authors: list[Author]) -> VersionText:
    doc = yjs.load(state)
    written: list[tuple[int, str, Author]] = []
    for run, text, number in numbered_pieces(doc, runs):
        written.append((run, text, authors[number] if number < len(authors) else NOBODY))
    return VersionText(dump(yjs.read(doc)), written)


async def differences(before: bytes, after: bytes) -> tuple[list[Span], str]:
    """From one state of the text to another: as spans, and as one Markdown text for reading."""
    return await beside(len(before) + len(after), _differences, before, after)


def _differences(before: bytes, after: bytes) -> tuple[list[Span], str]:
    found = spans(yjs.read(yjs.load(before)), yjs.read(yjs.load(after)))
    return found, as_markdown(found)


async def keep_version(
    session: AsyncSession, section_id: Id, replayed: Replayed, reason: VersionReason | None
) -> SectionVersion | None:
    """Keeps the text as a version for this reason; without one, only if the last version is old enough."""
    last = (
        await session.execute(
            select(SectionVersion.number, SectionVersion.at, SectionVersion.seq)
            .where(SectionVersion.section_id == section_id)
            .order_by(SectionVersion.number.desc())
            .limit(1)
        )
    ).one_or_none()
    now = await event_log.now(session)
    if reason is None:
        if replayed.seq == 0 or (last is not None and now - last.at < AUTOMATIC_EVERY):
            return None
        reason = VersionReason()
    row = SectionVersion(
        id=new_id(),
        section_id=section_id,
        number=last.number + 1 if last else 1,
        seq=replayed.seq,
        kind=reason.kind,
        name=reason.name,
        organisation_id=reason.by.organisation_id,
        person_id=reason.by.person_id,
        restored_from=reason.restored_from,
        base_seq=reason.base_seq,
        digest=reason.digest,
        organisation_ids=await _organisations(session, section_id, last.seq if last else 0, replayed.seq),
        words=replayed.counts.words,
        characters=replayed.counts.characters,
        pages=replayed.counts.pages,
        state=replayed.state,
        authors=[list(author) for author in replayed.authors],
        runs=replayed.runs,
        at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def _organisations(session: AsyncSession, section_id: Id, after: int, until: int) -> list[Id]:
    """The organisations whose people wrote the updates after number `after`, up to `until`."""
    query = (
        select(SectionUpdate.organisation_id)
        .where(
            SectionUpdate.section_id == section_id,
            SectionUpdate.seq > after,
            SectionUpdate.seq <= until,
            SectionUpdate.organisation_id.is_not(None),
        )
        .distinct()
    )
    return sorted(each for each in (await session.execute(query)).scalars() if each is not None)
