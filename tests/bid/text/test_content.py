"""A section's text as Markdown over HTTP: merged from what its author read, never over what others wrote."""

import concurrent.futures
from typing import Any

import pytest

from app.platform.db.base import new_id
from tests.factories import Bid, Person, World, ok, problem
from tests.stages import bid


def section(made: Bid, key: str = "q1", **columns: Any) -> str:
    """A section of the bid; its path below the proposal."""
    section_id = new_id()
    fields = {"id": section_id, "proposal_id": made.id, "key": key, "title": "How will you reach people?", **columns}
    names = ", ".join(fields)
    holes = ", ".join(["%s"] * len(fields))
    made.world.sql.execute(f"INSERT INTO sections ({names}) VALUES ({holes})", list(fields.values()))
    return f"{made.path}/sections/{section_id}"


@pytest.fixture
def made(world: World) -> Bid:
    return bid(world, "Lead", "Member")


def put(who: Person, path: str, markdown: str, etag: str | None = None, **headers: str) -> Any:
    etag = etag if etag is not None else who.etag(f"{path}/content")
    return who.put(f"{path}/content", {"markdown": markdown}, if_match=etag, headers=headers)


def test_what_is_put_is_what_is_read_and_the_counts_follow(made: Bid) -> None:
    path, lead = section(made, limit_unit="words", limit_value=3), made.lead.boss
    first = ok(lead.get(f"{path}/content"))
    assert first.json() == {"markdown": "", "counts": {"words": 0, "characters": 0, "pages": 0}}
    answer = ok(put(lead, path, "# Ein dull\n\n- **Ŵy**  a\n- b\n\n<b>raw</b>"), 200)
    assert answer.json()["markdown"] == "# Ein dull\n\n- **Ŵy**  a\n- b\n\n\\<b>raw\\</b>\n"
    assert answer.json()["counts"] == {"words": 6, "characters": 24, "pages": 1}
    assert answer.headers["ETag"] == lead.etag(f"{path}/content")
    one = ok(lead.get(path)).json()
    assert one["counts"] == answer.json()["counts"]
    assert one["over_limit"] and one["state"] == "drafting"
    assert one["characters_by_organisation"] == {made.lead.organisation.id: 24}
    whole = ok(lead.get(made.path)).json()
    inside = {**one, "comments_open": None, "edited": None}  # what moves without the bid's revision
    assert [each for each in whole["sections"] if each["id"] == one["id"]] == [inside]
    listed = ok(lead.get(f"{made.path}/sections")).json()["items"]
    assert one in listed


def test_a_change_is_merged_from_the_text_that_its_author_read(made: Bid) -> None:
    path, lead = section(made, open_to_all=True), made.lead.boss
    member = made.partners[1].boss
    ok(put(lead, path, "one two three\n\nfour five six"))
    base = lead.etag(f"{path}/content")
    ok(put(lead, path, "one 2 three\n\nfour five six", base))
    answer = ok(put(member, path, "one two three\n\nfour five 6", base))
    assert answer.json()["markdown"] == "one 2 three\n\nfour five 6\n"
    assert answer.json()["markdown"] == ok(lead.get(f"{path}/content")).json()["markdown"]


def test_a_retry_of_a_put_whose_answer_got_lost_adds_nothing_twice(made: Bid) -> None:
    path, lead = section(made, open_to_all=True), made.lead.boss
    ok(put(lead, path, "one"))
    base = lead.etag(f"{path}/content")
    ok(put(lead, path, "one two", base))
    ok(put(made.partners[1].boss, path, "zero one two"))
    again = ok(put(lead, path, "one two", base))
    assert again.json()["markdown"] == "zero one two\n"
    assert ok(put(lead, path, "one three", base)).json()["markdown"].count("three") == 1


def test_strict_handling_and_a_base_that_is_gone_answer_412_with_the_text_as_it_is(made: Bid, world: World) -> None:
    path, lead = section(made), made.lead.boss
    ok(put(lead, path, "one"))
    base = lead.etag(f"{path}/content")
    ok(put(lead, path, "one two"))
    refused = problem(put(lead, path, "one three", base, Prefer="handling=strict"), 412, "stale-text")
    assert refused["current_markdown"] == "one two\n"
    for said in ('Handling="strict"', "return=minimal, handling = strict; wait=1"):
        problem(put(lead, path, "one three", base, Prefer=said), 412, "stale-text")
    assert refused["current_etag"] == lead.etag(f"{path}/content")
    assert put(lead, path, "one two three", Prefer="handling=strict").headers["Preference-Applied"]
    world.sql.execute("UPDATE section_updates SET at = at - interval '8 days' WHERE section_id = %s", [path[-36:]])
    assert problem(put(lead, path, "x", base), 412, "stale-text")["current_markdown"] == "one two three\n"
    ok(put(lead, path, "one two three four", Prefer="handling=strictly"))  # the newest text is never too old
    for strange in ('"3"', '"t1-00000000"', 'W/"t1-00000000"', "nonsense"):
        problem(put(lead, path, "x", strange), 412, "stale-text")
    problem(lead.put(f"{path}/content", {"markdown": "x"}), 428)
    problem(lead.put(f"{path}/content", {"markdown": "x"}, if_match="*"), 428)


def test_only_the_sections_organisation_writes_unless_it_is_open_to_all(made: Bid) -> None:
    path, lead, member = section(made), made.lead.boss, made.partners[1].boss
    problem(put(member, path, "mine"), 403)
    ok(lead.patch(path, {"assignee_organisation_id": made.partners[1].organisation.id}, if_match=1))
    ok(put(member, path, "mine"))
    problem(put(lead, path, "ours"), 403)
    ok(member.patch(path, {"open_to_all": True, "state": "in_review"}, if_match=ok(member.get(path)).json()["version"]))
    answer = ok(put(lead, path, "ours mine")).json()
    assert answer["markdown"] == "ours mine\n"
    shares = ok(lead.get(path)).json()["characters_by_organisation"]
    assert shares == {made.lead.organisation.id: 5, made.partners[1].organisation.id: 4}


def test_a_section_is_assigned_to_partners_only_and_managed_by_its_organisation_or_the_lead(made: Bid) -> None:
    path, lead, member = section(made), made.lead.boss, made.partners[1].boss
    stranger = made.world.organisation()
    problem(lead.patch(path, {"assignee_organisation_id": stranger.id}, if_match=1), 422)
    problem(member.patch(path, {"state": "done"}, if_match=1), 403)
    problem(lead.patch(path, {"state": None}, if_match=1), 422)
    problem(lead.patch(path, {"state": "done"}, if_match=2), 412)
    assert ok(lead.patch(path, {"state": "done"}, if_match=1)).json()["state"] == "done"
    own = section(made, "q2", partner_id=made.partners[1].id)
    ok(put(member, own, "we are small"))
    problem(put(lead, own, "they are small"), 403)
    problem(stranger.boss.get(f"{path}/content"), 404)


def test_while_the_bid_is_locked_the_text_is_read_and_nothing_written(made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    ok(put(lead, path, "settled"))
    made.ready().freeze()
    assert ok(lead.get(f"{path}/content")).json()["markdown"] == "settled\n"
    problem(put(lead, path, "changed"), 409, "in-sign-off")
    problem(lead.patch(path, {"state": "done"}, if_match=ok(lead.get(path)).json()["version"]), 409, "in-sign-off")
    problem(lead.post(f"{path}/restore", {"number": 1}), 409, "in-sign-off")
    ok(lead.post(f"{path}/comments", {"body_markdown": "a typo", "quote": "settled"}), 201)


def test_texts_that_no_editor_could_open_are_refused(made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    problem(put(lead, path, ">" * 60 + " deep"), 422)
    problem(put(lead, path, "nul \x00 here"), 422)
    assert ok(put(lead, path, "[x](javascript:alert(1))")).json()["markdown"] == "\\[x](javascript:alert(1))\n"


def test_twenty_changes_from_one_base_at_the_same_time_all_arrive(made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    words = [f"w{number}" for number in range(20)]
    ok(put(lead, path, " ".join(words)))
    base = lead.etag(f"{path}/content")

    def change(number: int) -> int:
        mine = [f"{word}-changed" if index == number else word for index, word in enumerate(words)]
        return int(put(lead, path, " ".join(mine), base).status_code)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(change, range(20))) == {200}
    text = ok(lead.get(f"{path}/content")).json()["markdown"]
    assert text.split() == [f"{word}-changed" for word in words]


def test_each_change_is_an_event_that_says_who_wrote_how_much_but_not_what(made: Bid, world: World) -> None:
    path, lead = section(made), made.lead.boss
    before = ok(lead.get(made.path)).headers["ETag"]
    ok(put(lead, path, "a secret sentence"))
    assert ok(lead.get(made.path)).headers["ETag"] != before
    row = world.sql.execute(
        "SELECT type, organisation_id::text, person_id::text, payload FROM events WHERE stream_id = %s "
        "ORDER BY seq DESC LIMIT 1",
        [made.id],
    ).fetchone()
    assert row is not None
    assert row[:3] == ("section_written", made.lead.organisation.id, lead.id)
    assert row[3]["characters_added"] == 17
    assert "secret" not in str(row[3])


def test_refusals_come_in_the_order_of_the_contract(made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    stranger = made.world.organisation().id
    made.forced("dissolved")
    problem(lead.post(f"{path}/comments", {"body_markdown": "x", "organisation_id": stranger}), 403)
    problem(lead.post(f"{path}/comments", {"body_markdown": "x", "quote": "no such words"}), 422)
    problem(lead.post(f"{path}/comments", {"body_markdown": "x"}), 409)
    problem(lead.post(f"{path}/restore", {"number": 9}), 422)
    problem(lead.patch(path, {"assignee_organisation_id": stranger}), 422)
    problem(lead.patch(path, {"state": "done"}), 428)
    problem(lead.patch(path, {"state": "done"}, if_match=9), 412)
    problem(lead.patch(path, {"state": "done"}, if_match=1), 409)


def test_all_texts_come_with_the_list_and_their_own_etags(world: World) -> None:
    bid = world.bid()
    boss, path = bid.lead.boss, f"{bid.path}/sections"
    section = ok(boss.get(path)).json()["items"][0]
    text = f"{path}/{section['id']}/content"
    ok(boss.put(text, {"markdown": "**Ours**, and *theirs*.\n"}, if_match=boss.etag(text)))
    first, *others = ok(boss.get(path, params={"include": "content"})).json()["items"]
    assert first["content"]["markdown"] == ok(boss.get(text)).json()["markdown"]
    assert first["content"]["etag"] == boss.etag(text)
    assert all(other["content"]["markdown"] == "" for other in others)
    ok(boss.put(text, {"markdown": "Again.\n"}, if_match=first["content"]["etag"]))
    assert all(item["content"] is None for item in ok(boss.get(path)).json()["items"])
    problem(boss.get(path, params={"include": "comments"}), 422)
