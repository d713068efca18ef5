"""What is typed over sockets is counted, recorded and kept as a version shortly after, and before a freeze."""

import asyncio

import pytest

from app.bid.text.background_catch_up import BackgroundCatchUp
from app.bid.text.catching_up import catch_up_all
from app.platform.db.engine import connect
from app.platform.richtext import yjs
from app.platform.richtext.markdown import parse
from app.settings import Settings
from tests.bid.text.live.peer import peers, run
from tests.bid.text.test_content import section
from tests.factories import Bid, World, ok
from tests.stages import bid
from tests.waiting import until, wait_until


@pytest.fixture
def made(world: World) -> Bid:
    return bid(world, "Lead", "Member")


def type_together(made: Bid, path: str) -> None:
    async def story() -> None:
        url = made.world.url.replace("http", "ws", 1) + f"{path}/live"
        async with peers(url, made.lead.boss.token, made.partners[1].boss.token) as (ana, ben):
            ana.write("Ŵy four words here")
            await ana.flush()
            await until(lambda: ben.text() == ana.text())
            ben.write(" and three more")
            await ben.flush()
            await until(lambda: ben.text() == ana.text())

    run(story())


def test_counts_shares_events_and_a_version_follow_the_typing(made: Bid) -> None:
    path = section(made, open_to_all=True)
    type_together(made, path)
    lead = made.lead.boss
    wait_until(lambda: ok(lead.get(path)).json()["counts"]["words"] == 7)
    one = ok(lead.get(path)).json()
    assert one["counts"] == {"words": 7, "characters": 33, "pages": 1}
    assert one["state"] == "drafting"
    assert one["characters_by_organisation"] == {
        made.lead.organisation.id: 18,
        made.partners[1].organisation.id: 15,
    }
    told = made.world.sql.execute(
        "SELECT organisation_id::text, person_id::text, (payload ->> 'characters_added')::int FROM events "
        "WHERE stream_id = %s AND type = 'section_written' ORDER BY seq",
        [made.id],
    ).fetchall()
    by = {(organisation, person): 0 for organisation, person, _ in told}
    for organisation, person, many in told:
        by[organisation, person] += many
    member = made.partners[1]
    assert by == {(made.lead.organisation.id, lead.id): 18, (member.organisation.id, member.boss.id): 15}
    assert ok(lead.get(f"{path}/history")).json()["items"][-1]["kind"] == "automatic"


def test_settling_again_finds_nothing_new(made: Bid, database: str, settings: Settings) -> None:
    path = section(made, open_to_all=True)
    type_together(made, path)

    async def twice() -> None:
        db = await connect(database, settings)
        try:
            for _ in range(2):
                async with db.sessions() as session:
                    await catch_up_all(session, made.id)
                    await session.commit()
        finally:
            await db.close()

    asyncio.run(twice())
    rows = made.world.sql.execute(
        "SELECT count(*), sum((payload ->> 'characters_added')::int) FROM events "
        "WHERE stream_id = %s AND type = 'section_written'",
        [made.id],
    ).fetchone()
    assert rows is not None and rows[1] == 33


def test_a_new_process_counts_what_a_killed_one_had_only_logged(made: Bid, database: str, settings: Settings) -> None:
    path = section(made)
    section_id = path[-36:]
    update = yjs.new(parse("four words were logged")).get_update()
    made.world.sql.execute(
        "INSERT INTO section_heads (section_id, proposal_id, last_seq) VALUES (%s, %s, 1)", [section_id, made.id]
    )
    made.world.sql.execute(
        "INSERT INTO section_updates (section_id, seq, update, organisation_id) VALUES (%s, 1, %s, %s)",
        [section_id, update, made.lead.organisation.id],
    )

    async def start() -> None:
        db = await connect(database, settings)
        catch_up = BackgroundCatchUp(db)
        catch_up.start()
        try:
            await until(lambda: ok(made.lead.boss.get(path)).json()["counts"]["words"] == 4)
        finally:
            await catch_up.stop()
            await db.close()

    asyncio.run(start())
