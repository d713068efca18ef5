"""Rights act at once on open sockets, also when the change was made on another replica."""

import asyncio
from collections.abc import Callable

import httpx
import psycopg
import pytest
import websockets

from app.bid.text import section_log
from tests.bid.text.live.bids import Bid, Writer, bid
from tests.bid.text.live.conftest import Process
from tests.bid.text.live.peer import Peer, peers, run
from tests.rounds import races
from tests.waiting import throughout, until


def ws(server: str) -> str:
    return server.replace("http", "ws")


async def _closed_by(peer: Peer, change: Callable[[], object]) -> int:
    await asyncio.to_thread(change)
    code, _ = await peer.until_closed()
    return code


def _log_of(sql: psycopg.Connection, section_id: str) -> int:
    row = sql.execute("SELECT last_seq FROM section_heads WHERE section_id = %s", [section_id]).fetchone()
    return int(row[0]) if row else 0


CHANGES = {
    "the partner is removed": "UPDATE partners SET status = 'removed' WHERE id = '{partner_id}'",
    "the partner withdraws": "UPDATE partners SET status = 'withdrawn' WHERE id = '{partner_id}'",
    "the person leaves the organisation": "DELETE FROM memberships WHERE person_id = '{person_id}'",
    "the sign-in is ended": "DELETE FROM sessions WHERE id = '{session_id}'",
    "the person is erased": "UPDATE people SET erased_at = now() WHERE id = '{person_id}'",
}


@pytest.mark.parametrize("why", CHANGES)
def test_a_socket_closes_when(server: str, a_bid: Bid, sql: psycopg.Connection, why: str) -> None:
    other = a_bid.partner()

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token, other.token) as (ana, ben):
            statement = CHANGES[why].format(**vars(other)).encode()
            code = await _closed_by(ben, lambda: sql.execute(statement))
            assert code in (4401, 4403), "a code that tells the stock client to stay away"
            ana.write("still here")
            await ana.flush()
            await ana.level_again()
            assert ana.closed is None and ben.text() == ""

    run(story())


def test_a_sign_in_ends_by_the_clock_also_while_others_change_without_end(
    server: str, a_bid: Bid, sql: psycopg.Connection
) -> None:
    other = a_bid.partner()
    change = "UPDATE memberships SET roles = '{admin,editor,signatory}' WHERE person_id = %s"

    async def keep_changing() -> None:
        while True:
            await asyncio.to_thread(sql.execute, change, [a_bid.lead.person_id])
            await asyncio.sleep(0.05)

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token, other.token) as (_, ben):
            statement = "UPDATE sessions SET expires_at = clock_timestamp() + interval '1 second' WHERE id = %s"
            sql.execute(statement, [other.session_id])
            changing = asyncio.create_task(keep_changing())
            try:
                code, _ = await ben.until_closed(15)
            finally:
                changing.cancel()
            assert code == 4401

    run(story())


def test_who_loses_the_role_of_editor_reads_on_and_writes_no_more(
    server: str, a_bid: Bid, sql: psycopg.Connection
) -> None:
    other = a_bid.partner()

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token, other.token) as (ana, ben):
            sql.execute("UPDATE memberships SET roles = '{viewer}' WHERE person_id = %s", [other.person_id])
            await until(lambda: bool(ben.denied))
            ben.write("too late")
            await ben.flush()
            ana.write("seen by both")
            await ana.flush()
            await until(lambda: "seen by both" in ben.text())
            await ben.level_again()
            assert ana.text() == "seen by both" and ben.closed is None

    run(story())


def test_a_section_is_written_by_its_organisation_until_it_is_opened_to_all(
    server: str, sql: psycopg.Connection
) -> None:
    closed = bid(sql, open_to_all=False)
    other = closed.partner()

    async def story() -> None:
        async with peers(ws(server) + closed.path(), closed.lead.token, other.token) as (ana, ben):
            ben.write("from outside ")
            await ben.flush()
            await until(lambda: bool(ben.denied))
            assert ana.text() == ""
            sql.execute("UPDATE sections SET open_to_all = true WHERE id = %s", [closed.section_id])
            await until(lambda: ana.text() == "from outside ")
            sql.execute(
                "UPDATE sections SET open_to_all = false, assignee_organisation_id = %s WHERE id = %s",
                [other.organisation_id, closed.section_id],
            )
            await until(lambda: bool(ana.denied))

    run(story())


def test_a_change_on_one_replica_closes_sockets_on_the_other(
    process: Callable[[], Process], a_bid: Bid, sql: psycopg.Connection
) -> None:
    """Neither server process makes the change: it is a row in the database that they share."""
    first, second = process(), process()
    other = a_bid.partner()

    async def story() -> None:
        ben = await Peer().connect(first.url + a_bid.path(), other.token)
        eve = await Peer().connect(second.url + a_bid.path(), other.token)
        await asyncio.gather(ben.level(), eve.level())
        sql.execute("UPDATE partners SET status = 'removed' WHERE id = %s", [other.partner_id])
        await asyncio.gather(ben.until_closed(), eve.until_closed())

    run(story())


def test_after_the_freeze_all_read_and_nobody_writes_until_it_is_withdrawn(server: str, a_bid: Bid) -> None:
    other = a_bid.partner()

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token, other.token) as (ana, ben):
            ana.write("before ")
            await ana.flush()
            await until(lambda: ben.text() == "before ")
            await asyncio.to_thread(a_bid.status, "in_sign_off")
            ana.write("typed while frozen ")
            await ana.flush()
            await until(lambda: bool(ana.denied))
            assert "locked" in ana.denied[-1]
            async with peers(ws(server) + a_bid.path(), other.token) as (late,):
                assert late.text() == "before "
                late.write("who comes now is told why as well")
                await late.flush()
                await until(lambda: bool(late.denied))
                assert "locked" in late.denied[-1]
            await asyncio.to_thread(a_bid.status, "draft")
            await until(lambda: ben.text() == "before typed while frozen ")
            ben.write("and on")
            await ben.flush()
            await until(lambda: ana.text() == "before typed while frozen and on")

    run(story())


def test_what_is_in_the_edition_is_exactly_what_was_acknowledged_before_the_freeze(
    server: str, a_bid: Bid, sql: psycopg.Connection
) -> None:
    """Twenty freezes in the middle of typing: what a watcher ever saw by then is in it, and nothing comes after."""

    async def freeze() -> tuple[str, int]:
        def locked() -> tuple[bytes, int]:
            with sql.transaction():
                sql.execute("SELECT FROM proposals WHERE id = %s FOR UPDATE", [a_bid.proposal_id])
                sql.execute("UPDATE proposals SET status = 'in_sign_off' WHERE id = %s", [a_bid.proposal_id])
                rows = sql.execute(
                    "SELECT update FROM section_updates WHERE section_id = %s ORDER BY seq", [a_bid.section_id]
                ).fetchall()
                edition.extend(bytes(row[0]) for row in rows)
            return b"", len(rows)

        edition: list[bytes] = []
        _, number = await asyncio.to_thread(locked)
        copy = Peer()
        for update in edition:
            copy.take(update)
        return copy.text(), number

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token, a_bid.lead.token) as (ana, watcher):
            typing = True

            async def type_on() -> None:
                while typing:
                    ana.write("x")
                    await ana.flush()
                    await asyncio.sleep(0.001)

            hands = asyncio.create_task(type_on())
            for _ in races(8):
                typed = len(watcher.text())
                await until(lambda typed=typed: len(watcher.text()) > typed + 3)  # type: ignore[misc]
                edition, number = await freeze()
                await until(lambda edition=edition: len(watcher.text()) >= len(edition))  # type: ignore[misc]
                # Hands type on every millisecond, so a change let in after the lock would be there by then.
                await throughout(0.03, lambda edition=edition: watcher.text() == edition)  # type: ignore[misc]
                assert _log_of(sql, a_bid.section_id) == number
                await asyncio.to_thread(a_bid.status, "draft")
            typing = False
            await hands
            await until(lambda: watcher.text() == ana.text(), 5)

    run(story())


def test_a_long_transaction_on_one_proposal_does_not_keep_the_others_waiting(
    server: str, database: str, a_bid: Bid, sql: psycopg.Connection
) -> None:
    elsewhere = bid(sql)

    async def story() -> None:
        async with (
            peers(ws(server) + a_bid.path(), a_bid.lead.token, a_bid.lead.token) as (ana, ben),
            peers(ws(server) + elsewhere.path(), elsewhere.lead.token, elsewhere.lead.token) as (eve, fay),
        ):
            with psycopg.connect(database) as holding:
                holding.execute("SELECT FROM proposals WHERE id = %s FOR UPDATE", [a_bid.proposal_id])
                ana.write("waits")
                await ana.flush()
                eve.write("does not")
                await eve.flush()
                await until(lambda: fay.text() == "does not")
                assert ben.text() == ""
            await until(lambda: ben.text() == "waits")

    run(story())


def test_what_a_request_adds_reaches_open_sockets(server: str, database: str, a_bid: Bid) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine

    async def story() -> None:
        engine = create_async_engine(database.replace("postgresql://", "postgresql+psycopg://"))
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token) as (ana,):
            ana.write("typed")
            await ana.flush()
            await ana.level_again()
            async with engine.begin() as connection:
                await section_log.lock(connection, a_bid.section_id)
                held = await section_log.read(connection, a_bid.section_id)
                author = Peer()
                for update in held.updates:
                    author.take(update)
                author.write(", and put")
                (update,) = author._changes
                seq = await section_log.append(
                    connection, a_bid.section_id, update, section_log.Author(None, a_bid.lead.person_id)
                )
                assert seq == held.seq + 1
                assert ana.text() == "typed"
            await until(lambda: ana.text() == "typed, and put")
        await engine.dispose()

    run(story())


# Who comes in.


async def _refused(url: str, status: int, **options: object) -> None:
    with pytest.raises(websockets.InvalidStatus) as refusal:
        await Peer().connect(url, **options)  # type: ignore[arg-type]
    assert refusal.value.response.status_code == status


def _live_token(server: str, a_bid: Bid, who: Writer, section_id: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {who.token}"}
    return httpx.post(f"{server}{a_bid.path(section_id)}-token", headers=headers, json={})


def test_who_is_not_signed_in_or_has_no_tie_is_turned_away_at_the_handshake(
    server: str, a_bid: Bid, sql: psycopg.Connection
) -> None:
    stranger = bid(sql).lead

    async def story() -> None:
        url = ws(server) + a_bid.path()
        await _refused(url, 401)
        await _refused(url, 401, token="cobid_s_made-up")
        await _refused(url, 404, token=stranger.token)
        await _refused(ws(server) + a_bid.path("019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"), 404, token=a_bid.lead.token)
        await _refused(ws(server) + a_bid.path("nonsense"), 404, token=a_bid.lead.token)
        await _refused(url + f"?token={a_bid.lead.token}", 401)

    run(story())


def test_a_live_token_opens_one_connection_to_one_section(server: str, a_bid: Bid) -> None:
    async def story() -> None:
        url = ws(server) + a_bid.path()
        answer = _live_token(server, a_bid, a_bid.lead)
        assert answer.status_code == 201 and answer.headers["cache-control"] == "no-store"
        protocols = answer.json()["protocols"]
        peer = await Peer().connect(url, subprotocols=protocols)
        assert peer.socket.subprotocol == "cobid.v1"
        await peer.level()
        await peer.leave()
        await _refused(url, 401, subprotocols=protocols)
        elsewhere = _live_token(server, a_bid, a_bid.lead, a_bid.section()).json()["protocols"]
        await _refused(url, 401, subprotocols=elsewhere)

    run(story())


def test_a_live_token_is_kept_as_a_hash_and_ends_with_its_time_or_its_sign_in(
    server: str, a_bid: Bid, sql: psycopg.Connection
) -> None:
    async def story() -> None:
        url = ws(server) + a_bid.path()
        protocols = _live_token(server, a_bid, a_bid.lead).json()["protocols"]
        kept = sql.execute("SELECT token_hash FROM live_tokens WHERE section_id = %s", [a_bid.section_id]).fetchall()
        assert all(protocols[1].encode() not in bytes(row[0]) for row in kept) and len(kept) == 1
        sql.execute("UPDATE live_tokens SET expires_at = now() WHERE section_id = %s", [a_bid.section_id])
        await _refused(url, 401, subprotocols=protocols)
        protocols = _live_token(server, a_bid, a_bid.lead).json()["protocols"]
        sql.execute("DELETE FROM sessions WHERE id = %s", [a_bid.lead.session_id])
        await _refused(url, 401, subprotocols=protocols)

    run(story())


def test_a_cookie_opens_the_socket_from_our_own_pages_only(server: str, a_bid: Bid) -> None:
    async def story() -> None:
        url = ws(server) + a_bid.path()
        cookie = {"Cookie": f"cobid={a_bid.lead.token}"}

        async def with_origin(origin: str | None) -> None:
            socket = await websockets.connect(url, additional_headers=cookie, origin=origin)  # type: ignore[arg-type]
            await socket.close()

        await with_origin(server)
        for origin in ("https://evil.example", None):
            with pytest.raises(websockets.InvalidStatus) as refusal:
                await with_origin(origin)
            assert refusal.value.response.status_code == 403

    run(story())
