"""Brings what others see of a section up to its text: counts, shares, events and versions.

Typing is logged update by update (`section_log`, `live/update_log`). Everything that others see of it (the counts, each
organisation's share, the events, the automatic versions) follows in bursts: `catch_up` takes what came since the last
time. It is called within the transaction that puts, restores or freezes a text or accepts a suggestion, and shortly
after somebody typed (`background_catch_up`). What a killed process left undone, the next call does.

To replay a long text takes up to seconds. So that nobody waits for it, that is done before anything is locked
(`look_ahead`), and what came of it is handed to `catch_up`, which only writes it.
"""

from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Proposal
from app.bid.text.history import VersionReason, keep_version
from app.bid.text.replay import Replayed, replay
from app.bid.text.section_log import Author
from app.bid.text.tables import Section, SectionAuthors, SectionUpdate, SectionVersion
from app.bid.text.threads import beside
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db.act import Act
from app.platform.db.engine import Database
from app.platform.words.codes import SectionState

_BEHIND = text(
    """
    SELECT s.id::text FROM sections s JOIN section_heads h ON h.section_id = s.id
    WHERE s.proposal_id = CAST(:proposal AS uuid) AND h.last_seq > s.counted_seq ORDER BY s.id
    """
)


async def catch_up_all(session: AsyncSession, proposal_id: Id) -> None:
    """Catches up every section of a proposal whose row the caller has locked, before a freeze."""
    for section_id in (await session.execute(_BEHIND, {"proposal": proposal_id})).scalars().all():
        await catch_up(session, proposal_id, section_id)


@dataclass(frozen=True, slots=True)
class Behind:
    """What a section has to catch up with: `before` holds everything up to its own `seq`, and the updates came since."""

    before: SectionAuthors | None
    updates: list[tuple[int, bytes, Author]]

    async def replayed(self) -> Replayed:
        size = sum(len(update) for _, update, _ in self.updates) + (len(self.before.state) if self.before else 0)
        return await beside(size, replay, self.before, self.updates)

    @classmethod
    async def read(cls, session: AsyncSession, section_id: Id) -> "Behind":
        before = await session.get(SectionAuthors, section_id, populate_existing=True)
        return cls(before, await _updates_after(session, section_id, before.seq if before else 0))


async def look_ahead(db: Database, section_id: Id) -> Replayed | None:
    """What `catch_up` would find now, with nothing locked or held while it is worked out; None where nothing is new."""
    async with db.sessions() as session:
        behind = await Behind.read(session, section_id)
    return await behind.replayed() if behind.updates else None


async def catch_up_all_ahead(db: Database, proposal_id: Id) -> None:
    """Catches up every section of a proposal, one after the other, so that a freeze has little left to do."""
    async with db.sessions() as session:
        section_ids = (await session.execute(_BEHIND, {"proposal": proposal_id})).scalars().all()
    for section_id in section_ids:
        await catch_up_alone(db, proposal_id, section_id)


async def catch_up_alone(db: Database, proposal_id: Id, section_id: Id) -> None:
    """Catches up in a transaction of its own, with what was there when it began."""
    ahead = await look_ahead(db, section_id)
    if ahead is not None:
        async with db.sessions.begin() as session:
            await catch_up(session, proposal_id, section_id, ahead=ahead)


async def catch_up(
    session: AsyncSession,
    proposal_id: Id,
    section_id: Id,
    reason: VersionReason | None = None,
    *,
    ahead: Replayed | None = None,
) -> SectionVersion | None:
    """Takes in what was logged since the last time; answers the version that was kept, if one was.

    Locks the proposal's row first, like every write that becomes an event. Does nothing where nothing is new, unless
    there is a `reason` to keep a version. `ahead` was worked out before; unless somebody caught up meanwhile, it is taken,
    and what came after it is left for the next time.
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
    since = before.seq if before else 0
    if ahead is not None and ahead.since == since:
        replayed = ahead
    else:
        updates = await _updates_after(session, section_id, since)
        if not updates and reason is None:
            return None
        replayed = await Behind(before, updates).replayed()
    await _store(session, section, before, replayed)
    for author in replayed.wrote:
        await _record(session, section, replayed, author)
    return await keep_version(session, section.id, replayed, reason)


async def _updates_after(session: AsyncSession, section_id: Id, seq: int) -> list[tuple[int, bytes, Author]]:
    query = (
        select(SectionUpdate.seq, SectionUpdate.update, SectionUpdate.organisation_id, SectionUpdate.person_id)
        .where(SectionUpdate.section_id == section_id, SectionUpdate.seq > seq)
        .order_by(SectionUpdate.seq)
    )
    rows = await session.execute(query)
    return [(row.seq, row.update, Author(row.organisation_id, row.person_id)) for row in rows]


async def _store(session: AsyncSession, section: Section, before: SectionAuthors | None, replayed: Replayed) -> None:
    authors = before or SectionAuthors(section_id=section.id)
    authors.seq, authors.state = replayed.seq, replayed.state
    authors.authors = [list(author) for author in replayed.authors]
    authors.runs = replayed.runs
    session.add(authors)
    counts = replayed.counts
    section.words, section.characters, section.pages = counts.words, counts.characters, counts.pages
    section.characters_by_organisation = replayed.characters_by_organisation
    section.counted_seq = replayed.seq
    if section.state == SectionState.NOT_STARTED.value and counts.characters > 0:
        section.state = SectionState.DRAFTING.value
        section.version += 1
    await session.flush()


async def _record(session: AsyncSession, section: Section, replayed: Replayed, author: Author) -> None:
    """One event for each author: how much they wrote, and the counts after it; never the words themselves."""
    act = Act(
        session,
        Actor(person_id=author.person_id),
        "proposal",
        section.proposal_id,
        for_organisation=author.organisation_id,
    )
    await act.record(
        "section_written",
        section_id=section.id,
        title=section.title,
        characters_added=replayed.added.get(author, 0),
        characters_removed=replayed.removed.get(author, 0),
        counts={"words": section.words, "characters": section.characters, "pages": section.pages},
    )
