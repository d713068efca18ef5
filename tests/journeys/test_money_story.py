"""A story of money: three charities price a bid without showing each other their costs, and it adds up."""

import io
from typing import Any

import openpyxl

from tests.factories import Bid, Person, World, ok, problem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


def blockers(of: Bid, who: Person) -> dict[str, str]:
    found = ok(who.get(f"{of.path}/readiness")).json()["blockers"]
    return {blocker["code"]: blocker["detail"] for blocker in found}


def line(of: Bid, who: Person, amount: str, **fields: Any) -> dict[str, Any]:
    body = {"category": "staff", "year": 1, "source": "requested", "amount": money(amount), **fields}
    made: dict[str, Any] = ok(who.post(f"{of.path}/budget-lines", body), 201).json()
    return made


def test_three_charities_price_a_bid_without_showing_each_other_their_costs(world: World) -> None:
    lead, youth, family = (world.organisation(name) for name in ("Harbour Trust", "Youth Works", "Family Roots"))
    lot = {"key": "1", "title": "North", "ceiling": money("100000.00"), "vat": "excluded"}
    of = world.bid(youth, family, lead=lead, lots=[lot], required_statements=["insurance"])
    people = {"lead": lead.boss, "youth": youth.boss, "family": family.boss}

    # Everyone says first: nobody sees the others' money, nor that there is any.
    quiet = ok(lead.boss.get(f"{of.path}/budget")).text
    line(of, youth.boss, "48123.45", description="Two youth workers")
    line(of, youth.boss, "6000.00", year=2, category="rent", source="match")
    assert ok(lead.boss.get(f"{of.path}/budget")).text == quiet
    line(of, lead.boss, "30000.00")
    line(of, family.boss, "25000.00", year=2)
    for organisation in (lead, youth, family):
        ok(organisation.boss.post(f"{of.path}/honesty-round/file", {"organisation_id": organisation.id}))

    # Then everyone sees totals by year, and nothing smaller.
    seen = ok(lead.boss.get(f"{of.path}/budget"))
    assert seen.json()["total"] == money("109123.45")
    assert "youth workers" not in seen.text and "rent" not in seen.text

    # Over the ceiling, and the match is not confirmed: the bid cannot be locked, and everybody reads why.
    for person in people.values():
        told = blockers(of, person)
        assert "by GBP 3123.45" in told["over-ceiling"]
        assert "6000.00" in told["budget-not-adding-up"]

    # Youth Works lowers its price in the workbook, offline.
    workbook = ok(youth.boss.get(f"{of.path}/budget.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(workbook.content))
    assert book["Youth Works"]["B10"].value == "Two youth workers"
    book["Youth Works"]["F10"] = 45_000
    filled = io.BytesIO()
    book.save(filled)
    for query in ("?dry_run=true", ""):
        answer = youth.boss.request(
            "PUT", f"{of.path}/budget.xlsx{query}", content=filled.getvalue(),
            headers={"Content-Type": XLSX}, if_match=workbook.headers["etag"],
        )  # fmt: skip
        [changed] = ok(answer).json()["changed"]
        assert (changed["before"]["amount"], changed["after"]["amount"]) == (money("48123.45"), money("45000.00"))
    assert "over-ceiling" in blockers(of, family.boss), "the others see it once Youth Works shows it"
    ok(youth.boss.post(f"{of.path}/budget/show"))
    gift = {"kind": "match_funding", "title": "Foundation grant", "certainty": "confirmed", "value": money("6000.00")}
    ok(youth.boss.post(f"{of.path}/contributions", gift), 201)
    assert not {"over-ceiling", "budget-not-adding-up"} & blockers(of, family.boss).keys()

    # Everybody gives the statement that the council asks for, and a partner named by another confirms its outcome.
    assert "statement-missing" in blockers(of, lead.boss)
    for organisation in (lead, youth, family):
        path = f"{of.path}/partners/{of.seat(organisation)}/statements/insurance"
        ok(organisation.boss.put(path, {"answer": "yes"}, if_match=organisation.boss.etag(path)))
    assert "statement-missing" not in blockers(of, lead.boss)
    promise = {"framework": "every_child_matters", "outcome": "Stay safe", "partner_ids": [of.seat(family)]}
    outcome = ok(lead.boss.post(f"{of.path}/outcomes", promise), 201).json()
    ok(family.boss.post(f"{of.path}/outcomes/{outcome['id']}/confirm"))

    # What the commissioner would get holds the totals and not one line.
    document = ok(family.boss.get(f"{of.path}/document.json"))
    assert document.json()["budget"]["total"]["requested"] == money("100000.00")
    assert "45000.00" in document.text, "Youth Works' total of year 1"
    assert "youth workers" not in document.text and "rent" not in document.text
    whole = of.read(family.boss)
    assert [each["amount"] for each in whole["budget_lines"]] == [money("25000.00")]
    assert [each["id"] for each in whole["outcomes"]] == [outcome["id"]]


def test_the_lead_sees_a_small_partners_line_when_that_partner_opens_it_and_not_a_moment_longer(world: World) -> None:
    lead, youth = world.organisation("Lead"), world.organisation("Youth")
    of = world.bid(youth, lead=lead)
    for organisation in (lead, youth):
        ok(organisation.boss.post(f"{of.path}/honesty-round/file", {"organisation_id": organisation.id}))
    made = line(of, youth.boss, "617.31")
    path = f"{of.path}/budget-lines/{made['id']}"
    problem(lead.boss.get(path), 404)
    before = lead.boss.etag(of.path)
    ok(youth.boss.patch(path, {"visible_to": [of.seat(lead)]}, if_match=1))
    assert ok(lead.boss.get(path)).json()["amount"] == money("617.31")
    assert lead.boss.etag(of.path) != before, "what the lead may read changed, so its ETag does"
    problem(lead.boss.patch(path, {"amount": money("1.00")}, if_match=2), 403)
    ok(youth.boss.patch(path, {"visible_to": []}, if_match=2))
    problem(lead.boss.get(path), 404)
    etag = lead.boss.etag(of.path)
    ok(youth.boss.patch(path, {"category": "travel", "full_cost": money("700.00")}, if_match=3))
    assert lead.boss.etag(of.path) == etag, "nothing that the lead may read changed"
