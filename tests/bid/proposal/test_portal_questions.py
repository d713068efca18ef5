"""What a council's portal asks, typed into a bid by its partners, answered box by box."""

from typing import Any

import httpx
import pytest

from app.settings import Settings
from tests.bid.proposal.test_following import started
from tests.bids import Bid
from tests.calls.notices.bringing import anew, by_operator, fresh, read
from tests.factories import Person, World, ok, problem

REACH = {"number": "1.1", "prompt_markdown": "How will you reach them?", "limit": {"unit": "words", "value": 5}}
COST = {"number": "1.2", "prompt_markdown": "What does it cost?", "weight": "40", "lot_key": "1"}
EACH = {"number": "2", "prompt_markdown": "Your policies", "per_member": True}


def put(bid: Bid, items: list[dict[str, Any]], who: Person | None = None) -> httpx.Response:
    path = f"{bid.path}/portal-questions"
    boss = who or bid.lead.boss
    return boss.put(path, {"items": items}, if_match=boss.etag(path))


def asked(bid: Bid) -> list[tuple[str, bool]]:
    items = ok(bid.get(bid.lead.boss, "/sections")).json()["items"]
    return [(item["title"], item["required"]) for item in items if item["question_id"]]


def write(bid: Bid, title: str, words: str) -> None:
    items = ok(bid.get(bid.lead.boss, "/sections")).json()["items"]
    path = f"{bid.path}/sections/{next(item['id'] for item in items if item['title'] == title)}/content"
    ok(bid.lead.boss.put(path, {"markdown": words}, if_match=bid.lead.boss.etag(path)))


def test_the_questions_become_parts_and_their_answers_come_out_box_by_box(world: World) -> None:
    bid = started(world, fresh())
    assert ok(bid.get(bid.lead.boss, "/portal-questions")).json() == {
        "version": 0,
        "typed_by": None,
        "typed_at": None,
        "items": [],
        "offered": [],
    }
    made = ok(put(bid, [REACH, COST, EACH])).json()
    assert (made["version"], made["typed_by"]["name"]) == (1, bid.lead.organisation.name)
    assert [item["number"] for item in made["items"]] == ["1.1", "1.2", "2"]
    assert made["items"][1] == {**COST, "limit": None, "per_member": False}
    assert asked(bid) == [
        ("1.1 How will you reach them?", True),
        ("1.2 What does it cost?", True),
        ("2 Your policies", True),
    ]
    write(bid, "1.1 How will you reach them?", "By one two three four five")
    boxes = ok(bid.get(bid.lead.boss, "/answers.json")).json()["answers"]
    box = next(box for box in boxes if box["key"] == "portal-1.1")
    assert (box["text"].strip(), box["over_limit"]) == ("By one two three four five", True)
    # The same again changes nothing; another order and wording does, and keeps the text of a number that comes back.
    assert ok(put(bid, [REACH, COST, EACH])).json()["version"] == 1
    ok(put(bid, [COST]))
    assert dict(asked(bid))["1.1 How will you reach them?"] is False
    ok(
        put(
            bid, [COST, {**REACH, "prompt_markdown": "How do you reach them?", "limit": {"unit": "words", "value": 50}}]
        )
    )
    assert asked(bid)[1][0] == "1.1 How do you reach them?"
    boxes = ok(bid.get(bid.lead.boss, "/answers.json")).json()["answers"]
    assert next(box for box in boxes if box["key"] == "portal-1.1")["text"].strip() == "By one two three four five"


def test_a_table_is_pasted_or_sent_as_csv_and_refused_by_row(world: World) -> None:
    bid = started(world, fresh())
    path, boss = f"{bid.path}/portal-questions", bid.lead.boss

    def send(content: str, media: str = "text/csv") -> httpx.Response:
        headers = {"Content-Type": media, "If-Match": boss.etag(path)}
        return boss.request("PUT", path, content=content.encode(), headers=headers)

    made = ok(
        send("number,question,limit,unit,weight,lot,per_member\nA1,Who are you?,300,words,,,yes\n,And why?,,,60,1,\n")
    )
    assert [
        (item["number"], item["limit"], item["weight"], item["lot_key"], item["per_member"])
        for item in made.json()["items"]
    ] == [
        ("A1", {"unit": "words", "value": 300}, None, None, True),
        ("2", None, "60", "1", False),
    ]
    pasted = ok(send("question\tlimit\tunit\nWho are you?\t2000\tcharacters\n", "text/tab-separated-values")).json()
    assert pasted["items"][0]["limit"] == {"unit": "characters", "value": 2000}
    for content, pointer in (
        ("question,limit\nWho?,many\n", "/rows/2/limit"),
        ("question,per_member\nWho?,perhaps\n", "/rows/2/per_member"),
        ("prompt\nWho?\n", "/rows/1"),
        ('question\n"Who?\n', "/rows/2"),
        ("question,limit,unit\nWho?,5,lines\n", "/items/0/limit/unit"),
        ("question,lot\nWho?,99\n", "/items/0/lot_key"),
        ("number,question\n1,Who?\n1,Why?\n", "/items/1/number"),
        ("question\n" + "Who?\n" * 201, "/items"),
    ):
        found = problem(send(content), 422)
        assert found["errors"][0]["pointer"] == pointer, content
    problem(send("question\nWho?\n", "application/xml"), 415)
    assert ok(boss.get(path)).json()["items"] == pasted["items"]


def test_once_others_joined_the_partners_decide_and_never_the_lead_alone(world: World) -> None:
    member = world.organisation("Youth Charity")
    bid = started(world, fresh(), None, member)
    bid.structure(decision_rule="lead_decides")
    decision = ok(put(bid, [REACH], member.boss), 202).json()
    ok(bid.post(bid.lead.boss, f"/decisions/{decision['id']}/votes", {"option": "for"}), 201)
    problem(bid.post(bid.lead.boss, f"/decisions/{decision['id']}/close"), 403, "not-yours-to-close")
    assert asked(bid) == []
    ok(bid.post(member.boss, f"/decisions/{decision['id']}/votes", {"option": "for"}), 201)
    done = ok(bid.post(member.boss, f"/decisions/{decision['id']}/close")).json()
    assert done["carried"] == {"status": "done", "problem": None}
    assert asked(bid) == [("1.1 How will you reach them?", True)]
    typed = ok(bid.get(bid.lead.boss, "/portal-questions")).json()["typed_by"]
    assert typed == {"organisation_id": member.id, "name": "Youth Charity"}
    assert bid.events("portal_questions_typed") == 1


def test_the_leads_own_word_types_no_questions_against_the_others(world: World) -> None:
    bid = started(world, fresh(), None, world.organisation(), world.organisation())
    bid.structure(decision_rule="lead_decides")
    opened = ok(put(bid, [REACH], bid.lead.boss), 202).json()
    for partner, option in zip(bid.partners, ("for", "against", "against"), strict=True):
        ok(bid.post(partner.boss, f"/decisions/{opened['id']}/votes", {"option": option}), 201)
    assert ok(bid.post(bid.lead.boss, f"/decisions/{opened['id']}/close")).json()["status"] == "failed"
    assert asked(bid) == []


def test_it_is_for_bids_made_elsewhere_and_for_those_inside(world: World) -> None:
    here = world.bid(world.organisation())
    problem(put(here, [REACH]), 409, "asked-here")
    bid = started(world, fresh())
    path = f"{bid.path}/portal-questions"
    problem(world.stranger().get(path), 404)
    problem(world.stranger().put(path, {"items": []}, if_match=1), 404)
    problem(bid.lead.boss.put(path, {"items": []}), 428)
    problem(bid.lead.boss.put(path, {"items": [REACH]}, if_match='"7"'), 412)
    invited = world.organisation()
    bid.invite(invited)
    problem(invited.boss.get(path), 404)
    for bad in (
        {"items": [{**REACH, "number": ""}]},
        {"items": [{**REACH, "prompt_markdown": ""}]},
        {"items": [{**REACH, "x": 1}]},
    ):
        problem(bid.lead.boss.put(path, bad, if_match=bid.lead.boss.etag(path)), 422)


def test_they_are_offered_to_the_next_bid_of_ones_own_and_to_nobody_else(world: World) -> None:
    typist, partner, rival = (world.organisation(name) for name in ("Typist", "Partner", "Rival"))
    notice = fresh()
    first = started(world, notice, typist, partner)
    decision = ok(put(first, [REACH, EACH]), 202).json()
    first.all_vote_for(decision["id"])
    call = read(rival.boss, notice["ocid"], world)
    theirs = Bid.started(world, call, rival, "The rival's")
    assert ok(theirs.get(rival.boss, "/portal-questions")).json()["offered"] == []
    said = ok(
        partner.boss.post(f"{first.path}/other-bids", {"statement_markdown": "We talk to others too."}), 201
    ).json()
    ok(typist.boss.post(f"{first.path}/other-bids/{said['id']}/answers", {"answer_markdown": "Noted."}))
    next_one = Bid.started(world, call, partner, "Our own")
    (offered,) = ok(next_one.get(partner.boss, "/portal-questions")).json()["offered"]
    assert (offered["proposal_id"], offered["typed_by"]["name"]) == (first.id, "Typist")
    assert offered["items"] == [
        {**REACH, "weight": None, "lot_key": None, "per_member": False},
        {**EACH, "limit": None, "weight": None, "lot_key": None},
    ]
    ok(next_one.lead.boss.put(f"{next_one.path}/portal-questions", {"items": offered["items"]}, if_match='"0"'))
    newcomer = world.organisation("Newcomer")
    next_one.join(newcomer)
    assert ok(next_one.get(newcomer.boss, "/portal-questions")).json()["offered"] == []


def test_when_the_buyer_takes_bids_here_only_its_own_questions_count(
    world: World, database: str, settings: Settings
) -> None:
    notice = fresh()
    by_operator(database, settings, notice)
    lead = world.organisation("Larger Lead")
    bid = Bid.started(world, read(lead.boss, notice["ocid"], world), lead, "Together")
    ok(put(bid, [REACH]))
    by_operator(database, settings, anew(notice, title="And amended"))
    assert dict(asked(bid))["1.1 How will you reach them?"] is True
    world.sql.execute(
        'UPDATE opportunities SET submission_route = \'{"kind": "here"}\' WHERE id = %s', [bid.opportunity_id]
    )
    assert bid.read()["opportunity"]["submission_route"] == "here"
    boxes = ok(bid.get(bid.lead.boss, "/answers.json")).json()["answers"]
    assert not any(box["prompt"] for box in boxes)


@pytest.mark.parametrize("late", [False, True])
def test_a_member_who_joins_gets_its_own_part_of_what_each_answers(world: World, late: bool) -> None:
    bid, member = started(world, fresh()), world.organisation("Youth Charity")
    if late:
        ok(put(bid, [REACH, EACH]))
        bid.join(member)
    else:
        bid.join(member)
        bid.all_vote_for(ok(put(bid, [REACH, EACH]), 202).json()["id"])
    assert [title for title, _ in asked(bid)].count("2 Your policies") == 2
