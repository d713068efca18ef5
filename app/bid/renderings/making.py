"""Makes each rendering once: a short one while the request waits, a long one in the background. The store keeps them.

A draft's is kept under the name of everything that goes into it. A version's is kept under the version's own name, so
whoever asks gets the bytes that were made first, whatever has changed since.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import structlog

from app.bid.renderings.progress import DONE, REMEMBERED, RENEWED, Notes, OpenStreams, Progress
from app.bid.renderings.sources import Source
from app.calls.templates.queries import logo_key
from app.documents.fonts import fingerprint
from app.documents.looks.template import DEFAULT, Template, with_logo
from app.documents.process import Limits, Renderer, Turn
from app.documents.rendering import LAYOUT, Format, Job, Rendered, estimated_pages
from app.documents.words import Words
from app.platform.access.errors import Refusal
from app.platform.access.ids import Id
from app.platform.db.files import Files, files
from app.settings import Settings

log = structlog.get_logger("cobid.documents")
Kind = Literal["bid", "annex", "agreement"]


@dataclass(frozen=True, slots=True)
class Making:
    """A rendering that this process or another replica is making. Poll with its key."""

    key: str
    progress: Progress


@dataclass(slots=True)
class _Work:
    """A rendering that this process makes. `noted` is set once the store has its first note."""

    task: "asyncio.Task[Rendered]"
    turn: Turn
    pages: int
    begun: float = field(default_factory=time.monotonic)
    noted: asyncio.Event = field(default_factory=asyncio.Event)


class Renderings:
    """A process has one.

    Several replicas may share the store: all of them serve what one of them made.
    """

    def __init__(self, settings: Settings) -> None:
        self._files: Files = files(settings)
        limits = Limits(settings.render_seconds, settings.render_memory_mb)
        self._renderer = Renderer(limits, settings.render_processes)
        self._at_once = settings.pages_at_once
        self._fonts = settings.font_dir or None
        self._under_way: dict[str, _Work] = {}
        self._notes = Notes(self._files)
        self._note_writers: set[asyncio.Task[None]] = set()
        self.streams = OpenStreams(settings.progress_streams, settings.progress_streams_per_person)

    async def get(
        self,
        proposal_id: Id,
        kind: Kind,
        format: Format,
        source: Source,
        language: str | None,
        *,
        wait: bool = False,
    ) -> tuple[str, Rendered] | Making:
        """The key and the rendering, or `Making` where a long one was only begun."""
        template = source.template if kind == "bid" else DEFAULT  # the agreement and the annex are the partners' own
        job = Job(
            kind, format, source.document, source.standing, language, annex=source.annex, font_folder=self._fonts,
            signed=source.signed, template=template,
        )  # fmt: skip
        key = key_of_version(job) if source.frozen else _key(job, await asyncio.to_thread(fingerprint, self._fonts))
        place = _place(proposal_id, key)
        if stored := await self._stored(proposal_id, key):
            return key, stored
        job = replace(job, template=await self._printed(template))
        pages = estimated_pages(source.document)
        long = pages > self._at_once
        if long and not wait and key not in self._under_way and (elsewhere := await self._notes.read(place)):
            return Making(key, elsewhere)
        work = self._under_way.get(key) or self._begin(place, key, job, pages)
        if long and not wait:
            await work.noted.wait()
            if not work.task.done():
                return Making(key, self._progress(work))
        return key, await asyncio.shield(work.task)

    async def poll(self, proposal_id: Id, key: str) -> Rendered | Making | None:
        """A rendering that was begun: itself, or how far it is, or None where no process works on it."""
        if stored := await self._stored(proposal_id, key):
            return stored
        work = self._under_way.get(key)
        if work is not None:
            return await work.task if work.task.done() else Making(key, self._progress(work))
        if elsewhere := await self._notes.read(_place(proposal_id, key)):
            return Making(key, elsewhere)
        return await self._stored(proposal_id, key)  # it may have been finished meanwhile

    async def look(self, proposal_id: Id, key: str) -> Progress | Literal["done"] | None:
        """Like `poll`, without the bytes: cheap enough to ask twice a second."""
        work, place = self._under_way.get(key), _place(proposal_id, key)
        if work is not None and not work.task.done():
            return self._progress(work)
        if work is not None:
            work.task.result()
        if await self._files.has(place):
            return DONE
        return await self._notes.read(place) or (DONE if await self._files.has(place) else None)

    async def _stored(self, proposal_id: Id, key: str) -> Rendered | None:
        found = await self._files.read(_place(proposal_id, key))
        return None if found is None else _unpacked(found)

    async def kept(self, proposal_id: Id, source: Source, name: str, make: Callable[[], bytes]) -> bytes:
        """What needs no layout: made anew of a draft; of a version made once, and kept under its name like its renderings."""
        if not source.frozen:
            return await asyncio.to_thread(make)
        place = _place(proposal_id, _digest(["version", name, source.standing.sha256]))
        found = await self._files.read(place)
        return await self._keep(place, await asyncio.to_thread(make)) if found is None else found

    async def _keep(self, place: str, data: bytes) -> bytes:
        """The bytes that are kept there from now on: another replica may have been first, with other fonts."""
        await self._files.keep(place, data)
        return await self._files.read(place) or data

    async def _printed(self, template: Template) -> Template:
        """The template with its logo's bytes. Without them nothing is printed, so that no edition silently looks different."""
        if template.logo is None:
            return template
        data = await self._files.read(logo_key(template.logo.sha256))
        if data is None:
            raise RuntimeError(f"the logo {template.logo.sha256} is missing from the file store")
        return with_logo(template, data)

    def _begin(self, place: str, key: str, job: Job, pages: int) -> _Work:
        self._renderer.check_room()
        turn = Turn()
        task = asyncio.create_task(self._make(place, job, turn))
        work = self._under_way[key] = _Work(task, turn, pages)
        task.add_done_callback(lambda done: self._finished(key, done))
        if pages > self._at_once:
            writer = asyncio.create_task(self._keep_note(place, work))
            self._note_writers.add(writer)
            writer.add_done_callback(self._note_writers.discard)
        return work

    async def _make(self, place: str, job: Job, turn: Turn) -> Rendered:
        made = await self._renderer.render(job, turn)
        turn.stage = "storing"
        return _unpacked(await self._keep(place, _packed(made)))

    def _progress(self, work: _Work) -> Progress:
        seconds = round(time.monotonic() - work.begun)
        return Progress(work.turn.stage, work.pages, seconds, self._renderer.before(work.turn))

    async def _keep_note(self, place: str, work: _Work) -> None:
        """Keep the rendering's note true until it is made; after a failure the note says why."""
        last: tuple[object, ...] = ()
        renewed = 0.0
        try:
            while not work.task.done():
                now = self._progress(work)
                if (now.stage, now.waiting_before) != last or time.monotonic() - renewed > RENEWED:
                    await self._notes.write(place, now)
                    last, renewed = (now.stage, now.waiting_before), time.monotonic()
                work.noted.set()
                await asyncio.wait([work.task], timeout=0.5)
            error = None if work.task.cancelled() else work.task.exception()
            if error is not None:
                await self._notes.write_failure(place, error)
                await asyncio.sleep(REMEMBERED)
            await self._notes.delete(place)
        finally:
            work.noted.set()

    def _finished(self, key: str, task: "asyncio.Task[Rendered]") -> None:
        """Forget the work once it is stored; remember a failure for a minute, so that whoever polls gets it."""
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Refusal):
            log.error("rendering-failed", key=key, error=str(error))
        asyncio.get_running_loop().call_later(REMEMBERED if error else 0, self._under_way.pop, key, None)

    async def close(self) -> None:
        tasks = [work.task for work in self._under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._note_writers:
            await asyncio.wait(self._note_writers, timeout=1)
        await self._renderer.close()


def key_of_version(job: Job) -> str:
    """A digest of what a version is by, and of nothing that changes around it: fonts, the service's address, the layout.

    So what was made of it once is found again for ever. The fields are written out, since this must not change.
    """
    standing = job.standing
    signed = [[each.partner_id, each.signed_at] for each in standing.signatures]
    language = Words.of(job.language or job.document["proposal"]["language"]).language
    fields = [job.kind, job.format.value, language, standing.sha256, standing.status, standing.made_at, signed]
    return _digest(["version", *fields])


def _digest(fields: list[Any]) -> str:
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def _key(job: Job, fonts: str) -> str:
    """A digest of everything that goes into the rendering of a draft."""
    annex = job.annex if job.kind == "annex" else None
    parts = [
        job.kind,
        job.format.value,
        job.language or "",
        repr(job.standing),
        repr(job.template),
        fonts if job.format is Format.PDF else "",
        str(LAYOUT),
        json.dumps([job.document, annex], sort_keys=True, ensure_ascii=False),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _place(proposal_id: Id, key: str) -> str:
    return f"renderings/{proposal_id}/{key}"


def _packed(made: Rendered) -> bytes:
    """A rendering as it is stored: one line of JSON with what the author should know, then the bytes."""
    head = {"replaced": list(made.replaced), "pages": made.pages, "page_limit": made.page_limit}
    return json.dumps(head).encode() + b"\n" + made.data


def _unpacked(content: bytes) -> Rendered:
    """What `_packed` made. A list in the first line comes from before pages were counted."""
    head, _, data = content.partition(b"\n")
    value = json.loads(head)
    return Rendered(data, value) if isinstance(value, list) else Rendered(data, **value)
