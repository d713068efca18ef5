"""One person on two sides reads neither until both organisations have recorded it and how it is handled."""

from app.platform.db.base import new_id
from tests.factories import Bid, Organisation, Person, World, ok, problem
from tests.journeys.test_two_bids_for_one_lot import SAID
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
