"""Lets counts, authors, versions and the event log catch up with a section's text.

Typing is logged update by update (`db/section_log`, `live/log`). What everybody else sees of it (the counts, each
organisation's share, the events, the automatic versions) follows in bursts: `settle` takes what came since the last
time. It is called within the transaction that puts Markdown, before a freeze, and shortly after somebody typed; what a
killed process left undone, the next call does.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Proposal
from app.bid.text.live.tables import SectionUpdate
from app.bid.text.tables import Section, SectionAuthors, SectionVersion
from app.bid.value import Counts
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.richtext import yjs
from app.platform.richtext.authors import Authorship, Runs, share
from app.platform.richtext.count import count
from app.platform.words.codes import SectionState

AUTOMATIC_EVERY: Final = timedelta(minutes=10)
"""A version is kept by itself at most this often while people type."""

Author = tuple[Id | None, Id | None]
"""Organisation and person."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A section's text as of update `seq`, with all that is known of it."""

    seq: int
    state: bytes
    counts: Counts
    authors: list[Author]
    runs: Runs
    by_organisation: dict[Id, int]
    added: dict[Author, int]
    removed: dict[Author, int]
    wrote: tuple[Author, ...]
    """Who changed something since the last time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a version is kept: `named`, `put`, `restored`; or nothing of the kind: by itself, from time to time."""

    kind: str = "automatic"
    name: str | None = None
    by: Author = (None, None)
    restored_from: int | None = None
    base_seq: int | None = None
    digest: bytes | None = None


_BEHIND = text(
    """
    SELECT s.id::text FROM sections s JOIN section_heads h ON h.section_id = s.id
    WHERE s.proposal_id = CAST(:proposal AS uuid) AND h.last_seq > s.counted_seq ORDER BY s.id
    """
)


async def settle_all(session: AsyncSession, proposal_id: Id) -> None:
    """Settles every section of a proposal whose row the caller holds: before a freeze."""
    for section_id in (await session.execute(_BEHIND, {"proposal": proposal_id})).scalars().all():
        await settle(session, proposal_id, section_id)


async def settle(
    session: AsyncSession, proposal_id: Id, section_id: Id, kept: Kept | None = None
) -> SectionVersion | None:
    """Takes in what was typed since the last time; answers the version that was kept, if one was.

    Locks the proposal's row first, like every write that is told to all. Does nothing where nothing is new, unless
    `kept` asks for a version.
    """
    lock = select(Proposal.id).where(Proposal.id == proposal_id).with_for_update(key_share=True)
    await session.execute(lock)
    section = (
        await session.execute(
            select(Section)
            .where(Section.id == section_id, Section.proposal_id == proposal_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).scalar_one_or_none()
    if section is None:
        return None
    before = await session.get(SectionAuthors, section_id, populate_existing=True)
    rows = await _since(session, section_id, before.seq if before else 0)
    if not rows and kept is None:
        return None
    settled = await asyncio.to_thread(_follow, before, rows)
    await _store(session, section, settled)
    for author in settled.wrote:
        await _tell(session, section, settled, author)
    return await _keep_version(session, section, settled, kept)


async def _since(session: AsyncSession, section_id: Id, seq: int) -> list[Any]:
    query = (
        select(SectionUpdate.seq, SectionUpdate.update, SectionUpdate.organisation_id, SectionUpdate.person_id)
        .where(SectionUpdate.section_id == section_id, SectionUpdate.seq > seq)
        .order_by(SectionUpdate.seq)
    )
    return list((await session.execute(query)).all())


def _follow(before: SectionAuthors | None, rows: list[Any]) -> Settled:
    """Replays the new updates, each with its author. Some 30 µs an update; runs in a thread."""
    doc = yjs.load(*([before.state] if before else []))
    authors: list[Author] = [(row[0], row[1]) for row in before.authors] if before else []
    numbers = {author: number for number, author in enumerate(authors)}
    following = Authorship(doc, before.runs if before else [])
    wrote: dict[Author, None] = {}
    for row in rows:
        author = (row.organisation_id, row.person_id)
        if author not in numbers:
            numbers[author] = len(authors)
            authors.append(author)
        wrote[author] = None
        following.apply(row.update, numbers[author])
    runs = following.runs()
    following.close()
    by_organisation: dict[Id, int] = {}
    for number, characters in share(doc, runs).items():
        organisation_id = authors[number][0] if number < len(authors) else None
        if organisation_id is not None:
            by_organisation[organisation_id] = by_organisation.get(organisation_id, 0) + characters
    return Settled(
        seq=rows[-1].seq if rows else (before.seq if before else 0),
        state=doc.get_update(),
        counts=count(yjs.read(doc)),
        authors=authors,
        runs=runs,
        by_organisation=by_organisation,
        added={authors[number]: many for number, many in following.added.items()},
        removed={authors[number]: many for number, many in following.removed.items()},
        wrote=tuple(wrote),
    )


async def _store(session: AsyncSession, section: Section, settled: Settled) -> None:
    values = {
        "seq": settled.seq,
        "state": settled.state,
        "authors": [list(author) for author in settled.authors],
        "runs": settled.runs,
    }
    statement = insert(SectionAuthors).values(section_id=section.id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["section_id"], set_=values))
    counts = settled.counts
    begun = section.state == SectionState.NOT_STARTED.value and counts.characters > 0
    changed: dict[str, Any] = {
        "words": counts.words,
        "characters": counts.characters,
        "pages": counts.pages,
        "characters_by_organisation": settled.by_organisation,
        "counted_seq": settled.seq,
    }
    if begun:
        changed |= {"state": SectionState.DRAFTING.value, "version": section.version + 1}
    await session.execute(
        update(Section).where(Section.id == section.id).values(**changed).execution_options(synchronize_session=False)
    )
    await session.refresh(section)


async def _tell(session: AsyncSession, section: Section, settled: Settled, author: Author) -> None:
    """One event for each who wrote: whose words, how many, and the counts after; never the words themselves."""
    organisation_id, person_id = author
    await event_log.record(
        session,
        "proposal",
        section.proposal_id,
        "section_written",
        actor=Actor(person_id=person_id),
        organisation_id=organisation_id,
        payload={
            "section_id": section.id,
            "title": section.title,
            "characters_added": settled.added.get(author, 0),
            "characters_removed": settled.removed.get(author, 0),
            "counts": {"words": section.words, "characters": section.characters, "pages": section.pages},
        },
    )


async def _keep_version(
    session: AsyncSession, section: Section, settled: Settled, kept: Kept | None
) -> SectionVersion | None:
    last = (
        await session.execute(
            select(SectionVersion.number, SectionVersion.at, SectionVersion.seq)
            .where(SectionVersion.section_id == section.id)
            .order_by(SectionVersion.number.desc())
            .limit(1)
        )
    ).one_or_none()
    now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    if kept is None and (settled.seq == 0 or (last is not None and now - last.at < AUTOMATIC_EVERY)):
        return None
    reason = kept or Kept()
    contributors = await _contributors(session, section.id, last.seq if last else 0, settled.seq)
    version = SectionVersion(
        id=new_id(),
        section_id=section.id,
        number=last.number + 1 if last else 1,
        seq=settled.seq,
        kind=reason.kind,
        name=reason.name,
        organisation_id=reason.by[0],
        person_id=reason.by[1],
        restored_from=reason.restored_from,
        base_seq=reason.base_seq,
        digest=reason.digest,
        organisation_ids=contributors,
        words=settled.counts.words,
        characters=settled.counts.characters,
        pages=settled.counts.pages,
        state=settled.state,
        authors=[list(author) for author in settled.authors],
        runs=settled.runs,
        at=now,
    )
    session.add(version)
    await session.flush()
    return version


async def _contributors(session: AsyncSession, section_id: Id, after: int, until: int) -> list[Id]:
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
