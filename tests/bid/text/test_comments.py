"""Comments and suggestions: they stay with their words, survive them as a quotation, and can become an edit."""

import pytest

from app.platform.richtext import yjs
from app.settings import Settings
from tests.bid.text.test_content import put, section
from tests.factories import Bid, World, ok, problem
from tests.people.notifications.test_notifications import all_read, news, tell_all
from tests.platform.richtext.test_anchors import of_text
from tests.stages import bid


@pytest.fixture
def made(world: World) -> Bid:
    return bid(world, "Lead", "Member")


def test_a_comment_stays_with_its_words_and_keeps_them_as_a_quotation(made: Bid) -> None:
    path, lead, member = section(made), made.lead.boss, made.partners[1].boss
    ok(put(lead, path, "Rydym yn ŵyl: three schools and three halls"))
    first = ok(member.post(f"{path}/comments", {"body_markdown": "Which?", "quote": "three", "occurrence": 2}), 201)
    assert first.json()["quotation"] == "three"
    assert set(first.json()["anchor"]) == {"start", "end"}
    ok(put(lead, path, "New start. Rydym yn ŵyl: three schools and thirty-three halls"))
    one = ok(lead.get(first.headers["Location"])).json()
    assert one["words_now"] == "thirty-three" or one["words_now"] == "three"
    ok(put(lead, path, "New start."))
    one = ok(lead.get(first.headers["Location"])).json()
    assert (one["quotation"], one["words_now"]) == ("three", None)
    problem(member.post(f"{path}/comments", {"body_markdown": "x", "quote": "no such words"}), 422)
    problem(member.post(f"{path}/comments", {"body_markdown": "  "}), 422)


def test_an_editors_positions_are_taken_as_they_come(made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    ok(put(lead, path, "a few words here"))
    anchor = ok(lead.post(f"{path}/comments", {"body_markdown": "x", "quote": "few words"}), 201).json()["anchor"]
    again = ok(lead.post(f"{path}/comments", {"body_markdown": "y", "anchor": anchor}), 201).json()
    assert (again["quotation"], again["words_now"], again["anchor"]) == ("few words", "few words", anchor)
    stranger = {"start": {"item": {"client": 1, "clock": 2}}, "end": {"item": {"client": 1, "clock": 3}}}
    for bad in (stranger, {"start": {}, "end": {}}, {"start": {"item": {"client": "x"}}, "end": {}}):
        problem(lead.post(f"{path}/comments", {"body_markdown": "y", "anchor": bad}), 422)


def test_the_first_words_of_a_paragraph_are_taken_as_an_editor_names_them(world: World, made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    ok(put(lead, path, "a few words here"))
    end = ok(lead.post(f"{path}/comments", {"body_markdown": "x", "quote": "few"}), 201).json()["anchor"]["end"]
    updates = world.sql.execute(
        "SELECT update FROM section_updates WHERE section_id = %s ORDER BY seq", [path.rpartition("/")[2]]
    ).fetchall()
    text = of_text(yjs.load(*(row[0] for row in updates)), 0)
    anchor = {"start": {"type": text, "assoc": -1}, "end": end}
    made_now = ok(lead.post(f"{path}/comments", {"body_markdown": "y", "anchor": anchor}), 201).json()
    assert (made_now["quotation"], made_now["words_now"]) == ("a few", "a few")
    nothing = {"start": {"type": text, "assoc": -1}, "end": {"type": text, "assoc": -1}}
    problem(lead.post(f"{path}/comments", {"body_markdown": "y", "anchor": nothing}), 422)


def test_a_thread_is_answered_resolved_and_reopened(made: Bid) -> None:
    path, lead, member = section(made), made.lead.boss, made.partners[1].boss
    first = ok(member.post(f"{path}/comments", {"body_markdown": "Is this right?"}), 201).json()
    answer = ok(lead.post(f"{path}/comments", {"body_markdown": "Yes.", "thread_id": first["id"]}), 201).json()
    assert answer["thread_id"] == first["id"]
    nested = ok(lead.post(f"{path}/comments", {"body_markdown": "Sure.", "thread_id": answer["id"]}), 201).json()
    assert nested["thread_id"] == first["id"]
    problem(lead.patch(f"{path}/comments/{first['id']}", {"body_markdown": "No."}, if_match=1), 403)
    problem(lead.patch(f"{path}/comments/{first['id']}", {"resolved": True}, if_match=7), 412)
    done = ok(lead.patch(f"{path}/comments/{first['id']}", {"resolved": True}, if_match=1)).json()
    assert done["resolved"] and done["resolved_by"] == lead.id
    open_ones = ok(lead.get(f"{path}/comments?resolved=false")).json()["items"]
    assert [each["id"] for each in open_ones] == [answer["id"], nested["id"]]
    again = ok(member.patch(f"{path}/comments/{first['id']}", {"resolved": False}, if_match=2)).json()
    assert not again["resolved"] and again["resolved_at"] is None
    problem(lead.post(f"{path}/comments", {"body_markdown": "x", "thread_id": made.id}), 422)


def test_a_suggestion_is_accepted_by_the_sections_organisation_and_is_its_authors_edit(made: Bid) -> None:
    path, lead, member = section(made), made.lead.boss, made.partners[1].boss
    ok(put(lead, path, "We reach **three** schools"))
    suggestion = {"quote": "three", "replacement": "four", "body_markdown": "We counted again"}
    one = ok(member.post(f"{path}/comments", suggestion), 201).json()
    assert one["kind"] == "suggestion"
    problem(member.post(f"{path}/comments/{one['id']}/accept"), 403)
    taken = ok(lead.post(f"{path}/comments/{one['id']}/accept")).json()
    assert (taken["outcome"], taken["resolved"], taken["quotation"]) == ("accepted", True, "three")
    assert ok(lead.get(f"{path}/content")).json()["markdown"] == "We reach **four** schools\n"
    assert ok(lead.get(path)).json()["characters_by_organisation"][made.partners[1].organisation.id] == 4
    problem(lead.post(f"{path}/comments/{one['id']}/decline"), 409, "suggestion-answered")


def test_a_suggestion_whose_words_changed_cannot_be_accepted(made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    ok(put(lead, path, "We reach three schools"))
    one = ok(lead.post(f"{path}/comments", {"quote": "three schools", "replacement": ""}), 201).json()
    ok(put(lead, path, "We reach three big schools"))
    problem(lead.post(f"{path}/comments/{one['id']}/accept"), 409, "suggestion-outdated")
    assert ok(lead.post(f"{path}/comments/{one['id']}/decline")).json()["outcome"] == "declined"
    remark = ok(lead.post(f"{path}/comments", {"body_markdown": "hm"}), 201).json()
    problem(lead.post(f"{path}/comments/{remark['id']}/accept"), 409, "not-a-suggestion")


def test_whoever_is_mentioned_is_told_and_strangers_cannot_be_mentioned(made: Bid, world: World) -> None:
    path, lead, member = section(made), made.lead.boss, made.partners[1].boss
    one = ok(lead.post(f"{path}/comments", {"body_markdown": "see", "mentions": [member.id]}), 201).json()
    told = world.sql.execute(
        "SELECT payload FROM events WHERE stream_id = %s AND type = 'comment_made'", [made.id]
    ).fetchall()
    assert [payload["mentions"] for (payload,) in told] == [[member.id]]
    assert told[0][0]["comment_id"] == one["id"]
    problem(lead.post(f"{path}/comments", {"body_markdown": "see", "mentions": [world.stranger().id]}), 422)


def test_the_facilitator_comments_and_does_not_write(made: Bid) -> None:
    path, lead = section(made, open_to_all=True), made.lead.boss
    facilitator = made.facilitated().boss
    ok(put(lead, path, "words"))
    ok(facilitator.post(f"{path}/comments", {"body_markdown": "Lovely", "quote": "words"}), 201)
    problem(put(facilitator, path, "mine"), 403)
    problem(world_stranger(made).get(f"{path}/comments"), 404)


def test_a_mention_becomes_news_for_that_person_alone(made: Bid, settings: Settings, database: str) -> None:
    path, lead, member = section(made), made.lead.boss, made.partners[1].boss
    other = made.add("Third").boss
    all_read(made.world, settings, database, made)
    one = ok(lead.post(f"{path}/comments", {"body_markdown": "see", "mentions": [member.id]}), 201).json()
    assert one["person_name"] == lead.name and one["organisation_name"] == "Lead"
    tell_all(made.world, settings, database, made)
    (item,) = news(member, unread=True)
    assert item["path"].endswith(f"/comments/{one['id']}")
    assert news(other, unread=True) == [] == news(lead, unread=True)


def world_stranger(made: Bid):  # type: ignore[no-untyped-def]
    return made.world.stranger()
