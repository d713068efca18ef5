"""What is told beside a section: whose it is and until when, how many threads are open, who wrote last, who can write."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.platform.db.base import new_id
from tests.bid.text.test_content import put, section
from tests.bids import Bid
from tests.callers import Person, ok, problem
from tests.factories import World
from tests.stages import bid
from tests.statements import how_many


@pytest.fixture
def made(world: World) -> Bid:
    return bid(world, "Acorn", "Harbour")


def read(person: Person, path: str) -> dict[str, Any]:
    """One section, which is the same in the list."""
    one = ok(person.get(path)).json()
    listed = ok(person.get(f"{path.rpartition('/')[0]}?limit=200")).json()["items"]
    assert one in listed
    return dict(one)


def change(person: Person, path: str, **fields: Any) -> Any:
    return person.patch(path, fields, if_match=person.etag(path))


def test_who_may_write_is_told_before_the_first_letter(world: World, made: Bid) -> None:
    path, (lead, member) = section(made), made.partners
    reader = world.colleague(lead.organisation, "viewer")
    facilitator = made.facilitated()

    def able() -> list[bool]:
        people = (lead.boss, member.boss, reader, facilitator.boss)
        for person in people:
            inside = {each["id"]: each for each in made.read(person)["sections"]}
            assert inside[path.rpartition("/")[2]]["can_write"] == read(person, path)["can_write"]
        return [read(person, path)["can_write"] for person in people]

    assert able() == [True, False, False, False]
    ok(put(lead.boss, path, "Words."))
    problem(put(member.boss, path, "Words."), 403)
    ok(change(lead.boss, path, open_to_all=True))
    assert able() == [True, True, False, False]
    ok(change(lead.boss, path, open_to_all=False, assignee_organisation_id=member.organisation.id))
    assert able() == [False, True, False, False]
    made.forced("in_sign_off")
    assert able() == [False, False, False, False]


def test_open_threads_and_the_last_edit_are_told(world: World, made: Bid) -> None:
    path, (lead, member) = section(made), made.partners
    assert (read(member.boss, path)["comments_open"], read(member.boss, path)["edited"]) == (0, None)
    ok(put(lead.boss, path, "Words here."))
    edited = read(member.boss, path)["edited"]
    assert edited["name"] == ok(lead.boss.get("/me")).json()["name"]
    assert datetime.now(UTC) - datetime.fromisoformat(edited["at"]) < timedelta(minutes=5)
    first = ok(member.boss.post(f"{path}/comments", {"body_markdown": "Which?"}), 201).json()
    ok(lead.boss.post(f"{path}/comments", {"body_markdown": "These.", "thread_id": first["id"]}), 201)
    ok(member.boss.post(f"{path}/comments", {"quote": "here", "replacement": "there"}), 201)
    assert read(lead.boss, path)["comments_open"] == 2
    ok(lead.boss.patch(f"{path}/comments/{first['id']}", {"resolved": True}, if_match=1))
    assert read(lead.boss, path)["comments_open"] == 1
    assert made.read(lead.boss)["sections"][0]["comments_open"] is None
    world.sql.execute("UPDATE people SET erased_at = now() WHERE id = %s", [lead.boss.id])
    assert read(member.boss, path)["edited"]["name"] is None


def test_a_section_is_given_to_a_person_of_ones_own_by_a_day(world: World, made: Bid) -> None:
    path, (lead, member) = section(made), made.partners
    editor, viewer = (world.colleague(lead.organisation, role) for role in ("editor", "viewer"))
    day = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    ok(change(lead.boss, path, assignee_person_id=editor.id, due_on=day))
    shown = read(member.boss, path)
    assert (shown["assignee_person_id"], shown["due_on"]) == (editor.id, day)
    listed = ok(member.boss.get(f"{made.path}/people")).json()["items"]
    assert editor.id in {each["id"] for each in listed} and viewer.id not in {each["id"] for each in listed}
    event = ok(member.boss.get(f"{made.path}/events?order=newest&type=section_changed")).json()["items"][0]
    assert event["payload"]["changed"] == {"assignee_person_id": [None, editor.id], "due_on": [None, day]}

    theirs = world.colleague(member.organisation, "editor")
    refusals = [
        problem(change(lead.boss, path, assignee_person_id=who), 422)
        for who in (viewer.id, theirs.id, world.organisation().boss.id, new_id())
    ]
    assert len({(each["detail"], str(each["errors"])) for each in refusals}) == 1, "who is of another's is not told"
    problem(change(member.boss, path, due_on=day), 403)


def test_another_writer_names_its_own(world: World, made: Bid) -> None:
    path, (lead, member) = section(made), made.partners
    theirs = world.colleague(member.organisation, "editor")
    ok(change(lead.boss, path, assignee_person_id=lead.boss.id))
    to_member = {"assignee_organisation_id": member.organisation.id}
    problem(change(lead.boss, path, assignee_person_id=theirs.id, **to_member), 422)
    problem(change(lead.boss, path, assignee_person_id=lead.boss.id, **to_member), 422)
    assert ok(change(lead.boss, path, **to_member)).json()["assignee_person_id"] is None
    ok(change(member.boss, path, assignee_person_id=theirs.id))
    assert read(lead.boss, path)["assignee_person_id"] == theirs.id
    ok(change(lead.boss, path, assignee_person_id=None))


def test_its_own_day_is_the_tasks(made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    ok(change(lead, path, assignee_organisation_id=made.lead.organisation.id, due_on="2027-07-01"))
    (task,) = [each for each in ok(lead.get("/me/tasks?limit=200")).json()["items"] if each["pointer"] == path]
    assert datetime.fromisoformat(task["due"]) == datetime(2027, 7, 1, 22, 59, tzinfo=UTC), "the day's end in London"


def test_more_sections_take_as_many_statements(made: Bid) -> None:
    lead = made.lead.boss
    one, all_ = (how_many(lambda n=n: ok(lead.get(f"{made.path}/sections?limit={n}"))) for n in (1, 200))
    assert one == all_
