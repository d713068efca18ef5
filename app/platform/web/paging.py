"""Keyset lists: `limit`, `cursor`, `next_cursor`, and the Link header. Never an offset."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, create_model
from sqlalchemy import Select, Uuid
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute
from starlette.requests import Request

from app.platform.access.errors import Invalid
from app.platform.access.ids import is_id

Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]
T = TypeVar("T")


def page_of(item: type[BaseModel]) -> type[BaseModel]:
    """The schema of a list of `item`."""
    return create_model(
        f"{item.__name__.removesuffix('Out')}List",
        __config__=ConfigDict(defer_build=True),
        items=(list[item], ...),  # type: ignore[valid-type]
        next_cursor=(str | None, None),
    )


def encode(*key: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def bad_cursor() -> Invalid:
    return Invalid.at(
        "/query/cursor", "bad-cursor", "This cursor is not one that the service gave. Start again without it."
    )


def decode(cursor: str | None, length: int) -> list[Any] | None:
    """The key that `encode` was given; 422 for anything else."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeDecodeError):
        key = None
    if not isinstance(key, list) or len(key) != length or not all(isinstance(k, str | int) for k in key):
        raise bad_cursor()
    if any(isinstance(k, str) and ("\x00" in k or len(k) > 400) for k in key):
        raise bad_cursor()
    return key


def after_id(cursor: str | None) -> str | None:
    """The id that a list ordered by id goes on after; 422 for a cursor of anything else."""
    key = decode(cursor, 1)
    if key is None:
        return None
    if not isinstance(key[0], str) or not is_id(key[0]):
        raise bad_cursor()
    return key[0]


def after_text(cursor: str | None) -> str | None:
    """Likewise for a list in the order of a text, such as a code."""
    key = decode(cursor, 1)
    if key is not None and not isinstance(key[0], str):
        raise bad_cursor()
    return None if key is None else key[0]


def cut(rows: Sequence[T], limit: int, key: Callable[[T], tuple[Any, ...]]) -> tuple[Sequence[T], str | None]:
    """From `limit + 1` rows: the page, and the cursor of the next one where there is one."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], encode(*key(rows[limit - 1]))


async def rows(
    session: AsyncSession,
    query: Select[Any],
    key: QueryableAttribute[str],
    limit: int,
    cursor: str | None,
    *,
    newest_first: bool = False,
) -> tuple[Sequence[Any], str | None]:
    """One page of `query`'s rows in the order of `key`, an id or another text, and the next page's cursor, if any.

    Rows are the mapped objects where the query selects one thing, whole rows otherwise; `key`'s attribute must be theirs.
    """
    after = after_id(cursor) if isinstance(key.type, Uuid) else after_text(cursor)
    if after is not None:
        query = query.where(key < after if newest_first else key > after)
    found = await session.execute(query.order_by(key.desc() if newest_first else key).limit(limit + 1))
    single = len(query.column_descriptions) == 1
    fetched: Sequence[Any] = found.scalars().all() if single else found.all()
    return cut(fetched, limit, lambda row: (getattr(row, key.key),))


def part(items: Iterable[T], limit: int, cursor: str | None, key: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """The page of a short list that is in memory whole, ordered by `key` (ids, say)."""
    after = decode(cursor, 1)
    rest = sorted((item for item in items if after is None or key(item) > str(after[0])), key=key)
    return cut(rest[: limit + 1], limit, lambda item: (key(item),))


def link(request: Request, next_cursor: str | None) -> dict[str, str]:
    if next_cursor is None:
        return {}
    url = request.url.include_query_params(cursor=next_cursor)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}
