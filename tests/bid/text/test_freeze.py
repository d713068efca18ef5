"""What was typed before the bid is locked is in the signed version, and counted."""

import asyncio
import concurrent.futures
import json
import time

from tests.bid.signoff.bids import ready_bid
from tests.bid.text.live.peer import peers, run, until
from tests.bid.text.test_content import put
from tests.factories import World, ok, problem


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


def test_the_lock_and_texts_that_are_put_at_the_same_moment_are_ordered(world: World) -> None:
    made = ready_bid(world)
    row = world.sql.execute("SELECT id::text FROM sections WHERE proposal_id = %s", [made.id]).fetchone()
    assert row is not None
    path = f"/proposals/{made.id}/sections/{row[0]}"
    ok(put(made.lead, path, "start"))
    taken: list[str] = []
    refused: list[str] = []

    def write(number: int) -> None:
        for count in range(60):
            token = f"w{number}x{count}y"
            base = made.lead.get(f"{path}/content")
            answer = put(made.lead, path, f"{base.json()['markdown'].strip()} {token}", base.headers["ETag"])
            (taken if answer.status_code == 200 else refused).append(token)
            if answer.status_code != 200:
                problem(answer, 409, "in-sign-off")
                return

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, number) for number in range(4)]
        time.sleep(0.5)
        made.freeze()
        for writer in writers:
            writer.result()
    text = json.dumps(ok(made.lead.get(f"/proposals/{made.id}/editions/1/document.json")).json())
    assert len(refused) == 4
    assert [token for token in taken if token not in text] == []
    assert [token for token in refused if token in text] == []
