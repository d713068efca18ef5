"""Budget lines and the budget over HTTP: what each may see, write, and learn from the log."""

import asyncio
import re
import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.db.engine import connect
from app.settings import Settings
from tests.factories import Bid, Partner, World, ok, problem
from tests.stages import bid

CANARY = "617.31"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


def add(of: Bid, partner: Partner, amount: str = "100.00", **fields: Any) -> dict[str, Any]:
    body = {"category": "staff", "year": 1, "source": "requested", "amount": money(amount)} | fields
    made: dict[str, Any] = ok(of.post(partner.boss, "/budget-lines", body), 201).json()
    return made


def lots(of: Bid, *keys: str, ceiling: int | None = None, vat: str = "excluded") -> list[str]:
    """Lots of the call, all bid for; ceilings in pence."""
    ids = []
    for position, key in enumerate(keys):
        lot_id = new_id()
        of.world.sql.execute(
            "INSERT INTO lots (id, opportunity_id, key, title, ceiling, vat, position) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [lot_id, of.opportunity_id, key, f"Lot {key}", ceiling, vat, position],
        )
        ids.append(lot_id)
    of.world.sql.execute("UPDATE proposals SET lot_ids = %s::uuid[] WHERE id = %s", [ids, of.id])
    return ids


@pytest.fixture
def shared(world: World) -> Bid:
    return bid(world, "Lead", "Youth", "Family")


def unlike(response: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name not in ("instance", "request_id")}


def test_a_line_is_written_read_changed_and_taken_out_by_its_owner(shared: Bid) -> None:
    youth = shared.partners[1]
    response = ok(
        shared.post(
            youth.boss,
            "/budget-lines",
            {
                "category": "staff",
                "year": 2,
                "amount": money("1000"),
                "vat_treatment": "standard",
                "full_cost": money("1100"),
            },
        ),
        201,
    )
    line = response.json()
    assert response.headers["Location"] == f"{shared.path}/budget-lines/{line['id']}"
    assert (line["amount"], line["vat_amount"]) == (money("1000.00"), money("200.00"))
    assert (line["partner_id"], line["source"], line["version"]) == (youth.id, "requested", 1)
    path = f"{shared.path}/budget-lines/{line['id']}"
    assert ok(youth.boss.get(path)).json() == line
    changed = ok(youth.boss.patch(path, {"amount": money("500.50"), "full_cost": None}, if_match=1)).json()
    assert (changed["amount"], changed["vat_amount"], changed["full_cost"]) == (money("500.50"), money("100.10"), None)
    assert changed["version"] == 2
    problem(youth.boss.patch(path, {"year": 3}, if_match=1), 412, "stale-version")
    problem(youth.boss.patch(path, {"year": 3}), 428)
    problem(youth.boss.delete(path, if_match=1), 412)
    assert youth.boss.get(path, headers={"If-None-Match": '"2"'}).status_code == 304
    assert youth.boss.delete(path, if_match=2).status_code == 204
    problem(youth.boss.get(path), 404, "not-found")


def test_a_change_that_changes_nothing_makes_no_version_and_no_event(shared: Bid) -> None:
    lead = shared.lead
    line = add(shared, lead)
    before = events(shared)
    same = ok(lead.boss.patch(f"{shared.path}/budget-lines/{line['id']}", {"year": 1}, if_match=1)).json()
    assert (same["version"], events(shared)) == (1, before)


def events(of: Bid) -> list[tuple[Any, ...]]:
    return of.world.sql.execute(
        "SELECT type, revision, only_for, owner_partner_id::text, payload, shared FROM events "
        "WHERE stream_id = %s AND type LIKE 'budget%%' ORDER BY seq",
        [of.id],
    ).fetchall()


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"amount": money("1e3")}, "/amount/amount", None),
        ({"amount": money("-1")}, "/amount/amount", None),
        ({"amount": money("NaN")}, "/amount/amount", None),
        ({"amount": money("1" + "0" * 30)}, "/amount/amount", None),
        ({"amount": money("1.005")}, "/amount/amount", None),
        ({"amount": 12.5}, "/amount", None),
        ({"amount": {"amount": "1.00", "currency": "EUR"}}, "/amount/currency", "another-currency"),
        ({"vat_amount": {"amount": "1.00", "currency": "EUR"}}, "/vat_amount/currency", "another-currency"),
        ({"year": 0}, "/year", "year-outside-the-bid"),
        ({"year": 1066}, "/year", "year-outside-the-bid"),
        ({"year": "1"}, "/year", None),
        ({"year": 10**30}, "/year", None),
        ({"category": ""}, "/category", None),
        ({"category": "x" * 101}, "/category", None),
        ({"description": "a\x00b"}, "/description", "text-not-storable"),
        ({"lot_id": str(uuid.uuid4())}, "/lot_id", "lot-not-in-the-bid"),
        ({"vat_treatment": "standard", "vat_amount": money("1.00")}, "/vat_amount", "vat-does-not-follow"),
        ({"source": "gift"}, "/source", None),
        ({"colour": "red"}, "/colour", None),
    ],
)
def test_bad_input_is_refused_where_it_stands(
    shared: Bid, fields: dict[str, Any], pointer: str, code: str | None
) -> None:
    body = {"category": "staff", "year": 1, "amount": money("10.00")} | fields
    found = problem(shared.post(shared.lead.boss, "/budget-lines", body), 422)
    faults = {fault["pointer"]: fault["code"] for fault in found["errors"]}
    assert pointer in faults, found
    assert code in (None, faults[pointer])
    assert ok(shared.get(shared.lead.boss, "/budget-lines")).json()["items"] == []


def test_a_line_cannot_be_opened_to_somebody_outside_and_the_answer_gives_no_hint(world: World, shared: Bid) -> None:
    other = bid(world)
    body = {"category": "staff", "amount": money("1.00")}
    _, youth, _ = shared.partners
    for stranger in (other.lead.id, str(uuid.uuid4())):
        named = {**body, "visible_to": [youth.id, stranger]}
        refused = problem(shared.post(shared.lead.boss, "/budget-lines", named), 422, "invalid")
        assert refused["errors"] == [
            {"pointer": "/visible_to/1", "code": "not-found", "detail": "There is no such partner in this bid."}
        ]
    line = add(shared, youth)
    change = {"visible_to": [other.lead.id]}
    path = f"{shared.path}/budget-lines/{line['id']}"
    found = problem(youth.boss.patch(path, change, if_match=line["version"]), 422)
    assert [fault["pointer"] for fault in found["errors"]] == ["/visible_to/0"]


def test_a_line_can_be_opened_by_the_name_of_an_organisation(shared: Bid) -> None:
    lead, youth, _ = shared.partners
    line = add(shared, youth, visible_to=[lead.organisation.id])
    assert line["visible_to"] == [lead.id]
    assert ok(lead.boss.get(f"{shared.path}/budget-lines/{line['id']}")).json()["id"] == line["id"]


def test_nobody_writes_for_another_and_a_viewer_does_not_write_at_all(world: World, shared: Bid) -> None:
    lead, youth, _ = shared.partners
    line = add(shared, youth, visible_to=[lead.id])
    path = f"{shared.path}/budget-lines/{line['id']}"
    problem(lead.boss.patch(path, {"year": 2}, if_match=1), 403)
    problem(lead.boss.delete(path, if_match=1), 403)
    body = {"partner_id": youth.id, "category": "staff", "amount": money("1.00")}
    problem(shared.post(lead.boss, "/budget-lines", body), 403)
    viewer = world.colleague(youth.organisation, "viewer")
    assert ok(viewer.get(path)).json()["id"] == line["id"]
    problem(viewer.patch(path, {"year": 2}, if_match=1), 403)
    problem(shared.post(viewer, "/budget-lines", body), 403)


def test_somebody_of_two_partners_says_for_which(world: World, shared: Bid) -> None:
    lead, youth, _ = shared.partners
    both = world.colleague(lead.organisation, "editor")
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, '{editor}')",
        [youth.organisation.id, both.id],
    )
    body = {"category": "staff", "amount": money("1.00")}
    problem(shared.post(both, "/budget-lines", body), 422)
    made = ok(shared.post(both, "/budget-lines", {**body, "partner_id": youth.id}), 201).json()
    assert made["partner_id"] == youth.id


def test_a_private_line_is_to_a_rival_as_if_it_did_not_exist(shared: Bid) -> None:
    lead, youth, family = shared.partners
    hidden = add(shared, youth, CANARY, visible_to=[family.id])
    missing = problem(lead.boss.get(f"{shared.path}/budget-lines/{uuid.uuid4()}"), 404)
    seen = problem(lead.boss.get(f"{shared.path}/budget-lines/{hidden['id']}"), 404)
    assert unlike(seen) == unlike(missing)
    for method in ("PATCH", "DELETE"):
        problem(lead.boss.request(method, f"{shared.path}/budget-lines/{hidden['id']}", content=b"{"), 404)
    opened = ok(family.boss.get(f"{shared.path}/budget-lines/{hidden['id']}")).json()
    assert (opened["amount"], opened["visible_to"]) == (money(CANARY), [family.id])
    assert [line["id"] for line in ok(shared.get(family.boss, "/budget-lines")).json()["items"]] == [hidden["id"]]
    assert ok(shared.get(lead.boss, "/budget-lines")).json()["items"] == []


def test_another_partners_budget_shows_as_totals_by_year_and_nothing_smaller(shared: Bid) -> None:
    lead, youth, _ = shared.partners
    north, south = lots(shared, "1", "2")
    add(shared, lead, "50.00", category="rent", lot_id=north)
    add(shared, youth, CANARY, category="secret work", lot_id=north)
    add(shared, youth, "382.69", category="more secrets", lot_id=south)
    add(shared, youth, "40.00", year=2, source="in_kind")
    assert ok(shared.get(lead.boss, "/budget")).json()["total"] == money("50.00"), "nothing was shown yet"
    shared.show(lead, youth)
    found = ok(shared.get(lead.boss, "/budget"))
    budget = found.json()
    assert budget["total"] == money("1050.00")
    [own, theirs, _] = budget["by_partner"]
    assert (own["partner_id"], own["total"]) == (lead.id, money("50.00"))
    assert [(year["year"], year["total"], year["in_kind"]) for year in theirs["by_year"]] == [
        (1, money("1000.00"), money("0.00")),
        (2, money("0.00"), money("40.00")),
    ]
    assert [(row["category"], row["disclosed"], row["total"]) for row in budget["by_category"]] == [
        ("rent", True, money("50.00")),
        (None, False, money("1000.00")),
    ]
    assert budget["by_lot"] == [], "of all at once, and not all have shown other figures since the reveal"
    for secret in (CANARY, "382.69", "secret"):
        assert secret not in found.text
    mine = ok(shared.get(youth.boss, "/budget")).json()
    assert {row["category"] for row in mine["by_category"]} == {"secret work", "more secrets", "staff", None}


def test_two_budgets_that_differ_only_in_private_lines_answer_a_rival_alike(world: World) -> None:
    answers = []
    for split in ([("600.00", "staff", 0), ("400.00", "rent", 1)], [("1000.00", "travel", 1)]):
        of = bid(world, "Lead", "Youth")
        keys = lots(of, "1", "2", ceiling=90_000)
        add(of, of.lead, "10.00", lot_id=keys[0])
        for amount, category, lot in split:
            add(of, of.partners[1], amount, category=category, lot_id=keys[lot], description=category)
        of.show(of.partners[1])
        told = [
            ok(of.get(of.lead.boss, path)).text
            for path in ("/budget", "/budget-lines", "/budget?audience=commissioner")
        ]
        swaps = [
            of.lead.id,
            of.partners[1].id,
            *keys,
            *[line["id"] for line in ok(of.get(of.lead.boss, "/budget-lines")).json()["items"]],
        ]
        for at, name in enumerate(swaps):
            told = [text.replace(name, f"id-{at}") for text in told]
        answers.append([INSTANT.sub("~", text) for text in told])
    assert answers[0] == answers[1]


def test_a_facilitator_sees_one_figure(shared: Bid) -> None:
    facilitator = shared.facilitated()
    add(shared, shared.lead, CANARY)
    add(shared, shared.partners[1], "382.69")
    shared.show()
    budget = ok(shared.get(facilitator.boss, "/budget")).json()
    assert budget["total"] == money("0.00"), "of all at once, and one partner has shown nothing new"
    shared.prices_final()
    budget = ok(shared.get(facilitator.boss, "/budget")).json()
    assert budget["total"] == money("1000.00")
    assert not any(budget[axis] for axis in ("by_partner", "by_year", "by_lot", "by_category", "by_source", "lines"))
    assert ok(shared.get(facilitator.boss, "/budget-lines")).json()["items"] == []
    problem(shared.post(facilitator.boss, "/budget-lines", {"category": "x", "amount": money("1.00")}), 403)


def test_before_the_reveal_each_sees_its_own_alone(world: World, shared: Bid) -> None:
    lead, youth, _ = shared.partners
    shared.facilitated()
    world.sql.execute("UPDATE proposals SET round_status = 'open' WHERE id = %s", [shared.id])
    assert shared.facilitator is not None
    add(shared, lead, "10.00")
    revision = revision_of(shared)
    before = [ok(shared.get(who.boss, "/budget")) for who in (lead, shared.facilitator)]
    line = add(shared, youth, CANARY, visible_to=[lead.id])
    after = [ok(shared.get(who.boss, "/budget")) for who in (lead, shared.facilitator)]
    assert [r.text for r in before] == [r.text for r in after]
    assert [r.headers["ETag"] for r in before] == [r.headers["ETag"] for r in after]
    assert before[0].json()["total"] == money("10.00")
    assert before[1].json()["total"] is None
    problem(lead.boss.get(f"{shared.path}/budget-lines/{line['id']}"), 404)
    assert revision_of(shared) == revision


def revision_of(of: Bid) -> int:
    [(revision,)] = of.world.sql.execute("SELECT revision FROM proposals WHERE id = %s", [of.id]).fetchall()
    return int(revision)


def counters(of: Bid, before: Sequence[int] = (0, 0, 0)) -> list[int]:
    """By partner; what has been added to `before`."""
    rows = of.world.sql.execute("SELECT id::text, counter FROM partners WHERE proposal_id = %s", [of.id]).fetchall()
    return [dict(rows)[partner.id] - known for partner, known in zip(of.partners, before, strict=True)]


def test_others_learn_of_no_change_until_the_totals_are_shown(shared: Bid) -> None:
    _, youth, _ = shared.partners
    counted, before = counters(shared), revision_of(shared)
    line = add(shared, youth, CANARY)
    [(type_, revision, only_for, owner, payload, told)] = events(shared)
    assert (type_, revision, [str(seat) for seat in only_for], owner, told) == (
        "budget_changed", None, [youth.id], None, None,
    )  # fmt: skip
    assert payload["lines"][0]["after"]["amount"] == CANARY
    path = f"{shared.path}/budget-lines/{line['id']}"
    ok(youth.boss.patch(path, {"category": "travel", "description": "not for you"}, if_match=1))
    assert (revision_of(shared), counters(shared, counted)) == (before, [0, 2, 0])
    shared.show(youth)
    assert (revision_of(shared), counters(shared, counted)) == (before + 1, [0, 2, 0])


def test_whoever_a_line_is_opened_to_hears_of_it_and_of_nothing_before(shared: Bid) -> None:
    lead, youth, family = shared.partners
    counted = counters(shared)
    line = add(shared, youth, CANARY, category="closed words")
    path = f"{shared.path}/budget-lines/{line['id']}"
    ok(youth.boss.patch(path, {"category": "open words", "visible_to": [lead.id]}, if_match=1))
    opened = events(shared)[-1]
    assert (opened[0], [str(seat) for seat in opened[2]]) == ("budget_line_opened", [lead.id])
    assert opened[4]["lines"][0]["before"] is None
    assert "closed words" not in str(opened[4])
    assert counters(shared, counted) == [1, 2, 0]
    ok(youth.boss.patch(path, {"visible_to": [lead.id, family.id]}, if_match=2))
    assert ok(lead.boss.get(path)).json()["version"] == 2, "others cannot tell to whom else it was opened"
    assert counters(shared, counted) == [1, 3, 1]
    ok(youth.boss.patch(path, {"visible_to": []}, if_match=3))
    assert events(shared)[-1][4]["lines"][0]["after"] is None
    problem(lead.boss.get(path), 404)


def test_a_batch_is_all_or_nothing_with_a_pointer_for_each_row(shared: Bid) -> None:
    lead = shared.lead
    good = {"category": "staff", "amount": money("10.00")}
    rows = [good, {**good, "year": 0}, good, {**good, "vat_treatment": "standard", "vat_amount": money("9.00")}]
    found = problem(shared.post(lead.boss, "/budget-lines:batch", {"items": rows}), 422)
    assert [fault["pointer"] for fault in found["errors"]] == ["/items/1/year", "/items/3/vat_amount"]
    assert ok(shared.get(lead.boss, "/budget-lines")).json()["items"] == []
    made = ok(shared.post(lead.boss, "/budget-lines:batch", {"items": [good] * 3})).json()["items"]
    listed = ok(shared.get(lead.boss, "/budget-lines?limit=2"))
    assert [line["id"] for line in listed.json()["items"]] == [line["id"] for line in made[:2]]
    rest = ok(shared.get(lead.boss, f"/budget-lines?limit=2&cursor={listed.json()['next_cursor']}")).json()
    assert ([line["id"] for line in rest["items"]], rest["next_cursor"]) == ([made[2]["id"]], None)
    assert len(events(shared)) == 1
    youth = shared.partners[1]
    problem(shared.post(lead.boss, "/budget-lines:batch", {"items": [good], "partner_id": youth.id}), 403)


def test_a_batch_changes_lines_by_their_version(shared: Bid) -> None:
    lead, youth, _ = shared.partners
    first, second = add(shared, lead, "1.00"), add(shared, lead, "2.00")
    theirs = add(shared, youth, "3.00", visible_to=[lead.id])
    rows = [{"id": first["id"], "version": 1, "amount": money("9.00")}, {"category": "rent", "amount": money("4.00")}]
    done = ok(shared.post(lead.boss, "/budget-lines:batch", {"items": rows})).json()["items"]
    assert [(line["category"], line["amount"], line["version"]) for line in done] == [
        ("staff", money("9.00"), 2),
        ("rent", money("4.00"), 1),
    ]
    stale = [{"id": second["id"], "version": 1, "year": 2}, {"id": first["id"], "version": 1, "year": 2}]
    found = problem(shared.post(lead.boss, "/budget-lines:batch", {"items": stale}), 412, "stale-version")
    assert [fault["pointer"] for fault in found["errors"]] == ["/items/1/version"]
    assert ok(lead.boss.get(f"{shared.path}/budget-lines/{second['id']}")).json()["year"] == 1
    for not_ours in (theirs["id"], str(uuid.uuid4())):
        asked = {"items": [{"id": not_ours, "version": 1}]}
        unknown = problem(shared.post(lead.boss, "/budget-lines:batch", asked), 422)
        assert [(fault["pointer"], fault["code"]) for fault in unknown["errors"]] == [("/items/0/id", "not-found")]
    twice = [{"id": second["id"], "version": 1, "year": year} for year in (2, 3)]
    problem(shared.post(lead.boss, "/budget-lines:batch", {"items": twice}), 422)
    lacking = problem(shared.post(lead.boss, "/budget-lines:batch", {"items": [{"year": 1}]}), 422)
    assert [fault["pointer"] for fault in lacking["errors"]] == ["/items/0/amount"]
    bare = ok(shared.post(lead.boss, "/budget-lines:batch", {"items": [{"amount": money("4.00")}]})).json()["items"]
    alike = ok(shared.post(lead.boss, "/budget-lines", {"amount": money("4.00")}), 201).json()
    assert [(line["category"], line["year"], line["source"]) for line in (*bare, alike)] == [
        ("other", 1, "requested")
    ] * 2


def test_a_signed_text_stands_still(shared: Bid) -> None:
    line = add(shared, shared.lead)
    shared.ready().freeze()
    path = f"{shared.path}/budget-lines/{line['id']}"
    problem(shared.lead.boss.patch(path, {"year": 2}, if_match=1), 409, "in-sign-off")
    problem(shared.lead.boss.patch(path, {"year": 2}, if_match=9), 412)
    problem(shared.lead.boss.delete(path, if_match=1), 409)
    problem(shared.post(shared.lead.boss, "/budget-lines", {"category": "x", "amount": money("1.00")}), 409)
    assert ok(shared.get(shared.lead.boss, "/budget")).json()["total"] == money("100.00")


def test_who_left_reads_its_own_lines_and_no_more(world: World, shared: Bid) -> None:
    lead, youth, _ = shared.partners
    add(shared, lead, CANARY)
    add(shared, youth, "7.00")
    world.sql.execute("UPDATE partners SET status = 'withdrawn' WHERE id = %s", [youth.id])
    found = ok(shared.get(youth.boss, "/budget"))
    assert found.json()["total"] == money("7.00")
    assert CANARY not in found.text
    assert ok(shared.get(lead.boss, "/budget")).json()["total"] == money(CANARY)
    problem(shared.post(youth.boss, "/budget-lines", {"category": "x", "amount": money("1.00")}), 404)


def test_outsiders_find_nothing(world: World, shared: Bid) -> None:
    stranger = world.stranger()
    for path in ("/budget", "/budget-lines", "/budget.xlsx"):
        problem(shared.get(stranger, path), 404)
    problem(stranger.request("POST", f"{shared.path}/budget-lines", content=b"{"), 404)


def test_the_budget_is_held_against_the_ceilings(shared: Bid) -> None:
    [only] = lots(shared, "1", ceiling=100_000)
    add(shared, shared.lead, "600.00")
    add(shared, shared.partners[1], "400.01", lot_id=only)
    add(shared, shared.partners[2], "900.00", source="match")
    shared.show(*shared.partners[:2])
    budget = ok(shared.get(shared.partners[2].boss, "/budget")).json()
    assert budget["ceilings"] == [
        {"lot_id": only, "ceiling": money("1000.00"), "vat": "excluded", "state": "over", "asked": money("1000.01")}
    ]
    assert budget["cover"][0] == {
        "source": "match", "lines": money("900.00"), "confirmed": money("0.00"), "short": money("900.00")
    }  # fmt: skip


def test_overheads_are_shown_first_and_then_written_to_the_penny(shared: Bid) -> None:
    lead = shared.lead
    add(shared, lead, "1000.00", year=1)
    add(shared, lead, "333.33", year=2)
    body = {"how": {"method": "percentage", "rate": "12.5"}, "dry_run": True}
    shown = ok(shared.post(lead.boss, "/budget/overheads", body)).json()
    assert (shown["applied"], [line["after"]["amount"] for line in shown["added"]]) == (
        False,
        [money("125.00"), money("41.67")],
    )
    assert ok(shared.get(lead.boss, "/budget")).json()["total"] == money("1333.33")
    ok(shared.post(lead.boss, "/budget/overheads", {**body, "dry_run": False}))
    assert ok(shared.get(lead.boss, "/budget")).json()["total"] == money("1500.00")
    again = ok(shared.post(lead.boss, "/budget/overheads", {"how": {"method": "percentage", "rate": "10"}})).json()
    assert ([len(again[what]) for what in ("added", "changed", "removed")], again["unchanged"]) == ([0, 2, 0], 2)
    assert ok(shared.get(lead.boss, "/budget")).json()["total"] == money("1466.66")
    full = {
        "how": {"method": "full_cost_recovery", "central": {"1": money("500")}, "direct": {"1": money("2000")}},
        "into": "full_cost",
    }
    noted = ok(shared.post(lead.boss, "/budget/overheads", full)).json()["changed"]
    assert noted[0]["after"]["full_cost"] == money("1250.00")
    bad = {"how": {"method": "full_cost_recovery", "central": {"1": money("5")}, "direct": {"1": money("5")}}}
    assert (
        problem(shared.post(lead.boss, "/budget/overheads", bad), 422)["errors"][0]["code"]
        == "direct-costs-below-the-project"
    )
    posts = {"how": {"method": "per_head", "amount": money("2000"), "heads": {"x": "1"}}}
    problem(shared.post(lead.boss, "/budget/overheads", posts), 422)


def test_the_log_tells_partners_totals_by_year_and_a_facilitator_only_that_something_was_shown(
    world: World, shared: Bid
) -> None:
    lead, youth, family = shared.partners
    facilitator = shared.facilitated()
    world.sql.execute("UPDATE partners SET filed_at = NULL WHERE id = %s", [family.id])
    add(shared, youth, "600.01", category="secret work")
    add(shared, youth, "400.00", category="secret rent")
    shared.show(youth)
    logs = {who.id: ok(shared.get(who.boss, "/events")) for who in (lead, youth, family, facilitator)}
    assert "secret work" in logs[youth.id].text
    for who in (lead, family, facilitator):
        assert "secret" not in logs[who.id].text and "400.00" not in logs[who.id].text
    shown = {
        who: [item["payload"] for item in log.json()["items"] if item["type"] == "totals_shown"]
        for who, log in logs.items()
    }
    nothing = {"total": "0.00", "requested": "0.00", "other_funding": "0.00", "in_kind": "0.00"}
    after = {**nothing, "total": "1000.01", "requested": "1000.01"}
    by_year = [{"year": 1, "before": nothing, "after": after}]
    assert shown[lead.id] == shown[youth.id] == [{"partner_id": youth.id, "by_year": by_year}]
    # Who sees the total alone is told that something was shown; who joined later and has not filed, not even that.
    assert shown[facilitator.id] == [{"partner_id": youth.id}]
    assert shown[family.id] == []


def test_old_events_of_every_change_answer_others_without_their_figures_and_the_log_still_verifies(
    database: str, settings: Settings, shared: Bid
) -> None:
    lead, youth, _ = shared.partners
    facilitator = shared.facilitated()
    by_year = [{"year": 1, "before": {"total": "0.00"}, "after": {"total": "987.65"}}]
    told = {"partner_id": youth.id, "partners_only": {"by_year": by_year}}

    async def recorded_before() -> list[str]:
        db = await connect(database, settings)
        try:
            async with db.sessions.begin() as session:
                await event_log.record(
                    session, "proposal", shared.id, "budget_changed", actor=None,
                    payload={"partner_id": youth.id, "lines": [{"line_id": "987.65"}]}, shared=told,
                    readers=event_log.owned_by(youth.id),
                )  # fmt: skip
            async with db.sessions() as session:
                return [broken.why async for broken in event_log.verify(session) if broken.stream_id == shared.id]
        finally:
            await db.close()

    assert asyncio.run(recorded_before()) == []
    for who in (lead, facilitator):
        items = ok(shared.get(who.boss, "/events")).json()["items"]
        assert [item["payload"] for item in items if item["type"] == "budget_changed"] == [{"partner_id": youth.id}]
    assert "987.65" in ok(shared.get(youth.boss, "/events")).text


def test_in_the_whole_proposal_each_finds_the_lines_that_it_may_read(world: World, shared: Bid) -> None:
    lead, youth, family = shared.partners
    own, opened = add(shared, lead, "1.00"), add(shared, youth, "2.00", visible_to=[lead.id], full_cost=money("3.00"))
    add(shared, youth, CANARY)

    def lines(of: Partner) -> list[tuple[str, Any]]:
        whole = ok(of.boss.get(shared.path))
        assert of is youth or CANARY not in whole.text
        return [(line["id"], line["full_cost"]) for line in whole.json()["budget_lines"]]

    assert lines(lead) == [(own["id"], None), (opened["id"], None)]
    assert lines(family) == []
    assert lines(shared.facilitated()) == []
    assert len(lines(youth)) == 2
    world.sql.execute("UPDATE partners SET status = 'withdrawn' WHERE id = %s", [lead.id])
    assert lines(lead) == [(own["id"], None)]


def test_a_line_opened_to_somebody_who_has_yet_to_file_is_told_to_nobody_early(world: World, shared: Bid) -> None:
    _, youth, family = shared.partners
    world.sql.execute("UPDATE partners SET filed_at = NULL WHERE id = %s", [family.id])
    line = add(shared, youth, CANARY, visible_to=[family.id])
    problem(family.boss.get(f"{shared.path}/budget-lines/{line['id']}"), 404)
    for path in ("/events", "/budget", "/budget-lines", ""):
        assert CANARY not in ok(family.boss.get(f"{shared.path}{path}")).text
    world.sql.execute("UPDATE partners SET filed_at = now() WHERE id = %s", [family.id])
    assert ok(family.boss.get(f"{shared.path}/budget-lines/{line['id']}")).json()["amount"] == money(CANARY)
