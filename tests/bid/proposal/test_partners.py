"""Starting a bid, inviting, answering, leaving."""

import re
import uuid

from app.bid.proposal import inviting
from tests.factories import Organisation, Person, World, ok, problem, soon
from tests.mails import token_to
from tests.stages import ready_bid


def test_a_bid_starts_with_its_lead_and_its_sections(world: World) -> None:
    bid = world.bid()
    whole = bid.read()
    assert whole["status"] == "draft" and whole["viewer"]["partner_id"] == bid.seat(bid.lead.organisation)
    assert [partner["role"] for partner in whole["partners"]] == ["lead"]
    keys = [section["key"] for section in whole["sections"]] if "sections" in whole else []
    assert not keys or keys[:2] == ["q1", "q2"]
    assert "invite_partner" in whole["viewer"]["can"] and "sign_edition" not in whole["viewer"]["can"]


def test_the_invited_see_the_lead_and_the_structure_and_nothing_else(world: World) -> None:
    bid = world.bid(world.organisation("Member One"))
    asked = world.organisation("Asked")
    partner_id = bid.invite(asked)
    shown = bid.read(asked.boss)
    assert {p["name"] for p in shown["partners"]} == {"Larger Lead", "Asked"}
    assert "contributions" not in shown and "revision" not in shown
    problem(asked.boss.get(f"{bid.path}/partners"), 404, "not-found")
    problem(asked.boss.get(f"{bid.path}/events"), 404, "not-found")
    waiting = ok(asked.boss.get("/me/tasks")).json()["items"]
    assert [(task["code"], task["proposal_id"]) for task in waiting] == [("invitation-to-answer", bid.id)]
    listed = ok(asked.boss.get("/me/invitations")).json()["items"]
    assert listed[0]["partner_id"] == partner_id and "keep what you read confidential" in listed[0]["undertaking"]


def test_the_invited_are_told_that_the_bid_goes_in_on_another_website(world: World) -> None:
    council = world.organisation("Borough Council", kinds=("commissioner",))
    route = {"kind": "elsewhere", "url": "https://portal.example/1"}
    asked = [world.organisation(), world.organisation()]
    world.bid(opportunity=world.opportunity(council, submission_route=route)).invite(asked[0])
    world.bid().invite(asked[1])
    shown = [ok(one.boss.get("/me/invitations")).json()["items"][0]["submission_route"] for one in asked]
    assert shown == ["elsewhere", "here"]


def test_an_invitation_is_answered_once(world: World) -> None:
    bid = world.bid()
    asked = world.organisation()
    partner_id = bid.invite(asked)
    path = f"{bid.path}/partners/{partner_id}"
    problem(world.stranger().post(f"{path}/accept"), 404, "not-found")
    problem(world.colleague(asked, "editor").post(f"{path}/accept"), 403, "not-allowed")
    accepted = ok(asked.boss.post(f"{path}/accept")).json()
    assert accepted["status"] == "accepted"
    problem(asked.boss.post(f"{path}/accept"), 409, "invitation-answered")
    problem(asked.boss.post(f"{path}/decline"), 409, "invitation-answered")


def test_what_is_accepted_is_the_structure_that_was_shown(world: World) -> None:
    bid, asked = world.bid(), world.organisation()
    path = f"{bid.path}/partners/{bid.invite(asked)}/accept"
    (shown,) = ok(asked.boss.get("/me/invitations")).json()["items"]
    structure = f"{bid.path}/structure"
    ok(bid.lead.boss.put(structure, {"template": "lead_provider"}, if_match=bid.lead.boss.etag(structure)))
    for stale in ({}, {"structure_version": shown["structure_version"]}, {"structure_version": 0}):
        problem(asked.boss.post(path, stale), 409, "structure-changed")
    (shown,) = ok(asked.boss.get("/me/invitations")).json()["items"]
    assert shown["structure"]["template"] == "lead_provider"
    assert ok(asked.boss.post(path, {"structure_version": shown["structure_version"]})).json()["status"] == "accepted"


def _token(world: World, address: str) -> str:
    return token_to(world.sql, address)


def test_an_invitation_by_mail_can_be_read_and_declined_without_an_account(world: World) -> None:
    bid = world.bid()
    address = f"{uuid.uuid4().hex}@small.example"
    made = ok(bid.lead.boss.post(f"{bid.path}/partners", {"email": address, "role": "member"}), 201).json()
    token = _token(world, address)
    assert re.fullmatch(r"[\w-]{43}", token)
    shown = ok(world.http.get(f"/v1/invitations/{token}")).json()
    assert shown["lead"] == "Larger Lead" and shown["partner_id"] == made["id"]
    path = f"/v1/proposals/{bid.id}/partners/{made['id']}/decline"
    assert world.http.post(path, json={}).status_code == 401
    declined = world.http.post(path, json={"token": token, "reason": "No time this year."})
    assert ok(declined).json()["status"] == "declined"
    problem(world.http.get(f"/v1/invitations/{token}"), 404)
    problem(world.http.post(path, json={"token": token}), 404)


def test_an_invitation_by_mail_is_accepted_for_an_organisation_of_ones_own(world: World) -> None:
    bid = world.bid()
    address = f"{uuid.uuid4().hex}@small.example"
    made = ok(bid.lead.boss.post(f"{bid.path}/partners", {"email": address, "role": "member"}), 201).json()
    path = f"{bid.path}/partners/{made['id']}/accept"
    token = _token(world, address)
    homeless = world.person()
    problem(homeless.post(path, {"token": token}), 403)
    assert world.http.post(path, json={"token": token}).status_code == 401
    small = world.organisation("Small Group")
    problem(small.boss.post(path, {}), 404, "not-found")
    accepted = ok(small.boss.post(path, {"token": token})).json()
    assert accepted["organisation_id"] == small.id and accepted["name"] == "Small Group"
    problem(world.stranger().post(path, {"token": token}), 404, "not-found")


def test_an_invitation_to_an_organisation_is_accepted_by_that_one_alone_however_far_its_mail_went(world: World) -> None:
    bid, asked, rival = world.bid(), world.organisation("Asked"), world.organisation("Rival")
    path = f"{bid.path}/partners/{bid.invite(asked)}"
    token = _token(world, asked.boss.email)
    assert ok(rival.boss.get(f"/invitations/{token}")).json()["proposal_id"] == bid.id
    for body in ({"token": token}, {"token": token, "organisation_id": rival.id}):
        problem(rival.boss.post(f"{path}/accept", body), 403, "not-allowed")
    problem(rival.boss.post(f"{path}/accept", {"token": token, "organisation_id": asked.id}), 403, "not-allowed")
    problem(rival.boss.get(bid.path), 404, "not-found")
    problem(world.colleague(asked, "viewer").post(f"{path}/accept", {"token": token}), 403, "not-allowed")
    assert ok(asked.boss.post(f"{path}/accept", {"token": token})).json()["name"] == "Asked"


def test_an_invitation_that_lapsed_does_not_keep_its_organisation_from_accepting_another_by_mail(world: World) -> None:
    bid, asked = world.bid(), world.organisation("Asked")
    lapsed = bid.invite(asked)
    address = f"{uuid.uuid4().hex}@small.example"
    made = ok(bid.lead.boss.post(f"{bid.path}/partners", {"email": address, "role": "member"}), 201).json()
    body, accept = {"token": _token(world, address)}, f"{bid.path}/partners/{made['id']}/accept"
    problem(asked.boss.post(accept, body), 409, "already-partner")
    world.sql.execute("UPDATE partners SET reply_by = now() - interval '1 second' WHERE id = %s", [lapsed])
    assert ok(asked.boss.post(accept, body)).json()["status"] == "to_confirm"
    listed = ok(bid.lead.boss.get(f"{bid.path}/partners")).json()["items"]
    assert [partner["status"] for partner in listed] == ["accepted", "expired", "to_confirm"]


def test_whoever_holds_the_mail_of_an_invitation_can_decline_it(world: World) -> None:
    bid, asked = world.bid(), world.organisation("Asked")
    path = f"{bid.path}/partners/{bid.invite(asked)}/decline"
    told = {"token": _token(world, asked.boss.email), "reason": "Wrong address."}
    assert ok(world.stranger().post(path, told)).json()["status"] == "declined"


def test_whoever_owns_the_call_cannot_take_part(world: World) -> None:
    bid = world.bid()
    owner = bid.opportunity["commissioner"]
    body = {"organisation_id": owner.id, "role": "member"}
    problem(bid.lead.boss.post(f"{bid.path}/partners", body), 409, "commissioner-cannot-bid")
    start = {"opportunity_id": bid.opportunity["id"], "title": "Ours"}
    problem(owner.boss.post("/proposals", start), 409, "commissioner-cannot-bid")


def test_a_second_bid_for_the_lot_is_declared_to_both_first(world: World) -> None:
    torn = world.organisation("Torn")
    first = world.bid(torn)
    second = world.bid(opportunity=first.opportunity)
    partner_id = second.invite(torn)
    accept = f"{second.path}/partners/{partner_id}/accept"
    problem(torn.boss.post(accept), 409, "other-bid-undeclared")
    words = {"statement_markdown": "We are also in another bid for this lot."}
    in_first = ok(torn.boss.post(f"{first.path}/other-bids", words), 201).json()
    problem(torn.boss.post(accept), 409, "other-bid-undeclared")
    in_second = ok(torn.boss.post(f"{second.path}/other-bids", words), 201).json()
    ok(torn.boss.post(accept))
    problem(torn.boss.get(f"{second.path}/partners"), 404)
    ok(first.lead.boss.post(f"{first.path}/other-bids/{in_first['id']}/answers", {"answer_markdown": "Noted."}))
    problem(torn.boss.get(f"{second.path}/partners"), 404)
    ok(second.lead.boss.post(f"{second.path}/other-bids/{in_second['id']}/answers", {"answer_markdown": "Fine."}))
    ok(torn.boss.get(f"{second.path}/partners"))


def test_who_leaves_says_why_and_reads_no_more(world: World) -> None:
    leaver = world.organisation("Leaver")
    bid = world.bid(leaver)
    path = f"{bid.path}/partners/{bid.seat(leaver)}/withdraw"
    problem(bid.lead.boss.post(path, {"reason": "Go"}), 403)
    ok(leaver.boss.post(path, {"reason": "Our trustees decided so."}))
    problem(leaver.boss.get(f"{bid.path}/partners"), 404)
    assert bid.read(leaver.boss)["viewer"]["can"]
    listed = ok(bid.lead.boss.get(f"{bid.path}/partners")).json()["items"]
    assert [p["status"] for p in listed] == ["accepted", "withdrawn"]


def test_an_invitation_can_be_called_back_before_it_is_answered(world: World) -> None:
    bid = world.bid()
    asked = world.organisation()
    partner_id = bid.invite(asked)
    called_back = ok(bid.lead.boss.post(f"{bid.path}/partners/{partner_id}/remove", {"reason": "Wrong one."})).json()
    assert called_back["status"] == "cancelled"
    problem(asked.boss.get(bid.path), 404)


def test_the_whole_proposal_is_304_until_something_changes(world: World) -> None:
    bid = world.bid()
    boss = bid.lead.boss
    tag = boss.etag(bid.path)
    assert boss.get(bid.path, headers={"If-None-Match": tag}).status_code == 304
    ok(boss.patch(bid.path, {"title": "A better title"}, if_match=tag))
    changed = ok(boss.get(bid.path, headers={"If-None-Match": tag}))
    assert changed.json()["title"] == "A better title" and changed.headers["ETag"] != tag
    bid.invite(world.organisation())
    assert boss.get(bid.path, headers={"If-None-Match": changed.headers["ETag"]}).status_code == 200
    problem(boss.patch(bid.path, {"title": "Late"}, if_match=tag), 412, "stale-version")


def test_each_change_is_one_event_with_its_number(world: World) -> None:
    bid = world.bid(world.organisation())
    items = ok(bid.lead.boss.get(f"{bid.path}/events?limit=2")).json()
    more = ok(bid.lead.boss.get(f"{bid.path}/events?limit=2&cursor={items['next_cursor']}")).json()
    types = [event["type"] for event in items["items"] + more["items"]]
    assert types == ["proposal_started", "partner_invited", "invitation_accepted"]
    assert [event["revision"] for event in items["items"] + more["items"]] == [1, 2, 3]
    assert bid.read()["revision"] == 3


def test_what_a_reader_can_do_names_nothing_that_is_behind_it_or_not_for_it(world: World) -> None:
    member, helping, asked = world.organisation(), world.organisation(), world.organisation()
    facilitators = [world.organisation(kinds=("facilitator",)) for _ in range(2)]
    bid = world.bid(member)
    bid.join(helping, "subcontractor")
    bid.invite(asked)
    for one in facilitators:
        made = ok(bid.lead.boss.post(f"{bid.path}/facilitators", {"organisation_id": one.id}), 201).json()
        if one is facilitators[0]:
            ok(one.boss.post(f"{bid.path}/facilitators/{made['id']}/accept"))
    watched = {"accept_invitation", "decline_invitation", "accept_facilitation", "apply_for_opening", "give_authority"}
    expected: list[tuple[Organisation, set[str]]] = [
        (bid.lead.organisation, set()),
        (member, {"give_authority"}),
        (helping, {"give_authority"}),
        (asked, {"accept_invitation", "decline_invitation"}),
        (facilitators[0], set()),
        (facilitators[1], {"accept_facilitation"}),
    ]
    for who, names in expected:
        assert set(bid.read(who.boss)["viewer"]["can"]) & watched == names, who.name


def test_who_left_reads_no_structure_that_the_others_agree_on_afterwards(world: World) -> None:
    leaver, asked = world.organisation(), world.organisation()
    bid = world.bid(leaver)
    bid.invite(asked)
    ok(leaver.boss.get(f"{bid.path}/structure"))
    ok(leaver.boss.post(f"{bid.path}/partners/{bid.seat(leaver)}/withdraw", {"reason": "No time."}))
    problem(leaver.boss.get(f"{bid.path}/structure"), 404, "not-found")
    assert "structure" not in bid.read(leaver.boss)
    assert "get_structure" not in bid.read(leaver.boss)["viewer"]["can"]
    for who in (bid.lead.organisation, asked):
        ok(who.boss.get(f"{bid.path}/structure"))


def test_a_partners_own_figures_move_no_etag_of_the_bid_for_the_others_and_its_name_does(world: World) -> None:
    member = world.organisation("Old Name")
    bid = world.bid(member)
    own, before = f"/organisations/{member.id}", bid.lead.boss.etag(bid.path)
    ok(member.boss.patch(own, {"annual_income": {"amount": "2000.00"}}, if_match=member.boss.etag(own)))
    assert bid.lead.boss.etag(bid.path) == before
    ok(member.boss.patch(own, {"name": "New Name"}, if_match=member.boss.etag(own)))
    assert bid.lead.boss.etag(bid.path) != before
    assert "New Name" in {partner["name"] for partner in bid.read()["partners"]}


def test_the_invited_read_what_they_are_shown_as_it_is_now_and_nothing_else_moves_their_etag(world: World) -> None:
    shown, asked, other = world.organisation("Shown"), world.organisation("Asked"), world.organisation()
    bid = world.bid(shown)
    boss, structure = bid.lead.boss, f"{bid.path}/structure"
    bid.invite(asked)
    before = asked.boss.etag(bid.path)

    def own(who: Organisation, changed: dict[str, object]) -> None:
        path = f"{bid.path}/partners/{bid.seat(who)}"
        ok(who.boss.patch(path, changed, if_match=who.boss.etag(path)))

    def moved() -> bool:
        nonlocal before
        last, before = before, asked.boss.etag(bid.path)
        return before != last

    bid.invite(other)
    own(shown, {"aims_statement_markdown": "It serves young people."})
    name = f"/organisations/{other.id}"
    ok(other.boss.patch(name, {"name": "Hidden"}, if_match=other.boss.etag(name)))
    assert not moved()
    own(shown, {"show_to_invited": True})
    assert moved() and "Shown" in {partner["name"] for partner in bid.read(asked.boss)["partners"]}
    own(bid.lead.organisation, {"aims_statement_markdown": "It serves us."})
    assert moved() and bid.read(asked.boss)["partners"][0]["aims_statement_markdown"] == "It serves us."
    decision = ok(boss.put(structure, {"template": "lead_provider"}, if_match=boss.etag(structure)), 202).json()
    for who in (bid.lead.organisation, shown):
        ok(who.boss.post(f"{bid.path}/decisions/{decision['id']}/votes", {"option": "for"}))
    assert not moved()
    ok(boss.post(f"{bid.path}/decisions/{decision['id']}/close"))
    assert moved() and bid.read(asked.boss)["structure"]["template"] == "lead_provider"


def test_whoever_read_an_older_state_is_asked_to_read_again(world: World) -> None:
    youth = world.organisation("Harbour Youth")
    bid = world.bid(youth)

    def asked() -> int:
        waiting = ok(youth.boss.get("/me/tasks")).json()["items"]
        return len([task for task in waiting if task["code"] == "declarations-to-acknowledge"])

    for partner in (bid.lead.organisation, youth):
        ok(partner.boss.post(f"{bid.path}/honesty-round/file"))
    assert asked() == 1
    ok(youth.boss.post(f"{bid.path}/acknowledgements"))
    assert asked() == 0
    given = {"kind": "bid_writing", "title": "We write it", "certainty": "confirmed", "valuation_basis": "Time sheets"}
    given |= {"value": {"amount": "900.00", "currency": "GBP"}}
    ok(youth.boss.post(f"{bid.path}/contributions", given), 201)
    assert asked() == 0, "one's own changes need no reading"
    ok(bid.lead.boss.post(f"{bid.path}/contributions", given), 201)
    assert asked() == 1
    ok(youth.boss.post(f"{bid.path}/acknowledgements"))
    assert asked() == 0


def test_partners_whose_names_look_alike_are_pointed_out_to_those_who_see_both(world: World) -> None:
    true = world.organisation("Wide River Families")
    false, other = world.organisation("Wіde Rіver Fаmіlіes"), world.organisation("Hill Trust")
    bid = world.bid(true, other, lead=world.organisation("Larger Lead"))
    ours = {item["name"]: item for item in ok(bid.lead.boss.get(f"{bid.path}/partners")).json()["items"]}
    assert all(item["look_alike"] is None for item in ours.values())
    asked = bid.invite(false)
    for items in (ok(other.boss.get(f"{bid.path}/partners")).json()["items"], bid.read()["partners"]):
        alike = {item["id"]: item["look_alike"]["partner_ids"] for item in items if item["look_alike"]}
        assert alike == {bid.seat(true): [asked], asked: [bid.seat(true)]}
    one = ok(bid.lead.boss.get(f"{bid.path}/partners/{asked}")).json()["look_alike"]
    assert one["partner_ids"] == [bid.seat(true)] and "register number" in one["detail"]
    assert all(item["look_alike"] is None for item in bid.read(false.boss)["partners"]), "it does not see the other"
    ok(false.boss.post(f"{bid.path}/partners/{asked}/decline"))
    items = ok(other.boss.get(f"{bid.path}/partners")).json()["items"]
    assert all(item["look_alike"] is None for item in items)


def test_an_invitation_that_ran_out_takes_no_seat(world: World) -> None:
    bid = world.bid()
    count = inviting.MOST_SEATS - 1

    def fill(reply_by: str) -> None:
        world.sql.execute("DELETE FROM partners WHERE proposal_id = %s AND status = 'invited'", [bid.id])
        world.sql.execute(
            "INSERT INTO partners (id, proposal_id, email, role, status, reply_by) SELECT gen_random_uuid(), %s, "
            f"n || '@full.example', 'member', 'invited', now() + interval '{reply_by}' FROM generate_series(1, %s) n",
            [bid.id, count],
        )

    fill("1 hour")
    asked = {"email": "sam@late.example", "role": "member"}
    problem(bid.lead.boss.post(f"{bid.path}/partners", asked), 409, "too-many-partners")
    fill("-1 hour")
    ok(bid.lead.boss.post(f"{bid.path}/partners", asked), 201)


def test_who_works_on_the_bid_are_ones_own_and_those_who_did_something_that_one_reads(world: World) -> None:
    member, other = world.organisation("Member"), world.organisation("Other")
    bid = world.bid(member, other)
    silent, busy = world.colleague(other, "editor"), world.colleague(other, "editor")

    def names(who: Person) -> set[str]:
        items = ok(who.get(f"{bid.path}/people")).json()["items"]
        assert [item["id"] for item in items] == sorted(item["id"] for item in items)
        return {item["name"] for item in items}

    assert bid.lead.boss.name in names(member.boss) and silent.name in names(other.boss)
    assert not {silent.name, busy.name} & names(member.boss)
    gift = {"kind": "cash", "title": "Ours", "certainty": "confirmed", "value": {"amount": "5.00"}}
    ok(busy.post(f"{bid.path}/contributions", gift), 201)
    assert busy.name not in names(member.boss), "what it did is hidden until the reveal"
    ok(busy.post(f"{bid.path}/openings", {"title": "A role", "support_offered": ["mentoring"]}), 201)
    assert busy.name in names(member.boss) and silent.name not in names(member.boss)
    found = next(p for p in ok(member.boss.get(f"{bid.path}/people")).json()["items"] if p["name"] == busy.name)
    assert (found["organisation_id"], found["roles"]) == (other.id, ["editor"])
    invited = world.organisation()
    bid.invite(invited)
    problem(invited.boss.get(f"{bid.path}/people"), 404)
    problem(world.stranger().get(f"{bid.path}/people"), 404)


def test_to_who_is_not_inside_no_version_counts_what_happens_there(world: World) -> None:
    bid, invited = world.bid(world.organisation()), world.organisation()
    bid.invite(invited)
    ok(bid.lead.boss.patch(bid.path, {"timetable": {"text_by": soon(3600)}}, if_match=bid.lead.boss.etag(bid.path)))
    assert bid.read()["version"] > 0
    answer = ok(invited.boss.get(bid.path))
    assert answer.json()["version"] == 0 and answer.headers["ETag"].startswith('"0.')
    (row,) = ok(invited.boss.get("/proposals")).json()["items"]
    assert (row["version"], row["revision"]) == (0, 0)


def test_each_partner_says_itself_what_it_does_and_the_document_prints_it(world: World) -> None:
    lots = [{"key": "1", "title": "North"}, {"key": "2", "title": "South"}]
    youth = world.organisation("Harbour Youth")
    bid = world.bid(youth, lots=lots, questions=[])
    north, south = (lot["id"] for lot in bid.opportunity["lots"])
    path = f"{bid.path}/partners/{bid.seat(youth)}"
    said = {
        "proposed_work_markdown": "Two *youth workers* in Harbour ward.",
        "lot_ids": [south, north],
        "areas": ["E12000009", "Harbour ward"],
        "people_reached": "120 young people a year",
    }
    problem(bid.lead.boss.patch(path, said, if_match=bid.lead.boss.etag(path)), 403, "not-allowed")
    wrong = youth.boss.patch(path, {"lot_ids": [north, str(uuid.uuid4())]}, if_match=youth.boss.etag(path))
    assert problem(wrong, 422, "invalid")["errors"][0]["pointer"] == "/lot_ids/1"
    shown = ok(youth.boss.patch(path, said, if_match=youth.boss.etag(path))).json()
    assert {**said, "lot_ids": [north, south]} == {name: shown[name] for name in said}
    document = ok(bid.get(bid.lead.boss, "/document.json")).json()
    (mine,) = [each for each in document["partners"] if each["name"] == "Harbour Youth"]
    assert (mine["areas"], mine["lot_ids"]) == (["South West", "Harbour ward"], [north, south])
    assert mine["people_reached"] == "120 young people a year" and "youth workers" in mine["proposed_work_markdown"]
    cleared = {"proposed_work_markdown": None, "lot_ids": None, "areas": None, "people_reached": None}
    shown = ok(youth.boss.patch(path, cleared, if_match=youth.boss.etag(path))).json()
    assert [shown[name] for name in said] == ["", [], [], ""]


def test_what_a_partner_does_stands_still_while_a_version_is_signed(world: World) -> None:
    bid = ready_bid(world)
    bid.freeze()
    partner = bid.partners[1]
    path = f"{bid.path}/partners/{partner.id}"
    answer = partner.boss.patch(path, {"people_reached": "Many"}, if_match=partner.boss.etag(path))
    problem(answer, 409, "in-sign-off")
