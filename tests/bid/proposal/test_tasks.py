"""What waits for somebody: everything that they may do something about, and nothing that they may not see."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.bids import Bid
from tests.callers import Person, ok, soon
from tests.factories import World
from tests.stages import bid as made_bid
from tests.stages import ready_bid
from tests.statements import how_many

FROM_READINESS = {"section-to-write", "blocker-to-clear", "bid-to-lock"}


def tasks(person: Person) -> list[dict[str, Any]]:
    return list(ok(person.get("/me/tasks?limit=200")).json()["items"])


def codes(person: Person) -> set[str]:
    return {task["code"] for task in tasks(person)}


def cleared(person: Person) -> set[str | None]:
    """The blockers that the tasks of this person would clear."""
    return {task["blocker"] for task in tasks(person)} - {None}


def started(world: World, **call: Any) -> Bid:
    """A lead and a member, of whom both have filed."""
    asked = world.opportunity(lots=[], submission_deadline=soon(86_400), **call)
    made = Bid.started(world, asked, world.organisation("Acorn"), "Hubs together")
    made.join(world.organisation("Harbour"))
    return made.revealed()


def test_an_empty_section_waits_for_whoever_writes_it_until_it_has_words(world: World) -> None:
    bid = started(world, required_sections=["summary"], questions=[])
    lead, member = bid.lead.boss, bid.partners[1].boss
    section = bid.section("summary")
    (task,) = [each for each in tasks(lead) if each["pointer"] == section]
    assert (task["code"], task["blocker"], task["title"]) == ("section-to-write", "section-empty", "Hubs together")
    assert task["proposal_id"] == bid.id and task["organisation_id"] == bid.lead.organisation.id
    assert "Hubs together" in task["detail"] and task["due"] is task["due_at"] is None
    assert section not in {each["pointer"] for each in tasks(member)}

    body = {"assignee_organisation_id": bid.partners[1].organisation.id}
    ok(lead.patch(section, body, if_match=lead.etag(section)))
    when = soon(3600)
    ok(lead.patch(bid.path, {"timetable": {"text_by": when}}, if_match=lead.etag(bid.path)))
    assert section not in {each["pointer"] for each in tasks(lead)}
    (task,) = [each for each in tasks(member) if each["pointer"] == section]
    assert datetime.fromisoformat(task["due"]) == datetime.fromisoformat(when)
    text = f"{section}/content"
    ok(member.put(text, {"markdown": "We do what we say."}, if_match=member.etag(text)))
    assert section not in {each["pointer"] for each in tasks(member)}


def test_a_section_that_is_not_required_waits_for_whoever_took_it_on(world: World) -> None:
    bid = started(world, required_sections=[], questions=[{"key": "q", "prompt_markdown": "How?", "required": False}])
    section, lead, member = bid.section("q"), bid.lead.boss, bid.partners[1].boss
    assert section not in {each["pointer"] for each in tasks(lead)}, "it need not be written"
    body = {"assignee_organisation_id": bid.partners[1].organisation.id}
    ok(lead.patch(section, body, if_match=lead.etag(section)))
    (task,) = [each for each in tasks(member) if each["pointer"] == section]
    assert (task["code"], task["blocker"]) == ("section-to-write", None)


def test_a_partner_is_told_of_the_blockers_that_it_may_clear_and_of_no_others(world: World) -> None:
    bid = started(world, required_statements=["insurance"], questions=[])
    lead, member = bid.lead.boss, bid.partners[1].boss
    of_member = [task for task in tasks(member) if task["blocker"] == "statement-missing"]
    assert [task["pointer"] for task in of_member] == [f"{bid.path}/partners/{bid.partners[1].id}/statements/insurance"]
    for boss, seat in ((lead, bid.lead.id), (member, bid.partners[1].id)):
        mine = {b["pointer"] for b in ok(bid.get(boss, "/readiness")).json()["blockers"] if seat in b["may"]}
        told = {task["pointer"].removeprefix(bid.path) for task in tasks(boss) if task["blocker"]}
        assert told and told <= mine
    bid.state()
    assert "statement-missing" not in cleared(member)


def test_who_may_only_read_has_nothing_to_clear(world: World) -> None:
    bid = started(world, questions=[])
    reader, signatory = (world.colleague(bid.partners[1].organisation, role) for role in ("viewer", "signatory"))
    assert not FROM_READINESS & codes(reader)
    assert not cleared(signatory) - {"acknowledgement-missing", "authority-missing", "prices-not-final", "must-unmet"}
    assert "prices-not-final" in cleared(signatory)
    outsider = world.organisation().boss
    assert tasks(outsider) == []


def test_authority_for_an_earlier_lead_is_asked_for_again_and_once(world: World) -> None:
    bid = started(world, questions=[])
    bid.join(world.organisation("Third"))
    bid.revealed()
    member = bid.partners[2]
    ok(bid.post(member.boss, f"/partners/{member.id}/authority", {"full_name": "Ann", "role_title": "Chair"}))
    pointer = f"{bid.path}/partners/{member.id}/authority"
    assert pointer not in {each["pointer"] for each in tasks(member.boss)}
    bid.decide("POST", "/lead", {"partner_id": bid.partners[1].id})
    assert [each["pointer"] for each in tasks(member.boss)].count(pointer) == 1


def test_a_bid_that_is_ready_is_to_be_locked_by_an_editor_of_lead_or_member(world: World) -> None:
    bid = ready_bid(world)
    for partner in bid.partners:
        (task,) = [each for each in tasks(partner.boss) if each["code"] == "bid-to-lock"]
        assert task["pointer"] == f"{bid.path}/editions" and task["blocker"] is None
    assert "bid-to-lock" not in codes(world.colleague(bid.lead.organisation, "signatory"))
    bid.freeze()
    assert not FROM_READINESS & codes(bid.lead.boss)


def test_a_bid_with_a_file_that_may_identify_people_is_not_ready(world: World) -> None:
    bid = ready_bid(world)
    sent = {
        "files": {"file": ("case.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF", "application/pdf")},
        "data": {"in_bid": "true", "personal_data": "service_users", "visible_to": bid.lead.id},
    }
    made = bid.lead.boss.request("POST", f"{bid.path}/documents", **sent)
    ok(made, 201)
    assert "bid-to-lock" not in codes(bid.partners[1].boss) | codes(bid.lead.boss)


def test_what_is_confided_is_nobodys_task(world: World) -> None:
    bid = made_bid(world, "Acorn", "Harbour", "Third")
    bid.facilitated()
    raiser = bid.partners[1]
    before = [tasks(partner.boss) for partner in bid.partners]
    body = {"title": "Trust", "detail_markdown": "Not said.", "addressed_to": "facilitator", "blocking": True}
    ok(bid.post(raiser.boss, "/difficulties", body), 201)
    assert [tasks(partner.boss) for partner in bid.partners] == before
    for partner in bid.partners:
        (blocker,) = [
            each
            for each in ok(bid.get(partner.boss, "/readiness")).json()["blockers"]
            if each["code"] == "difficulty-open"
        ]
        assert blocker["may"] == [] and blocker["pointer"] is blocker["organisation_id"] is None
    ok(bid.post(raiser.boss, "/difficulties", {**body, "addressed_to": "all"}), 201)
    assert all("difficulty-open" in cleared(partner.boss) for partner in bid.partners)


def test_before_the_reveal_nothing_waits_that_rests_on_declarations_or_money(world: World) -> None:
    bid = Bid.started(world, world.opportunity(lots=[]), world.organisation("Acorn"), "Hubs together")
    bid.join(world.organisation("Harbour"))
    lead, member = bid.lead.boss, bid.partners[1].boss
    before = tasks(member)
    must = {"kind": "payment_terms", "title": "Paid in 30 days", "strength": "must"}
    ok(bid.post(lead, "/expectations", {"partner_id": bid.lead.id, **must}), 201)
    bid.file(bid.lead)
    assert tasks(member) == before
    assert not {"must-unmet", "prices-not-final", "acknowledgement-missing"} & cleared(member)


def test_a_suggestion_waits_for_whoever_writes_the_section(world: World) -> None:
    bid = started(world, required_sections=["summary"], questions=[])
    bid.write()
    section, lead, member = bid.section("summary"), bid.lead.boss, bid.partners[1].boss
    for words in ("promise", "mean"):
        made = {"quote": "say", "replacement": words}
        suggestion = ok(member.post(f"{section}/comments", made), 201).json()["id"]
    (task,) = [each for each in tasks(lead) if each["code"] == "suggestions-to-answer"]
    assert task["pointer"] == f"{section}/comments"
    assert "suggestions-to-answer" not in codes(member)
    colleague = world.colleague(bid.lead.organisation, "viewer")
    assert "suggestions-to-answer" not in codes(colleague)
    for each in ok(lead.get(f"{section}/comments")).json()["items"]:
        ok(lead.post(f"{section}/comments/{each['id']}/decline"))
    assert suggestion and "suggestions-to-answer" not in codes(lead)


def test_a_draft_call_waits_for_its_editors(world: World) -> None:
    council = world.organisation("Council", ("commissioner",))
    made = ok(council.boss.post("/opportunities", {"title": "Youth work", "submission_deadline": soon()}), 201).json()
    reader = world.colleague(council, "viewer")
    (task,) = tasks(council.boss)
    assert (task["code"], task["title"]) == ("call-to-publish", "Youth work")
    assert (task["opportunity_id"], task["proposal_id"]) == (made["id"], None)
    assert task["pointer"] == f"/v1/opportunities/{made['id']}" and task["organisation_id"] == council.id
    assert tasks(reader) == []
    ok(council.boss.post(f"/opportunities/{made['id']}/publish"))
    assert tasks(council.boss) == []


def test_a_council_is_told_of_a_sealed_bid_once_it_is_open_and_until_it_is_decided(world: World) -> None:
    bid = ready_bid(world)
    council = bid.council.boss
    bid.agree()
    ok(bid.submit(), 201)
    assert tasks(council) == [], "it is sealed"
    bid.pass_deadline()
    (task,) = tasks(council)
    submission = task["pointer"]
    assert task["code"] == "submission-to-acknowledge" and bid.lead.name in task["detail"]
    assert submission.startswith("/v1/submissions/") and task["proposal_id"] is None
    assert tasks(world.colleague(bid.council, "viewer")) == []
    assert "submission-to-acknowledge" not in codes(world.organisation("Other", ("commissioner",)).boss)
    ok(council.post(f"{submission}/acknowledge"))
    (task,) = tasks(council)
    assert (task["code"], task["pointer"]) == ("outcome-to-give", submission)
    ok(council.post(f"{submission}/outcome", {"results": [{"outcome": "not_awarded"}]}))
    assert tasks(council) == []


def test_pages_give_each_task_once(world: World) -> None:
    bid = started(world, required_statements=["insurance", "non_collusion"])
    whole = tasks(bid.lead.boss)
    assert len(whole) > 5 and len({(task["pointer"], task["detail"]) for task in whole}) == len(whole)
    assert len({task["pointer"] for task in whole}) < len(whole), "some share a pointer"
    read: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = ok(bid.lead.boss.get(f"/me/tasks?limit=2{cursor and '&cursor='}{cursor}")).json()
        read, cursor = read + page["items"], page["next_cursor"]
    assert read == whole


def test_many_bids_take_as_many_statements_as_one(world: World) -> None:
    lead = world.organisation("Acorn")
    made_bid(world).join(lead)
    one = how_many(lambda: tasks(lead.boss))
    for _ in range(3):
        made_bid(world).join(lead)
    assert how_many(lambda: tasks(lead.boss)) == one


def test_a_bid_that_cannot_go_in_any_more_waits_for_nobody(world: World) -> None:
    bid = started(world, questions=[])
    assert cleared(bid.lead.boss)
    bid.set_deadline(datetime.now(UTC) - timedelta(seconds=1))
    assert not FROM_READINESS & codes(bid.lead.boss)
    other = started(world, questions=[])
    ok(other.council.boss.post(f"/opportunities/{other.opportunity_id}/cancel"))
    assert not FROM_READINESS & codes(other.lead.boss)
