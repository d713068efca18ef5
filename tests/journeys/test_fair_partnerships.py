"""Six stories: the known harms of working together, found, named, and mended or visibly overruled.

A small youth club, a family charity and a large lead write one bid. In each story a harm is on its way; the
check names it, somebody acts, and the end is on the record.
"""

from typing import Any

from tests.factories import Bid, Partner, Person, World, ok, problem
from tests.stages import bid


def pounds(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "GBP"}


def three(world: World, rule: str = "majority") -> tuple[Bid, Partner, Partner, Partner]:
    made = bid(world, "Great North Trust", rule=rule)
    aims = "To help young people of the harbour to find work."
    youth = made.add(
        "Harbour Youth", size_band="small", annual_income=pounds(80_000), founding_aims=aims, legal_form="cio"
    )
    family = made.add("Family Matters", size_band="medium", annual_income=pounds(400_000))
    return made, made.lead, youth, family


def states(made: Bid, who: Person, code: str) -> list[str]:
    items = ok(made.get(who, "/fairness-checks")).json()["items"]
    return sorted({item["state"] for item in items if item["code"] == code} - {"ok"})


def named(made: Bid, who: Person, code: str) -> str:
    items = ok(made.get(who, "/fairness-checks")).json()["items"]
    return " ".join(item["detail"] for item in items if item["code"] == code and item["state"] != "ok")


def line(made: Bid, partner: Partner, amount: int) -> str:
    body = {"category": "staff", "year": 1, "source": "requested", "amount": pounds(amount)}
    made_line: str = ok(made.post(partner.boss, "/budget-lines", body), 201).json()["id"]
    made.show(partner)
    return made_line


def decide(made: Bid, decision: dict[str, Any], *votes: tuple[Partner, str, str]) -> dict[str, Any]:
    for partner, option, reason in votes:
        body = {"option": option, "reason": reason}
        ok(made.post(partner.boss, f"/decisions/{decision['id']}/votes", body), 201)
    closed: dict[str, Any] = ok(made.post(made.lead.boss, f"/decisions/{decision['id']}/close")).json()
    return closed


def test_a_youth_club_drifts_from_its_aims_and_takes_another_part(world: World) -> None:
    made, lead, youth, family = three(world)
    # Nobody asked the youth club what the bid is to it.
    assert states(made, lead.boss, "founding_aims") == ["attention"]
    # Asked, it says so: delivering parenting courses is not what it was founded for.
    own = f"{made.path}/partners/{youth.id}"
    words = "This bid does not serve our founding aims: we were founded for young people looking for work."
    ok(youth.boss.patch(own, {"aims_statement_markdown": words}, if_match=youth.boss.etag(own)))
    assert states(made, lead.boss, "founding_aims") == ["serious"]
    assert "Harbour Youth" in named(made, family.boss, "founding_aims")
    # The lead cannot say otherwise for it.
    problem(lead.boss.patch(own, {"aims_statement_markdown": "It does."}, if_match=lead.boss.etag(own)), 403)
    # The partners change its part; it says how the new part serves its aims.
    changed = {"aims_statement_markdown": "We run the job club, as our aims say.", "serves_aims": True}
    ok(youth.boss.patch(own, changed, if_match=youth.boss.etag(own)))
    assert states(made, lead.boss, "founding_aims") == []


def test_a_small_charity_would_depend_on_the_bid_and_its_trustees_answer(world: World) -> None:
    made, lead, youth, _ = three(world)
    own_line = line(made, youth, 60_000)
    line(made, lead, 90_000)
    assert states(made, lead.boss, "dependency") == ["attention", "serious"]
    item = next(
        item
        for item in ok(made.get(youth.boss, "/fairness-checks")).json()["items"]
        if item["code"] == "dependency" and item["partner_id"] == youth.id
    )
    assert item["figures"]["income_share"] == "0.7500"
    # It asks for less, spread over more years; what is left over, its trustees accept in so many words.
    path = f"{made.path}/budget-lines/{own_line}"
    ok(youth.boss.patch(path, {"amount": pounds(30_000)}, if_match=youth.boss.etag(path)))
    made.show(youth)
    answer = f"{made.path}/fairness-checks/dependency/answer"
    words = "Our trustees looked at it on 3 November and accept it, with three months' notice agreed."
    ok(youth.boss.put(answer, {"answer_markdown": words}, if_match=0))
    left = [
        item
        for item in ok(made.get(lead.boss, "/fairness-checks")).json()["items"]
        if item["code"] == "dependency" and item["partner_id"] == youth.id
    ]
    assert (left[0]["state"], left[0]["answers"][0]["answer_markdown"]) == ("attention", words)


def test_a_voice_that_is_lost_among_larger_partners_is_heard_again(world: World) -> None:
    made, lead, youth, family = three(world)
    line(made, lead, 40_000)
    line(made, youth, 40_000)
    line(made, family, 20_000)
    # The lead moves and votes, the family charity votes; nobody hears the youth club.
    for title in ("The name of the service", "The logo", "The launch"):
        opened = ok(made.post(lead.boss, "/decisions", {"title": title, "matter": "publicity"}), 201).json()
        for partner in (lead, family):
            ok(made.post(partner.boss, f"/decisions/{opened['id']}/votes", {"option": "for"}), 201)
        # And the lead cannot close over its head before the time is up.
        problem(made.post(lead.boss, f"/decisions/{opened['id']}/close"), 409, "votes-outstanding")
    assert states(made, youth.boss, "voice") == ["serious"]
    # It moves something itself and says its word on what is open.
    for item in ok(made.get(youth.boss, "/decisions?status=open")).json()["items"]:
        ok(made.post(youth.boss, f"/decisions/{item['id']}/votes", {"option": "against"}), 201)
    ok(made.post(youth.boss, "/decisions", {"title": "Young people choose the name", "matter": "publicity"}), 201)
    assert states(made, youth.boss, "voice") == []


def test_nothing_would_remain_when_the_money_ends_until_the_partners_plan_for_it(world: World) -> None:
    made, lead, youth, _ = three(world)
    assert states(made, lead.boss, "sustainability") == ["serious"]
    plan = {
        "plan_markdown": "Harbour Youth keeps the drop-in; the others hand over within three months.",
        "what_remains_markdown": "Twelve trained volunteers and the referral route.",
        "funding_after_markdown": "A third from room hire, the rest from the town council.",
    }
    ok(youth.boss.put(f"{made.path}/exit-plan", plan, if_match=0))
    assert states(made, lead.boss, "sustainability") == []


def test_a_toolkit_would_pass_to_the_lead_for_nothing_until_something_comes_back(world: World) -> None:
    made, lead, youth, _ = three(world)
    # The lead cannot enter the youth club's toolkit as its own to be.
    toolkit = {"name": "Outreach toolkit", "intellectual_property": True, "owner_now": youth.id}
    problem(made.post(lead.boss, "/assets", {**toolkit, "owner_after": lead.id}), 422)
    # Talked into it, the youth club enters that itself; and the check says what it means.
    entered = ok(made.post(youth.boss, "/assets", {**toolkit, "owner_during": lead.id, "owner_after": lead.id}), 201)
    ok(made.post(youth.boss, "/knowledge-terms",
                 {"from_partner_id": youth.id, "to_partner_id": lead.id, "subject": "Outreach"}), 201)  # fmt: skip
    assert states(made, lead.boss, "knowledge_and_assets") == ["serious"]
    assert "for nothing" in named(made, youth.boss, "knowledge_and_assets")
    # A licence instead of a gift, and learning that goes both ways.
    mended = {"owner_after": youth.id, "owner_during": youth.id, "in_return": "The lead has a free licence."}
    ok(youth.boss.patch(entered.headers["Location"], mended, if_match=1))
    back = {"from_partner_id": lead.id, "to_partner_id": youth.id, "subject": "Safer recruitment", "how": "Two days"}
    ok(made.post(lead.boss, "/knowledge-terms", back), 201)
    assert states(made, lead.boss, "knowledge_and_assets") == []


def test_a_facilitator_helps_when_things_get_tricky(world: World) -> None:
    made, lead, youth, family = three(world)
    helper = world.organisation("Council for Voluntary Service", kinds=("facilitator",))
    # The family charity asks the local council for voluntary service in; all can see it, and nobody objects.
    asked = ok(made.post(family.boss, "/facilitators", {"organisation_id": helper.id}), 201).json()
    ok(made.post(helper.boss, f"/facilitators/{asked['id']}/accept"))
    # The youth club confides that it is about to be pushed out. The others see one fixed sentence, no more.
    confided = ok(
        made.post(
            youth.boss,
            "/difficulties",
            {"title": "We are being pushed out", "addressed_to": "facilitator", "blocking": True},
        ),
        201,
    ).json()
    problem(made.get(lead.boss, f"/difficulties/{confided['id']}"), 404)
    assert ok(made.get(lead.boss, "/difficulties")).json()["items"] == []
    # Nobody can be removed meanwhile, with one answer whoever it is.
    for partner in (youth, family):
        problem(made.post(lead.boss, f"/partners/{partner.id}/remove", {"reason": "x"}), 409, "difficulty-open")
    # The case shows up with the facilitator, who takes a step and proposes a wording.
    (case,) = ok(helper.boss.get("/facilitation/caseload")).json()["items"]
    assert (case["difficulties_without_step"], case["needs_attention"]) == (1, True)
    step = {"note_markdown": "I talk to both on Tuesday.", "owner_organisation_id": helper.id, "due_on": "2026-12-01"}
    ok(made.post(helper.boss, f"/difficulties/{confided['id']}/steps", step), 201)
    wording = {"kind": "wording", "title": "Reserved matters", "body_markdown": "Each partner holds a veto on removal."}
    ok(made.post(helper.boss, "/facilitation-notes", wording), 201)
    # The partners adopt it; the lead votes against and is overruled on the record.
    structure = {"decision_rule": "majority", "reserved_matters": ["partner_removal"]}
    etag = youth.boss.etag(f"{made.path}/structure")
    opened = ok(youth.boss.put(f"{made.path}/structure", structure, if_match=etag), 202).json()
    for partner, option in ((lead, "against"), (youth, "for"), (family, "for")):
        ok(made.post(partner.boss, f"/decisions/{opened['id']}/votes", {"option": option}), 201)
    closed = ok(made.post(helper.boss, f"/decisions/{opened['id']}/close")).json()
    assert (closed["status"], closed["carried"]["status"]) == ("passed", "done")
    assert closed["outcome"]["by_option"]["against"] == [lead.id]
    ok(made.post(youth.boss, f"/difficulties/{confided['id']}/close", {"outcome": "resolved"}))
    # Now a motion to remove the youth club can be opened again, and its own no stops it.
    removal = ok(made.post(lead.boss, f"/partners/{youth.id}/remove", {"reason": "Too small"}), 202).json()
    ended = decide(made, removal, (lead, "for", ""), (family, "for", ""), (youth, "against", "We do the outreach"))
    assert (ended["status"], ended["outcome"]["why"]) == ("failed", "vetoed")
    minutes = ok(made.get(helper.boss, "/minutes.md")).text
    assert "used the veto on a reserved matter" in minutes
