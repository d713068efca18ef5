"""How a rule that needs the database asks it, without knowing connections or transactions."""

from collections.abc import Awaitable, Callable
from typing import Any

Run = Callable[..., Awaitable[Any]]
"""`await run(statement, *parameters)`: the statement's first row, or None."""
