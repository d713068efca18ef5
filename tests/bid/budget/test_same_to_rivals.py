"""Rule 1 over HTTP: two bids that differ only in private lines look the same to everyone else, on every route."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.bid.budget.test_lines import add, lots, money
from tests.factories import Bid, Person, World, ok
from tests.stages import bid

ONE = [
    {"category": "staff", "year": 1, "amount": money("617.31"), "description": "canary one", "vat_treatment": "zero"},
    {"category": "travel", "year": 1, "amount": money("382.69"), "source": "requested"},
    {"category": "rent", "year": 2, "amount": money("250.00"), "source": "match", "full_cost": money("300.00")},
]
OTHER = [
    {
        "category": "consultants",
        "year": 1,
        "amount": money("1000.00"),
        "description": "canary two",
        "vat_treatment": "exempt",
    },
    {"category": "staff", "year": 2, "amount": money("100.00"), "source": "match"},
    {"category": "kit", "year": 2, "amount": money("150.00"), "source": "match"},
]
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NOISE = re.compile(
    r"\d{4}-\d\d-\d\dT[0-9:.+Z-]+|\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d|\b[0-9a-f]{64}\b"
    r"|Organisation \d+|Person \d+|p\d+-[0-9a-f]{8}@"
)


def alike(text: str) -> str:
    """The text with ids numbered as they come, and without times, hashes and made-up names."""
    seen: dict[str, str] = {}
    return _NOISE.sub("~", _ID.sub(lambda found: seen.setdefault(found[0], f"id-{len(seen)}"), text))


def paths(world: World) -> Iterator[str]:
    """Every GET of a proposal that needs no further id."""
    described = world.openapi["paths"]
    for path, operations in described.items():
        of_a_bid = path.startswith("/v1/proposals/{proposal_id}") and path.count("{") == 1
        if "get" in operations and of_a_bid and not path.endswith((".pdf", ".docx", ".odt", ".zip", ".xlsx")):
            yield path.removeprefix("/v1")


def made(world: World, lines: list[dict[str, Any]]) -> Bid:
    of = bid(world, "Lead", "Youth", "Family")
    of.facilitated()
    of.structure(decision_rule="consensus")
    keys = lots(of, "1", "2", ceiling=100_000)
    world.sql.execute("UPDATE opportunities SET budget_ceiling = 125000, ceiling_vat = 'excluded' WHERE id = %s",
                      [of.opportunity_id])  # fmt: skip
    add(of, of.lead, "10.00", lot_id=keys[0])
    placed = [{**line, "lot_id": keys[line["year"] - 1]} for line in lines]
    ok(of.post(of.partners[1].boss, "/budget-lines:batch", {"items": placed}))
    return of


def nothing(of: Bid) -> None:
    """The lines stay to their owner, as they are."""


def show(of: Bid) -> None:
    of.show(of.partners[1])


def final(of: Bid) -> None:
    """All prices are final: also the sums by lot, by source and of VAT are those of these lines."""
    of.prices_final()


def taken_back(of: Bid) -> None:
    of.prices_final()
    of.prices_final(False)
    add(of, of.partners[1], "3.00")


@pytest.mark.parametrize("then", [nothing, show, final, taken_back])
@pytest.mark.parametrize("who", ["lead", "family", "facilitator"])
def test_two_bids_that_differ_only_in_private_lines_look_the_same_on_every_route(
    world: World, who: str, then: Callable[[Bid], None]
) -> None:
    answers: list[dict[str, tuple[int, str]]] = []
    for lines in (ONE, OTHER):
        of = made(world, lines)
        then(of)
        assert of.facilitator is not None
        reader: Person = {"lead": of.lead, "family": of.partners[2], "facilitator": of.facilitator}[who].boss
        found = {}
        for path in paths(world):
            response = reader.get(path.replace("{proposal_id}", of.id))
            assert response.status_code < 500, path
            found[path] = (response.status_code, alike(response.text))
        answers.append(found)
    assert sum(status == 200 for status, _ in answers[0].values()) > 15
    for path, answer in answers[0].items():
        assert answer == answers[1][path], path
        for secret in ("617.31", "382.69", "canary", "consultants"):
            assert secret not in answer[1], path


def test_the_owner_itself_does_see_the_difference(world: World) -> None:
    one, other = made(world, ONE), made(world, OTHER)
    texts = [alike(ok(of.get(of.partners[1].boss, "/budget")).text) for of in (one, other)]
    assert texts[0] != texts[1]
