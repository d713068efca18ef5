"""The stock `y-websocket` client from npm, under Node, with its options alone."""

import asyncio

from app.live import awareness, protocol
from tests.live.bids import Bid
from tests.live.peer import peers, run, until
from tests.live.test_authority import _live_token, ws
from tests.node import stock


def test_the_stock_client_connects_writes_and_reads(server: str, a_bid: Bid) -> None:
    protocols = _live_token(server, a_bid, a_bid.lead).json()["protocols"]

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token) as (ben,):
            mine = awareness.State(ben.doc.client_id, 1, '{"user":{"name":"Ben"}}')
            await ben.send(protocol.awareness(awareness.write([mine])))
            given = {
                "server": ws(server) + a_bid.path().removesuffix("/live"),
                "protocols": protocols,
                "write": "Ysgrifennwyd gan Ana 😀",
                "until": "a ddarllenwyd gan Ben",
            }
            client = asyncio.create_task(asyncio.to_thread(stock.run, "live_client.mjs", given))
            await until(lambda: "Ana" in str(ben.fragment), 20)
            ben.write(" a ddarllenwyd gan Ben")
            await ben.flush()
            seen = await client
            assert seen == {
                "text": "<paragraph>Ysgrifennwyd gan Ana 😀 a ddarllenwyd gan Ben</paragraph>",
                "events": ["connected"],
                "others": ["Ana", "Ben"],
                "protocol": "cobid.v1",
            }
            await until(lambda: any(state.gone for frame in ben.cursors for state in awareness.read(frame)), 5)

    run(story())
