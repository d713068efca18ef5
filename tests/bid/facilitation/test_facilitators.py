"""Facilitators: asked in, neutral, ended by themselves or the partners' decision; their notebook is their own."""

import time

from tests.factories import Bid, Organisation, Partner, World, ok, problem, soon
from tests.stages import bid


def cvs(world: World) -> Organisation:
    return world.organisation("Council for Voluntary Service", kinds=("facilitator",))


def ask(made: Bid, organisation: Organisation, by: Partner | None = None) -> str:
    answer = ok(made.post((by or made.lead).boss, "/facilitators", {"organisation_id": organisation.id}), 201)
    assert answer.json()["status"] == "invited"
    facilitator_id: str = answer.json()["id"]
    return facilitator_id


def test_a_facilitator_is_asked_accepts_and_reads(world: World) -> None:
    made, helper = bid(world, "Lead", "Youth"), cvs(world)
    facilitator_id = ask(made, helper, made.partners[1])
    problem(made.get(helper.boss, "/decisions"), 404)
    problem(made.post(made.lead.boss, f"/facilitators/{facilitator_id}/accept"), 403)
    assert ok(made.post(helper.boss, f"/facilitators/{facilitator_id}/accept")).json()["status"] == "active"
    ok(made.get(helper.boss, "/decisions"))
    ok(made.get(helper.boss, "/structure"))
    problem(made.post(helper.boss, "/decisions", {"title": "Mine"}), 403)
    problem(made.post(helper.boss, "/difficulties", {"title": "Mine"}), 403)
    items = ok(made.get(made.lead.boss, "/facilitators")).json()["items"]
    assert [(item["name"], item["status"]) for item in items] == [("Council for Voluntary Service", "active")]


def test_only_a_neutral_facilitator_is_asked(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    plain = world.organisation("A provider")
    problem(made.post(made.lead.boss, "/facilitators", {"organisation_id": plain.id}), 422)
    both = world.organisation("Both", kinds=("provider", "facilitator"))
    made.add(organisation=both)
    refused = made.post(made.lead.boss, "/facilitators", {"organisation_id": both.id})
    problem(refused, 409, "facilitator-not-neutral")
    council_id = world.sql.execute(
        "SELECT organisation_id FROM opportunities WHERE id = %s", [made.opportunity_id]
    ).fetchone()
    assert council_id is not None
    world.sql.execute("UPDATE organisations SET kinds = '{commissioner,facilitator}' WHERE id = %s", [council_id[0]])
    refused = made.post(made.lead.boss, "/facilitators", {"organisation_id": str(council_id[0])})
    problem(refused, 409, "commissioner-cannot-bid")


def test_somebody_from_a_partners_own_organisation_does_not_accept(world: World) -> None:
    made, helper = bid(world, "Lead", "Youth"), cvs(world)
    facilitator_id = ask(made, helper)
    insider = world.colleague(helper, "admin")
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, '{viewer}')",
        [made.lead.organisation.id, insider.id],
    )
    problem(made.post(insider, f"/facilitators/{facilitator_id}/accept"), 409, "facilitator-not-neutral")
    ok(made.post(helper.boss, f"/facilitators/{facilitator_id}/accept"))


def test_one_partners_objection_keeps_out_a_facilitator_that_is_only_asked(world: World) -> None:
    made, helper = bid(world, "Lead", "Youth", "Family"), cvs(world)
    facilitator_id = ask(made, helper)
    kept_out = ok(made.post(made.partners[2].boss, f"/facilitators/{facilitator_id}/object", {"reason": "It knows us"}))
    assert (kept_out.json()["status"], kept_out.json()["objected_by"]) == ("objected", [made.partners[2].id])
    problem(made.post(helper.boss, f"/facilitators/{facilitator_id}/accept"), 404)
    problem(made.post(made.lead.boss, f"/facilitators/{facilitator_id}/object"), 409, "facilitation-over")
    ask(made, helper)


def test_an_objection_to_one_in_office_is_seen_by_all_and_ends_nothing(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family")
    helper, family = made.facilitated(), made.partners[2]
    path = f"/facilitators/{helper.id}/object"
    for _ in range(2):
        objected = ok(made.post(family.boss, path, {"reason": "It knows us"})).json()
        assert (objected["status"], objected["objected_by"]) == ("active", [family.id])
    assert made.events("facilitator_objected_to") == 1
    ok(made.get(helper.boss, "/decisions"))


def test_the_partners_end_a_facilitation_by_a_decision_that_is_never_the_leads_alone(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="lead_decides")
    helper, (lead, youth, _) = made.facilitated(), made.partners

    def decided(*votes: str) -> dict[str, object]:
        body = {"reason": "We found another way"}
        motion = ok(made.post(lead.boss, f"/facilitators/{helper.id}/end", body), 202).json()
        for partner, option in zip(made.partners, votes, strict=True):
            ok(made.post(partner.boss, f"/decisions/{motion['id']}/votes", {"option": option}), 201)
        closed: dict[str, object] = ok(made.post(lead.boss, f"/decisions/{motion['id']}/close")).json()
        return closed

    assert decided("for", "against", "abstain")["status"] == "failed"
    ok(made.get(helper.boss, "/decisions"))
    assert decided("for", "for", "against")["carried"] == {"status": "done", "problem": None}
    problem(made.get(helper.boss, "/decisions"), 404)
    (item,) = ok(made.get(youth.boss, "/facilitators")).json()["items"]
    assert (item["status"], item["ended_reason"]) == ("ended", "We found another way")


def test_a_partner_calls_back_a_question_that_nobody_answered_and_ends_alone_what_is_its_own(world: World) -> None:
    made, helper = bid(world, "Lead", "Youth"), cvs(world)
    asked = ask(made, helper)
    assert ok(made.post(made.partners[1].boss, f"/facilitators/{asked}/end")).json()["status"] == "ended"
    alone = bid(world, "Alone")
    ended = ok(alone.post(alone.lead.boss, f"/facilitators/{alone.facilitated().id}/end"))
    assert ended.json()["status"] == "ended"


def test_whom_the_partners_decided_to_ask_one_objection_does_not_keep_out(world: World) -> None:
    made, helper = bid(world, "Lead", "Youth", "Family", rule="majority"), cvs(world)
    carries = {"method": "POST", "path": "/facilitators", "body": {"organisation_id": helper.id}}
    motion = ok(made.post(made.lead.boss, "/decisions", {"title": "A helper", "carries": carries}), 201).json()
    for partner, option in zip(made.partners, ("for", "for", "against"), strict=True):
        ok(made.post(partner.boss, f"/decisions/{motion['id']}/votes", {"option": option}), 201)
    family = made.partners[2].boss
    # Whoever is against it asks it too, to be able to call it back.
    early = ok(made.post(family, "/facilitators", {"organisation_id": helper.id}), 201).json()
    closed = ok(made.post(made.lead.boss, f"/decisions/{motion['id']}/close")).json()
    assert closed["carried"]["status"] == "done"
    path = f"/facilitators/{early['id']}"
    objected = ok(made.post(family, f"{path}/object", {"reason": "It knows us"})).json()
    assert (objected["status"], objected["by_decision"]) == ("invited", True)
    ok(made.post(family, f"{path}/end"), 202)
    assert ok(made.post(helper.boss, f"{path}/accept")).json()["status"] == "active"


def test_whoever_is_to_be_removed_cannot_get_rid_of_the_facilitator_that_certifies_it(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="majority")
    helper, family = made.facilitated(), made.partners[2]
    ok(made.post(family.boss, "/difficulties", {"title": "They are against us"}), 201)
    remove = f"/partners/{family.id}/remove"
    problem(made.post(made.lead.boss, remove, {"reason": "x"}), 409, "difficulty-open")
    ok(made.post(family.boss, f"/facilitators/{helper.id}/object", {"reason": "It is against us too"}))
    ok(made.post(family.boss, f"/facilitators/{helper.id}/end", {"reason": "Go"}), 202)
    ok(made.post(helper.boss, f"/partners/{family.id}/removal-certificate"), 201)
    ok(made.post(made.lead.boss, remove, {"reason": "x"}), 202)


def test_a_facilitator_hands_over_when_it_ends(world: World) -> None:
    made, helper = bid(world), cvs(world)
    facilitator_id = ask(made, helper)
    ok(made.post(helper.boss, f"/facilitators/{facilitator_id}/accept"))
    path = f"/facilitators/{facilitator_id}/end"
    problem(made.post(made.lead.boss, path, {"handover_markdown": "Put in its mouth"}), 403)
    ended = ok(made.post(helper.boss, path, {"handover_markdown": "Talk about the van."})).json()
    assert (ended["status"], ended["handover_markdown"]) == ("ended", "Talk about the van.")


def test_two_bids_for_a_lot_only_with_the_yes_of_every_partner_of_both(world: World) -> None:
    made, helper = bid(world, "Lead", "Youth"), cvs(world)
    rival = bid(world, "Rival", "Arts", call=made.opportunity)
    first, second = ask(made, helper), ask(rival, helper)
    ok(made.post(helper.boss, f"/facilitators/{first}/accept"))
    accept = f"/facilitators/{second}/accept"
    problem(rival.post(helper.boss, accept), 409, "facilitator-serves-another-bid")
    for partner in rival.partners:
        ok(rival.post(partner.boss, f"/facilitators/{second}/agree"))
    ok(made.post(made.lead.boss, f"/facilitators/{first}/agree"))
    problem(rival.post(helper.boss, accept), 409, "facilitator-serves-another-bid")
    ok(made.post(made.partners[1].boss, f"/facilitators/{first}/agree"))
    ok(rival.post(helper.boss, accept))


def test_a_program_is_told_that_it_may_not_accept_before_anything_else(world: World) -> None:
    made, helper = bid(world, "Lead", "Youth"), cvs(world)
    facilitator_id = ask(made, helper)
    program = world.program(helper, "proposals:read", "proposals:write")
    made.forced("dissolved")
    problem(made.post(program, f"/facilitators/{facilitator_id}/accept"), 403)


def test_the_notebook_is_the_facilitators_own_and_nobody_can_tell_that_there_is_one(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    helper, other = made.facilitated(), made.facilitated("Another helper")
    before = made.get(made.lead.boss, "").headers["ETag"]
    entry = ok(made.post(helper.boss, "/notebook", {"text_markdown": "The lead is tired."}), 201)
    for partner in made.partners:
        problem(made.get(partner.boss, "/notebook"), 404)
        problem(partner.boss.get(entry.headers["Location"]), 404)
        problem(made.post(partner.boss, "/notebook", {"text_markdown": "x"}), 404)
    changed = helper.boss.patch(entry.headers["Location"], {"text_markdown": "Rested."}, if_match=1)
    assert ok(changed).json()["text_markdown"] == "Rested."
    assert ok(made.get(other.boss, "/notebook")).json()["items"] == []
    problem(other.boss.get(entry.headers["Location"]), 404)
    assert made.get(made.lead.boss, "").headers["ETag"] == before
    assert helper.boss.delete(entry.headers["Location"], if_match=2).status_code == 204


def test_a_facilitator_calls_meetings_and_proposes_wordings_for_all_to_read(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    helper = made.facilitated()
    problem(made.post(helper.boss, "/facilitation-notes", {"kind": "meeting", "title": "Exit"}), 422)
    meeting = {"kind": "meeting", "title": "Exit", "starts_at": soon(), "place": "By video"}
    note = ok(made.post(helper.boss, "/facilitation-notes", meeting), 201)
    wording = {"kind": "wording", "title": "Exit terms", "body_markdown": "Three months.", "about": "structure"}
    ok(made.post(helper.boss, "/facilitation-notes", wording), 201)
    problem(made.post(made.lead.boss, "/facilitation-notes", wording), 403)
    assert ok(made.partners[1].boss.get(note.headers["Location"])).json()["title"] == "Exit"
    assert len(ok(made.get(made.lead.boss, "/facilitation-notes")).json()["items"]) == 2


def test_the_caseload_shows_where_its_own_proposals_are_stuck(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    helper = made.facilitated()
    bid(world)
    (case,) = ok(helper.boss.get("/facilitation/caseload")).json()["items"]
    assert (case["proposal_id"], case["partners"], case["needs_attention"]) == (made.id, 2, False)
    world.sql.execute("UPDATE partners SET accepted_at = now() - interval '15 days' WHERE id = %s", [made.lead.id])
    world.sql.execute("UPDATE events SET at = at - interval '15 days' WHERE stream_id = %s", [made.id])
    ok(made.post(made.partners[1].boss, "/difficulties", {"title": "We wait for the budget"}), 201)
    (case,) = ok(helper.boss.get("/facilitation/caseload")).json()["items"]
    assert case["silent_partner_ids"] == [made.lead.id]
    assert case["silent_partners"] == [{"partner_id": made.lead.id, "name": made.lead.name}]
    assert (case["difficulties_open"], case["difficulties_without_step"]) == (1, 1)
    assert case["needs_attention"]
    assert ok(made.lead.boss.get("/facilitation/caseload")).json()["items"] == []


def test_a_page_of_a_caseload_of_five_hundred_comes_as_quickly_as_one_of_a_hundred(world: World) -> None:
    made = bid(world)
    helper = made.facilitated()
    _add_cases(made, helper, 100)
    few = _fastest_page(helper)
    _add_cases(made, helper, 400)
    assert _fastest_page(helper) < 3 * few
    seen, cursor = set(), ""
    while True:
        page = ok(helper.boss.get(f"/facilitation/caseload?limit=100{cursor}")).json()
        seen |= {case["proposal_id"] for case in page["items"]}
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == 501


def _fastest_page(helper: Partner) -> float:
    def seconds() -> float:
        began = time.perf_counter()
        ok(helper.boss.get("/facilitation/caseload?limit=100"))
        return time.perf_counter() - began

    return min(seconds() for _ in range(8))


def _add_cases(made: Bid, helper: Partner, many: int) -> None:
    made.world.sql.execute(
        """WITH p AS (INSERT INTO proposals (id, opportunity_id, title)
             SELECT gen_random_uuid(), %s, 'Bid ' || n FROM generate_series(1, %s) n RETURNING id),
           s AS (INSERT INTO partners (id, proposal_id, organisation_id, role, status, accepted_at)
             SELECT gen_random_uuid(), id, %s, 'lead', 'accepted', now() FROM p RETURNING id)
           INSERT INTO facilitators (id, proposal_id, organisation_id, status)
             SELECT gen_random_uuid(), id, %s, 'active' FROM p""",
        [made.opportunity_id, many, made.lead.organisation.id, helper.organisation.id],
    )
