"""Long renderings tell how far they have come, as server-sent events over a real socket."""

import asyncio
import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from app.bid.renderings.making import Making, Renderings
from app.bid.renderings.progress import Notes, OpenStreams, Progress, TooManyStreams, follow
from app.bid.renderings.sources import Source
from app.documents.process import TooLargeToLayOut
from app.documents.rendering import Format
from app.main import create_app
from app.platform.db.files import files
from app.settings import Settings
from tests.conftest import free_port
from tests.documents import samples as s
from tests.factories import Bid, Person, World, ok, problem
from tests.servers import start, wait_until_ready
from tests.stages import ready_bid
from tests.waiting import throughout, until, wait_until

EVENTS = {"Accept": "text/event-stream"}


@contextmanager
def serving(settings: Settings, database: str) -> Iterator[tuple[str, Any]]:
    """Another replica on the same database: its base URL and its application."""
    app = create_app(settings, database)
    server = uvicorn.Server(uvicorn.Config(app, port=settings.port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    yield f"http://127.0.0.1:{settings.port}", app
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def replica(settings: Settings, database: str) -> Iterator[tuple[str, Any]]:
    """One that has a single connection of each kind and lets one person watch three at a time."""
    few = settings.model_copy(
        update={"port": free_port(), "database_pool": 1, "read_pool": 1, "progress_streams_per_person": 3}
    )
    with serving(few, database) as running:
        yield running


@pytest.fixture
def bid(world: World) -> Bid:
    return long_bid(world)


def long_bid(world: World) -> Bid:
    """A bid of far more than fifty pages."""
    bid = ready_bid(world)
    section = ok(bid.lead.boss.get(f"{bid.path}/sections")).json()["items"][0]["id"]
    text = "\n\n".join(f"Paragraph {n}: " + "We meet young people where they are. " * 20 for n in range(200))
    content = f"{bid.path}/sections/{section}/content"
    ok(bid.lead.boss.put(content, {"markdown": text}, if_match=bid.lead.boss.etag(content)))
    return bid


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The stream as a browser reads it: (event, data), comments left out."""
    name, data = "", ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data += value
        elif not line and data:
            yield name, json.loads(data)
            name, data = "", ""


def watch(person: Person, path: str, base: str = "", **headers: str) -> list[tuple[str, dict[str, Any]]]:
    headers = {**EVENTS, "Authorization": f"Bearer {person.token}", **headers}
    url = (base or str(person.http.base_url)).rstrip("/") + (path if path.startswith("/v1") else f"/v1{path}")
    with httpx.stream("GET", url, headers=headers, timeout=60) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        return list(events(answer.iter_lines()))


def test_the_location_of_a_long_document_streams_its_progress_and_then_where_the_file_is(bid: Bid) -> None:
    begun = ok(bid.lead.boss.get(f"{bid.path}/document.pdf"), 202)
    assert begun.json()["stage"] in ("queued", "composing", "laying_out") and begun.json()["waiting_before"] == 0
    *told, (last, done) = watch(bid.lead.boss, begun.headers["location"])
    assert told and all(name == "progress" for name, _ in told)
    assert all(set(data) == {"stage", "pages_estimated", "seconds", "waiting_before"} for _, data in told)
    assert told[0][1]["pages_estimated"] > 50
    stages = [data["stage"] for _, data in told]
    assert stages == sorted(stages, key=["queued", "composing", "laying_out", "storing"].index)
    assert last == "done" and ok(bid.lead.boss.get(done["location"]), 200).content.startswith(b"%PDF-")
    assert watch(bid.lead.boss, begun.headers["location"]) == [("done", done)]


def test_a_browser_that_opens_the_stream_again_after_its_end_is_told_to_stop(bid: Bid) -> None:
    location = ok(bid.lead.boss.get(f"{bid.path}/document.md"), 202).headers["location"]
    assert watch(bid.lead.boss, location)[-1][0] == "done"
    assert bid.lead.boss.get(location, headers={**EVENTS, "Last-Event-ID": "done"}).status_code == 204


def test_every_document_can_be_watched_with_or_without_having_been_begun(bid: Bid) -> None:
    bid.agree()
    submitted = ok(bid.submit(), 201).json()
    bid.world.sql.execute("UPDATE opportunities SET mode = 'open' WHERE id = %s", [bid.opportunity_id])
    paths = [f"{bid.path}/{name}" for name in ("document.html", "editions/1/document.html", "editions/1/annex.html")]
    for path in (*paths, f"{bid.path}/joint-working-agreement.html"):
        name, done = watch(bid.lead.boss, path)[-1]
        assert name == "done" and ok(bid.lead.boss.get(done["location"]), 200).text.startswith("<!doctype html>")
    name, done = watch(bid.council.boss, f"/submissions/{submitted['id']}/document.html")[-1]
    assert name == "done" and done["location"].startswith(f"/v1/submissions/{submitted['id']}/")
    ok(bid.council.boss.get(done["location"]), 200)


def test_who_may_not_read_the_document_may_not_watch_it(bid: Bid) -> None:
    location = ok(bid.lead.boss.get(f"{bid.path}/document.odt"), 202).headers["location"]
    problem(bid.world.stranger().get(location, headers=EVENTS), 404)
    problem(bid.world.http.get(location, headers=EVENTS), 401)
    watch(bid.lead.boss, location)


def test_a_short_document_is_done_at_once(world: World) -> None:
    short = ready_bid(world)
    assert [name for name, _ in watch(short.lead.boss, f"{short.path}/document.md")] == ["done"]


def test_a_document_that_cannot_be_laid_out_ends_the_stream_with_its_problem(
    settings: Settings, database: str, bid: Bid
) -> None:
    hasty = settings.model_copy(update={"port": free_port(), "render_seconds": 0.05})
    with serving(hasty, database) as (base, _):
        headers = {"Authorization": f"Bearer {bid.lead.boss.token}"}
        begun = httpx.get(f"{base}{bid.path}/document.pdf?language=cy", headers=headers)
        told = watch(bid.lead.boss, begun.headers["location"], base)
        assert told[-1][0] == "failed"
        shown = httpx.get(base + begun.headers["location"], headers=headers)
        own = {key: value for key, value in shown.json().items() if key != "request_id"}
        assert shown.status_code == 409 and own["type"] == "/problems/too-large-to-lay-out"
        assert {key: value for key, value in told[-1][1].items() if key != "request_id"} == own
        # Any other replica says so too, and does not try again immediately.
        problem(bid.lead.boss.get(begun.headers["location"]), 409, "too-large-to-lay-out")
        assert watch(bid.lead.boss, begun.headers["location"])[-1][0] == "failed"


def test_another_replica_tells_of_the_same_rendering_and_serves_it(replica: tuple[str, Any], bid: Bid) -> None:
    base, app = replica
    location = ok(bid.lead.boss.get(f"{bid.path}/document.pdf"), 202).headers["location"]
    told = watch(bid.lead.boss, location, base)
    assert told[-1] == ("done", {"location": location})
    assert told[0][1].get("pages_estimated", 51) > 50
    answer = httpx.get(base + location, headers={"Authorization": f"Bearer {bid.lead.boss.token}"})
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
    key = location.rpartition("rendering=")[2]
    assert not hasattr(app.state, "renderings") or key not in app.state.renderings._under_way


def test_streams_hold_no_connection_and_are_bounded_in_number_and_end_with_their_reader(
    replica: tuple[str, Any], world: World
) -> None:
    """By its note, another process does the rendering, and goes on for longer than this test takes."""
    base, app = replica
    bid = ready_bid(world)
    key = "0" * 64
    asyncio.run(Notes(files(app.state.settings)).write(f"renderings/{bid.id}/{key}", Progress("laying_out", 99, 1, 0)))
    location = f"{base}{bid.path}/document.pdf?rendering={key}"
    with httpx.Client(headers={"Authorization": f"Bearer {bid.lead.boss.token}"}, timeout=20) as http:
        assert http.get(location).status_code == 202
        streams = [http.stream("GET", location, headers=EVENTS) for _ in range(3)]
        reading = [events(stream.__enter__().iter_lines()) for stream in streams]
        assert [next(told)[1]["pages_estimated"] for told in reading] == [99] * 3
        refused = problem(http.get(location, headers=EVENTS), 429, "too-many-streams")
        assert "Accept" in refused["detail"]
        for _ in range(5):  # the one connection is free for reads and for writes
            ok(http.get(f"{base}{bid.path}"))
            body = {"addressed_to": "all", "title": "Late", "detail_markdown": "x", "blocking": False}
            ok(http.post(f"{base}{bid.path}/difficulties", json=body), 201)
        for stream in streams:
            stream.__exit__(None, None, None)
    wait_until(lambda: not app.state.renderings.streams._open)


async def told(look: Any, **options: Any) -> list[Any]:
    return [found async for found in follow(look, pause=0.01, **options)]


def test_silence_is_filled_with_comments_and_the_stream_ends_in_time() -> None:
    same = Progress("queued", 60, 1, 2)

    async def look() -> Any:
        return same

    found = asyncio.run(told(look, longest=0.5, keep_alive=0.1))
    assert found[0] == same and set(found[1:]) == {None} and len(found[1:]) <= 5


def test_only_what_changed_is_told() -> None:
    stages = [Progress("queued", 60, n, 2 - n // 3) for n in range(6)] + [Progress("storing", 60, 9, 0), "done"]

    async def look() -> Any:
        return stages.pop(0)

    found = asyncio.run(told(look, longest=5))
    assert [getattr(one, "stage", one) for one in found] == ["queued", "queued", "storing", "done"]


def test_streams_are_counted_for_each_and_in_all() -> None:
    streams = OpenStreams(3, 2)
    for who in ("a", "a", "b"):
        streams.check(who)
        streams.begin(who)
    for who in ("a", "b", "c"):
        with pytest.raises(TooManyStreams):
            streams.check(who)
    streams.end("b")
    streams.check("c")
    with pytest.raises(TooManyStreams):
        streams.check("a")


def renderings(folder: Path, **settings: Any) -> Renderings:
    return Renderings(Settings(data_dir=folder, pages_at_once=1, **settings))


async def _done(here: Renderings, key: str) -> bool:
    return await here.look("p", key) == "done"


def source() -> Source:
    document = s.document(s.bare())
    return Source(document, s.standing(document), signed=b"{}")


def test_who_waits_in_the_queue_is_told_how_many_stand_before(tmp_path: Path) -> None:
    async def work() -> None:
        here = renderings(tmp_path)
        made = [await here.get("p", "bid", form, source(), "en") for form in (Format.PDF, Format.DOCX, Format.ODT)]
        places = [one.progress for one in made if isinstance(one, Making)]
        assert [(place.stage == "queued", place.waiting_before) for place in places][1:] == [(True, 0), (True, 1)]
        for one in made:
            assert isinstance(one, Making)
            await until(lambda key=one.key: _done(here, key))  # type: ignore[misc]
        await here.close()

    asyncio.run(work())


def test_a_note_that_nobody_renews_counts_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        here = renderings(tmp_path)
        notes = Notes(files(Settings(data_dir=tmp_path)))
        await notes.write("renderings/p/k", Progress("laying_out", 60, 3, 0))
        assert await here.look("p", "k") == Progress("laying_out", 60, 3, 0)
        later = time.time() + 31
        monkeypatch.setattr(time, "time", lambda: later)
        assert await here.look("p", "k") is None and await here.poll("p", "k") is None
        await notes.write_failure("renderings/p/k", TooLargeToLayOut())
        with pytest.raises(TooLargeToLayOut):
            await here.poll("p", "k")
        monkeypatch.setattr(time, "time", lambda: later + 61)
        assert await here.look("p", "k") is None
        await here.close()

    asyncio.run(work())


def test_a_rendering_leaves_no_note_behind(tmp_path: Path) -> None:
    async def work() -> None:
        here = renderings(tmp_path)
        made = await here.get("p", "bid", Format.MD, source(), "en")
        assert isinstance(made, Making)
        assert replace(made.progress, stage="queued", seconds=0) == Progress(
            "queued", made.progress.pages_estimated, 0, 0
        )
        await until(lambda: _done(here, made.key))
        folder = tmp_path / "files" / "renderings" / "p"
        await until(lambda: [file.name for file in folder.iterdir()] == [made.key])
        # A note is renewed every half second: by then one that came late would be there.
        await throughout(0.6, lambda: [file.name for file in folder.iterdir()] == [made.key])
        await here.close()

    asyncio.run(work())


def test_a_process_that_stops_ends_its_streams(replica: tuple[str, Any], world: World) -> None:
    """Otherwise they would delay its end. Whoever watches then asks another replica."""
    base, app = replica
    bid = ready_bid(world)
    key = "1" * 64
    asyncio.run(Notes(files(app.state.settings)).write(f"renderings/{bid.id}/{key}", Progress("laying_out", 99, 1, 0)))
    app.state.stopping = lambda: True
    try:
        assert watch(bid.lead.boss, f"{bid.path}/document.pdf?rendering={key}", base) == []
    finally:
        del app.state.stopping


def test_the_service_as_its_own_process_streams_and_stops_with_a_stream_open(
    settings: Settings, database: str, bid: Bid
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    process = start(settings.data_dir, port, DATABASE_URL=database, WORKER="false")
    try:
        wait_until_ready(base, process)
        told = watch(bid.lead.boss, f"{bid.path}/document.pdf", base)
        assert len(told) > 1 and told[-1][0] == "done"
        key = "2" * 64
        asyncio.run(Notes(files(settings)).write(f"renderings/{bid.id}/{key}", Progress("laying_out", 99, 1, 0)))
        headers = {**EVENTS, "Authorization": f"Bearer {bid.lead.boss.token}"}
        with httpx.stream("GET", f"{base}{bid.path}/document.pdf?rendering={key}", headers=headers) as answer:
            reading = events(answer.iter_lines())
            assert next(reading)[0] == "progress"
            process.send_signal(signal.SIGTERM)
            assert list(reading) == []
            assert asyncio.run(Notes(files(settings)).read(f"renderings/{bid.id}/{key}")), (
                "not only when the note is old"
            )
        assert process.wait(60) in (0, 128 + signal.SIGTERM)
    finally:
        process.kill()
        process.wait(20)
