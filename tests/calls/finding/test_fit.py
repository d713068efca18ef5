"""What an organisation could join best comes first, and says why."""

from typing import Any

from tests.calls.finding.test_filters_and_orders import LOTS, mark, through
from tests.factories import Organisation, Person, World, ok, soon


def fits(person: Person, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(person.get("/opportunities", params={"sort": "fit", **query})).json()["items"]
    return found


def codes(item: dict[str, Any]) -> tuple[set[str], set[str]]:
    return {one["code"] for one in item["fit"]["reasons"]}, {one["code"] for one in item["fit"]["against"]}


def provider(world: World, **fields: Any) -> Organisation:
    given = {"areas": ["East of England"], "services": ["youth work"], "annual_income": {"amount": "50000.00"}}
    return world.organisation(**{**given, **fields})


def written(world: World, word: str, **fields: Any) -> str:
    council = world.organisation(kinds=("commissioner",))
    given = {"title": f"{word} contract", "lots": [], "submission_deadline": soon(40 * 86_400)}
    return str(world.opportunity(council, **{**given, **fields})["id"])


def test_what_fits_comes_first_and_says_why(world: World) -> None:
    own, word = provider(world), mark()
    far = written(world, word, areas=["Wales"], budget_ceiling={"amount": "500000.00"})
    plain = written(world, word)
    near = written(world, word, areas=["UKH23"], vcse=True, lots=LOTS, description_markdown="Youth work in schools.")
    found = fits(own.boss, q=word)
    assert [one["id"] for one in found] == [near, plain, far]
    assert codes(found[0]) == ({"in-your-area", "your-services", "lot-within-your-size", "for-vcse"}, set())
    assert codes(found[1]) == (set(), set())
    assert codes(found[2]) == (set(), {"outside-your-area", "ten-times-your-income"})
    details = [one["detail"] for one in found[0]["fit"]["reasons"]]
    assert any("the smallest worth £20,000" in one for one in details)
    assert through(own.boss, q=word, sort="fit") == [near, plain, far]


def test_what_can_be_bid_for_now_comes_before_what_is_over(world: World) -> None:
    own, word = provider(world), mark()
    council = world.organisation(kinds=("commissioner",))
    over = world.opportunity(council, title=word, areas=["UKH"], submission_deadline=soon(40 * 86_400))["id"]
    ok(council.boss.post(f"/opportunities/{over}/cancel"))
    now = written(world, word)
    assert [one["id"] for one in fits(own.boss, q=word)] == [now, over]


def test_an_open_role_of_another_bid_is_a_reason_for_others_alone(world: World) -> None:
    bid = world.bid()
    opening = {"title": "Someone who knows the north", "public": True}
    ok(bid.lead.boss.post(f"{bid.path}/openings", opening), 201)
    id_ = ok(bid.lead.boss.get(bid.path)).json()["opportunity"]["id"]
    title = ok(bid.lead.boss.get(f"/opportunities/{id_}")).json()["title"]

    def reasons(who: Organisation) -> set[str]:
        return next(codes(one)[0] for one in fits(who.boss, q=title) if one["id"] == id_)

    assert "open-role" in reasons(world.organisation())
    assert "open-role" not in reasons(bid.lead.organisation)


def test_a_turnover_that_is_asked_for_and_a_ban_on_joint_bids_speak_against_it(world: World) -> None:
    own, word = provider(world), mark()
    text = "Bidders show a yearly turnover of £1m."
    written(world, word, description_markdown=text, consortium_rules={"collaboration": "forbidden"})
    [found] = fits(own.boss, q=word)
    assert codes(found)[1] == {"turnover-demanded", "joint-bids-forbidden"}
    assert any("£1,000,000" in one["detail"] for one in found["fit"]["against"])


def test_whose_fit_it_is_must_be_said_and_be_ones_own(world: World) -> None:
    one, other = provider(world), provider(world)
    both = one.boss
    joined = "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, '{viewer}')"
    world.sql.execute(joined, [other.id, both.id])
    refused = both.get("/opportunities", params={"sort": "fit"})
    assert refused.status_code == 422 and refused.json()["errors"][0]["code"] == "fit-needs-organisation"
    ok(both.get("/opportunities", params={"sort": "fit", "fit_for": other.id}))
    assert other.boss.get("/opportunities", params={"sort": "fit", "fit_for": one.id}).status_code == 403
    assert world.person().get("/opportunities", params={"sort": "fit"}).status_code == 403


def test_only_that_order_tells_of_fit(world: World) -> None:
    own, word = provider(world), mark()
    written(world, word)
    [item] = ok(own.boss.get("/opportunities", params={"q": word})).json()["items"]
    assert "fit" not in item


def test_what_says_some_of_the_words_comes_after_what_says_all(world: World) -> None:
    own, word, other = provider(world), mark(), mark()
    some = written(world, f"{word} {word}", areas=["UKH"], vcse=True)
    every = written(world, word, description_markdown=other)
    assert [one["id"] for one in fits(own.boss, q=f"{word} {other}")] == [every, some]
    assert [one["id"] for one in fits(own.boss, q=f'"{word} {other}"')] == []
    assert [
        one["id"] for one in ok(own.boss.get("/opportunities", params={"q": f"{word} {other}"})).json()["items"]
    ] == [every]
