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


def is_text(part: Any) -> bool:
    """What a text column can be compared with."""
    return isinstance(part, str) and len(part) <= 400 and "\x00" not in part


def is_key(part: Any) -> bool:
    return isinstance(part, str) and is_id(part)


def is_number(part: Any, least: int = 0, most: int = 2**53) -> bool:
    return isinstance(part, int) and not isinstance(part, bool) and least <= part < most


def decode(cursor: str | None, *fits: Callable[[Any], bool]) -> list[Any] | None:
    """The key that `encode` was given, each part of which fits; 422 for anything else."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != len(fits):
        raise bad_cursor()
    if not all(fit(part) for fit, part in zip(fits, key, strict=True)):
        raise bad_cursor()
    return key


def after_id(cursor: str | None) -> str | None:
    """The id that a list ordered by id goes on after; 422 for a cursor of anything else."""
    key = decode(cursor, is_key)
    return key[0] if key else None


def after_text(cursor: str | None) -> str | None:
    """Likewise for a list in the order of a text, such as a code."""
    key = decode(cursor, is_text)
    return key[0] if key else None


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
    after = decode(cursor, is_text)
    rest = sorted((item for item in items if after is None or key(item) > after[0]), key=key)
    return cut(rest[: limit + 1], limit, lambda item: (key(item),))


def link(request: Request, next_cursor: str | None) -> dict[str, str]:
    if next_cursor is None:
        return {}
    url = request.url.include_query_params(cursor=next_cursor)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}
