"""One page of the calls that were asked for, in one statement on one of the read connections."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.calls.finding.filters import CLOSES, Filters, Where, where
from app.calls.opportunities.queries import SHORT
from app.platform.access.ids import Id
from app.platform.db.reads import Reads
from app.platform.web import paging

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_10000 = 253_402_300_800 * 10**6
Row = tuple[tuple[Any, ...], str]
"""The key of an item in its order, and the item as JSON."""


@dataclass(frozen=True, slots=True)
class Order:
    """`key` is SQL of what goes before the id: an instant. `newest`: the last one first."""

    key: str | None
    newest: bool = False


ORDERS = {
    "id": Order(None),
    "closing": Order(CLOSES),
    "newest": Order("coalesce(o.published_at, 'infinity')", newest=True),
}


def _is_micros(part: Any) -> bool:
    """Microseconds since 1970; None stands for what has no such moment."""
    return part is None or paging.is_number(part, -_YEAR_10000, _YEAR_10000)


def after(cursor: str | None, order: str) -> tuple[Any, ...] | None:
    """The key after which the page begins; 422 for the cursor of another order."""
    fits: list[Callable[[Any], bool]] = [paging.is_key] if ORDERS[order].key is None else [_is_micros, paging.is_key]
    key = paging.decode(cursor, *fits)
    if key is None or len(key) == 1:
        return tuple(key) if key else None
    return (None if key[0] is None else _EPOCH + timedelta(microseconds=key[0]), key[1])


async def page(
    reads: Reads,
    own: list[Id],
    filters: Filters,
    further: str,
    limit: int,
    order: str = "id",
    begin: tuple[Any, ...] | None = None,
) -> Sequence[Row]:
    """Up to `limit` calls in this order, after the key `begin`.

    It is planned for the words that are asked for: what many calls say is found by going along the order until the page
    is full, what few say by the index of words.
    """
    found = await where(reads, own, filters, further)
    return await _run(reads, found, ORDERS[order], limit, begin)


async def _run(reads: Reads, found: Where, order: Order, limit: int, begin: tuple[Any, ...] | None) -> Sequence[Row]:
    sign, way = ("<", " DESC") if order.newest else (">", "")
    if order.key is None:
        keys, line = "NULL::bigint", f"o.id{way}"
        if begin:
            found.holds(f"o.id {sign} {{}}::uuid", begin[0])
    else:
        keys = f"CASE WHEN isfinite({order.key}) THEN (extract(epoch FROM {order.key}) * 1000000)::bigint END"
        line = f"{order.key}{way}, o.id{way}"
        if begin:
            found.holds(f"({order.key}, o.id) {sign} (coalesce({{}}::timestamptz, 'infinity'), {{}}::uuid)", *begin)
    statement = f"""
WITH page AS (SELECT o.id FROM opportunities o WHERE {found.sql} ORDER BY {line} LIMIT {found.give(limit)}::int)
SELECT {keys}, o.id::text, {SHORT}::text FROM page JOIN opportunities o ON o.id = page.id ORDER BY {line}"""
    rows = await reads.planned(statement, *found.parameters)
    return [((id_,) if order.key is None else (key, id_), item) for key, id_, item in rows]
