"""How many statements an answer takes, counted in the service's own process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine


@contextmanager
def _counted() -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Connection, _cursor: Any, sql: str, *_: Any) -> None:
        found.append(sql)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def how_many(call: Callable[[], object]) -> int:
    """The fewest of some tries: whatever else the service does meanwhile only adds to them."""
    counts = []
    for _ in range(4):
        with _counted() as found:
            call()
        counts.append(len(found))
    assert min(counts), "nothing was seen"
    return min(counts)
