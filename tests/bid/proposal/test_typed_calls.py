"""A call that somebody typed from a web page: its bids work with it, and to everybody else it does not exist."""

import concurrent.futures
import secrets
from typing import Any

import pytest

from tests.calls.notices.bringing import bring, fresh
from tests.calls.notices.ocds_samples import package
from tests.factories import Bid, Organisation, Person, World, ok, soon


def page() -> str:
    return f"https://www.aber.example/grants/{secrets.token_hex(6)}"


def body(word: str, **fields: Any) -> dict[str, Any]:
    return {
        "title": f"Grants {word}",
        "funder": "Aber Council",
        "url": page(),
        "submission_deadline": soon(30 * 86_400),
        "lots": [{"key": "1", "title": "North", "ceiling": {"amount": "20000.00"}}],
        "regime": "grant",
        **fields,
    }


def word() -> str:
    return f"qix{secrets.token_hex(6)}"


def typed(person: Person, name: str = "", **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = ok(person.post("/opportunities/typed", body(name or word(), **fields)), 201).json()
    return made


def listed(person: Person, **query: Any) -> list[str]:
    return [one["id"] for one in ok(person.get("/opportunities", params=query)).json()["items"]]


def started(world: World, call: dict[str, Any], lead: Organisation) -> Bid:
    return Bid.started(world, call, lead, f"Bid {secrets.token_hex(4)}")


def test_whoever_typed_it_reads_it_and_starts_a_bid_with_its_terms(world: World) -> None:
    own, name = world.organisation(), word()
    call = typed(own.boss, name)
    assert call["typed"] and call["brought_by"]["kind"] == "organisation" and call["status"] == "published"
    assert (call["buyer"]["name"], call["submission_route"]["kind"]) == ("Aber Council", "elsewhere")
    assert listed(own.boss, q=name) == [call["id"]] == listed(own.boss, q=name, sort="fit")
    bid = started(world, call, own)
    whole = ok(own.boss.get(bid.path)).json()
    assert whole["status"] == "draft"
    put = ok(own.boss.get(f"{bid.path}/portal-questions"))
    assert put.status_code == 200


def test_to_others_it_does_not_exist(world: World) -> None:
    own, name = world.organisation(), word()
    url = page()
    call = typed(own.boss, name, url=url)
    started(world, call, own)
    council = world.organisation(kinds=("commissioner", "facilitator", "provider"))
    for stranger in (world.stranger(), council.boss):
        for below in ("", "/record.json", "/history"):
            hidden = stranger.get(f"/opportunities/{call['id']}{below}")
            missing = stranger.get(f"/opportunities/{own.id}{below}")
            assert (hidden.status_code, hidden.json()["detail"]) == (404, missing.json()["detail"])
        assert stranger.patch(f"/opportunities/{call['id']}", {"title": 7}).status_code == 404
        for query in (
            {"q": name},
            {"q": name, "sort": "fit"},
            {"q": name, "sort": "newest"},
            {"q": name, "open": "true"},
        ):
            assert listed(stranger, **query) == []
        wanted = [{"opportunity_id": id_, "title": "Ours"} for id_ in (call["id"], own.id)]
        answers = [stranger.post("/proposals", each) for each in wanted]
        assert [one.status_code for one in answers] == [404, 404]
        again = [stranger.post("/opportunities/typed", body(name, opportunity_id=id_)) for id_ in (call["id"], own.id)]
        assert [one.status_code for one in again] == [422, 422]
        assert again[0].json()["errors"] == again[1].json()["errors"]
    suggestion = {"organisation_ids": [own.id, world.organisation().id], "reason_markdown": "You fit."}
    suggested = [
        council.boss.post("/facilitation/partnerships", {**suggestion, "opportunity_id": id_})
        for id_ in (call["id"], own.id)
    ]
    assert suggested[0].status_code == suggested[1].status_code and suggested[0].status_code >= 400
    assert suggested[0].json().get("errors") == suggested[1].json().get("errors")
    sides = {"person_id": council.boss.id, "how": "By other people."}
    recorded = [
        council.boss.post(f"/organisations/{council.id}/two-sides", {**sides, "opportunity_id": id_})
        for id_ in (call["id"], own.id)
    ]
    assert [one.status_code for one in recorded] == [422, 422]
    assert recorded[0].json()["errors"] == recorded[1].json()["errors"]


def test_those_in_its_bids_or_asked_into_one_know_it_until_they_say_no(world: World) -> None:
    own, member, asked = world.organisation(), world.organisation(), world.organisation()
    call = typed(own.boss)
    bid = started(world, call, own)
    path = f"/opportunities/{call['id']}"
    assert member.boss.get(path).status_code == 404
    bid.join(member)
    assert ok(member.boss.get(path)).json()["title"] == call["title"]
    assert call["id"] in listed(member.boss, q=call["title"])
    invitation = {"organisation_id": asked.id, "role": "member"}
    partner = ok(own.boss.post(f"{bid.path}/partners", invitation), 201).json()
    assert asked.boss.get(path).status_code == 200
    ok(asked.boss.post(f"{bid.path}/partners/{partner['id']}/decline"))
    assert asked.boss.get(path).status_code == 404
    assert call["id"] not in listed(asked.boss, q=call["title"])


def test_a_public_opening_of_its_bid_tells_nobody(world: World) -> None:
    own, name = world.organisation(), word()
    call = typed(own.boss, name)
    bid = started(world, call, own)
    opening = ok(own.boss.post(f"{bid.path}/openings", {"title": f"Role {name}", "public": True}), 201).json()
    stranger = world.stranger()
    assert ok(stranger.get("/openings", params={"opportunity_id": call["id"]})).json()["items"] == []
    assert stranger.get(f"/openings/{opening['id']}").status_code == 404
    assert (
        stranger.post(f"{bid.path}/openings/{opening['id']}/applications", {"message_markdown": "x"}).status_code == 404
    )


def test_typed_again_it_is_a_claim_that_a_bid_follows_by_decision(world: World) -> None:
    own = world.organisation()
    call = typed(own.boss)
    bid = started(world, call, own)
    later = soon(60 * 86_400)
    given = body("again", opportunity_id=call["id"], url=call["submission_route"]["url"], submission_deadline=later)
    answer = ok(own.boss.post("/opportunities/typed", given), 200).json()
    assert answer["id"] == call["id"] and answer["submission_deadline"] == call["submission_deadline"]
    [claim] = answer["claims"]
    assert claim["own"] and "/submission_deadline" in {one["pointer"] for one in claim["differences"]}
    ok(own.boss.post(f"{bid.path}/follow-notice", {"claim_id": claim["id"]}))
    followed = ok(own.boss.get(bid.path)).json()
    assert followed["follows"]["claim_id"] == claim["id"]


@pytest.mark.parametrize("by", ["another's typed call", "a notice"])
def test_bids_for_the_same_page_are_rivals_to_whoever_sits_in_both_and_to_nobody_else(world: World, by: str) -> None:
    one, other, both = world.organisation(), world.organisation(), world.organisation()
    url = page()
    first = started(world, typed(one.boss, url=f"{url}?from=mail#top"), one)
    if by == "a notice":
        release = fresh(submissionMethodDetails=f"See {url.replace('https', 'http').replace('www.', '')}/")
        bring(other.boss, package(release))
        [id_] = listed(other.boss, q=release["ocid"])
        second = started(world, ok(other.boss.get(f"/opportunities/{id_}")).json(), other)
    else:
        second = started(world, typed(other.boss, url=url), other)
    assert one.boss.get(second.path).status_code == 404
    first.join(both)
    partner = ok(other.boss.post(f"{second.path}/partners", {"organisation_id": both.id, "role": "member"}), 201).json()
    refused = both.boss.post(f"{second.path}/partners/{partner['id']}/accept", {})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/other-bid-undeclared")


def test_another_page_is_another_call(world: World) -> None:
    one, other, both = world.organisation(), world.organisation(), world.organisation()
    first = started(world, typed(one.boss, url="https://portal.example"), one)
    second = started(world, typed(other.boss, url="https://portal.example/"), other)
    first.join(both)
    second.join(both)


def test_what_is_refused(world: World) -> None:
    own, council = world.organisation(), world.organisation(kinds=("commissioner",))
    url = page()
    call = typed(own.boss, url=url)
    twice = own.boss.post("/opportunities/typed", body("twice", url=f"{url}?again=1"))
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/typed-before")
    assert twice.json()["errors"][0]["pointer"] == f"/opportunities/{call['id']}"
    typed(world.stranger(), url=url)
    assert council.boss.post("/opportunities/typed", body("x")).json()["type"] == "/problems/not-a-provider"
    viewer = world.colleague(own, "viewer")
    assert viewer.post("/opportunities/typed", body("x")).status_code == 403
    published = world.opportunity()
    assert own.boss.post("/opportunities/typed", body("x", opportunity_id=published["id"])).status_code == 409
    for wrong in (
        {"submission_deadline": soon(-60)},
        {"url": "javascript:alert(1)"},
        {"time_zone": "Mars"},
        {"title": ""},
    ):
        assert own.boss.post("/opportunities/typed", body("x", **wrong)).status_code == 422, wrong


def test_typed_many_times_at_once_it_is_one_call(world: World) -> None:
    own, sent = world.organisation(), body(word())
    for _ in range(3):
        sent["url"] = page()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: own.boss.post("/opportunities/typed", sent), range(8)))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
