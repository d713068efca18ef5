"""Bytes that want to hurt, and clients that are too slow or too many: nobody else notices."""

import ast
import asyncio
import contextlib
import os
import random
import subprocess
import sys
from collections.abc import Callable

import psutil
import psycopg
import pycrdt
import pytest
import websockets
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from app.bid.text.live import protocol, updates
from app.bid.text.live.compaction import compact
from app.bid.text.live.document import LiveDocument
from app.bid.text.live.shape import Shape
from app.platform.richtext.lib0 import Malformed
from tests import ROOT
from tests.bid.text.live import fuzz
from tests.bid.text.live.bids import Bid
from tests.bid.text.live.conftest import Process
from tests.bid.text.live.logged import Logged
from tests.bid.text.live.peer import Peer, peers, run
from tests.rounds import patience, tries
from tests.waiting import until


def ws(server: str) -> str:
    return server.replace("http", "ws")


def _one(change: Callable[["Doc[XmlFragment]"], object]) -> bytes:
    doc: Doc[XmlFragment] = Doc()
    doc.get("default", type=XmlFragment)
    change(doc)
    return doc.get_update()


def _append(doc: "Doc[XmlFragment]", node: XmlElement | XmlText) -> None:
    doc["default"].children.append(node)


def _marked(doc: "Doc[XmlFragment]") -> None:
    paragraph, text = XmlElement("paragraph"), XmlText("")
    _append(doc, paragraph)
    paragraph.children.append(text)
    text.insert(0, "x", {"blink": {}})


FOREIGN = {
    "a node that no editor knows": _one(lambda doc: _append(doc, XmlElement("marquee"))),
    "a picture from elsewhere": _one(lambda doc: _append(doc, XmlElement("image", {"src": "https://evil.example/"}))),
    "text outside every paragraph": _one(lambda doc: _append(doc, XmlText("loose"))),
    "a mark that no editor knows": _one(_marked),
    "another shared type": _one(lambda doc: doc.get("beside", type=pycrdt.Text).insert(0, "x")),  # type: ignore[type-var,arg-type]
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_would_make_editors_delete_text_is_refused_before_anybody_gets_it(
    server: str, a_bid: Bid, sql: psycopg.Connection, what: str
) -> None:
    other = a_bid.partner()

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token, other.token, a_bid.lead.token) as (ana, eve, ben):
            ana.write("honest ")
            await ana.flush()
            await until(lambda: ben.text() == "honest ")
            await eve.send(protocol.update(FOREIGN[what]))
            code, _ = await eve.until_closed()
            assert code in (4400, 4422)
            ana.write("work goes on")
            await ana.flush()
            await until(lambda: ben.text() == "honest work goes on")
            assert str(ben.fragment) == "<paragraph>honest work goes on</paragraph>"

    run(story())
    logged = sql.execute("SELECT update FROM section_updates WHERE section_id = %s", [a_bid.section_id]).fetchall()
    assert not any(word in bytes(row[0]) for row in logged for word in (b"marquee", b"image", b"blink", b"loose"))


@pytest.mark.parametrize("hostile", fuzz.HOSTILE, ids=["half a gigabyte", "panic"])
def test_the_two_that_hurt_the_library_only_close_their_own_connection(
    process: Callable[[], Process], a_bid: Bid, hostile: bytes
) -> None:
    server = process()
    other = a_bid.partner()

    async def story() -> None:
        async with peers(server.url + a_bid.path(), a_bid.lead.token, a_bid.lead.token) as (ana, ben):
            before = psutil.Process(server.pid).memory_info().rss
            for step in (protocol.update(hostile), protocol.step2(hostile), protocol.step1(hostile), hostile):
                eve = await Peer().connect(server.url + a_bid.path(), other.token)
                await eve.level()
                await eve.send(step)
                if step is not hostile:
                    assert (await eve.until_closed())[0] == 4400
                await eve.leave()
            ana.write("unharmed")
            await ana.flush()
            await until(lambda: ben.text() == "unharmed")
            assert psutil.Process(server.pid).memory_info().rss - before < 30_000_000

    run(story())


def test_neighbours_that_are_no_neighbours_are_never_applied() -> None:
    """Found by fuzzing: a struct between two lists made the library read freed memory and climb without end."""
    doc: Doc[XmlFragment] = Doc(client_id=1)
    fragment = doc.get("default", type=XmlFragment)
    for _ in range(2):
        paragraph = XmlElement("paragraph")
        fragment.children.append(paragraph)
        text = XmlText("")
        paragraph.children.append(text)
        text.insert(0, "ab")
    shape = Shape.of(doc.get_update())
    between = bytes([1, 1, 9, 0, 0xC4, 1, 2, 1, 7, 1, 0x78, 0])  # a character between the first text and the second
    with pytest.raises(Malformed, match="neighbours"):
        shape.admit(updates.read(between))
    assert shape.ends == updates.read_state_vector(doc.get_state())


def test_half_of_a_character_is_never_named() -> None:
    """Found by fuzzing: the library miscounts when an emoji is cut, and its next snapshot loses text."""
    doc: Doc[XmlFragment] = Doc(client_id=1)
    fragment = doc.get("default", type=XmlFragment)
    paragraph = XmlElement("paragraph")
    fragment.children.append(paragraph)
    text = XmlText("")
    paragraph.children.append(text)
    text.insert(0, "a😀b")
    shape = Shape.of(doc.get_update())
    for first, length in ((3, 1), (4, 1), (2, 2), (4, 2)):
        with pytest.raises(Malformed, match="half"):
            shape.admit(updates.read(bytes([0, 1, 1, 1, first, length])))
    assert shape.admit(updates.read(bytes([0, 1, 1, 1, 3, 2])))


def test_who_was_offline_may_have_written_in_a_paragraph_that_is_gone() -> None:
    doc: Doc[XmlFragment] = Doc(client_id=1)
    fragment = doc.get("default", type=XmlFragment)
    for _ in range(3):
        fragment.children.append(XmlElement("paragraph"))
    offline: Doc[XmlFragment] = Doc(client_id=2)
    offline.get("default", type=XmlFragment)
    offline.apply_update(doc.get_update())
    before = offline.get_state()
    for paragraph in offline["default"].children:
        text = XmlText("")
        paragraph.children.append(text)
        text.insert(0, "typed offline")
    written = offline.get_update(before)
    del fragment.children[0:2]
    snapshot, shape = compact([doc.get_update()])
    text_here = LiveDocument([snapshot], shape)
    assert text_here.admit(updates.read(written))
    text_here.add([written])
    assert str(text_here.doc["default"]) == "<paragraph>typed offline</paragraph>"
    offline.apply_update(snapshot)
    assert str(offline["default"]) == "<paragraph>typed offline</paragraph>"
    assert LiveDocument([*compact([snapshot, written])[:1]]).ends == text_here.ends


def test_a_kept_shape_is_the_shape_of_the_document() -> None:
    dice = random.Random(3)
    doc: Doc[XmlFragment] = Doc(client_id=5)
    doc.get("default", type=XmlFragment)
    for _ in range(300):
        fuzz.edit(dice, doc)
    read, kept = Shape.of(doc.get_update()), Shape.from_bytes(Shape.of(doc.get_update()).to_bytes())
    assert kept.ends == read.ends == updates.read_state_vector(doc.get_state())
    assert kept.pairs == read.pairs and kept.to_bytes() == read.to_bytes()


@pytest.mark.parametrize("seed", [1, 2])
def test_mutated_frames_kill_nothing(seed: int) -> None:
    """In a process of their own, whose death would be seen. A million: `python -m tests.bid.text.live.fuzz 1000000`."""
    command = [sys.executable, "-m", "tests.bid.text.live.fuzz", str(tries(12_000)), str(seed)]
    environment = {**os.environ, "RUST_BACKTRACE": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=patience(120))
    assert done.returncode == 0, done.stderr[-3000:]
    seen = ast.literal_eval(done.stdout.splitlines()[-1])
    assert seen["accepted"] > 100 and seen["foreign"] > 10 and seen["malformed"] > 1000


def test_mutated_frames_over_sockets_disturb_nobody(
    process: Callable[[], Process], a_bid: Bid, sql: psycopg.Connection
) -> None:
    """What honest people typed is in the log to the last character, and gone from the text only where the log holds an
    edit of the attacker's that deleted it: by chance some of its frames are well-formed edits of a partner.
    """
    server = process()
    other = a_bid.partner()
    dice = random.Random(8)
    url = server.url + a_bid.path()

    async def attack(frames: int) -> None:
        eve = Peer()
        sent, deleting = 0, True
        while sent < frames:
            await eve.connect(url, other.token)
            await eve.level()
            if deleting and sent > frames // 2:  # a partner may do that, and then it is in the log
                del eve.fragment.children[0 : len(eve.fragment.children)]
                await eve.flush()
                deleting = False
            made = fuzz.fresh(dice, [eve.doc.get_update()])
            try:
                for _ in range(40):
                    ends = updates.read_state_vector(eve.doc.get_state())
                    frame = fuzz.reworked(dice, made, ends) if dice.random() < 0.3 else fuzz.mutate(dice, made)
                    await eve.send(frame)
                    sent += 1
                    await asyncio.sleep(0)
            except websockets.ConnectionClosed:
                pass
            await eve.leave()

    async def story() -> None:
        async with peers(url, a_bid.lead.token, a_bid.lead.token) as (ana, ben):
            attacking = asyncio.create_task(attack(tries(1500)))
            number = 0
            while not attacking.done():
                ana.write(f"<{number}>")
                await ana.flush()
                number += 1
                await asyncio.sleep(0.01)
            await attacking
            await until(lambda: ben.text() == ana.text() and number > 0, 30)
            paragraph = XmlElement("paragraph")
            ana.doc.get("default", type=XmlFragment).children.insert(0, paragraph)
            paragraph.children.append(XmlText("<after>"))
            await ana.flush()
            await until(lambda: "<after>" in ben.text(), 10)
            assert ana.closed is None and ben.closed is None
            assert psutil.Process(server.pid).memory_info().rss < 400_000_000
            logged = Logged.of(sql, a_bid.section_id)
            assert logged.whole.text() == ana.text() == ben.text()
            lead, attacker = a_bid.lead.person_id, other.person_id
            # What she typed into a paragraph while it was being deleted is logged as hers, and as deleted with it.
            assert {client for client, _ in logged.deleted[lead]} <= {ana.doc.client_id} and logged.deleted[attacker]
            assert logged.missing(ana.sent, lead, attacker) == []
            assert logged.missing(ana.sent, lead, "nobody"), "the attacker's deletion is an edit, and is seen as one"

    run(story())


def test_a_frame_over_the_cap_ends_its_connection(server: str, a_bid: Bid) -> None:
    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token) as (eve,):
            await eve.send(protocol.update(os.urandom(1_100_000)))
            assert (await eve.until_closed())[0] in (4413, 1009)

    run(story())


def test_a_section_does_not_grow_without_end(server: str, a_bid: Bid, sql: psycopg.Connection) -> None:
    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token, a_bid.lead.token) as (ana, ben):
            for _ in range(12):
                ana.write("long " * 20_000)
                await ana.flush()
                await asyncio.sleep(0.05)
            await until(lambda: bool(ana.denied), 20)
            assert "as long as it can be" in ana.denied[-1]
            assert 500_000 < len(ben.text()) <= 1_000_000
            del ana.paragraph()[0:]
            await ana.flush()
            await until(lambda: ben.text() == "")

    run(story())


def test_a_section_takes_so_many_parts_and_no_more(server: str, a_bid: Bid) -> None:
    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token, a_bid.lead.token) as (ana, ben):

            async def add(paragraphs: int) -> None:
                with ana.doc.transaction():
                    for _ in range(paragraphs):
                        ana.fragment.children.insert(0, XmlElement("paragraph"))
                await ana.flush()

            await add(4990)
            await until(lambda: len(ben.fragment.children) == 4990, 20)
            ana.write("still typing")
            await add(50)
            await until(lambda: bool(ana.denied), 20)
            assert "as many paragraphs" in ana.denied[-1]
            await ben.level_again()
            assert len(ben.fragment.children) <= 5000
            with ana.doc.transaction():
                del ana.fragment.children[0 : len(ana.fragment.children)]
            await ana.flush()
            await until(lambda: not len(ben.fragment.children), 20)

    run(story())


def test_a_reader_who_takes_nothing_costs_little_and_catches_up_at_once(
    process: Callable[[], Process], a_bid: Bid
) -> None:
    server = process()

    async def story() -> None:
        url = server.url + a_bid.path()
        async with peers(url, a_bid.lead.token, a_bid.lead.token) as (ana, ben):
            slow = Peer()
            slow.socket = await websockets.connect(
                url, additional_headers={"Authorization": f"Bearer {a_bid.lead.token}"}, compression=None, max_queue=1
            )
            await slow.send(protocol.step1(slow.doc.get_state()))
            before = psutil.Process(server.pid).memory_info().rss
            for _ in range(40):
                for _ in range(5):
                    ana.write("a line of some length, written again and again. " * 20)
                    del ana.paragraph()[0:900]
                await ana.flush()
                await asyncio.sleep(0.01)
            await until(lambda: ben.text() == ana.text(), 20)
            assert psutil.Process(server.pid).memory_info().rss - before < 40_000_000
            slow._reader = asyncio.create_task(slow._read())
            await until(lambda: slow.text() == ana.text(), 10)
            await slow.leave()

    run(story())


def test_one_person_has_a_bounded_number_of_connections(server: str, a_bid: Bid) -> None:
    async def story() -> None:
        made = [await Peer().connect(ws(server) + a_bid.path(), a_bid.lead.token) for _ in range(40)]
        with pytest.raises(websockets.ConnectionClosed) as closed:
            one_more = await Peer().connect(ws(server) + a_bid.path(), a_bid.lead.token)
            await one_more.socket.wait_closed()
            await one_more.send(b"")
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4429
        for peer in made:
            await peer.leave()

        async def welcome() -> bool:
            again = await Peer().connect(ws(server) + a_bid.path(), a_bid.lead.token)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(again.level(), 1)
            await again.leave()
            return again.synced.is_set()

        await until(welcome)

    run(story())
