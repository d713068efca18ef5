"""The directory: organisations that chose to be listed, and the reader's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.organisations.tables import Organisation
from app.platform.access.ids import Id
from app.platform.db.base import IdType


@dataclass(frozen=True, slots=True)
class Filters:
    q: str | None = None
    area: str | None = None
    service: str | None = None
    size_band: str | None = None
    kind: str | None = None
    seeks: str | None = None


async def page(
    session: AsyncSession, own: Sequence[Id], filters: Filters, limit: int, after: list[Any] | None
) -> Sequence[Organisation]:
    """By name, then id, after that key."""
    query = select(Organisation).where(or_(Organisation.listed, Organisation.id.in_(own)))
    if filters.q:
        words = func.websearch_to_tsquery("simple", filters.q)
        query = query.where(
            or_(Organisation.search.op("@@")(words), Organisation.name.icontains(filters.q, autoescape=True))
        )
    for column, value in (
        (Organisation.areas, filters.area),
        (Organisation.services, filters.service),
        (Organisation.kinds, filters.kind),
        (Organisation.seeks, filters.seeks),
    ):
        if value is not None:
            entry = func.unnest(column).table_valued("word").render_derived()
            query = query.where(
                exists(select(1).select_from(entry).where(func.lower(entry.c.word) == func.lower(value)))
            )
    if filters.size_band:
        query = query.where(Organisation.size_band == filters.size_band)
    if after:
        name, last_id = after
        key = tuple_(literal(str(name)), literal(str(last_id), IdType))
        query = query.where(tuple_(Organisation.name, Organisation.id) > key)
    rows = await session.execute(query.order_by(Organisation.name, Organisation.id).limit(limit))
    return rows.scalars().all()
