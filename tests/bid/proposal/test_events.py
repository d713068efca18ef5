"""The log page by page: in the order in which it was written, whatever clock made the ids."""

from datetime import datetime
from typing import Any

from app.platform.db.base import new_id
from tests.factories import World, ok, problem, soon

OLD = "01000000-0000-7000-8000-0000000000{:02}"


def test_a_poller_misses_nothing_that_a_process_with_a_slow_clock_wrote(world: World) -> None:
    bid = world.bid(world.organisation())
    path, boss = f"{bid.path}/events", bid.lead.boss
    first = ok(boss.get(path, params={"limit": 2})).json()
    for number in (1, 2):
        ok(boss.post(f"{bid.path}/openings", {"title": f"Role {number}", "support_offered": ["mentoring"]}), 201)
        world.sql.execute(
            "UPDATE events SET id = %s WHERE stream_id = %s AND seq = (SELECT max(seq) FROM events WHERE stream_id = %s)",
            [OLD.format(number) if number == 1 else new_id(), bid.id, bid.id],
        )
    rest = ok(boss.get(path, params={"cursor": first["next_cursor"]})).json()["items"]
    assert [event["type"] for event in rest][-2:] == ["opening_made", "opening_made"]
    assert OLD.format(1) in [event["id"] for event in rest]
    revisions = [event["revision"] for event in [*first["items"], *rest] if event["revision"]]
    assert revisions == sorted(revisions)
    pages, cursor = [], None
    while cursor or not pages:
        page = ok(boss.get(path, params={"limit": 1, **({"cursor": cursor} if cursor else {})})).json()
        pages, cursor = pages + page["items"], page["next_cursor"]
    assert pages == [*first["items"], *rest]


def test_a_cursor_of_an_event_that_one_may_not_read_is_a_cursor_that_was_never_given(world: World) -> None:
    from app.platform.web.paging import encode

    bid = world.bid(world.organisation())
    member = bid.partners[1].boss
    given = {"kind": "cash", "title": "Ours", "certainty": "confirmed", "value": {"amount": "5.00"}}
    ok(member.post(f"{bid.path}/contributions", given), 201)
    row = world.sql.execute(
        "SELECT id::text FROM events WHERE stream_id = %s AND revision IS NULL", [bid.id]
    ).fetchone()
    assert row
    ok(member.get(f"{bid.path}/events", params={"cursor": encode(row[0])}))
    hidden = bid.lead.boss.get(f"{bid.path}/events", params={"cursor": encode(row[0])})
    made_up = bid.lead.boss.get(f"{bid.path}/events", params={"cursor": encode(new_id())})
    assert problem(hidden, 422)["errors"] == problem(made_up, 422)["errors"]


def test_who_joined_later_counts_only_what_it_may_read_until_it_has_filed(world: World) -> None:
    one, late = world.organisation(), world.organisation()
    bid = world.bid(one)
    for who in (bid.lead.organisation, one):
        ok(who.boss.post(f"{bid.path}/honesty-round/skip"))
    bid.join(late)

    def counts() -> tuple[int, int, list[int], list[str]]:
        whole, structure = ok(late.boss.get(bid.path)), ok(late.boss.get(f"{bid.path}/structure"))
        row = next(row for row in ok(late.boss.get("/v1/proposals")).json()["items"] if row["id"] == bid.id)
        events = ok(late.boss.get(f"{bid.path}/events", params={"limit": 200})).json()["items"]
        numbers = [event["revision"] for event in events if event["revision"]]
        tags = [whole.headers["ETag"], structure.headers["ETag"]]
        return whole.json()["revision"], row["revision"], numbers, tags

    before, others = counts(), bid.read()["revision"]
    assert before[0] == before[1] == before[2][-1]
    given = {"kind": "cash", "title": "Ours", "certainty": "confirmed", "value": {"amount": "5.00"}}
    for _ in range(3):
        ok(one.boss.post(f"{bid.path}/contributions", given), 201)
    assert bid.read()["revision"] == others + 3
    assert counts() == before
    ok(bid.lead.boss.patch(bid.path, {"title": "Together, still"}, if_match=bid.lead.boss.etag(bid.path)))
    whole, row, numbers, tags = counts()
    assert (whole, row, numbers) == (before[0] + 1, before[0] + 1, [*before[2], before[0] + 1])
    assert not set(tags) & set(before[3])
    ok(late.boss.post(f"{bid.path}/honesty-round/file"))
    whole, row, numbers, _ = counts()
    assert whole == row == numbers[-1] == bid.read()["revision"]
    assert numbers == sorted(set(numbers))


def test_the_log_says_who_did_what_and_comes_newest_first_or_by_type(world: World) -> None:
    bid = world.bid(world.organisation())
    path, boss = f"{bid.path}/events", bid.lead.boss
    ok(boss.post(f"{bid.path}/openings", {"title": "A role", "support_offered": ["mentoring"]}), 201)
    oldest = ok(boss.get(path, params={"limit": 200})).json()["items"]
    made = oldest[-1]
    assert made["detail"] and made["detail"] != made["type"]
    assert made["actor"] == {"name": boss.name, "organisation_name": bid.lead.organisation.name}
    newest: list[dict[str, object]] = []
    cursor = None
    while cursor or not newest:
        more = {"cursor": cursor} if cursor else {}
        page = ok(boss.get(path, params={"order": "newest", "limit": 3, **more})).json()
        newest, cursor = newest + page["items"], page["next_cursor"]
    assert newest == oldest[::-1]
    typed = ok(boss.get(path, params={"type": "opening_made"})).json()["items"]
    assert [event["id"] for event in typed] == [event["id"] for event in oldest if event["type"] == "opening_made"]
    assert ok(boss.get(path, params={"type": "no_such"})).json()["items"] == []
    problem(boss.get(path, params={"order": "sideways"}), 422)
    world.sql.execute(
        "UPDATE events SET person_id = NULL, client_id = NULL, organisation_id = NULL WHERE id = %s", [made["id"]]
    )
    assert ok(boss.get(path, params={"order": "newest", "limit": 1})).json()["items"][0]["actor"] is None


def test_a_list_of_bids_says_for_what_call_each_is_and_what_comes_next(world: World) -> None:
    bid = world.bid(world.organisation())
    boss = bid.lead.boss

    def row() -> dict[str, Any]:
        items = ok(boss.get("/proposals", params={"limit": 200})).json()["items"]
        return next(item for item in items if item["id"] == bid.id)  # type: ignore[no-any-return]

    call = bid.read()["opportunity"]
    assert row()["opportunity"] == {"id": call["id"], "title": call["title"], "buyer": call["buyer_name"]}
    assert row()["next_date"] == row()["submission_deadline"]
    sooner = soon(3600)
    ok(boss.patch(bid.path, {"timetable": {"text_by": sooner}}, if_match=boss.etag(bid.path)))
    assert datetime.fromisoformat(row()["next_date"]) == datetime.fromisoformat(sooner)
    invited = world.organisation()
    bid.invite(invited)
    (seen,) = ok(invited.boss.get("/proposals")).json()["items"]
    assert seen["next_date"] == seen["submission_deadline"]
