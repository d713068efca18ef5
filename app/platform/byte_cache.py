"""A cache that is bounded by the bytes it holds."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")
KEPT = 32_000_000
"""The bytes that one cache of a process holds at most."""
OVERHEAD = 1_000
"""What an entry takes beside its content: key, place and objects."""


class ByteCache(Generic[Value]):
    """The values that were asked for last. A key says all that its value depends on, so none is ever stale.

    Who may have a value is judged for every request before it is looked for.
    """

    def __init__(self, size: Callable[[Value], int], limit: int = KEPT) -> None:
        self._held: LRUCache[Hashable, Value] = LRUCache(limit, getsizeof=lambda value: size(value) + OVERHEAD)

    def get(self, key: Hashable) -> Value | None:
        return self._held.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """What is larger than the whole cache is not kept."""
        try:
            self._held[key] = value
        except ValueError:
            return
