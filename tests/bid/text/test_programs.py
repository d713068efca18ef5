"""A partner's own program reads and puts text with a client's token."""

import httpx

from tests.bid.text.test_content import section
from tests.factories import World, ok
from tests.stages import bid


def test_a_program_puts_text_comments_and_accepts_for_its_organisation(world: World) -> None:
    made = bid(world, "Lead", "Member")
    path = section(made)
    organisation = made.lead.organisation
    scopes = {"name": "CMS", "scopes": ["proposals:read", "proposals:write"]}
    client = ok(made.lead.boss.post(f"/organisations/{organisation.id}/clients", scopes), 201).json()
    given = httpx.post(
        f"{world.url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["client_id"], client["client_secret"]),
    )
    headers = {"Authorization": f"Bearer {given.json()['access_token']}"}
    with httpx.Client(base_url=f"{world.url}{path}", headers=headers, timeout=30) as program:
        tag = ok(program.get("/content")).headers["ETag"]
        ok(program.put("/content", json={"markdown": "by a program"}, headers={"If-Match": tag}))
        suggested = ok(program.post("/comments", json={"quote": "program", "replacement": "robot"}), 201).json()
        assert ok(program.post(f"/comments/{suggested['id']}/accept")).json()["outcome"] == "accepted"
        assert ok(program.get("/content")).json()["markdown"] == "by a robot\n"
        written = ok(program.get("/history/1")).json()["written"]
    assert written == [{"line": 0, "text": "by a program", "organisation_id": organisation.id, "person_id": None}]
