"""The exit plan, the register of assets, terms on knowledge, and the minutes."""

from tests.factories import World, ok, problem
from tests.stages import bid


def test_any_members_editor_writes_the_exit_plan_with_the_version_it_read(world: World) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    path = f"{made.path}/exit-plan"
    youth = made.partners[1].boss
    assert ok(youth.get(path)).json() == {
        "plan_markdown": "", "what_remains_markdown": "", "funding_after_markdown": "", "version": 0,
    }  # fmt: skip
    plan = {"plan_markdown": "We hand over.", "what_remains_markdown": "A team."}
    problem(youth.put(path, plan), 428)
    assert ok(youth.put(path, plan, if_match=0)).json()["version"] == 1
    problem(made.lead.boss.put(path, plan, if_match=0), 412)
    changed = ok(made.lead.boss.put(path, {"plan_markdown": "Better."}, if_match=1)).json()
    assert (changed["plan_markdown"], changed["what_remains_markdown"]) == ("Better.", "")
    made.ready().freeze()
    problem(youth.put(path, plan, if_match=2), 409, "in-sign-off")


def test_where_the_exit_plan_is_reserved_it_is_a_decision(world: World) -> None:
    made = bid(world, "Lead", "Youth", rule="lead_decides")
    made.structure(reserved_matters=["exit_plan"])
    path, youth = f"{made.path}/exit-plan", made.partners[1]
    opened = ok(made.lead.boss.put(path, {"plan_markdown": "The lead keeps all."}, if_match=0), 202).json()
    votes = f"/decisions/{opened['id']}/votes"
    ok(made.post(made.lead.boss, votes, {"option": "for"}), 201)
    ok(made.post(youth.boss, votes, {"option": "against", "reason": "Our van"}), 201)
    assert ok(made.post(made.lead.boss, f"/decisions/{opened['id']}/close")).json()["status"] == "failed"
    assert ok(youth.boss.get(path)).json()["version"] == 0
    again = ok(made.lead.boss.put(path, {"plan_markdown": "The van goes back."}, if_match=0), 202).json()
    for partner in made.partners:
        ok(made.post(partner.boss, f"/decisions/{again['id']}/votes", {"option": "for"}), 201)
    assert ok(made.post(made.lead.boss, f"/decisions/{again['id']}/close")).json()["carried"]["status"] == "done"
    assert ok(youth.boss.get(path)).json()["plan_markdown"] == "The van goes back."


def test_nobody_gives_away_what_is_anothers(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    lead, youth = made.partners
    grab = {"name": "Toolkit", "intellectual_property": True, "owner_now": youth.id, "owner_after": lead.id}
    problem(made.post(lead.boss, "/assets", grab), 422)
    own = ok(made.post(youth.boss, "/assets", {**grab, "owner_after": youth.id}), 201)
    asset = own.json()
    assert asset["agreed_by"] == [youth.id]
    path = own.headers["Location"]
    problem(lead.boss.patch(path, {"owner_after": lead.id}, if_match=1), 403)
    problem(lead.boss.delete(path, if_match=1), 403)
    assert ok(made.post(lead.boss, f"/assets/{asset['id']}/agree")).json()["agreed_by"] == [youth.id, lead.id]
    changed = ok(youth.boss.patch(path, {"in_return": "Thanks"}, if_match=2)).json()
    assert changed["agreed_by"] == [youth.id]
    problem(youth.boss.patch(path, {"name": None}, if_match=3), 422)
    assert youth.boss.delete(path, if_match=3).status_code == 204
    assert ok(made.get(lead.boss, "/assets")).json()["items"] == []


def test_terms_on_knowledge_are_between_two_and_agreed_by_both(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family")
    lead, youth, family = made.partners
    term = {"from_partner_id": lead.id, "to_partner_id": youth.id, "subject": "Safer recruitment"}
    problem(made.post(family.boss, "/knowledge-terms", term), 403)
    problem(made.post(youth.boss, "/knowledge-terms", {**term, "from_partner_id": youth.id}), 422)
    entered = ok(made.post(youth.boss, "/knowledge-terms", term), 201)
    path = entered.headers["Location"]
    problem(made.post(family.boss, path.removeprefix(f"{made.path}") + "/agree"), 403)
    agreed = ok(made.post(lead.boss, path.removeprefix(f"{made.path}") + "/agree")).json()
    assert agreed["agreed_by"] == [youth.id, lead.id]
    assert ok(lead.boss.patch(path, {"how": "Two days a year"}, if_match=2)).json()["agreed_by"] == [lead.id]
    assert youth.boss.delete(path, if_match=3).status_code == 204


def test_the_minutes_tell_each_decision_with_its_count_and_no_markup_of_others(world: World) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    opened = ok(
        made.post(made.lead.boss, "/decisions", {"title": "# A logo | *now*", "matter": "publicity"}), 201
    ).json()
    ok(made.post(made.lead.boss, f"/decisions/{opened['id']}/votes", {"option": "for"}), 201)
    body = {"option": "against", "reason": "Too\n# loud"}
    ok(made.post(made.partners[1].boss, f"/decisions/{opened['id']}/votes", body), 201)
    ok(made.post(made.lead.boss, f"/decisions/{opened['id']}/close"))
    response = ok(made.get(made.partners[1].boss, "/minutes.md"))
    assert response.headers["content-type"].startswith("text/markdown")
    assert "## \\# A logo \\| \\*now\\*" in response.text
    assert "| Youth | against | Too \\# loud |" in response.text
    assert "More than half of 2 is needed" in response.text
    assert ok(made.get(made.lead.boss, "/minutes.json")).json()["items"][0]["id"] == opened["id"]
    problem(world.stranger().get(f"{made.path}/minutes.md"), 404)
