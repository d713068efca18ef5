"""Who may not is told so before what is wrong with the request, and that before the state of the bid."""

from tests.factories import World, ok, problem
from tests.stages import bid


def test_of_facilitators(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    helper = made.facilitated()
    plain = world.organisation("A provider")
    made.forced("dissolved")
    accept = f"/facilitators/{helper.id}/accept"
    problem(made.post(made.lead.boss, accept), 403)
    problem(made.post(helper.boss, accept), 409, "proposal-dissolved")
    problem(made.post(made.lead.boss, "/facilitators", {"organisation_id": plain.id}), 422)
    problem(
        made.post(made.lead.boss, "/facilitators", {"organisation_id": helper.organisation.id}),
        409,
        "proposal-dissolved",
    )
    end = f"/facilitators/{helper.id}/end"
    problem(made.post(made.lead.boss, end, {"handover_markdown": "Put in its mouth"}), 403)
    problem(made.post(made.lead.boss, end), 409, "proposal-dissolved")


def test_of_what_a_facilitator_writes(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    helper = made.facilitated()
    invited = world.organisation()
    seat = ok(made.post(made.lead.boss, "/partners", {"organisation_id": invited.id}), 201).json()["id"]
    made.forced("dissolved")
    note = {"kind": "meeting", "title": "Exit"}
    problem(made.post(made.lead.boss, "/facilitation-notes", note), 403)
    problem(made.post(helper.boss, "/facilitation-notes", note), 422)
    wording = {"kind": "wording", "title": "Exit"}
    problem(made.post(helper.boss, "/facilitation-notes", wording), 409, "proposal-dissolved")
    problem(made.post(helper.boss, f"/partners/{seat}/removal-certificate"), 404)
    certify = f"/partners/{made.lead.id}/removal-certificate"
    problem(made.post(helper.boss, certify), 409, "proposal-dissolved")


def test_of_difficulties(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family")
    difficulty = ok(made.post(made.lead.boss, "/difficulties", {"title": "We wait for the budget"}), 201).json()
    made.forced("dissolved")
    path = f"/difficulties/{difficulty['id']}"
    problem(made.post(made.partners[1].boss, f"{path}/close", {"outcome": "resolved"}), 403)
    problem(made.post(made.lead.boss, f"{path}/close", {"outcome": "resolved"}), 409, "proposal-dissolved")
    step = {"note_markdown": "Both managers meet.", "owner_organisation_id": world.organisation().id}
    problem(made.post(made.lead.boss, f"{path}/steps", step), 422)
    del step["owner_organisation_id"]
    problem(made.post(made.lead.boss, f"{path}/steps", step), 409, "proposal-dissolved")
