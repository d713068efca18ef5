"""A client in Python that speaks y-websocket's format: a document of its own, kept level over a real socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import websockets
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from app.bid.text.live import protocol
from app.platform.richtext.lib0 import ByteReader
from tests.rounds import patience


class Peer:
    """`doc` is the client's own document; `sent` are the updates that it has sent. To be level is to be in sync."""

    def __init__(self, client_id: int | None = None) -> None:
        self.doc: Doc[XmlFragment] = Doc(client_id=client_id)
        self.fragment = self.doc.get("default", type=XmlFragment)
        self.socket: Any = None
        self.synced = asyncio.Event()
        self.denied: list[str] = []
        self.cursors: list[bytes] = []
        self.sent: list[bytes] = []
        self.closed: tuple[int, str] | None = None
        self._changes: list[bytes] = []
        self._remote = False
        self._reader: asyncio.Task[None] | None = None
        self._subscription = self.doc.observe(self._changed)

    async def connect(self, url: str, token: str | None = None, **options: Any) -> "Peer":
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.synced.clear()
        self.closed = None
        self.socket = await websockets.connect(
            url, additional_headers=headers, max_size=None, compression=None, ping_interval=None, **options
        )
        await self.send(protocol.step1(self.doc.get_state()))
        self._reader = asyncio.create_task(self._read())
        return self

    async def send(self, frame: bytes) -> None:
        await self.socket.send(frame)

    async def flush(self) -> None:
        """Sends what was changed here since the last time."""
        changes, self._changes = self._changes, []
        self.sent += changes
        for change in changes:
            await self.send(protocol.update(change))

    async def level(self) -> None:
        await asyncio.wait_for(self.synced.wait(), 20)

    async def level_again(self) -> None:
        """Waits until the server has dealt with all that was sent before: it takes frames in their order."""
        self.synced.clear()
        await self.send(protocol.step1(self.doc.get_state()))
        await self.level()

    @property
    def ended(self) -> bool:
        """The connection is gone, and all that came over it was read."""
        return self._reader is None or self._reader.done()

    async def leave(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self.socket is not None:
            with contextlib.suppress(Exception):
                await self.socket.close()

    async def until_closed(self, seconds: float = 5) -> tuple[int, str]:
        assert self._reader is not None
        await asyncio.wait_for(asyncio.shield(self._reader), seconds)
        assert self.closed is not None
        return self.closed

    # What it writes.

    def paragraph(self) -> XmlText:
        """The text of the first node that has one; a paragraph is made if there is none."""
        for element in self.fragment.children:
            if isinstance(element, XmlElement) and len(element.children) and isinstance(element.children[0], XmlText):
                return element.children[0]
        with self.doc.transaction():
            element = XmlElement("paragraph")
            self.fragment.children.append(element)
            element.children.append(XmlText(""))
        return element.children[0]  # type: ignore[no-any-return]

    def write(self, text: str, at: int | None = None) -> None:
        paragraph = self.paragraph()
        paragraph.insert(len(paragraph) if at is None else at, text)

    def text(self) -> str:
        return "".join(
            "".join(piece for piece, _ in text.diff())
            for element in self.fragment.children
            for text in element.children
            if isinstance(text, XmlText)
        )

    def _changed(self, event: Any) -> None:
        if not self._remote:
            self._changes.append(event.update)

    def take(self, update: bytes) -> None:
        self._remote = True
        try:
            self.doc.apply_update(update)
        finally:
            self._remote = False

    async def _read(self) -> None:
        try:
            async for frame in self.socket:
                await self._hear(frame)
        except websockets.ConnectionClosed:
            pass
        finally:
            if self.socket.close_code is not None:
                self.closed = (self.socket.close_code, self.socket.close_reason or "")

    async def _hear(self, frame: bytes) -> None:
        r = ByteReader(frame)
        kind = r.uint()
        if kind == 1:
            self.cursors.append(r.bytes())
        elif kind == 2:
            r.uint()
            self.denied.append(r.string())
        elif kind == 0:
            step, body = r.uint(), r.bytes()
            if step == 0:
                await self.send(protocol.step2(self.doc.get_update(body)))
            else:
                self.take(body)
                if step == 1:
                    self.synced.set()


@contextlib.asynccontextmanager
async def peers(url: str, *tokens: str) -> AsyncIterator[list[Peer]]:
    """One level peer for each token."""
    made = [await Peer().connect(url, token) for token in tokens]
    try:
        for peer in made:
            await peer.level()
        yield made
    finally:
        for peer in made:
            await peer.leave()


def run(work: Awaitable[Any], seconds: float = 120) -> Any:
    async def bounded() -> Any:
        return await asyncio.wait_for(work, patience(seconds))

    return asyncio.run(bounded())
