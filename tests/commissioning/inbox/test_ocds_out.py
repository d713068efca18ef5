"""A bid as open contracting data: valid, complete, and with nothing of a person or a partner's own in it."""

import importlib.util
import json
from typing import Any

import pytest

from app.commissioning.inbox.ocds import Handed, Organisation, package
from tests import ROOT
from tests.factories import Bid, World, ok, problem
from tests.stages import ready_bid

VALIDATOR = ROOT.parent / "shared" / "tools" / "validate_ocds.py"


def check_valid(data: dict[str, Any]) -> None:
    """Against the standard's schema with the extensions that the package declares, where that is at hand."""
    if not VALIDATOR.exists():
        return
    spec = importlib.util.spec_from_file_location("validate_ocds", VALIDATOR)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.check(json.loads(json.dumps(data))) == []


def opened(world: World, **options: Any) -> tuple[Bid, dict[str, Any]]:
    bid = ready_bid(world, **options)
    bid.agree()
    made = ok(bid.submit(), 201).json()
    bid.pass_deadline()
    return bid, made


def read(bid: Bid, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ok(bid.council.boss.get(f"/submissions/{made['id']}/ocds.json")).json()
    check_valid(found)
    return found


def test_a_consortium_is_one_bid_with_its_lead_and_members(world: World) -> None:
    bid, made = opened(world)
    [release] = read(bid, made)["releases"]
    roles = {party["name"]: party["roles"] for party in release["parties"]}
    lead, member = bid.partners
    assert roles == {
        bid.council.name: ["buyer", "procuringEntity"],
        lead.name: ["tenderer", "leadTenderer"],
        member.name: ["tenderer"],
    }
    document = ok(bid.council.boss.get(f"/submissions/{made['id']}/document.json")).json()
    [offer] = release["bids"]["details"]
    assert [each["name"] for each in offer["tenderers"]] == [lead.name, member.name]
    assert {each["id"] for each in offer["tenderers"]} <= {party["id"] for party in release["parties"]}
    assert (offer["status"], offer["hasSubcontracting"]) == ("valid", False)
    assert offer["documents"][0]["id"] == made["receipt"]["sha256"]
    assert release["ocid"] == f"ocds-213czf-{document['opportunity']['id']}"
    assert "awards" not in release and release["tag"] == ["tenderUpdate"]


def test_after_the_award_the_tenderers_are_suppliers_and_the_release_is_another(world: World) -> None:
    bid, made = opened(world)
    [before] = read(bid, made)["releases"]
    assert read(bid, made)["releases"] == [before], "a release never changes"
    lots = ok(bid.council.boss.get(f"/submissions/{made['id']}/document.json")).json()["lots"]
    results = [{"lot_id": lot["id"], "outcome": "awarded"} for lot in lots] or [{"outcome": "awarded"}]
    ok(bid.council.boss.post(f"/submissions/{made['id']}/outcome", {"results": results}))
    [after] = read(bid, made)["releases"]
    assert (after["ocid"], after["tag"]) == (before["ocid"], ["tenderUpdate", "award"]) and after["id"] != before["id"]
    names = [partner.name for partner in bid.partners]
    assert [each["name"] for each in after["awards"][0]["suppliers"]] == names
    assert all("supplier" in party["roles"] for party in after["parties"] if party["name"] in names)
    assert after["awards"][0]["relatedBid"] == after["bids"]["details"][0]["id"]


def test_it_holds_no_person_and_nothing_but_what_the_standard_asks_for(world: World) -> None:
    bid, made = opened(world)
    text = json.dumps(read(bid, made))
    document = ok(bid.council.boss.get(f"/submissions/{made['id']}/document.json")).json()
    for partner in bid.partners:
        assert partner.boss.email not in text and partner.boss.id not in text
    for contribution in document["contributions"]:
        assert contribution["title"] not in text
    assert "authority" not in text and "founding_aims" not in text


def test_it_is_the_owners_alone_and_not_before_the_deadline(world: World) -> None:
    bid = ready_bid(world)
    bid.agree()
    made = ok(bid.submit(), 201).json()
    path = f"/submissions/{made['id']}/ocds.json"
    problem(bid.council.boss.get(path), 404)
    bid.pass_deadline()
    ok(bid.council.boss.get(path))
    problem(world.stranger().get(path), 404)
    problem(bid.lead.boss.get(path), 404)


def a_document(*partners: dict[str, Any], lots: int = 0) -> dict[str, Any]:
    keys = [f"lot-{place}" for place in range(1, lots + 1)]
    money = {"requested": {"amount": "1200.50", "currency": "GBP"}}
    return {
        "proposal": {"title": "Together", "language": "en", "secret": "canary"},
        "opportunity": {
            "id": "call", "title": "Youth work", "ocid": "ocds-b5fd17-1", "submission_deadline": "2026-11-02T12:00:00Z",
        },
        "lots": [{"id": f"id-{key}", "key": key, "title": key.title()} for key in keys],
        "partners": [
            {
                "id": f"p{place}", "organisation_id": f"o{place}", "name": f"Partner {place}", "role": "member",
                "main_contractor_id": None, "legal_form": "other", "size_band": None, "identifiers": [],
                "authority": {"full_name": "canary"},
                **each,
            }
            for place, each in enumerate(partners)
        ],
        "budget": {"by_lot": [{"lot_id": f"id-{key}", **money} for key in keys], "total": money, "lines": ["canary"]},
    }  # fmt: skip


def made_of(document: dict[str, Any], **given: Any) -> dict[str, Any]:
    from datetime import UTC, datetime

    at = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
    handed = {"status": "submitted", "submitted_at": at, "outcome": None, "decided_at": None, **given}
    owner = Organisation("council", "Riverside Council", [{"scheme": "GB-PPON", "id": "PXXX-0000-AAAA"}])
    found = package(Handed("s1", document, "ab" * 32, **handed), owner, "https://cobid.example", "ocds-213czf")
    check_valid(found)
    assert "canary" not in json.dumps(found)
    release: dict[str, Any] = found["releases"][0]
    return release


LEAD = {"role": "lead"}


def test_each_lot_has_its_bid_with_its_value_and_only_what_was_won_is_awarded() -> None:
    from datetime import UTC, datetime

    results = [{"lot_id": "id-lot-1", "outcome": "awarded"}, {"lot_id": "id-lot-2", "outcome": "excluded"}]
    decided = datetime(2026, 11, 20, tzinfo=UTC)
    release = made_of(a_document(LEAD, {}, lots=3), outcome={"results": results}, decided_at=decided)
    offers = release["bids"]["details"]
    assert [(each["id"], each["relatedLots"], each["status"]) for each in offers] == [
        ("s1-lot-1", ["lot-1"], "valid"),
        ("s1-lot-2", ["lot-2"], "disqualified"),
        ("s1-lot-3", ["lot-3"], "valid"),
    ]
    assert all(each["value"] == {"amount": 1200.5, "currency": "GBP"} for each in offers)
    assert [award["relatedLots"] for award in release["awards"]] == [["lot-1"]]
    assert (release["ocid"], release["date"]) == ("ocds-b5fd17-1", "2026-11-20T00:00:00Z")


def test_a_subcontractor_stands_beside_its_main_contractor_and_an_associate_nowhere() -> None:
    helper = {"role": "subcontractor", "main_contractor_id": "p0"}
    release = made_of(a_document(LEAD, helper, {"role": "associate"}))
    [offer] = release["bids"]["details"]
    assert [each["name"] for each in offer["tenderers"]] == ["Partner 0"]
    [contract] = offer["subcontracting"]["subcontracts"]
    assert contract["subcontractor"] == {"id": "COBID-o1", "name": "Partner 1"}
    assert contract["mainContractors"] == [{"id": "COBID-o0", "name": "Partner 0"}]
    assert [party["roles"] for party in release["parties"][1:]] == [["tenderer", "leadTenderer"], ["subcontractor"]]


def test_a_party_is_known_by_its_register_and_without_one_by_us_alone() -> None:
    numbers = [{"scheme": "GB-CHC", "id": "1123456"}, {"scheme": "GB-COH", "id": "01234567"}]
    release = made_of(a_document(LEAD | {"identifiers": numbers}, {}))
    _, known, unknown = release["parties"]
    assert known["id"] == "GB-CHC-1123456" and known["identifier"]["legalName"] == "Partner 0"
    assert [each["scheme"] for each in known["additionalIdentifiers"]] == ["GB-COH"]
    assert unknown["id"] == "COBID-o1" and "identifier" not in unknown


@pytest.mark.parametrize(
    ("partner", "details"),
    [
        ({"legal_form": "cio", "size_band": "micro"}, {"scale": "micro", "vcse": True}),
        ({"legal_form": "company", "size_band": "super_major"}, {"scale": "large", "vcse": False}),
        (
            {"legal_form": "company_limited_by_guarantee", "identifiers": [{"scheme": "GB-CHC", "id": "1123456"}]},
            {"vcse": True},
        ),
        ({"legal_form": "other"}, None),
    ],
)
def test_size_and_kind_are_said_where_they_are_known(partner: dict[str, Any], details: dict[str, Any] | None) -> None:
    assert made_of(a_document(LEAD | partner))["parties"][1].get("details") == details
