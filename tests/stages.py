"""Bids at the two stages that most tests begin with. Every other stage is a few calls from there."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.bids import Bid
from tests.callers import Organisation, soon
from tests.copies import copy
from tests.factories import World


def bid(
    world: World,
    *names: str,
    rule: str | None = None,
    deadline: timedelta | None = timedelta(days=60),
    call: dict[str, Any] | None = None,
    **facts: Any,
) -> Bid:
    """A draft whose first name leads and whose others are members. With two or more, the honesty round is over.

    `facts` of the structure are agreed before anybody joins. `call`: the opportunity of another such bid, so that the
    two are rivals.
    """
    organisations = [world.organisation(name) for name in names or ("", "")]
    agreed = {**({"decision_rule": rule} if rule else {}), **facts}
    closes_at = datetime.now(UTC) + deadline if deadline else None

    def make() -> Bid:
        call = world.opportunity(title="Youth work", lots=[], questions=[], submission_deadline=soon(86_400))
        lead, *members = [world.organisation() for _ in organisations]
        made = Bid.started(world, call, lead, "Together")
        if agreed:
            made.structure(**agreed)
        for member in members:
            made.join(member)
        return made.revealed() if members else made

    like = ("draft", len(organisations), json.dumps(agreed, sort_keys=True))
    council = world.organisation(kinds=("commissioner",))
    closing = {"submission_deadline": closes_at and closes_at.isoformat()}
    return copy(world, like, make, organisations, council, call=call, **closing)


def ready_bid(
    world: World,
    partners: int = 2,
    *,
    council: Organisation | None = None,
    organisations: list[Organisation] | None = None,
    call: dict[str, Any] | None = None,
    mode: str = "sealed",
    route: str = "here",
    deadline: timedelta = timedelta(hours=1),
    price_detail: str = "totals",
) -> Bid:
    """A lead and members with nothing in the way of a version, all of whom must sign and may submit.

    `call`: the opportunity of another such bid, so that the two are rivals.
    """
    council = council or world.organisation("Riverside Council", ("commissioner",))
    who = organisations or [world.organisation(f"Partner {chr(65 + i)}") for i in range(partners)]

    def make() -> Bid:
        asked = world.opportunity(
            title="Youth work",
            lots=[{"key": "1", "title": "North"}],
            questions=[],
            mode=mode,
            price_detail=price_detail,
            required_sections=["exit_and_sustainability"],
            submission_route={"kind": route, "url": "https://portal.example/bids"},
            submission_deadline=soon(86_400),
        )
        lead, *members = [world.organisation() for _ in who]
        made = Bid.started(world, asked, lead, "Together")
        made.structured()
        for member in members:
            made.join(member)
        return made.revealed().ready()

    closes_at = (datetime.now(UTC) + deadline).isoformat()
    like = ("ready", len(who), mode, route, price_detail)
    return copy(world, like, make, who, council, call=call, submission_deadline=closes_at, buyer_name=council.name)
