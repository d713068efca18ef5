"""A lead falls out and is replaced by a decision: authorities are asked for again, and not a word is lost."""

from tests.factories import World, ok


def test_a_lead_that_falls_out_is_replaced_without_losing_a_word(world: World) -> None:
    youth, family = world.organisation("Youth Charity"), world.organisation("Family Support")
    bid = world.bid(youth, family)
    lead, path = bid.lead.organisation, bid.path
    for who in (lead, youth, family):
        given = {"kind": "cash", "title": f"From {who.name}", "value": {"amount": "100.00"}, "certainty": "confirmed"}
        ok(who.boss.post(f"{path}/contributions", given), 201)
        ok(who.boss.post(f"{path}/honesty-round/file"))
    sections = ok(lead.boss.get(f"{path}/sections")).json()["items"]
    at = f"{path}/sections/{sections[0]['id']}/content"
    ok(lead.boss.put(at, {"markdown": "What the old lead wrote."}, if_match=lead.boss.etag(at)))
    for who in (youth, family):
        authority = {"full_name": "Priya Nair", "role_title": "Chair of trustees"}
        ok(who.boss.post(f"{path}/partners/{bid.seat(who)}/authority", authority))

    motion = ok(youth.boss.post(f"{path}/lead", {"partner_id": bid.seat(youth)}), 202).json()
    ok(lead.boss.post(f"{path}/decisions/{motion['id']}/votes", {"option": "against", "reason": "We can still do it."}))
    for who in (youth, family):
        ok(who.boss.post(f"{path}/decisions/{motion['id']}/votes", {"option": "for"}))
    closed = ok(youth.boss.post(f"{path}/decisions/{motion['id']}/close")).json()
    assert closed["status"] == "passed", closed

    roles = {p["organisation_id"]: p["role"] for p in bid.read(youth.boss)["partners"]}
    assert (roles[youth.id], roles[lead.id]) == ("lead", "member")
    assert all(p["authority"] is None for p in bid.read(youth.boss)["partners"])
    blockers = {b["code"] for b in ok(youth.boss.get(f"{path}/readiness")).json()["blockers"]}
    assert "authority-missing" in blockers and "no-lead" not in blockers

    ok(lead.boss.post(f"{path}/partners/{bid.seat(lead)}/withdraw", {"reason": "Our funding ended."}))
    assert "What the old lead wrote." in ok(youth.boss.get(at)).json()["markdown"]
    kept = [c["title"] for c in ok(youth.boss.get(f"{path}/contributions")).json()["items"]]
    assert kept == ["From Youth Charity", "From Family Support"], "what the one who left gave is counted no longer"
    assert ok(youth.boss.get(f"{path}/structure")).json()["derived"]["may_submit"], "never nobody"
