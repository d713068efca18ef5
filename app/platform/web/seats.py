"""How another capability gives an organisation a seat: an accepted application becomes an invitation like any other.

The capability that owns partners registers how it invites; who calls this knows nothing more of it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from app.platform.access.ids import Id
from app.platform.access.rules import Side
from app.platform.web.context import Context

Inviter = Callable[[Context, Side, dict[str, Any]], Awaitable[Id]]
"""`(here, side, fields of an invitation)`: the new partner's id. Raises what inviting raises."""

_inviter: list[Inviter] = []


def invites_with(inviter: Inviter) -> None:
    _inviter[:] = [inviter]


async def invite(here: Context, side: Side, **fields: Any) -> Id:
    return await _inviter[0](here, side, fields)
