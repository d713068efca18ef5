"""What partners say of their files, through HTTP: service users' data, what the freeze asks, evidence while signing."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.bid.files.test_attachments import PDF, attach
from tests.factories import Bid, Person, World, ok, problem
from tests.stages import ready_bid


@pytest.fixture
def bid(world: World) -> Bid:
    return ready_bid(world, 3)


def marked(bid: Bid, index: int = 1, **fields: Any) -> str:
    """Attaches a file of that partner with data of service users, which only it may read. Returns its location."""
    own = {"personal_data": "service_users", "visible_to": bid.partner_ids[index], "name": "case notes.pdf"}
    return ok(attach(bid, bid.partners[index].boss, **{**own, **fields}), 201).headers["location"]


def known(person: Person, location: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(person.get(location, headers={"Accept": "application/json"})).json()
    return found


def tasks(bid: Bid, person: Person) -> list[dict[str, Any]]:
    items = ok(person.get("/me/tasks")).json()["items"]
    return [task for task in items if task["code"] == "file-to-anonymise" and task["proposal_id"] == bid.id]


def asked(bid: Bid, person: Person) -> list[dict[str, Any]]:
    """What the freeze asks for: it is refused, with the same list that readiness shows next to the blockers."""
    refused = problem(person.post(f"{bid.path}/editions"), 409, "files-to-anonymise")
    readiness = ok(person.get(f"{bid.path}/readiness")).json()
    assert (readiness["ready"], readiness["blockers"]) == (False, [])
    assert [(a["code"], a["pointer"], a["detail"]) for a in readiness["asks"]] == [
        (e["code"], e["pointer"], e["detail"]) for e in refused["errors"]
    ]
    found: list[dict[str, Any]] = refused["errors"]
    return found


def test_a_file_about_service_users_goes_in_no_bid_until_its_owner_confirms_that_it_names_nobody(
    bid: Bid,
) -> None:
    owner = bid.partners[1].boss
    location = marked(bid, in_bid="true")
    assert "personal data" in known(owner, location)["warning"]
    (told,) = asked(bid, owner)
    assert "'case notes.pdf'" in told["detail"] and told["pointer"].endswith(location.rsplit("/", 1)[1])
    assert [task["pointer"] for task in tasks(bid, owner)] == [location]
    confirmed = ok(owner.patch(location, {"anonymised": True}, if_match=1)).json()
    assert confirmed["warning"] is None and confirmed["version"] == 2
    assert confirmed["anonymised_by"] == owner.id and confirmed["anonymised_at"]
    assert tasks(bid, owner) == []
    event = bid.world.sql.execute(
        "SELECT person_id::text, payload->'before'->'anonymised', payload->'after'->'anonymised' FROM events "
        "WHERE stream_id = %s AND type = 'document_anonymised'",
        [bid.id],
    ).fetchone()
    assert event == (owner.id, False, True)
    bid.freeze()
    document = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).json()
    assert [file["id"] for file in document["attachments"]] == [location.rsplit("/", 1)[1]]


def test_taking_it_out_of_the_bid_is_the_other_answer(bid: Bid) -> None:
    location = marked(bid, in_bid="true")
    asked(bid, bid.lead.boss)
    ok(bid.partners[1].boss.patch(location, {"in_bid": False}, if_match=1))
    bid.freeze()
    assert ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).json()["attachments"] == []


def test_a_file_that_is_marked_later_is_asked_about_too(bid: Bid) -> None:
    owner = bid.partners[1].boss
    location = ok(attach(bid, owner, in_bid="true"), 201).headers["location"]
    marking = {"personal_data": "service_users"}
    assert problem(owner.patch(location, marking, if_match=1), 422)["errors"][0]["pointer"] == "/visible_to"
    ok(owner.patch(location, {**marking, "visible_to": [bid.partner_ids[1]]}, if_match=1))
    asked(bid, owner)


def test_a_confirmation_holds_for_what_it_was_given_for(bid: Bid) -> None:
    owner = bid.partners[1].boss
    fields = {"personal_data": "staff", "anonymised": "true", "in_bid": "true", "visible_to": bid.partner_ids[1]}
    location = ok(attach(bid, owner, **fields), 201).headers["location"]
    assert known(owner, location)["anonymised_by"] == owner.id
    changed = ok(owner.patch(location, {"personal_data": "service_users"}, if_match=1)).json()
    assert (changed["anonymised"], changed["anonymised_by"], changed["anonymised_at"]) == (False, None, None)
    asked(bid, owner)


@pytest.mark.parametrize("where", ["contribution", "statement", "authority"])
def test_evidence_that_the_bid_names_is_asked_about_as_well(bid: Bid, where: str) -> None:
    owner, seat = bid.partners[1].boss, bid.partner_ids[1]
    location = marked(bid)
    document = location.rsplit("/", 1)[1]
    bid.freeze()
    ok(bid.withdraw())
    if where == "contribution":
        value = {"amount": "10.00", "currency": "GBP"}
        body = {"kind": "cash", "title": "Reserves", "certainty": "confirmed", "value": value}
        ok(owner.post(f"{bid.path}/contributions", {**body, "document_ids": [document]}), 201)
        bid.world.sql.execute("UPDATE acknowledgements SET as_of_revision = 1000 WHERE proposal_id = %s", [bid.id])
    elif where == "statement":
        stated = {"answer": "yes", "document_id": document}
        ok(owner.put(f"{bid.path}/partners/{seat}/statements/insurance", stated, if_match=0))
    else:
        given = {"full_name": "Ann", "role_title": "Chair", "document_id": document}
        ok(owner.post(f"{bid.path}/partners/{seat}/authority", given))
    (told,) = asked(bid, owner)
    assert "evidence" in told["detail"]
    assert len(tasks(bid, owner)) == 1
    ok(owner.patch(location, {"anonymised": True}, if_match=1))
    bid.freeze()


def test_who_may_not_read_the_file_is_told_neither_its_name_nor_its_id_nor_how_many(bid: Bid) -> None:
    locations = [marked(bid, in_bid="true"), marked(bid, in_bid="true", name="second.pdf")]
    assert len(asked(bid, bid.partners[1].boss)) == 2
    (told,) = asked(bid, bid.lead.boss)
    assert told["pointer"] == "/documents" and bid.partners[1].name in told["detail"]
    everything = json.dumps(told) + ok(bid.lead.boss.get(f"{bid.path}/document.json")).text
    everything += ok(bid.lead.boss.get(f"{bid.path}/documents")).text + ok(bid.lead.boss.get(f"{bid.path}/events")).text
    assert "case notes" not in everything and not any(each.rsplit("/", 1)[1] in everything for each in locations)
    assert tasks(bid, bid.lead.boss) == []
    pack = zipfile.ZipFile(io.BytesIO(ok(bid.lead.boss.get(f"{bid.path}/pack.zip")).content))
    assert not any("case notes" in name for name in pack.namelist())


def test_a_file_of_a_partner_that_left_neither_goes_in_the_bid_nor_holds_it_up(bid: Bid) -> None:
    marked(bid, 2, in_bid="true")
    kept = ok(attach(bid, bid.partners[2].boss, in_bid="true", name="kept.pdf"), 201).json()
    assert kept["name"] in ok(bid.lead.boss.get(f"{bid.path}/document.json")).text
    bid.world.sql.execute("UPDATE partners SET status = 'withdrawn' WHERE id = %s", [bid.partner_ids[2]])
    assert ok(bid.lead.boss.get(f"{bid.path}/document.json")).json()["attachments"] == []
    bid.freeze()


def test_only_its_owner_marks_a_file_anew_and_by_its_version(bid: Bid) -> None:
    location = ok(attach(bid, bid.lead.boss), 201).headers["location"]
    change = {"personal_data": "staff"}
    problem(bid.world.stranger().patch(location, change, if_match=1), 404)
    problem(bid.council.boss.patch(location, change, if_match=1), 404)
    problem(bid.partners[1].boss.patch(location, change, if_match=1), 403)
    viewer = bid.world.colleague(bid.partners[0].organisation, "viewer")
    problem(viewer.patch(location, change, if_match=1), 403)
    hidden = marked(bid)
    missing = hidden.rsplit("/", 1)[0] + "/" + bid.id
    told = [problem(bid.lead.boss.patch(path, change, if_match=1), 404) for path in (hidden, missing)]
    assert told[0]["detail"] == told[1]["detail"]
    problem(bid.lead.boss.patch(location, change), 428)
    problem(bid.lead.boss.patch(location, change, if_match=7), 412)
    for bad in ({"personal_data": "secret"}, {"anonymised": "yes"}, {"visible_to": [bid.id]}, {"name": "x.pdf"}):
        problem(bid.lead.boss.patch(location, bad, if_match=1), 422)
    problem(bid.lead.boss.patch(location, {"visible_to": ["x" * 2_000_000]}, if_match=1), 413)
    assert ok(bid.lead.boss.patch(location, change, if_match=1)).headers["etag"] == '"2"'
    again = ok(bid.lead.boss.patch(location, change, if_match=2)).json()
    assert again["version"] == 2, "what is said already is no change"


def test_narrowing_and_widening_readers_takes_effect_at_once_and_says_nothing_of_before(bid: Bid) -> None:
    other = bid.partners[1].boss
    location = ok(attach(bid, bid.lead.boss), 201).headers["location"]
    ok(other.get(location))
    before = ok(other.get(bid.path)).json()["revision"]
    ok(bid.lead.boss.patch(location, {"visible_to": [bid.partner_ids[2]]}, if_match=1))
    problem(other.get(location), 404)
    assert ok(other.get(bid.path)).json()["revision"] == before
    ok(bid.partners[2].boss.get(location))
    ok(bid.lead.boss.patch(location, {"visible_to": None}, if_match=2))
    ok(other.get(location))
    seen = [e for e in ok(other.get(f"{bid.path}/events")).json()["items"] if e["type"] == "document_changed"]
    assert len(seen) == 1 and bid.partner_ids[2] not in json.dumps(seen)
    own = [e for e in ok(bid.lead.boss.get(f"{bid.path}/events")).json()["items"] if e["type"] == "document_changed"]
    assert own[-1]["payload"]["before"]["visible_to"] == [bid.partner_ids[2]]


def test_a_reader_that_left_does_not_stand_in_the_way_of_another_change(bid: Bid) -> None:
    location = marked(bid, visible_to=bid.partner_ids[2], in_bid="true")
    bid.world.sql.execute("UPDATE partners SET status = 'withdrawn' WHERE id = %s", [bid.partner_ids[2]])
    ok(bid.partners[1].boss.patch(location, {"anonymised": True}, if_match=1))
    bid.freeze()


def signed_with(bid: Bid, index: int, edition: dict[str, Any], document: str) -> Any:
    basis = {"kind": "resolution", "date": "2026-11-02", "document_id": document}
    body = {
        "organisation_id": bid.partners[index].organisation.id,
        "sha256": edition["sha256"],
        "full_name": "Ann Example",
    }
    path = f"{bid.path}/editions/{edition['number']}/sign-offs"
    return bid.partners[index].boss.post(path, {**body, "role_title": "Chair", "authority_basis": basis})


def test_the_minutes_that_a_signature_rests_on_can_be_attached_while_signing_and_change_no_byte(
    bid: Bid,
) -> None:
    edition = bid.freeze()
    path = f"{bid.path}/editions/1/document.json"
    before = ok(bid.lead.boss.get(path)).content
    owner = bid.partners[1].boss
    assert "attach_document" in ok(owner.get(bid.path)).json()["viewer"]["can"]
    problem(attach(bid, owner, in_bid="true"), 409, "in-sign-off")
    minutes = ok(attach(bid, owner, name="minutes.pdf"), 201)
    ok(signed_with(bid, 1, edition, minutes.json()["id"]), 201)
    problem(owner.delete(minutes.headers["location"], if_match=1), 409, "document-in-use")
    problem(owner.patch(minutes.headers["location"], {"in_bid": True}, if_match=1), 409, "in-sign-off")
    ok(owner.patch(minutes.headers["location"], {"personal_data": "staff"}, if_match=1))
    wrong = ok(attach(bid, owner, PDF + b"wrong one"), 201).headers["location"]
    ok(owner.delete(wrong, if_match=1), 204)
    assert ok(bid.lead.boss.get(path)).content == before
    for index in (0, 2):
        ok(bid.signing(index, edition["sha256"]), 201)
    assert bid.status() == "agreed"
    ok(attach(bid, owner, name="more minutes.pdf"), 201)
    problem(attach(bid, owner, in_bid="true"), 409, "in-sign-off")
    assert ok(bid.lead.boss.get(path)).content == before


def test_what_is_in_the_bid_stands_still_from_the_freeze_on(bid: Bid) -> None:
    location = ok(attach(bid, bid.lead.boss, in_bid="true"), 201).headers["location"]
    bid.freeze()
    for change in ({"in_bid": False}, {"personal_data": "staff"}, {"visible_to": [bid.partner_ids[0]]}):
        problem(bid.lead.boss.patch(location, change, if_match=1), 409, "in-sign-off")
    problem(bid.lead.boss.delete(location, if_match=1), 409, "in-sign-off")
    ok(bid.withdraw())
    ok(bid.lead.boss.patch(location, {"in_bid": False}, if_match=1))


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        ("draft", None), ("in_sign_off", None), ("agreed", None), ("submitted", "in-sign-off"),
        ("closed", "deadline-passed"), ("decided", "deadline-passed"), ("dissolved", "proposal-dissolved"),
    ],
)  # fmt: skip
def test_evidence_can_be_attached_until_all_have_signed(bid: Bid, status: str, taken: str | None) -> None:
    bid.world.sql.execute("UPDATE proposals SET status = %s WHERE id = %s", [status, bid.id])
    answer = attach(bid, bid.lead.boss)
    if taken is None:
        ok(answer, 201)
    else:
        problem(answer, 409, taken)
    if status in ("in_sign_off", "agreed"):
        bid.pass_deadline()
        problem(attach(bid, bid.lead.boss), 409, "deadline-passed")


def test_before_the_reveal_the_draft_names_no_file_of_anybody(bid: Bid) -> None:
    bid.world.sql.execute("UPDATE proposals SET round_status = 'open' WHERE id = %s", [bid.id])
    ok(attach(bid, bid.lead.boss, in_bid="true"), 201)
    assert ok(bid.partners[1].boss.get(f"{bid.path}/document.json")).json()["attachments"] == []
    marked(bid, in_bid="true")
    assert ok(bid.lead.boss.get(f"{bid.path}/readiness")).json()["asks"] == []


def test_who_joined_late_and_has_not_filed_reads_the_draft_as_before_the_reveal(bid: Bid) -> None:
    value = {"amount": "10.00", "currency": "GBP"}
    body = {"kind": "cash", "title": "Our reserves", "certainty": "confirmed", "value": value}
    ok(bid.lead.boss.post(f"{bid.path}/contributions", body), 201)
    late = bid.partners[2].boss
    assert "Our reserves" in ok(late.get(f"{bid.path}/document.json")).text
    bid.world.sql.execute("UPDATE partners SET filed_at = NULL, must_file = true WHERE id = %s", [bid.partner_ids[2]])
    assert "Our reserves" not in ok(late.get(f"{bid.path}/document.json")).text
    assert "Our reserves" not in ok(late.get(f"{bid.path}/annex.md")).text
    assert "Our reserves" in ok(bid.lead.boss.get(f"{bid.path}/document.json")).text


def test_a_partners_pack_holds_no_file_that_it_may_not_read_and_says_so(bid: Bid) -> None:
    """A list of staff, say; the commissioner gets it with the bid."""
    fields = {"personal_data": "staff", "visible_to": bid.partner_ids[0], "in_bid": "true", "name": "staff.pdf"}
    listed = ok(attach(bid, bid.partners[1].boss, **fields), 201).json()
    problem(bid.partners[2].boss.get(f"{bid.path}/documents/{listed['id']}"), 404)
    bid.agree()
    for person, there in ((bid.lead.boss, True), (bid.partners[1].boss, True), (bid.partners[2].boss, False)):
        pack = zipfile.ZipFile(io.BytesIO(ok(person.get(f"{bid.path}/pack.zip")).content))
        notes = [name for name in pack.namelist() if name.endswith("Files left out of this pack.txt")]
        assert any(name.endswith("staff.pdf") for name in pack.namelist()) is there
        assert [pack.read(name).decode().splitlines()[-1] for name in notes] == (
            [] if there else [f"- staff.pdf ({bid.partners[1].name})"]
        )
    submitted = ok(bid.submit(), 201).json()
    bid.world.sql.execute("UPDATE opportunities SET mode = 'open' WHERE id = %s", [bid.opportunity_id])
    pack = zipfile.ZipFile(io.BytesIO(ok(bid.council.boss.get(f"/submissions/{submitted['id']}/pack.zip")).content))
    assert any(name.endswith("staff.pdf") for name in pack.namelist())
    assert not any("left out" in name for name in pack.namelist())


def test_who_joined_late_and_has_not_filed_reads_no_others_files_yet(bid: Bid) -> None:
    location = ok(attach(bid, bid.lead.boss), 201).headers["location"]
    late = bid.partners[2].boss
    own = ok(attach(bid, late), 201).json()["id"]
    ok(late.get(location))
    bid.world.sql.execute("UPDATE partners SET filed_at = NULL, must_file = true WHERE id = %s", [bid.partner_ids[2]])
    problem(late.get(location), 404)
    assert [item["id"] for item in ok(late.get(f"{bid.path}/documents")).json()["items"]] == [own]
    others = ok(bid.partners[1].boss.get(f"{bid.path}/documents")).json()["items"]
    assert [item["id"] for item in others] == [location.rpartition("/")[2]], "nor does anybody read its files yet"
