"""The stock `y-websocket` client from npm, under Node, with its options alone."""

import asyncio
import re

from app.bid.text.live import awareness, protocol
from tests import ROOT
from tests.bid.text.live.bids import Bid
from tests.bid.text.live.peer import peers, run
from tests.bid.text.live.test_authority import _live_token, ws
from tests.node import stock
from tests.waiting import until


def test_the_stock_client_connects_writes_and_reads(server: str, a_bid: Bid) -> None:
    protocols = _live_token(server, a_bid, a_bid.lead).json()["protocols"]
    colleague = a_bid.colleague(a_bid.lead, "editor")
    a_bid.sql.execute("UPDATE people SET name = 'Ben' WHERE id = %s", [colleague.person_id])

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), colleague.token) as (ben,):
            mine = awareness.CursorState(ben.doc.client_id, 1, '{"user":{"name":"Ben"}}')
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


def test_the_fifteen_lines_of_the_documentation_work_as_written(server: str, a_bid: Bid) -> None:
    page = (ROOT / "docs" / "live-editing.md").read_text()
    (code,) = re.findall(r"```js\n(.*?)```", page, re.S)
    assert len([line for line in code.splitlines() if line]) <= 15

    async def story() -> None:
        async with peers(ws(server) + a_bid.path(), a_bid.lead.token) as (ben,):
            given = {
                "code": code,
                "host": server,
                "token": a_bid.lead.token,
                "proposalId": a_bid.proposal_id,
                "sectionId": a_bid.section_id,
                "type": "Gan Ana, o TipTap.",
                "until": "A chan Ben.",
            }
            client = asyncio.create_task(asyncio.to_thread(stock.run, "live_docs.mjs", given))
            await until(lambda: "Gan Ana, o TipTap." in str(ben.fragment) or client.done(), 20)
            ben.write(" A chan Ben.")
            await ben.flush()
            assert await client == {"text": "Yn ôl. Gan Ana, o TipTap. A chan Ben.", "connected": True}
            assert "Yn ôl. Gan Ana, o TipTap. A chan Ben." in str(ben.fragment)

    run(story())
