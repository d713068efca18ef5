"""Fairness checks through HTTP: who is shown what, and partners' answers."""

from typing import Any

from tests.factories import Bid, Partner, Person, World, ok, problem
from tests.stages import bid


def pounds(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "GBP"}


def asks_for(made: Bid, partner: Partner, *amounts: int) -> None:
    for number, amount in enumerate(amounts):
        line = {
            "partner_id": partner.id,
            "category": f"staff {number}",
            "year": 1,
            "source": "requested",
            "amount": pounds(amount),
        }
        ok(made.post(partner.boss, "/budget-lines", line), 201)
    made.show(partner)


def checks(made: Bid, who: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(made.get(who, "/fairness-checks")).json()["items"]
    return items


def about(items: list[dict[str, Any]], code: str, partner: Partner) -> dict[str, Any]:
    return all_about(items, code, partner)[0]


def all_about(items: list[dict[str, Any]], code: str, partner: Partner) -> list[dict[str, Any]]:
    return [item for item in items if item["code"] == code and item["partner_id"] == partner.id]


def small_bid(world: World) -> Bid:
    made = bid(world, "Big Lead", rule="majority")
    made.add("Harbour Youth", size_band="small", annual_income=pounds(80_000), unrestricted_reserves=pounds(2_000))
    made.add("Family", size_band="medium", annual_income=pounds(400_000))
    return made


def test_figures_go_to_the_partner_and_the_facilitator_and_the_sentence_to_all(world: World) -> None:
    made = small_bid(world)
    lead, youth, family = made.partners
    helper = made.facilitated()
    asks_for(made, youth, 60_000)
    asks_for(made, lead, 90_000)
    by_income, by_band = all_about(checks(made, youth.boss), "dependency", youth)
    assert (by_band["state"], by_band["figures"]["income_share"]) == ("serious", "0.6000")
    assert (by_income["state"], by_income["figures"]["income_share"]) == ("serious", "0.7500")
    assert by_income["figures"]["annual_income_at_most"] == "80000.00"
    for other in (lead, family, helper):
        assert len(all_about(checks(made, other.boss), "dependency", youth)) == 1
        seen = about(checks(made, other.boss), "dependency", youth)
        assert (seen["state"], seen["figures"]) == ("serious", None)
        assert "80000" not in str(seen) and "75" not in seen["detail"]
    problem(world.stranger().get(f"{made.path}/fairness-checks"), 404)


def test_a_rival_that_moves_its_own_lines_learns_neither_reserves_nor_income_and_nor_does_the_facilitator(
    world: World,
) -> None:
    """Two bids with other secrets; the lead bisects with one line of its own and reads the same answers in both."""
    told = []
    for income, reserves in ((80_000, 2_000), (30_000, 12_345)):
        made = bid(world, "Big Lead", rule="majority")
        made.add("Youth", size_band="small", annual_income=pounds(income), unrestricted_reserves=pounds(reserves))
        helper = made.facilitated()
        ids = [made.lead.id, made.partners[1].id]
        made.structure(contracting_partner_ids=ids, liability="joint_and_several")
        asks_for(made, made.partners[1], 1_000)
        read = []
        for amount in (1, 900, 11_400, 29_100, 50_000, 79_100, 99_100):
            asks_for(made, made.lead, amount)
            for person in (made.lead.boss, helper.boss):
                answer = ok(made.get(person, "/fairness-checks")).text
                for at, partner_id in enumerate(ids):
                    answer = answer.replace(partner_id, f"id-{at}")
                read.append(answer)
            for line in ok(made.get(made.lead.boss, "/budget-lines")).json()["items"]:
                ok(made.lead.boss.delete(f"{made.path}/budget-lines/{line['id']}", if_match=line["version"]), 204)
        told.append(read)
    assert told[0] == told[1]
    assert len(set(told[0])) > 2, "the answers do move with what the lead itself shows"


def test_two_bids_that_differ_only_in_private_lines_look_the_same_to_everybody_else(world: World) -> None:
    seen, pictures = [], []
    for amounts in ((60_000,), (10_000, 50_000)):
        made = small_bid(world)
        asks_for(made, made.partners[1], *amounts)
        asks_for(made, made.lead, 90_000)
        names = {partner.id: partner.name for partner in made.partners}
        text = ok(made.get(made.lead.boss, "/fairness-checks")).text
        for partner_id, name in names.items():
            text = text.replace(partner_id, name)
        pictures.append(text)
        seen.append(made)
    assert pictures[0] == pictures[1]


def test_before_the_reveal_each_reader_gets_its_own_alone(world: World) -> None:
    made = small_bid(world)
    world.sql.execute("UPDATE proposals SET round_status = 'open', revealed_at = NULL WHERE id = %s", [made.id])
    world.sql.execute("UPDATE partners SET filed_at = NULL WHERE proposal_id = %s", [made.id])
    before = ok(made.get(made.lead.boss, "/fairness-checks")).text
    line = {"category": "staff", "year": 1, "source": "requested", "amount": pounds(60_000)}
    ok(made.post(made.partners[1].boss, "/budget-lines", line), 201)
    body = {"kind": "cash", "title": "Reserves", "certainty": "confirmed", "value": pounds(500)}
    ok(made.post(made.partners[1].boss, "/contributions", body), 201)
    assert ok(made.get(made.lead.boss, "/fairness-checks")).text == before


def test_a_partner_answers_a_finding_and_changes_its_answer_by_version(world: World) -> None:
    made = small_bid(world)
    youth = made.partners[1]
    path = f"{made.path}/fairness-checks/founding_aims/answer"
    answer = {"answer_markdown": "Our trustees decide on Monday."}
    problem(youth.boss.put(path, answer), 428)
    problem(youth.boss.put(path, answer, if_match=3), 412)
    assert ok(youth.boss.get(path)).headers["ETag"] == '"0"'
    assert ok(youth.boss.put(path, answer, if_match=0)).json()["version"] == 1
    assert ok(youth.boss.get(path)).json()["answer_markdown"] == answer["answer_markdown"]
    finding = about(checks(made, made.lead.boss), "founding_aims", youth)
    assert finding["answers"] == [{"partner_id": youth.id, **answer, "version": 1}]
    problem(made.lead.boss.put(path, {"partner_id": youth.id, **answer}, if_match=1), 403)
    problem(youth.boss.put(path.replace("founding_aims", "luck"), answer, if_match=0), 404)
    problem(youth.boss.put(path, {"answer_markdown": "x", "state": "ok"}, if_match=1), 422)
    made.ready().freeze()
    problem(youth.boss.put(path, answer, if_match=1), 409, "in-sign-off")


def test_a_check_reaches_the_commissioner_only_while_every_partner_agrees(world: World) -> None:
    made = small_bid(world)
    path = "/fairness-checks/founding_aims/share"
    for partner in made.partners:
        shared = ok(made.post(partner.boss, path)).json()
    assert shared["shown_to_commissioner"] is True
    assert about(checks(made, made.lead.boss), "founding_aims", made.partners[1])["shown_to_commissioner"]
    taken_back = ok(made.post(made.lead.boss, path, {"agree": False})).json()
    assert (taken_back["shown_to_commissioner"], len(taken_back["agreed_by"])) == (False, 2)


def test_where_nothing_is_agreed_yet_no_check_says_that_all_is_well(world: World) -> None:
    made = bid(world, "Lead", "Youth")

    def said(code: str) -> str:
        return next(str(item["detail"]) for item in checks(made, made.lead.boss) if item["code"] == code)

    assert said("dependency") == "Nobody asks for money yet, so it cannot be told who would depend on it."
    assert said("liability").startswith("It is not agreed yet who contracts")
    made.structure(contracting_partner_ids=[made.partners[1].id], liability="joint_and_several")
    assert said("liability").startswith("Nobody asks for money yet")
    asks_for(made, made.partners[1], 100)
    assert "yet" not in said("dependency")
    made.structure(liability="contractor")
    assert said("liability") == "No partner answers for more than it could bear."
    alone = bid(world, "Alone")
    (found,) = [item for item in checks(alone, alone.lead.boss) if item["code"] == "knowledge_and_assets"]
    assert found["detail"] == "There is one partner so far: this check starts with the second."
