"""Single statements, each a transaction of its own, over connections that stay in hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


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

    async def planned(self, statement: str, *parameters: Any) -> Any:
        """Every row of a statement that is planned for these parameters: where the best way depends on what is asked for,
        a plan for all of them costs a hundred times as much as planning does."""
        async with self._connection() as connection:
            await connection.execute("SET plan_cache_mode = force_custom_plan")
            try:
                return await connection.fetch(statement, *parameters)
            finally:
                await connection.execute("SET plan_cache_mode = force_generic_plan")

    async def _run(self, how: str, statement: str, parameters: tuple[Any, ...]) -> Any:
        async with self._connection() as connection:
            return await getattr(connection, how)(statement, *parameters)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        async with self._turns:
            connection = self._idle.pop() if self._idle else await self._pool.acquire()
            if connection.is_closed():
                await self._pool.release(connection)
                connection = await self._pool.acquire()
            try:
                yield connection
            except BaseException:
                await self._pool.release(connection)
                raise
            self._idle.append(connection)

    async def close(self) -> None:
        while self._idle:
            await self._pool.release(self._idle.pop())
        await self._pool.close()
