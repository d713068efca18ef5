"""Totals as last shown and final prices over HTTP: who may show what, when, twice, and what stands still then."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import openpyxl
import pytest

from tests.bid.budget.test_lines import CANARY, add, lots, money
from tests.bid.budget.test_workbook import fetch, send
from tests.factories import Bid, Partner, Person, World, ok, problem
from tests.rounds import races
from tests.stages import bid


@pytest.fixture
def shared(world: World) -> Bid:
    return bid(world, "Lead", "Youth", "Family")


def budget(of: Bid, who: Partner | Person) -> dict[str, Any]:
    found: dict[str, Any] = ok(of.get(who.boss if isinstance(who, Partner) else who, "/budget")).json()
    return found


def row(of: Bid, reader: Partner, about: Partner) -> dict[str, Any]:
    return next(each for each in budget(of, reader)["by_partner"] if each["partner_id"] == about.id)


def test_others_read_what_was_shown_last_and_the_owner_what_there_is(shared: Bid) -> None:
    lead, youth, _ = shared.partners
    first = row(shared, lead, youth)
    add(shared, youth, CANARY)
    assert row(shared, lead, youth) == first
    assert budget(shared, youth)["total"] == money(CANARY)
    assert budget(shared, youth)["lines_changed"] == 1
    answer = ok(shared.post(youth.boss, "/budget/show")).json()
    assert (answer["lines_changed"], answer["total"]) == (1, money(CANARY))
    assert budget(shared, youth)["lines_changed"] == 0
    seen = row(shared, lead, youth)
    assert (seen["total"], seen["final"]) == (money(CANARY), False)
    assert seen["shown_at"] > first["shown_at"]
    assert budget(shared, lead)["lines_changed"] == 0, "the owner alone is told how many of its lines changed"


def test_changed_lines_are_counted_by_what_they_say(shared: Bid) -> None:
    youth = shared.partners[1]
    one, two = add(shared, youth, "1.00"), add(shared, youth, "2.00")
    shared.show(youth)
    path = f"{shared.path}/budget-lines"
    ok(youth.boss.patch(f"{path}/{one['id']}", {"visible_to": [shared.lead.id]}, if_match=1))
    assert budget(shared, youth)["lines_changed"] == 0
    ok(youth.boss.patch(f"{path}/{one['id']}", {"amount": money("9.00")}, if_match=2))
    ok(youth.boss.delete(f"{path}/{two['id']}", if_match=1))
    new = add(shared, youth, "3.00")
    assert budget(shared, youth)["lines_changed"] == 3
    ok(youth.boss.delete(f"{path}/{new['id']}", if_match=1))
    assert budget(shared, youth)["lines_changed"] == 2
    assert ok(shared.post(youth.boss, "/budget/show")).json()["lines_changed"] == 2


def test_who_may_show_and_who_may_say_final(world: World, shared: Bid) -> None:
    lead, youth, _ = shared.partners
    facilitator = shared.facilitated()
    editor, signatory, viewer = (
        world.colleague(youth.organisation, role) for role in ("editor", "signatory", "viewer")
    )
    for path, body in (("/budget/show", {}), ("/budget/final", {"final": True})):
        problem(shared.post(world.stranger(), path, body), 404)
        problem(shared.post(shared.council.boss, path, body), 404)
        problem(shared.post(facilitator.boss, path, body), 403)
        problem(shared.post(viewer, path, body), 403)
        problem(shared.post(lead.boss, path, {**body, "partner_id": youth.id}), 403)
        problem(shared.post(youth.boss, path, {**body, "figures": 1}), 422)
    problem(shared.post(signatory, "/budget/show"), 403)
    problem(shared.post(editor, "/budget/final", {"final": True}), 403)
    problem(shared.post(signatory, "/budget/final", {}), 422)
    problem(shared.post(signatory, "/budget/final", {"final": "yes"}), 422)
    ok(shared.post(editor, "/budget/show", {"partner_id": youth.id}))
    ok(shared.post(signatory, "/budget/final", {"final": True}))


def test_before_the_reveal_nothing_is_shown_and_nothing_final(world: World) -> None:
    of = world.bid(world.organisation())
    for path, body in (("/budget/show", {}), ("/budget/final", {"final": True})):
        problem(of.post(of.lead.boss, path, body), 409, "honesty-round-open")
    of.forced("in_sign_off")
    problem(of.post(of.lead.boss, "/budget/show"), 409, "in-sign-off")


def test_who_joined_late_shows_nothing_before_it_has_filed_and_then_all_that_it_has(shared: Bid) -> None:
    late = shared.world.organisation("Late")
    shared.join(late)
    joined = shared.partners[-1]
    add(shared, joined, CANARY)
    problem(shared.post(late.boss, "/budget/show"), 409, "honesty-round-open")
    assert CANARY not in ok(shared.get(shared.lead.boss, "/budget")).text
    shared.file(joined)
    assert row(shared, shared.lead, joined)["total"] == money(CANARY)
    assert budget(shared, shared.lead)["by_source"]["requested"] == money("0.00"), (
        "not part of the sums of the whole yet"
    )


def test_final_holds_every_way_of_changing_a_line_until_it_is_taken_back(shared: Bid) -> None:
    lead, youth, _ = shared.partners
    line = add(shared, youth, CANARY)
    book = fetch(shared, youth.boss)
    ok(shared.post(youth.boss, "/budget/final", {"final": True}))
    assert row(shared, lead, youth)["final"] is True and row(shared, lead, youth)["total"] == money(CANARY)
    path = f"{shared.path}/budget-lines/{line['id']}"
    new = {"category": "rent", "amount": money("1.00")}
    changed = openpyxl.load_workbook(io.BytesIO(book.content))
    changed["Youth"]["F10"] = 5
    out = io.BytesIO()
    changed.save(out)
    for refused in (
        shared.post(youth.boss, "/budget-lines", new),
        youth.boss.patch(path, {"amount": money("1.00")}, if_match=1),
        youth.boss.patch(path, {"description": "Another"}, if_match=1),
        youth.boss.delete(path, if_match=1),
        shared.post(youth.boss, "/budget-lines:batch", {"items": [new]}),
        shared.post(youth.boss, "/budget/overheads", {"how": {"method": "percentage", "rate": "10"}}),
        send(shared, youth.boss, out.getvalue(), book.headers["etag"]),
    ):
        problem(refused, 409, "prices-are-final")
    problem(youth.boss.patch(path, {"amount": money("1.00")}, if_match=9), 412)
    problem(youth.boss.patch(path, {"year": 0}, if_match=1), 422)
    problem(lead.boss.patch(path, {"amount": money("1.00")}, if_match=1), 404)
    ok(youth.boss.patch(path, {"visible_to": [lead.id]}, if_match=1))
    add(shared, lead, "5.00")
    answer = ok(shared.post(youth.boss, "/budget/final", {"final": False})).json()
    assert [each["final"] for each in answer["by_partner"]] == [False, False, False]
    ok(youth.boss.patch(path, {"amount": money("1.00")}, if_match=2))


def test_saying_it_twice_says_it_once(shared: Bid) -> None:
    youth = shared.partners[1]
    for final, event in ((False, None), (True, "prices_final"), (False, "prices_taken_back")):
        for _ in range(2):
            ok(shared.post(youth.boss, "/budget/final", {"final": final}))
        assert event is None or shared.events(event) == 1
    log = ok(shared.get(shared.lead.boss, "/events")).json()["items"]
    told = [(item["type"], item["payload"]) for item in log if item["type"].startswith("prices")]
    assert told == [("prices_final", {"partner_id": youth.id}), ("prices_taken_back", {"partner_id": youth.id})]


def test_a_motion_on_lines_of_final_prices_is_refused_alike_whatever_it_says(shared: Bid) -> None:
    lead, youth, _ = shared.partners
    shared.structure(decision_rule="consensus")
    line = add(shared, youth, CANARY)
    path = f"/budget-lines/{line['id']}"

    def motion(**carries: Any) -> httpx.Response:
        return shared.post(lead.boss, "/decisions", {"title": "Shares", "carries": carries})

    waiting = ok(motion(method="PATCH", path=path, body={"amount": money("5.00")}), 201).json()
    ok(shared.post(youth.boss, "/budget/final", {"final": True}))
    refusals = [
        motion(method="PATCH", path=path, body={"amount": money(amount)}) for amount in (CANARY, "617.32", "1.00")
    ]
    refusals.append(motion(method="DELETE", path=path, body={}))
    for refused in refusals:
        problem(refused, 409, "prices-are-final")
    assert shared.all_vote_for(waiting["id"])["carried"]["problem"]["type"] == "/problems/prices-are-final"
    assert ok(youth.boss.get(f"{shared.path}{path}")).json()["amount"] == money(CANARY)


def test_a_line_that_a_decision_adds_is_shown_by_what_its_motion_said_and_nothing_else_is(shared: Bid) -> None:
    lead, youth, family = shared.partners
    shared.structure(decision_rule="consensus")
    hidden = add(shared, youth, CANARY)
    new = {"partner_id": youth.id, "category": "kit", "year": 1, "source": "requested", "amount": money("7.00")}
    carries = {"method": "POST", "path": "/budget-lines", "body": new}
    motion = ok(shared.post(lead.boss, "/decisions", {"title": "Kit", "carries": carries}), 201).json()
    assert shared.all_vote_for(motion["id"])["carried"]["status"] == "done"
    assert row(shared, family, youth)["total"] == money("7.00")
    assert budget(shared, family)["by_source"]["requested"] == money("7.00")
    assert budget(shared, youth)["lines_changed"] == 1
    change = {"method": "PATCH", "path": f"/budget-lines/{hidden['id']}", "body": {"amount": money("9.00")}}
    motion = ok(shared.post(lead.boss, "/decisions", {"title": "Less", "carries": change}), 201).json()
    assert shared.all_vote_for(motion["id"])["carried"]["status"] == "done"
    assert row(shared, family, youth)["total"] == money("7.00"), "the motion did not say what the line was"
    shared.show(youth)
    assert row(shared, family, youth)["total"] == money("16.00")


def test_sums_of_the_whole_bid_are_taken_of_all_at_once(shared: Bid) -> None:
    lead, youth, family = shared.partners
    north, south = lots(shared, "1", "2")
    first = budget(shared, lead)["taken_at"]
    for partner, lot, amount in ((lead, north, "10.00"), (youth, south, CANARY)):
        add(shared, partner, amount, lot_id=lot, vat_treatment="standard")
        shared.show(partner)
    assert (budget(shared, family)["taken_at"], budget(shared, family)["by_lot"]) == (first, [])
    shared.show(family)
    assert budget(shared, family)["by_lot"] == [], "a show without a change stands in for none"
    add(shared, family, "5.00", lot_id=south)
    shared.show(family)
    found = budget(shared, family)
    assert found["taken_at"] > first
    assert [(each["lot_id"], each["requested"]) for each in found["by_lot"]] == [
        (north, money("10.00")), (south, money("622.31")),
    ]  # fmt: skip
    assert (found["vat"], found["vat_on_requested"]) == (money("125.46"), None)
    assert found["gives_away"].startswith("All the other partners together")
    two = bid(shared.world)
    for partner in two.partners:
        add(two, partner)
    two.show()
    assert budget(two, two.lead)["gives_away"].startswith("You are two")


def test_a_partner_that_leaves_takes_its_totals_along_and_the_sums_are_left_out_until_the_next_time(
    shared: Bid,
) -> None:
    lead, _, family = shared.partners
    for partner in shared.partners:
        add(shared, partner, "100.00", source="match")
    shared.show()
    helper = shared.facilitated()
    assert budget(shared, helper)["total"] == money("300.00")
    ok(shared.post(family.boss, f"/partners/{family.id}/withdraw", {"reason": "No room"}))
    shared.partners.remove(family)
    found = budget(shared, lead)
    assert (found["total"], found["by_source"], found["cover"], found["taken_at"]) == (money("200.00"), {}, [], None)
    assert budget(shared, helper)["total"] is None
    shared.prices_final()
    assert budget(shared, lead)["by_source"]["match"] == money("200.00")
    assert budget(shared, helper)["total"] == money("200.00")


def test_an_associate_without_lines_counts_as_final_until_it_takes_that_back(world: World) -> None:
    of = world.bid(world.organisation("Youth"))
    of.join(world.organisation("Friend"), "associate")
    of.join(world.organisation("Helper"), "subcontractor")
    friend, helper = of.partners[2:]
    add(of, helper, "5.00")
    of.revealed()
    assert [row(of, of.lead, partner)["final"] for partner in of.partners] == [False, False, True, False]
    problem(of.post(friend.boss, "/budget-lines", {"amount": money("1.00")}), 409, "prices-are-final")
    ok(of.post(friend.boss, "/budget/final", {"final": False}))
    add(of, friend, "1.00")
    told = ok(of.get(of.lead.boss, "/readiness")).json()["blockers"]
    missing = [each["organisation_id"] for each in told if each["code"] == "prices-not-final"]
    assert missing == [partner.organisation.id for partner in of.partners]


def test_the_lock_needs_all_prices_final(world: World, shared: Bid) -> None:
    shared.ready()
    youth = shared.partners[1]
    ok(shared.post(youth.boss, "/budget/final", {"final": False}))
    shared.show()  # which makes no acknowledgement out of date
    [blocker] = ok(shared.get(shared.lead.boss, "/readiness")).json()["blockers"]
    assert (blocker["code"], blocker["organisation_id"]) == ("prices-not-final", youth.organisation.id)
    refused = problem(shared.post(shared.lead.boss, "/editions"), 409, "not-ready")
    assert [fault["code"] for fault in refused["errors"]] == ["prices-not-final"]
    ok(shared.post(youth.boss, "/budget/final", {"final": True}))
    shared.freeze()
    problem(shared.post(youth.boss, "/budget/final", {"final": False}), 409, "in-sign-off")
    problem(shared.post(youth.boss, "/budget/show"), 409, "in-sign-off")


def test_taking_prices_back_while_the_bid_is_locked_leaves_one_winner(world: World) -> None:
    for _ in races(4):
        of = bid(world).ready()
        youth = of.partners[1]

        def lock(of: Bid = of) -> httpx.Response:
            return of.post(of.lead.boss, "/editions")

        def back(of: Bid = of, youth: Partner = youth) -> httpx.Response:
            return of.post(youth.boss, "/budget/final", {"final": False})

        calls: list[Callable[[], httpx.Response]] = [lock, back]
        with ThreadPoolExecutor(2) as pool:
            locked, taken_back = [running.result() for running in [pool.submit(call) for call in calls]]
        if locked.status_code == 201:
            problem(taken_back, 409, "in-sign-off")
            assert row(of, of.lead, youth)["final"] is True
        else:
            problem(locked, 409, "not-ready")
            ok(taken_back)


def test_a_change_and_final_at_the_same_moment_never_leave_an_unshown_line_under_final_prices(world: World) -> None:
    for _ in races(4):
        of = bid(world)
        youth = of.partners[1]
        line = add(of, youth, "1.00")
        path = f"{of.path}/budget-lines/{line['id']}"

        def change(path: str = path, youth: Partner = youth) -> httpx.Response:
            return youth.boss.patch(path, {"amount": money("2.00")}, if_match=1)

        def final(of: Bid = of, youth: Partner = youth) -> httpx.Response:
            return of.post(youth.boss, "/budget/final", {"final": True})

        calls: list[Callable[[], httpx.Response]] = [change, final]
        with ThreadPoolExecutor(2) as pool:
            changed, said = [running.result() for running in [pool.submit(call) for call in calls]]
        ok(said)
        assert changed.status_code in (200, 409)
        assert row(of, of.lead, youth)["total"] == budget(of, youth)["total"]
        assert budget(of, youth)["lines_changed"] == 0


def test_a_lead_that_is_alone_reads_its_lines_as_they_are_and_need_not_say_that_its_prices_are_final(
    world: World,
) -> None:
    of = bid(world)
    lead, youth = of.partners
    ok(of.post(youth.boss, f"/partners/{youth.id}/withdraw", {"reason": "No room"}))
    of.partners.remove(youth)
    add(of, lead, CANARY)
    assert budget(of, lead)["by_source"]["requested"] == money(CANARY)
    assert ok(of.get(lead.boss, "/document.json")).json()["budget"]["total"]["requested"] == money(CANARY)
    of.ready()
    edition = of.freeze()
    document = ok(of.get(lead.boss, f"/editions/{edition['number']}/document.json")).json()
    assert document["budget"]["total"]["requested"] == money(CANARY)


def test_the_draft_says_when_totals_were_shown_and_the_version_holds_what_was_locked(shared: Bid) -> None:
    lead, youth, _ = shared.partners
    helper = shared.facilitated()
    add(shared, youth, CANARY)
    shared.show(youth)
    draft = ok(shared.get(lead.boss, "/document.json")).json()["budget"]
    [only] = draft["by_partner"]
    assert (only["partner_id"], only["requested"]) == (youth.id, money(CANARY))
    assert only["shown_at"] == row(shared, lead, youth)["shown_at"]
    assert "Youth on " in ok(shared.get(lead.boss, "/document.md")).text
    line = add(shared, youth, "100.00")
    assert ok(shared.get(youth.boss, "/document.json")).json()["budget"] == draft, "all read alike"
    shared.ready()
    number = shared.freeze()["number"]
    locked = ok(shared.get(lead.boss, f"/editions/{number}/document.json")).json()["budget"]
    assert locked["total"]["requested"] == money("717.31") and "shown_at" not in locked["by_partner"][0]
    for path in ("/document.json", f"/editions/{number}/document.json"):
        assert ok(shared.get(helper.boss, path)).json()["budget"] is None
    for path in ("/document.md", f"/editions/{number}/document.md", f"/editions/{number}/annex.json"):
        assert "717.31" not in ok(shared.get(helper.boss, path)).text
    assert line["amount"] == money("100.00")


def test_the_money_rules_of_a_call_are_judged_by_what_was_shown(world: World) -> None:
    rules = {"min_small_share": "30", "max_lead_share": "60.5"}
    small = world.organisation("Small", size_band="small")
    of = world.bid(small, consortium_rules=rules, lots=[], questions=[])
    of.revealed()
    lead, youth = of.partners

    def broken() -> set[str]:
        told = ok(of.get(youth.boss, "/readiness")).json()["blockers"]
        return {each["code"] for each in told if each["code"].startswith("rule-")}

    assert broken() == set()
    add(of, lead, "71.00")
    add(of, youth, "29.00")
    assert broken() == set(), "nothing of this was shown"
    of.show()
    assert broken() == {"rule-min_small_share", "rule-max_lead_share"}
    add(of, youth, "20.00")
    of.show()
    assert broken() == set()
    asked = {"title": "Call", "consortium_rules": {"min_small_share": "101"}, "organisation_id": of.council.id}
    problem(of.council.boss.post("/opportunities", asked), 422)


def test_money_is_always_shown_by_its_value(shared: Bid) -> None:
    lead, youth, _ = shared.partners
    grant = {
        "kind": "match_funding", "title": "Grant", "certainty": "confirmed", "value": money("4321.09"),
        "quantity": "10", "unit": "month",
    }  # fmt: skip
    refused = problem(shared.post(youth.boss, "/contributions", {**grant, "shown_as": "quantity"}), 422)
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [("/shown_as", "money-shown-by-value")]
    made = ok(shared.post(youth.boss, "/contributions", grant), 201).json()
    path = f"{shared.path}/contributions/{made['id']}"
    assert ok(lead.boss.get(path)).json()["value"] == money("4321.09")
    problem(youth.boss.patch(path, {"shown_as": "quantity"}, if_match=1), 422)
    hours = {
        "kind": "staff_time", "title": "Hours", "certainty": "confirmed", "value": money("100.00"), "quantity": "10",
        "unit": "hour", "valuation_basis": "NJC", "shown_as": "quantity",
    }  # fmt: skip
    seen = ok(shared.post(youth.boss, "/contributions", hours), 201).json()
    problem(
        youth.boss.patch(f"{shared.path}/contributions/{seen['id']}", {"kind": "cash"}, if_match=1), 409, "already-seen"
    )
