"""Several people in one section, over real sockets."""

import asyncio
import json
from collections.abc import Callable

import psycopg
import pytest

from app.bid.text.live import awareness, protocol
from app.platform.richtext.lib0 import Malformed
from tests.bid.text.live.bids import Bid
from tests.bid.text.live.conftest import Process
from tests.bid.text.live.logged import Logged
from tests.bid.text.live.peer import Peer, peers, run
from tests.waiting import until


def ws(server: str) -> str:
    return server.replace("http", "ws")


def test_what_one_writes_the_others_see_and_who_comes_later_too(server: str, a_bid: Bid) -> None:
    other = a_bid.partner()

    async def story() -> None:
        url = ws(server) + a_bid.path()
        async with peers(url, a_bid.lead.token, other.token) as (ana, ben):
            ana.write("Our young people ")
            await ana.flush()
            await until(lambda: ben.text() == "Our young people ")
            ben.write("decide - Ieuenctid Cymru 😀")
            await ben.flush()
            await until(lambda: ana.text() == ben.text() != "Our young people ")
            async with peers(url, other.token) as (late,):
                assert late.text() == "Our young people decide - Ieuenctid Cymru 😀"

    run(story())


def test_a_row_of_the_log_names_who_wrote_and_for_whom(server: str, a_bid: Bid, sql: psycopg.Connection) -> None:
    other = a_bid.partner()

    async def story() -> None:
        url = ws(server) + a_bid.path()
        async with peers(url, a_bid.lead.token, other.token) as (ana, ben):
            ana.write("A")
            await ana.flush()
            await until(lambda: ben.text() == "A")
            ben.write("B")
            await ben.flush()
            await until(lambda: ana.text() == "AB")

    run(story())
    rows = sql.execute(
        "SELECT seq, person_id::text, organisation_id::text FROM section_updates WHERE section_id = %s ORDER BY seq",
        [a_bid.section_id],
    ).fetchall()
    assert [seq for seq, _, _ in rows] == list(range(1, len(rows) + 1))
    assert rows[0][1:] == (a_bid.lead.person_id, a_bid.lead.organisation_id)
    assert rows[-1][1:] == (other.person_id, other.organisation_id)


def test_what_was_known_already_is_not_logged_again(server: str, a_bid: Bid, sql: psycopg.Connection) -> None:
    def rows() -> int:
        found = sql.execute("SELECT count(*) FROM section_updates WHERE section_id = %s", [a_bid.section_id]).fetchone()
        return int(found[0]) if found else 0

    async def story() -> None:
        url = ws(server) + a_bid.path()
        async with peers(url, a_bid.lead.token) as (ana,):
            ana.write("once, and deleted ")
            del ana.paragraph()[0:4]
            await ana.flush()
            await until(lambda: Logged.of(sql, a_bid.section_id).whole.text() == ana.text())
            await ana.leave()
            before = rows()
            assert before > 0
            for _ in range(3):
                await ana.connect(url, a_bid.lead.token)
                await ana.level()
                await ana.send(protocol.update(ana.doc.get_update()))
                await ana.level_again()
                await ana.leave()
            assert rows() == before

    run(story())


def test_cursors_are_shown_to_all_and_taken_back_when_somebody_leaves(server: str, a_bid: Bid) -> None:
    async def story() -> None:
        url = ws(server) + a_bid.path()
        async with peers(url, a_bid.lead.token, a_bid.lead.token) as (ana, ben):
            mine = awareness.CursorState(7, 1, '{"user":{"name":"Ana"}}')
            await ana.send(protocol.awareness(awareness.write([mine])))
            await until(lambda: bool(ben.cursors))
            assert awareness.read(ben.cursors[-1]) == [mine]
            async with peers(url, a_bid.lead.token) as (late,):
                await until(lambda: bool(late.cursors))
                assert awareness.read(late.cursors[0]) == [mine]
            await ana.leave()
            await until(lambda: awareness.read(ben.cursors[-1])[0].gone)
            assert awareness.read(ben.cursors[-1]) == [awareness.CursorState(7, 1, "null")]

    run(story())


def test_a_cursor_is_shown_under_the_name_that_the_service_knows(server: str, a_bid: Bid) -> None:
    said = '{"user":{"name":"Pat Officer (Council)","title":"Clerk","color":"#0b5394"},"cursor":{"anchor":1}}'
    lies = ['{"user":"Pat"}', "{}", '{"user":{"color":"url(https://evil.example)"}}']

    async def story() -> None:
        url = ws(server) + a_bid.path()
        async with peers(url, a_bid.lead.token, a_bid.lead.token) as (mallory, ben):
            for clock, state in enumerate([said, *lies], 1):
                await mallory.send(protocol.awareness(awareness.write([awareness.CursorState(7, clock, state)])))
                await until(lambda clock=clock: ben.cursors and awareness.read(ben.cursors[-1])[0].clock == clock)
                user = json.loads(awareness.read(ben.cursors[-1])[0].json)["user"]
                assert user == {"name": "Ana", **({"color": "#0b5394"} if clock == 1 else {})}

    run(story())


@pytest.mark.parametrize("state", ["[1]", "1", "{", "[" * 4000, '{"a":"\\ud800"}', '{"a":"' + "x" * 4086 + '"}'])
def test_a_state_that_no_editor_sends_is_malformed(state: str) -> None:
    with pytest.raises(Malformed):
        awareness.named(awareness.CursorState(1, 1, state), "Ana")


def test_an_update_that_builds_on_something_missing_is_asked_for_not_lost(server: str, a_bid: Bid) -> None:
    """Two tabs of one browser pass updates to each other; only one of them is connected here."""

    async def story() -> None:
        url = ws(server) + a_bid.path()
        offline = Peer()
        offline.write("typed offline, ")
        async with peers(url, a_bid.lead.token, a_bid.lead.token) as (tab, reader):
            tab.take(offline.doc.get_update())
            tab.write("continued online")
            await tab.flush()
            await until(lambda: reader.text() == "typed offline, continued online")

    run(story())


def test_a_socket_carries_two_thousand_updates_a_second(server: str, a_bid: Bid) -> None:
    async def story() -> None:
        url = ws(server) + a_bid.path()
        async with peers(url, a_bid.lead.token, a_bid.lead.token) as (ana, ben):
            for _ in range(4000):
                ana.write("x")
            started = asyncio.get_running_loop().time()
            await ana.flush()
            await until(lambda: len(ben.text()) == 4000, 30)
            assert (
                asyncio.get_running_loop().time() - started < 2 * 4
            )  # here beside the whole suite; the bench is exact

    run(story())


def test_cursors_are_seen_from_another_process(process: Callable[[], Process], a_bid: Bid) -> None:
    first, second = process(), process()

    async def story() -> None:
        ana = await Peer().connect(first.url + a_bid.path(), a_bid.lead.token)
        ben = await Peer().connect(second.url + a_bid.path(), a_bid.lead.token)
        await asyncio.gather(ana.level(), ben.level())
        mine = awareness.CursorState(7, 1, '{"user":{"name":"Ana"}}')
        await ana.send(protocol.awareness(awareness.write([mine])))
        await until(lambda: bool(ben.cursors))
        assert awareness.read(ben.cursors[-1]) == [mine]
        await ana.leave()
        await until(lambda: awareness.read(ben.cursors[-1])[0].gone)
        await ben.leave()

    run(story())


def test_all_cursors_are_seen_by_who_comes_later_and_to_another_process(
    process: Callable[[], Process], a_bid: Bid
) -> None:
    """Together they are larger than one notification between the processes may be."""
    first, second = process(), process()

    def cursors(clock: int) -> list[awareness.CursorState]:
        return [awareness.CursorState(client, clock, f'{{"cursor":"{"Siân " * 200}"}}') for client in range(8)]

    def seen(peer: Peer) -> dict[int, int]:
        return {state.client: state.clock for states in peer.cursors for state in awareness.read(states)}

    async def story() -> None:
        ana = await Peer().connect(first.url + a_bid.path(), a_bid.lead.token)
        await ana.send(protocol.awareness(awareness.write(cursors(1))))
        await ana.level()
        ben = await Peer().connect(second.url + a_bid.path(), a_bid.lead.token)
        await until(lambda: seen(ben) == dict.fromkeys(range(8), 1), why=lambda: seen(ben))
        await ana.send(protocol.awareness(awareness.write(cursors(2))))
        await until(lambda: seen(ben) == dict.fromkeys(range(8), 2), why=lambda: seen(ben))
        await ana.leave()
        await ben.leave()

    run(story())


def test_a_long_log_becomes_a_snapshot_while_people_type_on(
    server: str, process: Callable[[], Process], a_bid: Bid, sql: psycopg.Connection
) -> None:
    other = a_bid.partner()

    def snapshot() -> int:
        found = sql.execute("SELECT seq FROM section_snapshots WHERE section_id = %s", [a_bid.section_id]).fetchone()
        return int(found[0]) if found else 0

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token, other.token) as (ana, ben):
            ana.write("Ysgrifennu 😀 ")
            await ana.flush()
            await until(lambda: len(ben.text()) > 5)
            typed = 0
            while not snapshot():
                for peer in (ana, ben):
                    peer.write("x")
                    await peer.flush()
                await asyncio.sleep(0.004)
                typed += 1
                assert typed < 3000, "no snapshot was made"
            await until(lambda: ana.text() == ben.text())
            late = await Peer().connect(process().url + a_bid.path(), other.token)
            await late.level()
            assert late.text() == ana.text()
            await late.leave()

    run(story())
