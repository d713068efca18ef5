"""One person on two sides reads neither until both organisations have recorded it and how it is handled."""

from functools import partial

import pytest

from app.bid.facilitation.reactions import remind
from app.platform.db.base import new_id
from app.settings import Settings
from tests.factories import Bid, Organisation, Person, World, ok, problem
from tests.journeys.test_two_bids_for_one_lot import SAID
from tests.people.notifications.test_notifications import tell_all, work
from tests.racing import together
from tests.rounds import races
from tests.stages import bid


def rivals(world: World) -> tuple[Bid, Bid]:
    """Two bids for one opportunity."""
    first = bid(world, "Youth", "Family")
    return first, bid(world, "Sports", "Arts", call=first.opportunity)


def joins(world: World, organisation: Organisation, person: Person, *roles: str) -> None:
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, %s)",
        [organisation.id, person.id, list(roles or ("viewer",))],
    )


def records(organisation: Organisation, person: Person, made: Bid, how: str = "She works on one bid only.") -> None:
    body = {"person_id": person.id, "opportunity_id": made.opportunity_id, "how": how}
    ok(organisation.boss.post(f"/organisations/{organisation.id}/two-sides", body), 201)


def test_somebody_in_two_rival_bids_reads_neither_until_both_have_recorded_it(world: World) -> None:
    first, second = rivals(world)
    youth, arts = first.lead.organisation, second.partners[1].organisation
    ann = world.person()
    joins(world, youth, ann)
    ok(first.get(ann, ""))
    joins(world, arts, ann)
    for made in (first, second):
        for path in ("", "/decisions", "/structure", "/reconciliation"):
            problem(made.get(ann, path), 403, "two-sides-unrecorded")
    ok(first.get(first.lead.boss, ""))
    records(youth, ann, first)
    problem(first.get(ann, ""), 403, "two-sides-unrecorded")
    records(arts, ann, first)
    ok(first.get(ann, ""))
    ok(second.get(ann, ""))


def test_neither_the_list_nor_the_tasks_tell_such_a_person_more_than_that_it_is_so(world: World) -> None:
    first, second = rivals(world)
    youth, arts = first.lead.organisation, second.partners[1].organisation
    ann = world.person()
    joins(world, youth, ann, "signatory", "editor")
    joins(world, arts, ann, "signatory", "editor")

    def listed() -> dict[str, dict[str, object]]:
        return {item["id"]: item for item in ok(ann.get("/proposals")).json()["items"]}

    def told() -> set[tuple[str, str]]:
        return {(task["code"], task["proposal_id"]) for task in ok(ann.get("/me/tasks")).json()["items"]}

    for item in listed().values():
        assert item["two_sides"] is True
        assert [item[name] for name in ("title", "lead", "revision", "version")] == [None, None, 0, 0]
    assert told() == {("two-sides-to-record", first.id), ("two-sides-to-record", second.id)}
    pointers = {task["pointer"] for task in ok(ann.get("/me/tasks")).json()["items"]}
    assert pointers == {f"/v1/organisations/{one.id}/two-sides" for one in (youth, arts)}
    records(youth, ann, first)
    records(arts, ann, first)
    assert {item["title"] for item in listed().values()} == {
        ok(made.get(ann, "")).json()["title"] for made in (first, second)
    }
    assert "two-sides-to-record" not in {code for code, _ in told()} and told()


def test_partners_of_one_bid_and_of_bids_for_other_calls_are_no_two_sides(world: World) -> None:
    first, other = bid(world, "Youth", "Family"), bid(world, "Sports")
    ann = world.person()
    for organisation in (first.lead.organisation, first.partners[1].organisation, other.lead.organisation):
        joins(world, organisation, ann)
    ok(first.get(ann, ""))
    ok(other.get(ann, ""))


def test_bids_for_other_lots_are_no_two_sides_and_a_bid_without_lots_is_for_all(world: World) -> None:
    first, second = rivals(world)
    ann, lots = world.person(), [new_id(), new_id()]
    for made in (first, second):
        joins(world, made.lead.organisation, ann)

    def for_lots(made: Bid, *ids: str) -> None:
        world.sql.execute("UPDATE proposals SET lot_ids = %s::uuid[] WHERE id = %s", [list(ids), made.id])

    for_lots(first, lots[0])
    for_lots(second, lots[1])
    ok(first.get(ann, ""))
    for_lots(second, *lots)
    problem(first.get(ann, ""), 403, "two-sides-unrecorded")
    for_lots(second)
    problem(first.get(ann, ""), 403, "two-sides-unrecorded")


def test_an_organisation_in_two_bids_is_on_no_side_against_itself(world: World) -> None:
    first, second = rivals(world)
    both = first.lead.organisation
    seat = second.invite(both)
    declared = [(made, ok(made.post(both.boss, "/other-bids", SAID), 201).json()["id"]) for made in (first, second)]
    ok(second.post(both.boss, f"/partners/{seat}/accept"))
    for made, id_ in declared:
        for partner in made.partners:
            if partner.organisation is not both:
                ok(made.post(partner.boss, f"/other-bids/{id_}/answers", {"answer_markdown": "Noted."}))
    ok(first.get(first.lead.boss, ""))
    ok(second.get(first.lead.boss, ""))


def test_a_record_counts_for_its_own_person_and_call_alone(world: World) -> None:
    first, second = rivals(world)
    youth, arts = first.lead.organisation, second.partners[1].organisation
    ann, bob = world.person(), world.person()
    for person in (ann, bob):
        joins(world, youth, person)
        joins(world, arts, person)
    records(youth, ann, first)
    records(arts, bob, first)
    records(arts, ann, bid(world, "Elsewhere"))
    for person in (ann, bob):
        problem(first.get(person, ""), 403, "two-sides-unrecorded")


def test_a_partners_person_at_the_buyer_reads_nothing_and_can_still_leave(world: World) -> None:
    made = bid(world, "Youth", "Family")
    council_id = world.sql.execute(
        "SELECT organisation_id FROM opportunities WHERE id = %s", [made.opportunity_id]
    ).fetchone()
    assert council_id is not None
    boss = made.partners[1].boss
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, '{viewer}')",
        [council_id[0], boss.id],
    )
    problem(made.get(boss, ""), 403, "two-sides-unrecorded")
    problem(made.post(boss, "/difficulties", {"title": "x"}), 403, "two-sides-unrecorded")
    problem(world.stranger().get(made.path), 404)
    left = made.post(boss, f"/partners/{made.partners[1].id}/withdraw", {"reason": "I changed jobs"})
    assert left.status_code == 200


def test_a_facilitators_person_in_a_rival_bid_reads_neither(world: World) -> None:
    first, second = rivals(world)
    helper = first.facilitated()
    joins(world, second.lead.organisation, helper.boss)
    problem(first.get(helper.boss, ""), 403, "two-sides-unrecorded")
    problem(second.get(helper.boss, ""), 403, "two-sides-unrecorded")
    cases = "/facilitation/caseload"
    assert ok(helper.boss.get(cases)).json()["items"] == []
    records(helper.organisation, helper.boss, first)
    records(second.lead.organisation, helper.boss, first)
    assert [case["proposal_id"] for case in ok(helper.boss.get(cases)).json()["items"]] == [first.id]


def test_the_record_is_an_admins_and_is_kept_once(world: World) -> None:
    made = bid(world)
    organisation = made.lead.organisation
    person = world.colleague(organisation, "editor")
    path = f"/organisations/{organisation.id}/two-sides"
    body = {"person_id": person.id, "opportunity_id": made.opportunity_id, "how": "Apart"}
    problem(person.post(path, body), 403)
    problem(world.stranger().post(path, body), 404)
    problem(organisation.boss.post(path, {**body, "person_id": world.person().id}), 422)
    row = ok(organisation.boss.post(path, body), 201)
    problem(organisation.boss.post(path, body), 409, "two-sides-recorded")
    changed = organisation.boss.patch(row.headers["Location"], {"how": "Not at all"}, if_match=1)
    assert ok(changed).json()["how"] == "Not at all"
    assert len(ok(person.get(path)).json()["items"]) == 1


def confided(made: Bid) -> dict[str, str]:
    body = {"title": "We are being pushed out", "addressed_to": "facilitator"}
    raised: dict[str, str] = ok(made.post(made.partners[1].boss, "/difficulties", body), 201).json()
    return raised


def facilitators_paths(raised: dict[str, str], entry: str) -> tuple[str, ...]:
    return "/notebook", f"/notebook/{entry}", f"/difficulties/{raised['id']}", f"/difficulties/{raised['id']}/steps"


@pytest.mark.parametrize("first", ["facilitator", "partner"])
def test_whoever_has_a_seat_in_a_partner_never_has_the_facilitators_sight_whatever_came_first(
    world: World, first: str, settings: Settings, database: str
) -> None:
    """Somebody of the lead joins the facilitator, or the other way round, before or after what was confided."""
    made = bid(world, "Lead", "Youth")
    helper, ann = made.facilitated(), world.person()
    hats = [helper.organisation, made.lead.organisation]
    early, late = hats if first == "facilitator" else hats[::-1]
    joins(world, early, ann, "admin", "editor")
    before = confided(made)
    joins(world, late, ann, "admin", "editor")
    after = confided(made)
    entry = ok(made.post(helper.boss, "/notebook", {"text_markdown": "The lead is tired."}), 201).json()["id"]
    for raised in (before, after):
        for path in facilitators_paths(raised, entry):
            problem(made.get(ann, path), 404, "not-found")
        problem(made.post(ann, f"/difficulties/{raised['id']}/close", {"outcome": "escalated"}), 404)
    assert ok(made.get(ann, "/difficulties")).json()["items"] == []
    problem(made.post(ann, "/notebook", {"text_markdown": "x"}), 404)
    problem(made.post(ann, f"/partners/{made.partners[1].id}/removal-certificate"), 403)
    problem(made.post(ann, f"/facilitators/{helper.id}/end", {"handover_markdown": "Put in its mouth"}), 403)
    assert ok(ann.get("/facilitation/caseload")).json()["items"] == []
    (item,) = ok(ann.get("/proposals")).json()["items"]
    assert (item["relation"], item["two_sides"]) == ("partner", False)
    events = ok(made.get(ann, "/events?limit=200")).json()["items"]
    assert not [event for event in events if event["type"].startswith("difficulty")]
    tell_all(world, settings, database, made)
    kinds = {one["kind"] for one in ok(ann.get("/me/notifications?limit=200")).json()["items"]}
    assert "difficulty_raised" not in kinds
    for path in facilitators_paths(before, entry):
        ok(made.get(helper.boss, path))


def test_a_former_partners_person_does_not_read_on_through_the_facilitator(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family")
    helper, family = made.facilitated(), made.partners[2]
    joins(world, helper.organisation, family.boss, "admin")
    ok(made.post(family.boss, f"/partners/{family.id}/withdraw", {"reason": "No time."}))
    problem(made.get(family.boss, "/decisions"), 404)
    problem(made.get(family.boss, "/notebook"), 404)
    (item,) = ok(family.boss.get("/proposals")).json()["items"]
    assert item["relation"] == "former"


def test_nobody_of_a_partner_is_reminded_of_a_step_that_the_facilitator_owes(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth")
    helper, ann = made.facilitated(), world.person()
    for organisation in (helper.organisation, made.lead.organisation):
        joins(world, organisation, ann, "admin")
    step = {"note_markdown": "I talk to both.", "owner_organisation_id": helper.organisation.id, "due_on": "2026-11-01"}
    ok(made.post(helper.boss, f"/difficulties/{confided(made)['id']}/steps", step), 201)
    work(settings, database, remind)

    def reminded(person: Person) -> list[str]:
        items = ok(person.get("/me/notifications")).json()["items"]
        return [one["kind"] for one in items if one["kind"] == "difficulty_step_overdue"]

    assert (reminded(helper.boss), reminded(ann)) == (["difficulty_step_overdue"], [])


def test_an_organisation_never_facilitates_one_bid_and_takes_part_in_its_rival(world: World) -> None:
    first, second = rivals(world)
    both = world.organisation("Both", kinds=("provider", "facilitator"))
    asked = ok(first.post(first.lead.boss, "/facilitators", {"organisation_id": both.id}), 201).json()["id"]
    seat = second.invite(both)
    ok(first.post(both.boss, f"/facilitators/{asked}/accept"))
    problem(second.post(both.boss, f"/partners/{seat}/accept"), 409, "facilitates-a-rival")
    start = {"opportunity_id": first.opportunity_id, "title": "Ours"}
    problem(both.boss.post("/proposals", start), 409, "facilitates-a-rival")
    ok(first.post(both.boss, f"/facilitators/{asked}/end"))
    ok(second.post(both.boss, f"/partners/{seat}/accept"))
    asked = ok(first.post(first.lead.boss, "/facilitators", {"organisation_id": both.id}), 201).json()["id"]
    problem(first.post(both.boss, f"/facilitators/{asked}/accept"), 409, "facilitator-not-neutral")


def test_a_facilitator_of_two_bids_reads_the_second_only_while_all_of_both_agree(world: World) -> None:
    """Somebody who joins later has not agreed. Who is asked learns nothing of the other bid."""
    first, second = rivals(world)
    helper = first.facilitated()
    asked = ok(second.post(second.lead.boss, "/facilitators", {"organisation_id": helper.organisation.id}), 201).json()
    for made, id_ in ((first, helper.id), (second, asked["id"])):
        for partner in made.partners:
            ok(made.post(partner.boss, f"/facilitators/{id_}/agree"))
    ok(second.post(helper.boss, f"/facilitators/{asked['id']}/accept"))
    program = world.program(helper.organisation, "proposals:read")
    ok(second.get(helper.boss, "/decisions"))
    late = first.add("Late")
    ok(first.get(helper.boss, "/decisions"))
    for who in (helper.boss, program):
        problem(second.get(who, "/decisions"), 403, "facilitator-serves-a-rival")
    cases = ok(helper.boss.get("/facilitation/caseload")).json()["items"]
    assert [case["proposal_id"] for case in cases] == [first.id]
    ok(first.post(late.boss, f"/facilitators/{helper.id}/agree"))
    for who in (helper.boss, program):
        ok(second.get(who, "/decisions"))
    second.add("Later")
    problem(second.get(helper.boss, "/decisions"), 403, "facilitator-serves-a-rival")
    assert ok(second.post(helper.boss, f"/facilitators/{asked['id']}/end")).json()["status"] == "ended"


def test_two_admins_who_record_the_same_at_once_record_it_once(world: World) -> None:
    made = bid(world)
    organisation = made.lead.organisation
    admins = [organisation.boss, world.colleague(organisation, "admin")]
    for _ in races(6):
        body = {
            "person_id": world.colleague(organisation, "viewer").id,
            "opportunity_id": made.opportunity_id,
            "how": "A",
        }
        calls = [partial(admin.post, f"/organisations/{organisation.id}/two-sides", body) for admin in admins]
        assert sorted(answer.status_code for answer in together(*calls)) == [201, 409]
