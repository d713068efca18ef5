"""The verbs of saved searches, and what a stored search asks for."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.finding.filters import Filters, clean
from app.calls.saved.schemas import QueryIO
from app.calls.saved.tables import SavedSearch
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.access.money import parse_amount
from app.platform.db.base import new_id
from app.platform.words.codes import Alert

MOST = 100
"""Saved searches of one organisation."""
_KEY_BYTES = 16


class TooManySavedSearches(Conflict):
    code = "too-many-saved-searches"
    title = "Your organisation has a hundred saved searches"
    explanation = "Delete one that nobody reads any more, then save this one."


@dataclass(frozen=True, slots=True)
class SearchFault:
    """A member of a stored search that cannot be asked for any more."""

    pointer: str
    code: str
    detail: str


def filters_of(query: QueryIO) -> Filters:
    """What it asks for. Raises Invalid for values the wrong way round."""
    least, most = (None if sum_ is None else parse_amount(sum_) for sum_ in (query.value_min, query.value_max))
    if least is not None and most is not None and least > most:
        raise Invalid.at("/query/value_max", "values-turned-round", "The largest value is below the smallest one.")
    return Filters(
        q=clean(query.q),
        area=clean(query.area),
        cpv=query.cpv,
        status=query.status,
        vcse=query.vcse,
        closing_after=query.closing_after,
        value_min=least,
        value_max=most,
        regime=query.regime,
        collaboration=query.collaboration,
        open=query.open,
    )


def read(query: Mapping[str, Any]) -> tuple[Filters | None, list[SearchFault]]:
    """What a stored search asks for; None, with what is wrong, where the service knows a filter or value no more.

    Without the filter it would find far too much, so it finds nothing and says why.
    """
    try:
        return filters_of(QueryIO.model_validate(dict(query))), []
    except ValidationError as error:
        return None, [_fault(one["loc"], one["type"]) for one in error.errors(include_url=False)]
    except Invalid as error:
        return None, [SearchFault(one.pointer, one.code, one.detail) for one in error.errors]


def _fault(where: Sequence[int | str], kind: str) -> SearchFault:
    name = str(where[0]) if where else ""
    if kind == "extra_forbidden":
        sentence = f"The filter '{name}' does not exist any more. Save the search without it."
        return SearchFault(f"/query/{name}", "no-such-filter", sentence)
    sentence = f"What the filter '{name}' asks for does not exist any more. Choose another value and save the search."
    return SearchFault(f"/query/{name}", "no-such-value", sentence)


def new_token() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(_KEY_BYTES)


async def save(
    session: AsyncSession, organisation_id: Id, person_id: Id | None, name: str, query: Mapping[str, Any], alert: Alert
) -> SavedSearch:
    """Keep a search of this organisation's."""
    count = select(func.count()).where(SavedSearch.organisation_id == organisation_id)
    if (await session.execute(count)).scalar_one() >= MOST:
        raise TooManySavedSearches
    row = SavedSearch(
        id=new_id(),
        organisation_id=organisation_id,
        person_id=person_id,
        name=name,
        query=dict(query),
        alert=alert.value,
        feed_token=new_token(),
        stop_token=new_token(),
    )
    session.add(row)
    await session.flush()
    return row
