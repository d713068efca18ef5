"""A story of prices: three rivals bid together, and none reads another's single costs off the steps of its totals."""

from typing import Any

from tests.factories import Bid, Partner, World, ok, problem
from tests.stages import bid


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


def line(of: Bid, partner: Partner, amount: str, **fields: Any) -> dict[str, Any]:
    body = {"category": "staff", "year": 1, "source": "requested", "amount": money(amount), **fields}
    made: dict[str, Any] = ok(of.post(partner.boss, "/budget-lines", body), 201).json()
    return made


def everything_read_by(of: Bid, partner: Partner) -> str:
    paths = ("/budget", "/events", "/reconciliation", "/readiness", "/fairness-checks", "/document.json", "")
    return "".join(ok(of.get(partner.boss, path)).text for path in paths)


def test_rivals_show_their_totals_make_their_prices_final_and_lock_what_all_have_seen(world: World) -> None:
    of = bid(world, "Harbour Trust", "Youth Works", "Family Roots")
    lead, youth, family = of.partners

    # Youth Works enters its costs one by one. A rival that watches sees nothing move: there is nothing to subtract.
    watched = everything_read_by(of, lead)
    etag = lead.boss.etag(of.path)
    costs = [line(of, youth, amount) for amount in ("1111.11", "222.22", "33.33")]
    assert everything_read_by(of, lead) == watched
    assert lead.boss.etag(of.path) == etag

    # It is asked before it shows what the step would give away, and then shows them together.
    assert ok(of.get(youth.boss, "/budget")).json()["lines_changed"] == 3
    of.show(youth)
    seen = everything_read_by(of, lead)
    assert "1366.66" in seen
    assert not any(secret in seen for secret in ("1111.11", "222.22", "33.33", "1333.33", "1144.44"))

    # Everybody prices, shows and comes to an end of it; the lead says that its prices are final, and changes its mind.
    line(of, lead, "5000.00")
    line(of, family, "2500.00")
    of.show(lead, family)
    ok(of.post(lead.boss, "/budget/final", {"final": True}))
    problem(of.post(lead.boss, "/budget-lines", {"amount": money("1.00")}), 409, "prices-are-final")
    ok(of.post(lead.boss, "/budget/final", {"final": False}))
    told = [item["type"] for item in ok(of.get(family.boss, "/events")).json()["items"]]
    assert told[-2:] == ["prices_final", "prices_taken_back"]
    line(of, lead, "250.00", category="audit")

    # The bid is locked once all prices are final: with nothing in it that not all have seen.
    of.ready()
    before = ok(of.get(family.boss, "/budget")).json()
    number = of.freeze()["number"]
    locked = ok(of.get(family.boss, f"/editions/{number}/document.json")).json()["budget"]
    assert locked["total"]["requested"] == before["total"] == money("9116.66")
    assert {each["partner_id"]: each["requested"] for each in locked["by_partner"]} == {
        each["partner_id"]: each["requested"] for each in before["by_partner"]
    }
    schedule = ok(of.get(youth.boss, f"/editions/{number}/schedules/{youth.id}")).json()
    assert {each["id"] for each in schedule["budget_lines"]} == {each["id"] for each in costs}

    # Youth Works finds a mistake. The version is withdrawn, and its prices stay final until it takes them back itself.
    ok(of.withdraw(number, index=1))
    path = f"{of.path}/budget-lines/{costs[2]['id']}"
    problem(youth.boss.patch(path, {"amount": money("30.00")}, if_match=1), 409, "prices-are-final")
    ok(of.post(youth.boss, "/budget/final", {"final": False}))
    ok(youth.boss.patch(path, {"amount": money("30.00")}, if_match=1))
    blockers = ok(of.get(lead.boss, "/readiness")).json()["blockers"]
    assert [each["code"] for each in blockers] == ["prices-not-final"]
    ok(of.post(youth.boss, "/budget/final", {"final": True}))
    assert of.freeze()["number"] == number + 1
