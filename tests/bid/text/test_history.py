"""A section's history: versions, who wrote what, differences, and bringing one back without undoing others."""

import asyncio

import pytest

from tests.bid.text.live.peer import peers, run
from tests.bid.text.test_content import put, section
from tests.factories import Bid, World, ok, problem
from tests.stages import bid
from tests.waiting import until


@pytest.fixture
def made(world: World) -> Bid:
    return bid(world, "Lead", "Member")


def test_every_put_keeps_a_version_and_tells_whose_people_changed_it(made: Bid) -> None:
    path, lead, member = section(made, open_to_all=True), made.lead.boss, made.partners[1].boss
    ok(put(lead, path, "The lead wrote this."))
    ok(put(member, path, "The lead wrote this. The member added that."))
    listed = ok(lead.get(f"{path}/history")).json()["items"]
    assert [(each["number"], each["kind"], each["organisation_ids"]) for each in listed] == [
        (2, "put", [made.partners[1].organisation.id]),
        (1, "put", [made.lead.organisation.id]),
    ]
    second = ok(lead.get(f"{path}/history/2")).json()
    assert second["markdown"] == "The lead wrote this. The member added that.\n"
    assert [(run["text"], run["organisation_id"], run["person_id"]) for run in second["written"]] == [
        ("The lead wrote this.", made.lead.organisation.id, lead.id),
        (" The member added that.", made.partners[1].organisation.id, member.id),
    ]
    assert second["differences"]["against"] == 1
    assert [span for span in second["differences"]["spans"] if span["kind"] != "same"] == [
        {"kind": "added", "markdown": " The member added that."}
    ]
    back = ok(lead.get(f"{path}/history/1?against=2")).json()
    assert [span["kind"] for span in back["differences"]["spans"]] == ["same", "removed", "same"]


def test_a_version_can_be_kept_by_name_and_there_is_none_before_somebody_wrote(made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    problem(lead.post(f"{path}/history", {"name": "Too early"}), 409, "nothing-written")
    ok(put(lead, path, "words"))
    kept = ok(lead.post(f"{path}/history", {"name": "Sent to the board"}), 201)
    assert kept.json()["name"] == "Sent to the board"
    assert kept.json()["kept_by"] == {"organisation_id": made.lead.organisation.id, "person_id": lead.id}
    assert ok(lead.get(kept.headers["Location"])).json()["markdown"] == "words\n"
    for missing in (f"{path}/history/99", f"{path}/history/x", f"{path}/history/0"):
        problem(lead.get(missing), 404)
    problem(lead.get(f"{path}/history/1?against=77"), 422)


def test_a_version_of_another_section_is_not_found(made: Bid) -> None:
    path, other, lead = section(made), section(made, "q2"), made.lead.boss
    ok(put(lead, path, "words"))
    problem(lead.get(f"{other}/history/1"), 404)


def test_restoring_is_a_new_change_by_whoever_restores(made: Bid) -> None:
    path, lead = section(made, open_to_all=True), made.lead.boss
    ok(put(lead, path, "# First\n\nkeep me\n\nand me"))
    ok(put(lead, path, "# Second\n\nkeep me"))
    answer = ok(lead.post(f"{path}/restore", {"number": 1}))
    assert answer.json()["markdown"] == "# First\n\nkeep me\n\nand me\n"
    assert answer.headers["ETag"] == lead.etag(f"{path}/content")
    newest = ok(lead.get(f"{path}/history")).json()["items"][0]
    assert (newest["number"], newest["kind"], newest["restored_from"]) == (3, "restored", 1)
    ok(lead.post(f"{path}/restore", {"number": 3}))
    assert len(ok(lead.get(f"{path}/history")).json()["items"]) == 3, "nothing changed, so no version"
    problem(lead.post(f"{path}/restore", {"number": 9}), 422)


def test_what_was_typed_a_moment_before_an_earlier_text_is_brought_back_stays_in_the_history(made: Bid) -> None:
    path, lead, member = section(made, open_to_all=True), made.lead.boss, made.partners[1].boss
    ok(put(lead, path, "First."))
    ok(put(lead, path, "First. Second."))

    async def story() -> None:
        url = made.world.url.replace("http", "ws", 1) + f"{path}/live"
        async with peers(url, member.token, lead.token) as (writer, reader):
            writer.write(" Typed just now.")
            await writer.flush()
            await until(lambda: "just now" in reader.text())
            await asyncio.to_thread(lambda: ok(lead.post(f"{path}/restore", {"number": 1})))

    run(story())
    listed = ok(lead.get(f"{path}/history")).json()["items"]
    assert [(each["number"], each["kind"], each["organisation_ids"]) for each in listed[:2]] == [
        (4, "restored", [made.lead.organisation.id]),
        (3, "automatic", [made.partners[1].organisation.id]),
    ]
    assert ok(lead.get(f"{path}/history/3")).json()["markdown"] == "First. Second. Typed just now.\n"
    assert ok(lead.get(f"{path}/content")).json()["markdown"] == "First.\n"


def test_making_a_paragraph_a_heading_does_not_change_who_wrote_it(made: Bid) -> None:
    path, lead, member = section(made, open_to_all=True), made.lead.boss, made.partners[1].boss
    ok(put(lead, path, "All of this is ours\n\nother"))
    ok(put(member, path, "# All of this is ours\n\nother"))
    written = ok(lead.get(f"{path}/history/2")).json()["written"]
    assert {run["organisation_id"] for run in written} == {made.lead.organisation.id}
