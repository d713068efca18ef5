"""What was typed before the bid is locked is in the signed version, and counted."""

import asyncio
import json

from tests.factories import World, ok, problem
from tests.live.peer import peers, run, until
from tests.sections.test_content import put
from tests.signoff.bids import ready_bid


def test_what_was_typed_a_moment_before_the_lock_is_in_the_signed_version(world: World) -> None:
    made = ready_bid(world)
    row = world.sql.execute("SELECT id::text FROM sections WHERE proposal_id = %s", [made.id]).fetchone()
    assert row is not None
    path = f"/proposals/{made.id}/sections/{row[0]}"

    async def story() -> None:
        url = world.url.replace("http", "ws", 1) + f"/v1{path}/live"
        async with peers(url, made.lead.token, made.lead.token) as (ana, ben):
            ana.write("Typed a moment before the lock")
            await ana.flush()
            await until(lambda: ben.text() == ana.text())
            await asyncio.to_thread(made.freeze)

    run(story())
    document = ok(made.lead.get(f"/proposals/{made.id}/editions/1/document.json")).json()
    assert "Typed a moment before the lock" in json.dumps(document)
    counts = ok(made.lead.get(path)).json()["counts"]
    assert counts == {"words": 6, "characters": 30, "pages": 1}
    problem(put(made.lead, path, "too late"), 409, "in-sign-off")


def test_a_text_over_its_limit_blocks_the_lock_however_fresh_it_is(world: World) -> None:
    made = ready_bid(world)
    world.sql.execute("UPDATE sections SET limit_unit = 'words', limit_value = 3 WHERE proposal_id = %s", [made.id])
    row = world.sql.execute("SELECT id::text FROM sections WHERE proposal_id = %s", [made.id]).fetchone()
    assert row is not None
    path = f"/proposals/{made.id}/sections/{row[0]}"
    assert ok(put(made.lead, path, "one two three four")).json()["counts"]["words"] == 4
    assert ok(made.lead.get(path)).json()["over_limit"]
    refused = problem(made.lead.post(f"/proposals/{made.id}/editions", {}), 409, "not-ready")
    assert "section-over-limit" in [each["code"] for each in refused["errors"]]
    ok(put(made.lead, path, "one two three"))
    ok(made.lead.post(f"/proposals/{made.id}/editions", {}), 201)
