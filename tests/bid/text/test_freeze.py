"""What was typed before the bid is locked is in the signed version, and counted."""

import asyncio
import concurrent.futures
import json

from tests.bid.text.live.peer import peers, run
from tests.bid.text.test_content import put
from tests.factories import World, ok, problem
from tests.stages import ready_bid
from tests.waiting import until, wait_until


def test_what_was_typed_a_moment_before_the_lock_is_in_the_signed_version(world: World) -> None:
    made = ready_bid(world)
    path = made.section("summary")

    async def story() -> None:
        url = world.url.replace("http", "ws", 1) + f"{path}/live"
        async with peers(url, made.lead.boss.token, made.lead.boss.token) as (ana, ben):
            ana.write("Typed a moment before the lock")
            await ana.flush()
            await until(lambda: ben.text() == ana.text())
            await asyncio.to_thread(made.freeze)

    run(story())
    document = ok(made.lead.boss.get(f"{made.path}/editions/1/document.json")).json()
    assert "Typed a moment before the lock" in json.dumps(document)
    counts = ok(made.lead.boss.get(path)).json()["counts"]
    assert counts == {"words": 6, "characters": 30, "pages": 1}
    problem(put(made.lead.boss, path, "too late"), 409, "in-sign-off")


def test_a_text_over_its_limit_blocks_the_lock_however_fresh_it_is(world: World) -> None:
    made = ready_bid(world)
    path = made.section("summary")
    world.sql.execute("UPDATE sections SET limit_unit = 'words', limit_value = 3 WHERE id = %s", [path[-36:]])
    assert ok(put(made.lead.boss, path, "one two three four")).json()["counts"]["words"] == 4
    assert ok(made.lead.boss.get(path)).json()["over_limit"]
    refused = problem(made.lead.boss.post(f"{made.path}/editions", {}), 409, "not-ready")
    assert "section-over-limit" in [each["code"] for each in refused["errors"]]
    ok(put(made.lead.boss, path, "one two three"))
    ok(made.lead.boss.post(f"{made.path}/editions", {}), 201)


def test_the_lock_and_texts_that_are_put_at_the_same_moment_are_ordered(world: World) -> None:
    made = ready_bid(world)
    path = made.section("summary")
    ok(put(made.lead.boss, path, "start"))
    taken: list[str] = []
    refused: list[str] = []

    def write(number: int) -> None:
        for count in range(60):
            token = f"w{number}x{count}y"
            base = made.lead.boss.get(f"{path}/content")
            answer = put(made.lead.boss, path, f"{base.json()['markdown'].strip()} {token}", base.headers["ETag"])
            (taken if answer.status_code == 200 else refused).append(token)
            if answer.status_code != 200:
                problem(answer, 409, "in-sign-off")
                return

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, number) for number in range(4)]
        wait_until(lambda: len(taken) >= 8)
        made.freeze()
        for writer in writers:
            writer.result()
    text = json.dumps(ok(made.lead.boss.get(f"{made.path}/editions/1/document.json")).json())
    assert len(refused) == 4
    assert [token for token in taken if token not in text] == []
    assert [token for token in refused if token in text] == []
