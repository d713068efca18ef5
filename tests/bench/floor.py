"""The bare application that floors are measured with: ASGI, asyncpg, and nothing else."""

import os
from typing import Any

import asyncpg

from app.platform.db.engine import asyncpg_arguments


class Floor:
    """`answer` says what a request gets, of its path and body; `/` answers at once, so that a bench can wait for it."""

    def __init__(self, connections: int) -> None:
        self.connections = connections
        self.pool: Any = None

    async def answer(self, path: str, body: bytes) -> str:
        raise NotImplementedError

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            size = {"min_size": self.connections, "max_size": self.connections}
            self.pool = await asyncpg.create_pool(**asyncpg_arguments(os.environ["BENCH_URL"]), **size)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        path = scope["path"]
        sent = (await receive())["body"] if scope["method"] == "POST" else b""
        body = b"{}" if path == "/" else (await self.answer(path, sent)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
