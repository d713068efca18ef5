"""Every list of the API, asked with cursors that it never gave: an answer or a 422, never an error of ours."""

import re
from collections.abc import Iterator

import pytest

from app.main import api_routes, create_app
from app.platform.web.edge import Route
from app.platform.web.paging import encode
from app.settings import Settings
from tests.bid.signoff.bids import Bid, ready_bid
from tests.factories import World

PAGED = sorted(
    route.path
    for route in api_routes(create_app(Settings(), "postgresql://nobody@localhost/none"))
    if isinstance(route, Route) and "GET" in route.methods and "cursor" in route.operation.arguments.queries
)
CURSORS = [
    "x",
    encode("no id"),
    encode(5),
    encode("\x00"),
    encode("a", "b"),
    encode(1, 2),
    encode("", "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"),
    encode(2**70, "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"),
    encode(2**70),
]


@pytest.fixture(scope="module")
def bid(server: str, sql: object) -> Iterator[Bid]:
    import httpx

    with httpx.Client(base_url=server, timeout=30) as http:
        made = ready_bid(World(http, sql, server))  # type: ignore[arg-type]
        made.freeze()
        yield made


@pytest.mark.parametrize("path", PAGED)
def test_no_made_up_cursor_is_an_error_of_ours(bid: Bid, path: str) -> None:
    section = bid.world.sql.execute("SELECT id::text FROM sections WHERE proposal_id = %s", [bid.id]).fetchone()
    known = {
        "proposal_id": bid.id,
        "organisation_id": bid.partners[0].id,
        "opportunity_id": bid.opportunity_id,
        "section_id": section[0] if section else "",
        "number": "1",
        "partner_id": bid.partner_ids[0],
    }
    address = re.sub(r"\{(\w+)(:\w+)?\}", lambda found: known.get(found[1], found[0]), path)
    person = bid.council.boss if "opportunities/" in path else bid.lead
    for cursor in CURSORS:
        answer = person.get(address, params={"cursor": cursor})
        assert answer.status_code in (200, 404, 403, 422), (cursor, answer.text[:300])
