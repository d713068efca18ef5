"""Which refusal comes first: who may not (403), then what the body says wrongly (422), the version (428, 412), the state (409).

The bid is locked for signing, so that without an earlier refusal each request is 409.
"""

import uuid
from typing import Any

import httpx
import pytest

from tests.factories import Bid, Partner, World, ok, problem
from tests.stages import bid

NOBODY = str(uuid.uuid4())


@pytest.fixture
def locked(world: World) -> Bid:
    """A bid of three; `things` that the tests change are made before it is locked."""
    return bid(world, "Lead", "Youth", "Family", rule="majority")


def lock(made: Bid, status: str = "in_sign_off") -> None:
    made.forced(status)


def test_of_an_outcome(locked: Bid) -> None:
    lead, youth, _ = locked.partners
    body = {"outcome": "Stay safe", "partner_ids": [youth.id]}
    path = f"{locked.path}/outcomes/{ok(locked.post(lead.boss, '/outcomes', body), 201).json()['id']}"
    lock(locked)
    problem(locked.post(lead.boss, "/outcomes", body | {"organisation_id": youth.organisation.id}), 403)
    problem(locked.post(lead.boss, "/outcomes", body | {"lot_id": NOBODY}), 422)
    problem(locked.post(lead.boss, "/outcomes", body), 409, "in-sign-off")
    problem(lead.boss.patch(path, {"lot_id": NOBODY}), 422)
    problem(lead.boss.patch(path, {"unit": "x"}), 428)
    problem(lead.boss.patch(path, {"unit": "x"}, if_match=7), 412)
    problem(lead.boss.patch(path, {"unit": "x"}, if_match=1), 409, "in-sign-off")
    problem(lead.boss.post(f"{path}/confirm"), 403)
    problem(youth.boss.post(f"{path}/confirm"), 409, "in-sign-off")


def test_of_a_statement_and_a_claim(locked: Bid) -> None:
    lead, youth, _ = locked.partners
    path = f"{locked.path}/partners/{lead.id}/statements/insurance"
    lock(locked)
    problem(lead.boss.put(path, {"answer": "yes", "document_id": NOBODY}), 422)
    problem(lead.boss.put(path, {"answer": "yes"}), 428)
    problem(lead.boss.put(path, {"answer": "yes"}, if_match=0), 409, "in-sign-off")
    claim = {"pointer": "/budget", "reason": "Rates."}
    problem(locked.post(lead.boss, "/confidentiality-claims", claim | {"partner_id": youth.id}), 403)
    problem(locked.post(lead.boss, "/confidentiality-claims", claim | {"pointer": "budget"}), 422)
    problem(locked.post(lead.boss, "/confidentiality-claims", claim), 409, "in-sign-off")


def test_of_a_file(locked: Bid) -> None:
    lead, youth, _ = locked.partners

    def attach(**fields: str) -> httpx.Response:
        return lead.boss.http.post(
            f"{locked.path}/documents",
            files={"file": ("policy.pdf", b"%PDF-1.7", "application/pdf")},
            data=fields,
            headers={"Authorization": f"Bearer {lead.boss.token}"},
        )

    path = ok(attach(in_bid="true"), 201).headers["Location"]
    lock(locked)
    problem(attach(in_bid="true", partner_id=youth.id), 403)
    problem(attach(in_bid="true", visible_to=NOBODY), 422)
    problem(attach(in_bid="true"), 409, "in-sign-off")
    problem(youth.boss.patch(path, {"visible_to": [NOBODY]}), 403)
    problem(lead.boss.patch(path, {"visible_to": [NOBODY]}), 422)
    problem(lead.boss.patch(path, {"personal_data": "staff"}), 428)
    problem(lead.boss.patch(path, {"personal_data": "staff"}, if_match=1), 409, "in-sign-off")
    problem(youth.boss.delete(path), 403)
    problem(lead.boss.delete(path), 428)
    problem(lead.boss.delete(path, if_match=1), 409, "in-sign-off")


def test_of_the_structure(locked: Bid) -> None:
    path, boss = f"{locked.path}/structure", locked.lead.boss
    lock(locked)
    problem(boss.put(path, {"paid_partner_ids": [NOBODY]}), 422)
    problem(boss.put(path, {"liability": "several"}), 428)
    problem(boss.put(path, {"liability": "several"}, if_match=boss.etag(path)), 409, "in-sign-off")


def test_of_an_asset_and_a_term_on_knowledge(locked: Bid) -> None:
    lead, youth, family = locked.partners
    asset = ok(locked.post(lead.boss, "/assets", {"name": "Toolkit"}), 201).headers["Location"]
    term = {"from_partner_id": lead.id, "to_partner_id": youth.id, "subject": "Safer recruitment"}
    entered = ok(locked.post(lead.boss, "/knowledge-terms", term), 201).headers["Location"]
    lock(locked)
    problem(locked.post(lead.boss, "/assets", {"name": "Van", "owner_now": youth.id}), 422)
    problem(locked.post(lead.boss, "/assets", {"name": "Van"}), 409, "in-sign-off")
    problem(youth.boss.patch(asset, {"owner_after": NOBODY}), 403)
    problem(lead.boss.patch(asset, {"owner_after": NOBODY}), 422)
    problem(lead.boss.patch(asset, {"name": "Kit"}), 428)
    problem(lead.boss.patch(asset, {"name": "Kit"}, if_match=1), 409, "in-sign-off")
    problem(locked.post(family.boss, "/knowledge-terms", term), 403)
    problem(locked.post(lead.boss, "/knowledge-terms", term | {"to_partner_id": lead.id}), 422)
    problem(locked.post(lead.boss, "/knowledge-terms", term), 409, "in-sign-off")
    problem(family.boss.post(f"{entered}/agree"), 403)
    problem(youth.boss.post(f"{entered}/agree"), 409, "in-sign-off")
    problem(lead.boss.patch(entered, {"subject": None}), 422)
    problem(lead.boss.patch(entered, {"how": "Twice a year"}), 428)
    problem(lead.boss.patch(entered, {"how": "Twice a year"}, if_match=1), 409, "in-sign-off")


def test_of_a_decision(locked: Bid) -> None:
    lead, youth, family = locked.partners

    def send(who: Partner, path: str, body: Any = None) -> Any:
        return locked.post(who.boss, path, body)

    decision = ok(send(lead, "/decisions", {"title": "A logo"}), 201).json()["id"]
    ok(send(family, f"/decisions/{decision}/conflicts", {"detail": "Our chair designs logos."}), 201)
    lock(locked, "dissolved")
    over = "proposal-dissolved"
    problem(send(lead, "/decisions", {"title": "A logo", "options": ["red", "red"]}), 422)
    problem(send(lead, "/decisions", {"title": "A logo"}), 409, over)
    problem(send(family, f"/decisions/{decision}/votes", {"option": "for"}), 403)
    problem(send(youth, f"/decisions/{decision}/votes", {"option": "perhaps"}), 422)
    problem(send(youth, f"/decisions/{decision}/votes", {"option": "for"}), 409, over)
    problem(send(youth, f"/decisions/{decision}/close"), 403)
    problem(send(lead, f"/decisions/{decision}/close"), 409, over)
    proxy = {"holder_partner_id": lead.id, "full_name": "Ama Boateng", "role_title": "Chair"}
    problem(send(youth, "/proxies", proxy | {"holder_partner_id": NOBODY}), 422)
    problem(send(youth, "/proxies", proxy), 409, over)
