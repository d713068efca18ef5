"""Single statements, each a transaction of its own, over connections that stay in hand."""

import asyncio
from typing import Any

"""Runs one statement with `$1`, `$2`, … and answers its first row, or None."""


class Reads:
    """Takes each connection from the pool once and keeps it: handing it back and taking it again for every statement
    would cost half as much as the statement. One that failed or was closed goes back, and the pool replaces it."""

    def __init__(self, pool: Any, size: int) -> None:
        self._pool = pool
        self._turns = asyncio.Semaphore(size)
        self._idle: list[Any] = []

    async def first(self, statement: str, *parameters: Any) -> Any:
        """The first row, or None."""
        return await self._run("fetchrow", statement, parameters)

    async def all(self, statement: str, *parameters: Any) -> Any:
        """Every row."""
        return await self._run("fetch", statement, parameters)

    async def _run(self, how: str, statement: str, parameters: tuple[Any, ...]) -> Any:
        async with self._turns:
            connection = self._idle.pop() if self._idle else await self._pool.acquire()
            if connection.is_closed():
                await self._pool.release(connection)
                connection = await self._pool.acquire()
            try:
                found = await getattr(connection, how)(statement, *parameters)
            except BaseException:
                await self._pool.release(connection)
                raise
            self._idle.append(connection)
            return found

    async def close(self) -> None:
        while self._idle:
            await self._pool.release(self._idle.pop())
        await self._pool.close()
