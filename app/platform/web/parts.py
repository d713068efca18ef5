"""Parts of the whole proposal: each capability registers how its own part looks to a reader.

`GET /v1/proposals/{id}` puts them together from one load. So a part has one shape and one rule of sight, wherever it
is read, and the capabilities import nothing of each other.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from app.bid.value import Proposal
from app.platform.access.rules import Standing

Render = Callable[[Proposal, Standing], Sequence[BaseModel] | BaseModel | None]
"""What an accepted partner or the facilitator, as it stands, may see of that part."""

PARTS: dict[str, Render] = {}
SHAPES: dict[str, Any] = {}
"""The type of each part, for the documentation."""


def register(name: str, render: Render, shape: Any) -> None:
    """`name` is the member of the whole proposal: `contributions`, `budget_lines`, …"""
    PARTS[name], SHAPES[name] = render, shape
