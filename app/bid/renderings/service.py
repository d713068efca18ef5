"""Rendering a source: from the store where it was made before, at once where it is short, in the background else."""

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Literal

import structlog

from app.bid.renderings.keeping import rendered, template_of, told
from app.bid.renderings.progress import DONE, REMEMBERED, RENEWED, Notes, Progress, Watching
from app.bid.renderings.sources import Source
from app.documents.fonts import fingerprint
from app.documents.process import Limits, Renderer, Turn
from app.documents.rendering import Format, Job, Rendered, estimated_pages
from app.platform.access.errors import Refusal
from app.platform.access.ids import Id
from app.platform.db.files import Files, files
from app.settings import Settings

log = structlog.get_logger("cobid.documents")


@dataclass(frozen=True, slots=True)
class Making:
    """A rendering under way, here or at another replica: poll with its key."""

    key: str
    progress: Progress


@dataclass(slots=True)
class _Work:
    """A rendering that this process makes. `told` is set once its first note stands in the store."""

    task: "asyncio.Task[Rendered]"
    turn: Turn
    pages: int
    begun: float = field(default_factory=time.monotonic)
    told: asyncio.Event = field(default_factory=asyncio.Event)


class Renderings:
    """One a process. Renderings are named by everything they are made of, so each is made once and kept.

    The store may be shared by several replicas: whichever makes a rendering first, all of them serve it.
    """

    def __init__(self, settings: Settings) -> None:
        self._files: Files = files(settings)
        limits = Limits(settings.render_seconds, settings.render_memory_mb)
        self._renderer = Renderer(limits, settings.render_processes)
        self._at_once = settings.pages_at_once
        self._fonts = settings.font_dir or None
        self._under_way: dict[str, _Work] = {}
        self._notes = Notes(self._files)
        self._tellers: set[asyncio.Task[None]] = set()
        self.watching = Watching(settings.progress_streams, settings.progress_streams_per_person)

    async def get(
        self,
        proposal_id: Id,
        kind: Literal["bid", "annex", "agreement"],
        format: Format,
        source: Source,
        language: str | None,
        *,
        wait: bool = False,
    ) -> tuple[str, Rendered] | Making:
        """`(key, bytes)`, or `Making` where a long one was only begun."""
        job = Job(
            kind, format, source.document, source.standing, language, annex=source.annex, font_folder=self._fonts,
            signed=source.signed, template=await template_of(self._files, kind, source.template),
        )  # fmt: skip
        key = _key(job, await asyncio.to_thread(fingerprint, self._fonts))
        place = _place(proposal_id, key)
        if kept := await self.kept(proposal_id, key):
            return key, kept
        pages = estimated_pages(source.document)
        long = pages > self._at_once
        if long and not wait and key not in self._under_way and (elsewhere := await self._notes.read(place)):
            return Making(key, elsewhere)
        work = self._under_way.get(key) or self._begin(place, key, job, pages)
        if long and not wait:
            await work.told.wait()
            if not work.task.done():
                return Making(key, self._progress(work))
        return key, await asyncio.shield(work.task)

    async def poll(self, proposal_id: Id, key: str) -> Rendered | Making | None:
        """A rendering that was begun: its bytes, or that it is still being made, or None where nobody is at it."""
        if kept := await self.kept(proposal_id, key):
            return kept
        work = self._under_way.get(key)
        if work is not None:
            return await work.task if work.task.done() else Making(key, self._progress(work))
        if elsewhere := await self._notes.read(_place(proposal_id, key)):
            return Making(key, elsewhere)
        return await self.kept(proposal_id, key)  # finished between the two looks, perhaps

    async def look(self, proposal_id: Id, key: str) -> Progress | Literal["done"] | None:
        """As `poll`, without the bytes: cheap enough to ask twice a second."""
        work, place = self._under_way.get(key), _place(proposal_id, key)
        if work is not None and not work.task.done():
            return self._progress(work)
        if work is not None:
            work.task.result()
        if await self._files.has(place):
            return DONE
        return await self._notes.read(place) or (DONE if await self._files.has(place) else None)

    async def kept(self, proposal_id: Id, key: str) -> Rendered | None:
        found = await self._files.read(_place(proposal_id, key))
        if found is None:
            return None
        head, _, data = found.partition(b"\n")
        return rendered(head, data)

    def _begin(self, place: str, key: str, job: Job, pages: int) -> _Work:
        self._renderer.check_room()
        turn = Turn()
        task = asyncio.create_task(self._make(place, job, turn))
        work = self._under_way[key] = _Work(task, turn, pages)
        task.add_done_callback(lambda done: self._finished(key, done))
        if pages > self._at_once:
            teller = asyncio.create_task(self._tell(place, work))
            self._tellers.add(teller)
            teller.add_done_callback(self._tellers.discard)
        return work

    async def _make(self, place: str, job: Job, turn: Turn) -> Rendered:
        made = await self._renderer.render(job, turn)
        turn.stage = "storing"
        await self._files.keep(place, told(made) + b"\n" + made.data)
        return made

    def _progress(self, work: _Work) -> Progress:
        seconds = round(time.monotonic() - work.begun)
        return Progress(work.turn.stage, work.pages, seconds, self._renderer.before(work.turn))

    async def _tell(self, place: str, work: _Work) -> None:
        """Keep the note beside the rendering true until it is made; say why where it could not be."""
        last: tuple[object, ...] = ()
        renewed = 0.0
        try:
            while not work.task.done():
                now = self._progress(work)
                if (now.stage, now.waiting_before) != last or time.monotonic() - renewed > RENEWED:
                    await self._notes.tell(place, now)
                    last, renewed = (now.stage, now.waiting_before), time.monotonic()
                work.told.set()
                await asyncio.wait([work.task], timeout=0.5)
            error = None if work.task.cancelled() else work.task.exception()
            if error is not None:
                await self._notes.fail(place, error)
                await asyncio.sleep(REMEMBERED)
            await self._notes.forget(place)
        finally:
            work.told.set()

    def _finished(self, key: str, task: "asyncio.Task[Rendered]") -> None:
        """Forget it when it is stored; a refusal is remembered for a minute, so that who polls is told of it."""
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Refusal):
            log.error("rendering-failed", key=key, error=str(error))
        asyncio.get_running_loop().call_later(REMEMBERED if error else 0, self._under_way.pop, key, None)

    async def close(self) -> None:
        tasks = [work.task for work in self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._tellers:
            await asyncio.wait(self._tellers, timeout=1)
        await self._renderer.close()


def _key(job: Job, fonts: str) -> str:
    """Names the rendering by all that goes into it: an edition's hash stands for its document and its annex."""
    annex = job.annex if job.kind == "annex" else None
    parts = [
        job.kind,
        job.format.value,
        job.language or "",
        repr(job.standing),
        repr(job.template),
        fonts if job.format is Format.PDF else "",
        job.standing.sha256 or json.dumps([job.document, annex], sort_keys=True, ensure_ascii=False),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _place(proposal_id: Id, key: str) -> str:
    return f"renderings/{proposal_id}/{key}"
