"""Rendering a source: from the store where it was made before, at once where it is short, in the background else."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from typing import Literal

import structlog

from app.bid_documents.sources import Source
from app.db.files import Files, files
from app.documents.process import Limits, Renderer
from app.documents.rendering import Format, Job, Rendered, estimated_pages
from app.domain.errors import Refusal
from app.domain.ids import Id
from app.settings import Settings

log = structlog.get_logger("cobid.documents")


@dataclass(frozen=True, slots=True)
class Making:
    """A rendering under way: poll with its key. `pages` is an estimate."""

    key: str
    pages: int


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
        self._under_way: dict[str, asyncio.Task[Rendered]] = {}

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
            signed=source.signed,
        )  # fmt: skip
        key = _key(job)
        if kept := await self.kept(proposal_id, key):
            return key, kept
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._make(proposal_id, key, job))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        pages = estimated_pages(source.document)
        if pages > self._at_once and not wait and not task.done():
            return Making(key, pages)
        return key, await asyncio.shield(task)

    async def poll(self, proposal_id: Id, key: str) -> Rendered | Making | None:
        """A rendering that was begun: its bytes, or that it is still being made, or None where nobody knows it."""
        if kept := await self.kept(proposal_id, key):
            return kept
        task = self._under_way.get(key)
        if task is None:
            return None
        return await task if task.done() else Making(key, 0)

    async def kept(self, proposal_id: Id, key: str) -> Rendered | None:
        found = await self._files.read(_place(proposal_id, key))
        if found is None:
            return None
        head, _, data = found.partition(b"\n")
        return Rendered(data, json.loads(head))

    async def _make(self, proposal_id: Id, key: str, job: Job) -> Rendered:
        made = await self._renderer.render(job)
        await self._files.keep(_place(proposal_id, key), json.dumps(list(made.replaced)).encode() + b"\n" + made.data)
        return made

    def _finished(self, key: str, task: "asyncio.Task[Rendered]") -> None:
        """Forget it when it is stored; a refusal is remembered for a minute, so that who polls is told of it."""
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Refusal):
            log.error("rendering-failed", key=key, error=str(error))
        asyncio.get_running_loop().call_later(60 if error else 0, self._under_way.pop, key, None)

    async def close(self) -> None:
        for task in list(self._under_way.values()):
            task.cancel()
        await self._renderer.close()


def _key(job: Job) -> str:
    """Names the rendering by all that goes into it: an edition's hash stands for its document and its annex."""
    annex = job.annex if job.kind == "annex" else None
    parts = [
        job.kind,
        job.format.value,
        job.language or "",
        repr(job.standing),
        repr(job.template),
        job.standing.sha256 or json.dumps([job.document, annex], sort_keys=True, ensure_ascii=False),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _place(proposal_id: Id, key: str) -> str:
    return f"renderings/{proposal_id}/{key}"
