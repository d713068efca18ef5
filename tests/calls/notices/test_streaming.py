"""A file of any size goes in part by part: the same as whole, in flat memory, and as far as it can be read."""

import asyncio
import gzip
import io
import itertools
import json
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.notices import streaming
from app.calls.notices.importing import Imported
from app.calls.notices.ocds_read import read_package
from app.operations.reading import opened
from app.platform.db.engine import connect
from app.settings import Settings
from tests.calls.notices.bringing import fresh, later, read
from tests.calls.notices.ocds_samples import FIND_A_TENDER, package, records
from tests.factories import World
from tests.rounds import examples


def parts(content: bytes, lines: bool = False) -> list[streaming.Part]:
    return list(streaming.parts_of(io.BytesIO(content), lines))


def bring_in(database: str, settings: Settings, content: bytes, lines: bool = False) -> tuple[Imported, list[int]]:
    told: list[int] = []

    async def run() -> Imported:
        db = await connect(database, settings)
        try:
            pieces = streaming.parts_of(io.BytesIO(content), lines)
            return await streaming.bring_in(db.sessions, pieces, lambda number, _: told.append(number))
        finally:
            await db.close()

    return asyncio.run(run()), told


@examples(60)
@given(
    st.lists(st.text(max_size=20), max_size=8),
    st.integers(1, 40),
    st.sampled_from(["releases", "records"]),
    st.booleans(),
)
def test_the_parts_hold_what_the_whole_holds_to_the_character(
    titles: list[str], chunk: int, kind: str, packed: bool
) -> None:
    items = [
        json.dumps({"ocid": f"ocds-e-{at}", "tender": {"title": title}}, indent=at % 3)
        for at, title in enumerate(titles)
    ]
    content = (
        f'\ufeff {{"uri": "a]b\\"[", "n": 1e9, "{kind}" : [ {" , ".join(items)} ], "x": {{"{kind}": [1]}} }} '.encode()
    )

    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self.inner = io.BytesIO(gzip.compress(content) if packed else content)

        def readable(self) -> bool:
            return True

        def readinto(self, into: Any) -> int:
            found = self.inner.read(min(chunk, len(into)))
            into[: len(found)] = found
            return len(found)

    found = list(streaming.parts_of(io.BufferedReader(Slow()), lines=False))  # type: ignore[type-var]
    assert [item for part in found for item in part.items] == items
    assert {part.kind for part in found} <= {kind}


def test_one_release_by_itself_is_a_part() -> None:
    (part,) = parts(json.dumps(FIND_A_TENDER, indent=1).encode())
    assert list(read_package(part.content()).processes) == [FIND_A_TENDER["ocid"]]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"releases": [', b'{"releases": [{"a"', b'{"releases": []} x', b'{"a" 1}']
)
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        parts(content)


def test_each_process_counts_once_and_each_place_is_that_of_the_file(
    world: World, database: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PART_ITEMS", 2)
    one, two = fresh(), fresh()
    whole = [one, two, {"ocid": "", "tender": {"id": "1"}}, later(one, title="Amended"), 7]
    found, told = bring_in(database, settings, package(*whole))
    assert found.counts() == {
        "imported": 2,
        "updated": 0,
        "unchanged": 0,
        "skipped": [
            {
                "ocid": None,
                "reason": "The release has no ocid, so nobody can tell which process it belongs to.",
                "at": "/releases/2",
            },
            {"ocid": None, "reason": "A release is not an object.", "at": "/releases/4"},
        ],
        "claims": [],
    }
    assert told == [2, 4, 5]
    assert read(world.stranger(), one["ocid"], world)["title"] == "Amended"
    lines = b"\n".join([json.dumps(one).encode(), b"", b"{nonsense", json.dumps(later(two, title="New")).encode()])
    again, _ = bring_in(database, settings, gzip.compress(lines), lines=True)
    assert (again.updated, again.unchanged, [place.at for place in again.skipped]) == (1, 1, ["line 3"])
    held, _ = bring_in(database, settings, records(*({"ocid": f"ocds-e-{at}", "releases": []} for at in range(3))))
    assert [place.at for place in held.skipped] == ["/records/0", "/records/1", "/records/2"]


def test_what_came_before_a_broken_end_is_kept(
    world: World, database: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PART_ITEMS", 1)
    one, two = fresh(), fresh()
    content = package(one, two)
    with pytest.raises(json.JSONDecodeError):
        bring_in(database, settings, content[:-20])
    assert read(world.stranger(), one["ocid"], world)["title"]
    assert bring_in(database, settings, content)[0].counts()["imported"] == 1


def test_the_memory_does_not_grow_with_the_file() -> None:
    raw = json.dumps({"ocid": "ocds-e-1", "tender": {"title": "x" * 500}})

    class Endless(io.RawIOBase):
        def __init__(self, number: int) -> None:
            self.made = itertools.chain(['{"releases": ['], (f"{raw}," for _ in range(number)), [f"{raw}]}}"])
            self.held = b""

        def readable(self) -> bool:
            return True

        def readinto(self, into: Any) -> int:
            while len(self.held) < len(into) and (more := next(self.made, "")):
                self.held += more.encode()
            found, self.held = self.held[: len(into)], self.held[len(into) :]
            into[: len(found)] = found
            return len(found)

    def peak(number: int) -> int:
        tracemalloc.start()
        count = sum(len(part.items) for part in streaming.parts_of(io.BufferedReader(Endless(number)), lines=False))  # type: ignore[type-var]
        assert count == number + 1
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(40_000) < 1.5 * peak(10_000)


@pytest.fixture
def elsewhere() -> Iterator[str]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/file")
                self.end_headers()
                return
            self.send_response(200 if self.path == "/file" else 404)
            self.end_headers()
            self.wfile.write(b"the file")

        def log_message(self, *about: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as httpd:
        Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()


def test_a_file_an_address_and_what_cannot_be_had(elsewhere: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"the file")
    for name in (str(tmp_path / "a.json"), f"{elsewhere}/file", f"{elsewhere}/moved"):
        with opened(name) as content:
            assert content.read() == b"the file"
    for name in (str(tmp_path / "b.json"), f"{elsewhere}/nothing", "http://127.0.0.1:9/"):
        with pytest.raises(OSError, match=r"."), opened(name):
            pass
