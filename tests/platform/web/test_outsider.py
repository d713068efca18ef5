"""Somebody with no tie tries every route under objects that they may not see: the same 404 as for what is not there."""

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from app.platform.access.permissions import PERMISSIONS
from app.platform.access.rules import Scope
from tests.factories import Bid, Person, World, ok

PARAMETERS = {
    Scope.PROPOSAL: "proposal_id",
    Scope.ORGANISATION: "organisation_id",
    Scope.OPPORTUNITY: "opportunity_id",
    Scope.SUBMISSION: "submission_id",
    Scope.WEBHOOK: "webhook_id",
}
BODIES = [None, b"{", b'{"nonsense": 1}', b"\xff\xfe", b"[]"]


def operations(world: World) -> Iterator[tuple[str, str, str]]:
    """(operationId, method, path template) of the OpenAPI document."""
    document = world.openapi
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield operation["operationId"], method.upper(), path


def hidden_things(world: World, bid: Bid) -> dict[Scope, str]:
    """Objects that a stranger may not see."""
    draft = world.opportunity(publish=False)
    of_lead = {
        "organisation_id": bid.lead.organisation.id,
        "url": "https://systems.aber.example/",
        "event_types": ["ping"],
    }
    webhook = ok(bid.lead.boss.post("/webhooks", of_lead), 201).json()
    return {Scope.PROPOSAL: bid.id, Scope.OPPORTUNITY: draft["id"], Scope.WEBHOOK: webhook["id"]}


def fill(template: str, parameter: str, value: str) -> str:
    path = template.replace("{" + parameter + "}", value)
    path = (
        path.replace("{format}", "pdf")
        .replace("{shape}", "json")
        .replace("{number}", "1")
        .replace("{statement_key}", "insurance")
    )
    return re.sub(r"\{\w+(:\w+)?\}", lambda _: str(uuid.uuid4()), path)


def answer(person: Person, method: str, path: str, body: bytes | None) -> tuple[int, dict[str, Any]]:
    headers = {"Content-Type": "application/json"} if body is not None else {}
    response = person.request(method, path, content=body, headers=headers)
    content = json.loads(response.content) if response.content else {}
    for own in ("instance", "request_id"):
        content.pop(own, None)
    return response.status_code, content


def test_an_outsider_cannot_tell_what_is_hidden_from_what_is_not_there(world: World) -> None:
    bid = world.bid(world.organisation())
    stranger = world.stranger()
    hidden = hidden_things(world, bid)
    tried = 0
    for operation, method, template in operations(world):
        scope = PERMISSIONS[operation].scope
        if scope not in hidden:
            continue
        parameter = PARAMETERS[scope]
        for body in BODIES if method != "GET" else [None]:
            seen = answer(stranger, method, fill(template, parameter, hidden[scope]), body)
            made_up = answer(stranger, method, fill(template, parameter, str(uuid.uuid4())), body)
            assert seen == made_up, f"{method} {template} {body!r}: {seen} against {made_up}"
            assert seen[0] == 404 and seen[1]["type"] == "/problems/not-found", f"{method} {template}: {seen}"
            tried += 1
    assert tried > 150


def test_without_a_sign_in_everything_is_401(world: World) -> None:
    bid = world.bid()
    for operation, method, template in operations(world):
        rule = PERMISSIONS[operation]
        if rule.scope is Scope.PUBLIC or (rule.scope not in PARAMETERS):
            continue
        path = fill(template, PARAMETERS[rule.scope], bid.id)
        response = world.http.request(method, path, content=b"{", headers={"Content-Type": "application/json"})
        assert response.status_code == 401, f"{method} {template}: {response.status_code}"


@pytest.mark.parametrize("relation", ["invited", "former"])
def test_who_is_not_inside_gets_404_or_less_than_a_partner(world: World, relation: str) -> None:
    """Neither the invited nor those who left read declarations, events, text or money of the others."""
    outside = world.organisation()
    bid = world.bid(world.organisation())
    if relation == "invited":
        bid.invite(outside)
    else:
        partner_id = bid.join(outside)
        ok(outside.boss.post(f"{bid.path}/partners/{partner_id}/withdraw", {"reason": "Enough."}))
    for path in ("partners", "events", "sections", "reconciliation", "readiness", "decisions", "outcomes"):
        assert outside.boss.get(f"{bid.path}/{path}").status_code == 404, path
