"""Before everyone has filed, no page tells anybody of another's declarations: no word, figure, count or moment."""

import re

import httpx

from app.workspace.routes import router
from tests.factories import Bid, Person, World, ok
from tests.http import ask

WITHIN = sorted(
    route.path
    for route in router.routes
    if "GET" in route.methods and route.path.startswith("/bids/")  # type: ignore[attr-defined]
)
SECRET = ("Hall of secrets", "98765", "98,765", "Rather not told", "A basis unseen")


def _page(world: World, path: str, person: Person) -> httpx.Response:
    answer = ask(httpx.URL(world.url), "GET", path, {"Cookie": f"cobid={person.token}"})
    assert answer is not None
    return answer


def _paths(bid: Bid, partner_id: str, items: dict[str, str]) -> list[str]:
    found, section = [], bid.read()["sections"][0]["id"]
    for template in WITHIN:
        for side, item in items.items():
            filled = {
                "proposal_id": bid.id,
                "partner_id": partner_id,
                "side": side,
                "item_id": item,
                "section_id": section,
                "line_id": item,
                "key": "insurance",
                "decision_id": item,
                "number": "1",
            }
            found.append(template.format(**filled))
    return sorted(set(found))


def _said(page: httpx.Response) -> tuple[int, str]:
    """What a reader sees of a page, without the key that each form has anew."""
    return page.status_code, re.sub(r'name="key" value="[^"]*"', "", page.text)


def test_pages_say_the_same_whatever_another_has_declared_and_filed(world: World) -> None:
    bid = world.bid(
        world.organisation("Harbour Youth"),
        world.organisation("Castle Trust"),
        submission_deadline="2999-01-01T12:00:00Z",
    )
    facilitator = bid.facilitated()
    invited = world.organisation("Asked Later")
    bid.invite(invited)
    youth = bid.partners[1]
    readers = [bid.lead.boss, bid.partners[2].boss, facilitator.boss, invited.boss, bid.council.boss, world.stranger()]
    contribution = {
        "kind": "premises",
        "title": SECRET[0],
        "value": {"amount": f"{SECRET[1]}.00", "currency": "GBP"},
        "certainty": "confirmed",
        "valuation_basis": SECRET[4],
    }
    first = ok(youth.boss.post(f"{bid.path}/contributions", contribution), 201).json()["id"]
    second = {"kind": "information", "title": SECRET[3], "strength": "must"}
    other = ok(youth.boss.post(f"{bid.path}/expectations", second), 201).json()["id"]
    paths = ["/home", "/news", *_paths(bid, youth.id, {"give": first, "expect": other})]
    before = [[_said(_page(world, path, reader)) for path in paths] for reader in readers]
    shown = " ".join(text for pages in before for _, text in pages)
    assert not [word for word in SECRET if word in shown]
    ok(youth.boss.post(f"{bid.path}/contributions", {**contribution, "title": "Another hall"}), 201)
    ok(youth.boss.post(f"{bid.path}/honesty-round/file"))
    after = [[_said(_page(world, path, reader)) for path in paths] for reader in readers]
    for reader, was, now in zip(readers, before, after, strict=True):
        for path, one, two in zip(paths, was, now, strict=True):
            assert one == two, (reader.name, path)
    assert not [status for pages in after for status, _ in pages if status >= 500]
    own = [_page(world, path, youth.boss) for path in paths]
    assert {page.status_code for page in own} <= {200, 404} and SECRET[0] in own[-1].text + "".join(
        page.text for page in own
    )


def test_no_counter_names_a_page_within_bids(world: World) -> None:
    bid = world.bid()
    assert _page(world, f"/bids/{bid.id}/say", bid.lead.boss).status_code == 200
    assert _page(world, "/account", bid.lead.boss).status_code == 200
    counted = ok(world.http.get("/metrics")).text
    assert 'operation="page:/account"' in counted and "page:/bids/" not in counted
