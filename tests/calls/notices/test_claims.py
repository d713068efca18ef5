"""What an import may do: a release is a claim by whoever brings it, and changes nothing that follows somebody else."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.calls.notices.ownership import NotImported
from app.calls.opportunities.rules import CommissionerUnverified, NotACommissioner
from app.calls.opportunities.schemas import OpportunityOut
from app.platform.access.errors import NotFound
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db.base import new_id
from app.settings import Settings
from tests.bids import Bid
from tests.calls.notices.bringing import anew, bring, by_operator, counts, fresh, grant, id_of, later, read
from tests.calls.notices.ocds_samples import package
from tests.factories import Organisation, World, ok, problem, soon


def verified(world: World, organisation: Organisation) -> Organisation:
    world.sql.execute(
        "UPDATE organisations SET verification_level = 'operator', verification_by = 'the operator', "
        "verification_at = now() WHERE id = %s",
        [organisation.id],
    )
    return organisation


def council(world: World, name: str = "Aber Council") -> Organisation:
    return verified(world, world.organisation(name, kinds=("commissioner",)))


def shown(call: dict[str, Any]) -> dict[str, Any]:
    """The call without what claims add to it."""
    return {name: value for name, value in call.items() if name != "claims"}


FORGED: dict[str, dict[str, Any]] = {
    "another address": {"submissionMethodDetails": "https://evil.example/phish"},
    "a deadline in a minute": {"tenderPeriod": {"endDate": soon(60)}},
    "cancelled": {"status": "cancelled"},
    "withdrawn": {"status": "withdrawn"},
    "a full stop in the title": {"title": "Young carers."},
    "no lots": {"lots": []},
    "another ceiling": {"value": {"amount": 1, "currency": "GBP"}},
}


@pytest.mark.parametrize("what", FORGED)
@pytest.mark.parametrize("first", ["organisation", "operator"])
def test_a_notice_that_somebody_else_brings_changes_nothing_and_is_shown_with_its_differences(
    world: World, database: str, settings: Settings, what: str, first: str
) -> None:
    charity, rival, notice = world.organisation(), world.organisation("Wide River Families"), fresh()
    if first == "operator":
        by_operator(database, settings, notice)
    else:
        bring(charity.boss, package(notice))
    before = read(charity.boss, notice["ocid"], world)
    bid = Bid.started(world, before, charity, "Ours")
    seen, tasks = bid.read(), ok(charity.boss.get("/me/tasks")).json()

    answer = bring(rival.boss, package(anew(notice, **FORGED[what])))
    assert (answer["imported"], answer["updated"], answer["unchanged"]) == (0, 0, 1)
    assert answer["claims"] == [{"ocid": notice["ocid"], "opportunity_id": before["id"]}]
    after = read(charity.boss, notice["ocid"], world)
    assert shown(after) == shown(before)
    assert bid.read() == seen and ok(charity.boss.get("/me/tasks")).json() == tasks

    (claim,) = after["claims"]
    assert claim["own"] is False and claim["differences"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", claim["received_at"]), "of another's only the day"
    assert rival.id not in json.dumps(after) and rival.name not in json.dumps(after)
    assert OpportunityOut.model_validate(after)
    (own,) = read(rival.boss, notice["ocid"], world)["claims"]
    assert own["own"] is True and "T" in own["received_at"] and own["differences"] == claim["differences"]
    assert bring(rival.boss, package(anew(notice, **FORGED[what])))["updated"] == 0


def test_the_differences_say_what_the_call_says_and_what_the_claim_says(world: World) -> None:
    charity, notice = world.organisation(), fresh()
    bring(charity.boss, package(notice))
    phish = {
        "submissionMethodDetails": "https://evil.example/phish",
        "tenderPeriod": {"endDate": "2099-01-01T12:00:00Z"},
    }
    bring(world.stranger(), package(anew(notice, **phish)))
    (claim,) = read(charity.boss, notice["ocid"], world)["claims"]
    found = {one["pointer"]: (one["now"], one["theirs"]) for one in claim["differences"]}
    assert found["/submission_route/url"] == ("https://portal.example/advert?id=1", "https://evil.example/phish")
    assert found["/submission_deadline"] == ("2099-09-10T13:00:00Z", "2099-01-01T12:00:00Z")
    assert "/title" not in found


def test_a_release_dated_ahead_of_the_clock_is_skipped_and_outranks_nothing(
    world: World, database: str, settings: Settings
) -> None:
    charity, notice = world.organisation(), fresh()
    forged = {**anew(notice, title="FORGED FOR EVER"), "date": "2999-01-01T00:00:00Z"}
    for ahead in (forged, {**forged, "date": (datetime.now(UTC) + timedelta(seconds=90)).isoformat()}):
        answer = bring(charity.boss, package(ahead))
        assert (answer["imported"], [one["ocid"] for one in answer["skipped"]]) == (0, [notice["ocid"]])
        assert "ahead of this service's clock" in answer["skipped"][0]["reason"]
    assert bring(charity.boss, package(notice, forged)) == counts(imported=1)
    assert bring(charity.boss, package(forged))["updated"] == 0
    assert by_operator(database, settings, forged)["skipped"]
    today = {**anew(notice, title="Genuine and later"), "date": datetime.now(UTC).date().isoformat()}
    assert bring(charity.boss, package(today)) == counts(updated=1)
    assert read(charity.boss, notice["ocid"], world)["title"] == "Genuine and later"


def test_an_importer_corrects_the_call_that_it_alone_stands_for(world: World) -> None:
    charity, notice = world.organisation(), fresh()
    bring(charity.boss, package(notice))
    first = read(charity.boss, notice["ocid"], world)
    assert first["brought_by"]["kind"] == "organisation" and first["brought_by"]["claim_id"] and first["claims"] == []
    assert bring(charity.boss, package(later(notice, title="Corrected"))) == counts(updated=1)
    found = read(charity.boss, notice["ocid"], world)
    assert (found["title"], found["claims"]) == ("Corrected", [])
    assert found["brought_by"]["claim_id"] != first["brought_by"]["claim_id"]


def test_what_the_operator_brings_is_followed_at_once_and_by_itself(
    world: World, database: str, settings: Settings
) -> None:
    """Nothing that an organisation brought before is mixed into it, however late that was dated."""
    rival, notice = world.organisation(), fresh()
    late = {
        **anew(notice, title="Forged", submissionMethodDetails="https://evil.example/"),
        "date": "2026-11-01T00:00:00Z",
    }
    bring(rival.boss, package(late))
    assert by_operator(database, settings, notice) == counts(updated=1)
    found = read(rival.boss, notice["ocid"], world)
    assert (found["title"], found["brought_by"]["kind"]) == ("Young carers", "operator")
    assert found["submission_route"]["url"] == "https://portal.example/advert?id=1"
    assert [one["own"] for one in found["claims"]] == [True]
    assert [release["id"] for release in found["source"]["releases"]] == ["000001-2099"]
    assert bring(rival.boss, package({**late, "id": "again", "date": "2026-11-02T00:00:00Z"}))["updated"] == 0
    assert read(rival.boss, notice["ocid"], world)["title"] == "Young carers"


def test_a_claim_that_only_says_what_changed_is_read_with_what_the_call_follows(world: World) -> None:
    charity, notice = world.organisation(), fresh()
    bring(charity.boss, package(notice))
    bring(world.stranger(), package(later(notice, title="Only the title")))
    (claim,) = read(charity.boss, notice["ocid"], world)["claims"]
    assert [one["pointer"] for one in claim["differences"]] == ["/title"]


def test_the_same_notice_again_is_no_claim_and_the_same_claim_by_others_is_shown_once(world: World) -> None:
    charity, notice = world.organisation(), fresh()
    bring(charity.boss, package(notice))
    assert bring(world.stranger(), package(notice)) == counts(unchanged=1)
    assert read(charity.boss, notice["ocid"], world)["claims"] == []
    for _ in range(3):
        bring(world.stranger(), package(anew(notice, title="Another")))
    assert len(read(charity.boss, notice["ocid"], world)["claims"]) == 1


def test_an_owner_that_may_commission_no_more_brings_a_claim_and_changes_nothing(
    world: World, database: str, settings: Settings
) -> None:
    owner, notice = council(world), fresh()
    by_operator(database, settings, notice)
    path = f"/opportunities/{id_of(notice['ocid'], world)}"
    grant(database, settings, path.split("/")[-1], owner.id)
    world.sql.execute("UPDATE organisations SET kinds = '{provider}' WHERE id = %s", [owner.id])
    before = ok(owner.boss.get(path)).json()
    assert len(bring(owner.boss, package(anew(notice, title="Ours again")))["claims"]) == 1
    after = ok(owner.boss.get(path)).json()
    assert [after[name] for name in ("title", "version", "amendment")] == [
        before[name] for name in ("title", "version", "amendment")
    ]
    world.sql.execute("UPDATE organisations SET kinds = '{commissioner}' WHERE id = %s", [owner.id])
    bring(owner.boss, package(anew(notice, title="Ours again")))
    assert ok(owner.boss.get(path)).json()["title"] == "Ours again"


def test_claims_move_no_version_so_that_nobody_makes_the_owners_change_stale(
    world: World, database: str, settings: Settings
) -> None:
    owner, notice = council(world), fresh()
    by_operator(database, settings, notice)
    path = f"/opportunities/{id_of(notice['ocid'], world)}"
    grant(database, settings, path.split("/")[-1], owner.id)
    before = ok(owner.boss.get(path))
    bring(world.stranger(), package(anew(notice, title="Noise")))
    after = ok(owner.boss.get(path))
    assert after.headers["ETag"] != before.headers["ETag"] and after.json()["version"] == before.json()["version"]
    again = owner.boss.get(path, headers={"If-None-Match": after.headers["ETag"]})
    assert again.status_code == 304
    ok(owner.boss.patch(path, {"title": "Ours"}, if_match=before.headers["ETag"]))


# Owning a call.


def test_whoever_imports_a_notice_with_its_own_name_as_buyer_owns_nothing(world: World) -> None:
    """Also a verified commissioner whose register number the notice gives, and also as the first to bring it."""
    charity, notice = world.organisation(), fresh()
    bring(charity.boss, package(notice))
    rival = council(world, "Wide River Families")
    as_buyer = anew(notice)
    as_buyer["parties"] = [{"id": "x", "name": rival.name, "roles": ["buyer"]}]
    as_buyer["buyer"] = {"id": "x", "name": rival.name}
    for one in (as_buyer, {**as_buyer, "ocid": f"{notice['ocid']}-own"}):
        bring(rival.boss, package(one))
        found = read(rival.boss, one["ocid"], world)
        assert found["organisation_id"] is None
        path = f"/opportunities/{found['id']}"
        here = {"submission_route": {"kind": "here"}}
        problem(rival.boss.patch(path, here, if_match=found["version"]), 403)
        problem(rival.boss.post(f"{path}/cancel"), 403)


def test_a_partner_of_a_bid_becomes_no_owner_either(world: World, database: str, settings: Settings) -> None:
    charity, notice = world.organisation(), fresh()
    bring(charity.boss, package(notice))
    partner = council(world, "Partner and council")
    bid = Bid.started(world, read(charity.boss, notice["ocid"], world), charity, "Ours")
    bid.join(partner)
    own = anew(notice)
    own["buyer"] = {"name": partner.name}
    bring(partner.boss, package(own))
    found = read(partner.boss, notice["ocid"], world)
    assert found["organisation_id"] is None
    problem(partner.boss.post(f"/opportunities/{found['id']}/cancel"), 403)
    with pytest.raises(CommissionerCannotBid):
        grant(database, settings, found["id"], partner.id)


def test_the_operator_grants_a_call_to_its_buyer_and_then_bids_come_here_if_it_says_so(
    world: World, database: str, settings: Settings
) -> None:
    buyer, other, notice = council(world), council(world, "Cwm Council"), fresh()
    by_operator(database, settings, notice)
    id_ = id_of(notice["ocid"], world)
    grant(database, settings, id_, buyer.id)
    owned = read(buyer.boss, notice["ocid"], world)
    assert owned["organisation_id"] == buyer.id
    path = f"/opportunities/{id_}"
    problem(other.boss.patch(path, {"title": "Theirs"}, if_match=owned["version"]), 403)
    taken = ok(buyer.boss.patch(path, {"submission_route": {"kind": "here"}}, if_match=owned["version"])).json()
    assert (taken["submission_route"]["kind"], taken["brought_by"]["kind"]) == ("here", "owner")

    # From then on the call is in its hands: another's file changes nothing, its own cannot make bidders late.
    assert bring(other.boss, package(later(notice, title="Hijacked")))["updated"] == 0
    assert by_operator(database, settings, later(notice, title="From the register"))["updated"] == 0
    sooner = later(notice, title="Ours again", tenderPeriod={"endDate": "2098-01-01T12:00:00Z"})
    assert bring(buyer.boss, package(sooner)) == counts(updated=1)
    found = read(buyer.boss, notice["ocid"], world)
    assert (found["title"], found["submission_route"]["kind"]) == ("Ours again", "here")
    assert found["submission_deadline"] == owned["submission_deadline"]


def test_what_the_new_owner_brought_before_is_followed_from_the_grant_on(
    world: World, database: str, settings: Settings
) -> None:
    buyer, notice = council(world), fresh()
    bring(world.stranger(), package(anew(notice, title="Forged")))
    assert bring(buyer.boss, package(notice))["claims"]
    grant(database, settings, id_of(notice["ocid"], world), buyer.id)
    found = read(buyer.boss, notice["ocid"], world)
    assert (found["title"], found["brought_by"]["kind"]) == ("Young carers", "owner")
    assert bring(buyer.boss, package(later(notice, title="And amended"))) == counts(updated=1)


def test_a_grant_is_refused_in_words(world: World, database: str, settings: Settings) -> None:
    charity, notice = world.organisation(), fresh()
    bring(charity.boss, package(notice))
    call = read(charity.boss, notice["ocid"], world)
    for whom, refusal in (
        (world.organisation().id, NotACommissioner),
        (world.organisation(kinds=("commissioner",)).id, CommissionerUnverified),
        (new_id(), NotFound),
    ):
        with pytest.raises(refusal):
            grant(database, settings, call["id"], whom)
    buyer = council(world)
    with pytest.raises(NotFound):
        grant(database, settings, new_id(), buyer.id)
    with pytest.raises(NotImported):
        grant(database, settings, world.opportunity()["id"], buyer.id)

    bid = Bid.started(world, call, charity, "Ours")
    bid.invite(buyer)
    with pytest.raises(CommissionerCannotBid):
        grant(database, settings, call["id"], buyer.id)
    facilitator = council(world)
    world.sql.execute("UPDATE organisations SET kinds = kinds || '{facilitator}' WHERE id = %s", [facilitator.id])
    ok(bid.post(charity.boss, "/facilitators", {"organisation_id": facilitator.id}), 201)
    with pytest.raises(CommissionerCannotBid):
        grant(database, settings, call["id"], facilitator.id)
    applicant = council(world)
    opening = ok(bid.post(charity.boss, "/openings", {"title": "A role", "public": True}), 201).json()
    ok(applicant.boss.post(f"{bid.path}/openings/{opening['id']}/applications", {"message_markdown": "Us"}), 201)
    with pytest.raises(CommissionerCannotBid):
        grant(database, settings, call["id"], applicant.id)
    assert read(charity.boss, notice["ocid"], world)["organisation_id"] is None
