"""A load generator that costs little itself: raw HTTP/1.1 over kept-alive connections, answers read by length."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Client:
    """One connection. `send` answers (status, headers, body)."""

    host: str
    port: int
    token: str
    _reader: asyncio.StreamReader = field(init=False)
    _writer: asyncio.StreamWriter = field(init=False)

    async def open(self) -> "Client":
        self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        return self

    async def send(
        self, method: str, path: str, body: Any = None, headers: Sequence[tuple[str, str]] = ()
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        content = json.dumps(body).encode() if body is not None else b""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", f"Authorization: Bearer {self.token}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if content or method not in ("GET", "DELETE"):
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status, *rest = head[:-4].split(b"\r\n")
        found = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in rest)}
        length = int(found.get(b"content-length", b"0"))
        return int(status.split(b" ", 2)[1]), found, await self._reader.readexactly(length) if length else b""

    def close(self) -> None:
        self._writer.close()


async def rate(one: Sequence[Callable[[], Any]], seconds: float) -> tuple[int, float]:
    """Run each worker's step again and again, side by side, for so long: (steps done, seconds taken)."""
    until = time.perf_counter() + seconds
    done = 0

    async def work(step: Callable[[], Any]) -> None:
        nonlocal done
        while time.perf_counter() < until:
            await step()
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(work(step) for step in one))
    return done, time.perf_counter() - started
