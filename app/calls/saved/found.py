"""What a saved search finds: published calls only, whoever asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.calls.finding.filters import OPEN, Filters, Where, where
from app.platform.access.ids import Id
from app.platform.db.reads import Reads

NEWS = "greatest(o.created_at, o.published_at, o.brought_at)"
"""SQL: when a call last came or was heard of, as an index has it."""
TO_COME = f"({OPEN} OR o.status = 'planned')"
"""SQL: what can be bid for now, or later."""
_OVERLAP = "interval '1 hour'"
"""An import that took so long before it was committed is still found."""


@dataclass(frozen=True, slots=True)
class Found:
    """A call as a mail or a feed tells of it. `link` is where it is published: None where nobody who is trusted said so."""

    id: Id
    title: str
    buyer: str
    text: str
    status: str
    open: bool
    closes: datetime | None
    questions_by: datetime | None
    time_zone: str
    ceiling: int | None
    currency: str
    link: str | None
    published: datetime | None
    changed: datetime


_COLUMNS = f"""o.id::text, o.title, o.buyer_name AS buyer, left(o.description_markdown, 500) AS text, o.status,
  {OPEN} AS open, o.submission_deadline AS closes, o.clarification_deadline AS questions_by, o.time_zone,
  nullif(o.budget_ceiling, 0) AS ceiling, o.currency, o.published_at AS published, {NEWS} AS changed,
  CASE WHEN o.brought_by <> 'organisation' THEN coalesce(
    o.source -> 'notice_urls' ->> -1, o.submission_route ->> 'url') END AS link"""


async def newest(reads: Reads, filters: Filters, further: str, limit: int) -> list[Found]:
    """What it finds now, what came last first."""
    given = await where(reads, [], filters, further)
    return await _calls(reads, given, "coalesce(o.published_at, 'infinity') DESC, o.id DESC", limit)


async def closing(reads: Reads, filters: Filters, further: str, limit: int) -> list[Found]:
    """What it finds that can be bid for now and has a deadline, what closes first before the rest."""
    given = await where(reads, [], filters, further)
    given.holds(f"{OPEN} AND o.submission_deadline IS NOT NULL")
    return await _calls(reads, given, "coalesce(o.submission_deadline, 'infinity'), o.id", limit)


async def not_told(
    reads: Reads, filters: Filters, further: str, search_id: Id, since: datetime, limit: int
) -> list[Found]:
    """What came or was heard of since then, can be bid for now or later, and was not told yet."""
    given = await where(reads, [], filters, further)
    given.holds(f"{NEWS} > {{}}::timestamptz - {_OVERLAP} AND {TO_COME}", since)
    given.holds(
        "NOT EXISTS (SELECT FROM saved_search_hits h WHERE h.saved_search_id = {}::uuid AND h.opportunity_id = o.id)",
        search_id,
    )
    return await _calls(reads, given, "coalesce(o.submission_deadline, 'infinity'), o.id", limit)


async def opened(reads: Reads, search_id: Id, limit: int) -> list[Found]:
    """What the search told of while it was planned, and can be bid for now, whatever its filters say of that."""
    given = Where([])
    given.holds(
        f"""{OPEN} AND EXISTS (SELECT FROM saved_search_hits h
          WHERE h.saved_search_id = {{}}::uuid AND h.opportunity_id = o.id AND h.planned)""",
        search_id,
    )
    return await _calls(reads, given, "coalesce(o.submission_deadline, 'infinity'), o.id", limit)


async def known(reads: Reads, filters: Filters, further: str, limit: int) -> Sequence[tuple[Id, bool]]:
    """What there is already when a search is saved, so that it is not told as new: each with whether it is planned."""
    given = await where(reads, [], filters, further)
    given.holds(TO_COME)
    statement = f"""SELECT o.id::text, o.status = 'planned' AS planned FROM opportunities o WHERE {given.sql}
      ORDER BY {NEWS} DESC LIMIT {given.give(limit)}::int"""
    rows = await reads.planned(statement, *given.parameters)
    return [(row["id"], row["planned"]) for row in rows]


async def _calls(reads: Reads, given: Where, order: str, limit: int) -> list[Found]:
    statement = f"""WITH page AS (
      SELECT o.id FROM opportunities o WHERE {given.sql} ORDER BY {order} LIMIT {given.give(limit)}::int)
    SELECT {_COLUMNS} FROM page JOIN opportunities o ON o.id = page.id ORDER BY {order}"""
    rows: Sequence[Any] = await reads.planned(statement, *given.parameters)
    return [Found(**dict(row)) for row in rows]
