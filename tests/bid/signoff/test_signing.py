"""Locking, signing, refusing and taking back, through HTTP."""

import hashlib
import json

import pytest
import rfc8785
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.platform.web.paging import encode
from tests.factories import Bid, World, ok, problem
from tests.rows import insert
from tests.stages import ready_bid


@pytest.fixture
def bid(world: World) -> Bid:
    return ready_bid(world)


def test_a_bid_is_locked_signed_by_all_and_agreed(bid: Bid) -> None:
    edition = bid.freeze()
    assert (edition["number"], edition["status"]) == (1, "open")
    assert edition["waiting_for"].startswith("Still to sign: ")
    assert bid.status() == "in_sign_off"
    made = ok(bid.signing(0, edition["sha256"]), 201).json()
    assert made["words"].startswith("I am authorised by this organisation;")
    assert made["authority_basis"]["kind"] == "resolution"
    assert bid.status() == "in_sign_off"
    ok(bid.signing(1, edition["sha256"]), 201)
    agreed = ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()
    assert (agreed["status"], bid.status()) == ("agreed", "agreed")
    assert agreed["agreed_at"] and agreed["waiting_for"] == ""
    assert [bid.events(t) for t in ("edition_made", "edition_signed", "edition_agreed")] == [1, 2, 1]


def test_the_bytes_that_are_signed_are_canonical_and_hash_to_what_is_signed(bid: Bid) -> None:
    edition = bid.freeze()
    answer = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json"))
    assert hashlib.sha256(answer.content).hexdigest() == edition["sha256"]
    document = json.loads(answer.content)
    assert rfc8785.dumps(document) == answer.content
    annex = ok(bid.lead.boss.get(f"{bid.path}/editions/1/annex.json"))
    assert hashlib.sha256(annex.content).hexdigest() == document["annex_sha256"]
    for index, partner_id in enumerate(bid.partner_ids):
        path = f"{bid.path}/editions/1/schedules/{partner_id}"
        own = ok(bid.partners[index].boss.get(path))
        assert hashlib.sha256(own.content).hexdigest() == document["schedule_sha256"][partner_id]
        problem(bid.partners[1 - index].boss.get(path), 404)
    again = bid.lead.boss.get(f"{bid.path}/editions/1/document.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_a_bid_that_is_not_ready_cannot_be_locked_and_every_reason_is_told(bid: Bid) -> None:
    bid.world.sql.execute("UPDATE sections SET words = 0, characters = 0 WHERE proposal_id = %s", [bid.id])
    bid.world.sql.execute("DELETE FROM acknowledgements WHERE partner_id = %s", [bid.partner_ids[1]])
    missing = ok(bid.lead.boss.get(f"{bid.path}/readiness")).json()
    assert missing["ready"] is False
    refused = problem(bid.lead.boss.post(f"{bid.path}/editions"), 409, "not-ready")
    told = [(e["code"], e["pointer"], e.get("organisation_id")) for e in refused["errors"]]
    assert told == [(b["code"], b["pointer"], b["organisation_id"]) for b in missing["blockers"]]
    assert {code for code, *_ in told} == {"acknowledgement-missing", "section-empty", "exit-plan-missing"}
    assert bid.status() == "draft"


def test_a_ready_bid_says_so(bid: Bid) -> None:
    assert ok(bid.lead.boss.get(f"{bid.path}/readiness")).json() == {"ready": True, "blockers": [], "asks": []}


def test_a_signature_for_another_hash_signs_nothing(bid: Bid) -> None:
    bid.freeze()
    problem(bid.signing(0, "0" * 64), 409, "wrong-hash")
    assert bid.events("edition_signed") == 0


def test_a_version_is_taken_back_with_a_reason_and_all_are_told_whose_signatures_fell(bid: Bid) -> None:
    edition = bid.agree()
    taken = ok(bid.withdraw(index=1, reason="The start date moved.")).json()
    assert taken["status"] == "withdrawn"
    assert taken["withdrawn_because"].endswith("withdrew it: The start date moved.")
    assert sorted(taken["fallen_partner_ids"]) == sorted(bid.partner_ids)
    assert all(one["fell"] for one in taken["sign_offs"])
    assert (bid.status(), bid.events("edition_withdrawn")) == ("draft", 1)
    problem(bid.signing(0, edition["sha256"]), 409, "edition-withdrawn")
    problem(bid.withdraw(), 409, "edition-withdrawn")
    assert bid.freeze()["number"] == 2


def test_a_refusal_gives_its_reason_and_makes_the_bid_a_draft_again(bid: Bid) -> None:
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"]), 201)
    body = {"organisation_id": bid.partners[1].organisation.id, "reason": "Our trustees said no."}
    refused = ok(bid.partners[1].boss.post(f"{bid.path}/editions/1/refusals", body), 201)
    assert refused.json()["reason"] == "Our trustees said no."
    assert ok(bid.lead.boss.get(refused.headers["location"])).json() == refused.json()
    read = ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()
    assert (read["status"], read["fallen_partner_ids"]) == ("withdrawn", [bid.partner_ids[0]])
    assert bid.status() == "draft"


def test_a_password_that_is_given_has_to_be_the_signatorys_own(world: World) -> None:
    bid = ready_bid(world)
    bid.freeze()
    signatory, hasher = bid.partners[1], PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    stored = hasher.hash("four plain words here")
    world.sql.execute("UPDATE people SET password_hash = %s WHERE id = %s", [stored, signatory.boss.id])
    path = f"{bid.path}/editions/1/sign-offs"
    body = {
        "organisation_id": signatory.organisation.id,
        "sha256": ok(bid.get(signatory.boss, "/editions/1")).json()["sha256"],
        "full_name": "Ann",
        "role_title": "Chair",
        "authority_basis": {"kind": "resolution", "date": "2026-11-02"},
    }
    wrong = problem(signatory.boss.post(path, {**body, "password": "somebody else's words"}), 422)
    assert (wrong["errors"][0]["pointer"], wrong["errors"][0]["code"]) == ("/password", "wrong-password")
    problem(world.organisation().boss.post(path, {**body, "password": "four plain words here"}), 404)
    problem(
        world.colleague(signatory.organisation, "viewer").post(path, {**body, "password": "four plain words here"}), 403
    )
    assert ok(bid.get(signatory.boss, "/editions/1")).json()["sign_offs"] == []
    ok(signatory.boss.post(path, {**body, "password": "four plain words here"}), 201)
    of_lead = {**body, "organisation_id": bid.lead.organisation.id}
    guesses = [bid.lead.boss.post(path, {**of_lead, "password": f"a wrong guess {n}"}) for n in range(30)]
    assert 429 in {guess.status_code for guess in guesses}, "guesses are counted"


def test_an_organisation_with_two_signatories_needs_both(world: World) -> None:
    bid = ready_bid(world)
    bid.world.sql.execute(
        "UPDATE organisations SET signatures_required = 2 WHERE id = %s", [bid.partners[1].organisation.id]
    )
    second = world.colleague(bid.partners[1].organisation, "signatory")
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"]), 201)
    ok(bid.signing(1, edition["sha256"]), 201)
    assert bid.status() == "in_sign_off"
    problem(bid.signing(1, edition["sha256"]), 409, "already-signed")
    ok(bid.signing(1, edition["sha256"], person=second), 201)
    assert bid.status() == "agreed"


def test_a_signing_rule_that_is_loosened_after_the_lock_does_not_loosen_the_version(world: World) -> None:
    bid = ready_bid(world)
    bid.world.sql.execute(
        "UPDATE organisations SET signatures_required = 2 WHERE id = %s", [bid.partners[1].organisation.id]
    )
    edition = bid.freeze()
    bid.world.sql.execute(
        "UPDATE organisations SET signatures_required = 1 WHERE id = %s", [bid.partners[1].organisation.id]
    )
    ok(bid.signing(0, edition["sha256"]), 201)
    ok(bid.signing(1, edition["sha256"]), 201)
    assert bid.status() == "in_sign_off"


def test_a_lost_right_before_all_have_signed_takes_the_version_down(world: World) -> None:
    bid = ready_bid(world)
    signatory = world.colleague(bid.partners[0].organisation, "signatory")
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"], person=signatory), 201)
    path = f"/organisations/{bid.partners[0].organisation.id}/members/{signatory.id}"
    ok(bid.lead.boss.patch(path, {"roles": ["viewer"]}, if_match=1))
    read = ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()
    assert (read["status"], bid.status()) == ("withdrawn", "draft")
    assert "no longer a signatory" in read["withdrawn_because"]
    assert read["fallen_partner_ids"] == [bid.partner_ids[0]]
    problem(bid.signing(1, edition["sha256"]), 409, "edition-withdrawn")


def test_a_right_lost_after_all_have_signed_leaves_the_version_agreed(world: World) -> None:
    bid = ready_bid(world)
    signatory = world.colleague(bid.partners[0].organisation, "signatory")
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"], person=signatory), 201)
    ok(bid.signing(1, edition["sha256"]), 201)
    path = f"/organisations/{bid.partners[0].organisation.id}/members/{signatory.id}"
    ok(bid.lead.boss.delete(path, if_match=1), 204)
    assert ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()["status"] == "agreed"


def test_a_signatory_elsewhere_is_none_here(world: World) -> None:
    bid = ready_bid(world)
    editor = world.colleague(bid.partners[0].organisation, "editor")
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, %s)",
        [world.organisation().id, editor.id, ["admin", "signatory"]],
    )
    edition = bid.freeze()
    problem(bid.signing(0, edition["sha256"], person=editor), 403)
    problem(bid.signing(1, edition["sha256"], person=editor), 403)
    assert bid.events("edition_signed") == 0


@pytest.mark.parametrize("status", ["removed", "withdrawn", "declined"])
def test_who_is_no_partner_any_more_cannot_sign(world: World, status: str) -> None:
    bid = ready_bid(world, 3)
    edition = bid.freeze()
    world.sql.execute("UPDATE partners SET status = %s WHERE id = %s", [status, bid.partner_ids[2]])
    problem(bid.signing(2, edition["sha256"]), 404)
    assert bid.events("edition_signed") == 0


def test_an_associate_signs_nothing_and_cannot_take_the_version_back(world: World) -> None:
    bid = ready_bid(world, 3)
    world.sql.execute("UPDATE partners SET role = 'associate' WHERE id = %s", [bid.partner_ids[2]])
    edition = bid.freeze()
    assert bid.partner_ids[2] not in [who["partner_id"] for who in edition["must_sign"]]
    problem(bid.signing(2, edition["sha256"]), 403)
    problem(bid.withdraw(index=2), 403)


def test_a_former_partner_keeps_what_it_signed_and_nothing_else(world: World) -> None:
    bid = ready_bid(world, 3)
    edition = bid.freeze()
    ok(bid.signing(2, edition["sha256"]), 201)
    ok(bid.withdraw())
    bid.freeze()
    world.sql.execute("UPDATE partners SET status = 'withdrawn' WHERE id = %s", [bid.partner_ids[2]])
    former = bid.partners[2].boss
    assert ok(former.get(f"{bid.path}/editions/1/document.json")).content
    problem(former.get(f"{bid.path}/editions/2"), 404)
    assert [one["number"] for one in ok(former.get(f"{bid.path}/editions")).json()["items"]] == [1]


def test_the_facilitator_reads_versions_but_signs_and_owns_nothing(world: World) -> None:
    bid = ready_bid(world)
    facilitator = world.organisation(kinds=("facilitator",))
    insert(world, "facilitators", proposal_id=bid.id, organisation_id=facilitator.id, status="active")
    edition = bid.freeze()
    ok(facilitator.boss.get(f"{bid.path}/editions/1"))
    ok(facilitator.boss.get(f"{bid.path}/readiness"))
    problem(facilitator.boss.get(f"{bid.path}/editions/1/schedules/{bid.partner_ids[0]}"), 404)
    body = {
        "sha256": edition["sha256"],
        "full_name": "F",
        "role_title": "F",
        "authority_basis": {"kind": "constitution"},
    }
    problem(facilitator.boss.post(f"{bid.path}/editions/1/sign-offs", body), 403)


def test_an_outsider_finds_nothing_whatever_it_sends(world: World) -> None:
    bid = ready_bid(world)
    bid.freeze()
    stranger = world.stranger()
    for path in (
        "editions",
        "editions/1",
        "editions/1/document.json",
        "editions/1/sign-offs",
        "readiness",
        "submissions",
    ):
        problem(stranger.get(f"{bid.path}/{path}"), 404)
    for path in ("editions", "editions/1/sign-offs", "editions/1/withdraw", "editions/1/refusals", "submissions"):
        problem(stranger.request("POST", f"{bid.path}/{path}", content=b"{not json"), 404)
    problem(bid.lead.boss.get(f"{bid.path}/editions/99"), 404)
    problem(bid.lead.boss.get(f"{bid.path}/editions/x"), 404)


@pytest.mark.parametrize(
    "basis",
    [
        {"kind": "constitution"},
        {
            "kind": "resolution",
            "date": "2026-11-02",
            "detail": "There was no dissent; minute 7 of the delegation committee",
        },
        {"kind": "delegation", "date": None, "detail": "Scheme of delegation"},
    ],
)
def test_the_basis_of_a_signature_is_kept_as_it_was_given(bid: Bid, basis: dict[str, str]) -> None:
    edition = bid.freeze()
    body = {"sha256": edition["sha256"], "full_name": "Ann", "role_title": "Chair", "authority_basis": basis}
    made = ok(bid.lead.boss.post(f"{bid.path}/editions/1/sign-offs", body), 201).json()["authority_basis"]
    assert made == {"date": None, "document_id": None, "detail": "", **basis}


@pytest.mark.parametrize(
    "basis",
    [
        "resolution",
        "There was no resolution; I sign by myself",
        ["resolution"],
        None,
        "",
        {},
        {"detail": "The trustees' resolution of 2 November"},
        {"type": "delegation", "document": "Scheme of delegation"},
    ],
)
def test_a_basis_that_does_not_name_its_kind_is_never_guessed(bid: Bid, basis: object) -> None:
    edition = bid.freeze()
    body = {"sha256": edition["sha256"], "full_name": "Ann", "role_title": "Chair", "authority_basis": basis}
    [fault] = problem(bid.lead.boss.post(f"{bid.path}/editions/1/sign-offs", body), 422)["errors"]
    assert fault["pointer"] == "/authority_basis"
    assert "'kind' constitution, resolution or delegation" in fault["detail"]
    assert ok(bid.lead.boss.get(f"{bid.path}/editions/1/sign-offs")).json()["items"] == []


@pytest.mark.parametrize(
    "wrong", [{"type": "delegation"}, {"basis": "delegation"}, {"dated": "2026-11-02"}, {"document": "x"}]
)
def test_a_basis_has_no_second_names_for_its_fields(bid: Bid, wrong: dict[str, str]) -> None:
    edition = bid.freeze()
    basis = {"kind": "resolution", **wrong}
    body = {"sha256": edition["sha256"], "full_name": "Ann", "role_title": "Chair", "authority_basis": basis}
    [fault] = problem(bid.lead.boss.post(f"{bid.path}/editions/1/sign-offs", body), 422)["errors"]
    assert (fault["pointer"], fault["code"]) == (f"/authority_basis/{next(iter(wrong))}", "extra-forbidden")


def test_a_basis_that_lies_in_the_future_or_is_of_no_kind_is_refused(bid: Bid) -> None:
    edition = bid.freeze()
    body = {"sha256": edition["sha256"], "full_name": "Ann", "role_title": "Chair"}
    elsewhere = {"kind": "resolution", "document_id": bid.id}
    for basis in ({"kind": "resolution", "date": "2999-01-01"}, {"kind": None}, {"kind": "gut feeling"}, elsewhere):
        problem(bid.lead.boss.post(f"{bid.path}/editions/1/sign-offs", body | {"authority_basis": basis}), 422)


def test_after_the_deadline_nothing_is_locked_signed_or_taken_back(bid: Bid) -> None:
    edition = bid.freeze()
    bid.pass_deadline()
    problem(bid.signing(0, edition["sha256"]), 409, "deadline-passed")
    problem(bid.withdraw(), 409, "deadline-passed")
    problem(bid.lead.boss.post(f"{bid.path}/editions"), 409, "deadline-passed")


def test_a_version_that_answers_an_older_call_cannot_be_signed(bid: Bid) -> None:
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"]), 201)
    bid.world.sql.execute("UPDATE opportunities SET amendment = 1 WHERE id = %s", [bid.opportunity_id])
    problem(bid.signing(1, edition["sha256"]), 409, "call-amended")
    blockers = ok(bid.lead.boss.get(f"{bid.path}/readiness")).json()["blockers"]
    assert [blocker["code"] for blocker in blockers] == ["call-amended"]
    ok(bid.withdraw())
    assert bid.freeze()["answers_amendment"] == 1


def test_the_annex_tells_how_open_difficulties_came_out_and_nothing_of_confidential_ones(bid: Bid) -> None:
    for title, to in (("The rota", "all"), ("Between us", "facilitator")):
        insert(
            bid.world,
            "difficulties",
            proposal_id=bid.id,
            partner_id=bid.partner_ids[1],
            title=title,
            addressed_to=to,
            outcome="resolved",
            closed_at="2026-11-01T12:00:00Z",
        )
    bid.freeze()
    annex = ok(bid.lead.boss.get(f"{bid.path}/editions/1/annex.json"))
    assert [(one["title"], one["outcome"]) for one in annex.json()["difficulties"]] == [("The rota", "resolved")]
    assert "Between us" not in annex.text


@pytest.mark.parametrize("cursor", ["x", encode("no id"), encode(5), encode("\x00"), encode({"a": 1})])
def test_lists_bear_any_cursor(bid: Bid, cursor: str) -> None:
    bid.freeze()
    for path in ("editions", "editions/1/sign-offs", "editions/1/refusals", "submissions", "lodgements"):
        assert bid.lead.boss.get(f"{bid.path}/{path}", params={"cursor": cursor}).status_code in (200, 422)
    organisation = bid.lead.organisation
    clients = organisation.boss.get(f"/organisations/{organisation.id}/clients", params={"cursor": cursor})
    assert clients.status_code in (200, 422)


def test_versions_are_listed_page_by_page_in_their_order(bid: Bid) -> None:
    for number in (1, 2, 3):
        bid.freeze()
        ok(bid.withdraw(number))
    seen, cursor = [], None
    while True:
        answer = ok(
            bid.lead.boss.get(f"{bid.path}/editions", params={"limit": 1, **({"cursor": cursor} if cursor else {})})
        )
        seen += [one["number"] for one in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    assert seen == [1, 2, 3]


def test_locking_needs_no_body(bid: Bid) -> None:
    ok(bid.lead.boss.request("POST", f"{bid.path}/editions"), 201)


def test_the_whole_proposal_shows_the_version_in_force_and_what_can_be_done_with_it(bid: Bid) -> None:
    assert ok(bid.lead.boss.get(bid.path)).json()["edition"] is None
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"]), 201)
    whole = ok(bid.lead.boss.get(bid.path)).json()
    assert (whole["status"], whole["edition"]["number"], whole["edition"]["sha256"]) == (
        "in_sign_off",
        1,
        edition["sha256"],
    )
    assert whole["edition"]["signed"] == [bid.partner_ids[0]]
    assert {"sign_edition", "withdraw_edition"} <= set(whole["viewer"]["can"])
    assert not {"create_edition", "submit_proposal"} & set(whole["viewer"]["can"])
    ok(bid.signing(1, edition["sha256"]), 201)
    whole = ok(bid.lead.boss.get(bid.path)).json()
    assert whole["edition"]["status"] == "agreed"
    assert "submit_proposal" in whole["viewer"]["can"]
    ok(bid.withdraw())
    assert ok(bid.lead.boss.get(bid.path)).json()["edition"] is None


def test_the_minutes_that_a_signature_rests_on_are_a_document_of_this_bid(bid: Bid) -> None:
    edition = bid.freeze()
    minutes = insert(
        bid.world,
        "attachments",
        proposal_id=bid.id,
        partner_id=bid.partner_ids[0],
        name="minutes.pdf",
        media_type="application/pdf",
        bytes=3,
        sha256="0" * 64,
        visible_to=[bid.partner_ids[0]],
    )
    body = {"sha256": edition["sha256"], "full_name": "Ann", "role_title": "Chair"}
    basis = {"authority_basis": {"kind": "resolution", "document_id": minutes}}
    problem(bid.partners[1].boss.post(f"{bid.path}/editions/1/sign-offs", body | basis), 422)
    made = ok(bid.lead.boss.post(f"{bid.path}/editions/1/sign-offs", body | basis), 201).json()
    assert made["authority_basis"]["document_id"] == minutes
