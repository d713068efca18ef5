"""Mails about what is new: one for each reader, with all of the reader's searches that found something."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.finding.filters import Filters
from app.calls.saved import found, letter, service
from app.calls.saved.found import NEWS, Found
from app.calls.saved.tables import SavedSearch, SavedSearchHit
from app.platform.access.ids import Id
from app.platform.db import event_log, outbox
from app.platform.db.reads import Reads
from app.platform.worker.due import Due
from app.platform.worker.work import Work

DUE = Due("saved-search-not-mailed")
KNOWN_AT_ONCE, TOLD_AT_ONCE = 5_000, 200

_RECIPIENT = """coalesce(
  (SELECT m.person_id FROM memberships m WHERE m.organisation_id = s.organisation_id AND m.person_id = s.person_id),
  (SELECT m.person_id FROM memberships m WHERE m.organisation_id = s.organisation_id AND 'admin' = ANY(m.roles)
   ORDER BY m.person_id LIMIT 1))"""
"""SQL: who is mailed: whoever saved the search, and once they have left, an admin."""
_IS_DUE = f"""(s.alert = 'at_once' AND EXISTS (SELECT FROM opportunities o WHERE {NEWS} > s.looked_at - interval '1 hour')
  OR s.alert = 'daily' AND extract(hour FROM clock_timestamp() AT TIME ZONE 'Europe/London') >= 7
    AND s.looked_at AT TIME ZONE 'Europe/London' < date_trunc('day', clock_timestamp() AT TIME ZONE 'Europe/London'))"""
_DUE = text(f"""
SELECT DISTINCT recipient::text FROM (SELECT {_RECIPIENT} AS recipient FROM saved_searches s WHERE {_IS_DUE}) due
WHERE recipient IS NOT NULL AND NOT recipient = ANY(CAST(:put_off AS uuid[])) LIMIT 500""")
_OF_READER = text(f"""
SELECT s.id::text FROM saved_searches s WHERE {_IS_DUE} AND {_RECIPIENT} = CAST(:person_id AS uuid)
ORDER BY s.id FOR NO KEY UPDATE OF s SKIP LOCKED""")
_READER = text("""
SELECT p.name, p.email, p.language FROM people p
WHERE p.id = :person_id AND p.erased_at IS NULL AND p.verified_at IS NOT NULL AND p.email IS NOT NULL""")


@dataclass(slots=True)
class News:
    """What one search has to tell. `opened` were told as planned before."""

    search: SavedSearch
    new: list[Found] = field(default_factory=list)
    opened: list[Found] = field(default_factory=list)
    faults: Sequence[service.SearchFault] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.opened or self.faults)


async def know(session: AsyncSession, reads: Reads, row: SavedSearch, filters: Filters, further: str) -> None:
    """Take what the search finds now as told already."""
    there = await found.known(reads, filters, further, KNOWN_AT_ONCE)
    rows = [{"saved_search_id": row.id, "opportunity_id": id_, "planned": planned} for id_, planned in there]
    for start in range(0, len(rows), 1000):
        await session.execute(upsert(SavedSearchHit).values(rows[start : start + 1000]).on_conflict_do_nothing())
    row.looked_at = await event_log.now(session)


async def send_due(work: Work) -> None:
    """Write to everybody for whom a search is due, each in a transaction of its own."""
    async with work.db.sessions() as session:
        readers = [row[0] for row in await session.execute(_DUE, {"put_off": DUE.put_off()})]

    async def send(person_id: Id) -> None:
        async with work.db.sessions.begin() as session:
            await send_to(session, work.db.reads, person_id, work.settings.base_url, work.settings.synonyms)

    await DUE.each(readers, send)


async def send_to(session: AsyncSession, reads: Reads, person_id: Id, base_url: str, further: str) -> None:
    """One mail about all that is new to this reader. What is told is marked in the same transaction: nothing is lost, and
    of two that look at the same moment, one finds the searches locked."""
    ids = [row[0] for row in await session.execute(_OF_READER, {"person_id": person_id})]
    reader = (await session.execute(_READER, {"person_id": person_id})).one_or_none()
    told = []
    for id_ in ids:
        search = await session.get_one(SavedSearch, id_)
        news = await _look(session, reads, search, further)
        if news:
            told.append(news)
    await session.flush()
    if told and reader is not None:
        stop = f"{base_url}/saved-searches/stop?token={'.'.join(one.search.stop_token for one in told)}"
        values: dict[str, Any] = letter.write(reader.language, reader.name, told, stop)
        await outbox.mail(session, reader.email, "digest", reader.language, **values)


async def _look(session: AsyncSession, reads: Reads, search: SavedSearch, further: str) -> News:
    now = await event_log.now(session)
    filters, faults = service.read(search.query)
    since, search.looked_at = search.looked_at, now
    if filters is None:
        if search.fault_told_at is not None:
            return News(search)
        search.fault_told_at = now
        return News(search, faults=faults)
    opened = await found.opened(reads, search.id, TOLD_AT_ONCE)
    new = await found.not_told(reads, filters, further, search.id, since, TOLD_AT_ONCE)
    await _mark(session, search.id, [*opened, *new], now)
    known = {call.id for call in opened}
    return News(search, [call for call in new if call.id not in known], opened)


async def _mark(session: AsyncSession, search_id: Id, calls: Sequence[Found], now: datetime) -> None:
    if not calls:
        return
    rows = [
        {"saved_search_id": search_id, "opportunity_id": call.id, "planned": call.status == "planned", "told_at": now}
        for call in calls
    ]
    made = upsert(SavedSearchHit).values(rows)
    again = {"planned": made.excluded.planned, "told_at": made.excluded.told_at}
    await session.execute(made.on_conflict_do_update(index_elements=["saved_search_id", "opportunity_id"], set_=again))


async def stop(session: AsyncSession, tokens: Sequence[str]) -> None:
    """No more mails about the searches that these tokens are of. It is idempotent, and alike for tokens that are nobody's."""
    query = select(SavedSearch).where(SavedSearch.stop_token.in_(tokens), SavedSearch.alert != "none")
    for row in (await session.execute(query.order_by(SavedSearch.id).with_for_update())).scalars():
        row.alert = "none"
        row.version += 1
