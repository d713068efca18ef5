"""A facilitator brings organisations together; what comes of it is theirs."""

from tests.factories import World, ok, problem
from tests.stages import bid


def test_a_facilitator_brings_organisations_together_that_it_serves_or_that_are_listed(world: World) -> None:
    made = bid(world, "Youth", "Family")
    helper, listed, hidden = made.facilitated(), world.organisation("Arts", listed=True), world.organisation("Hidden")
    path = "/facilitation/partnerships"
    body = {
        "opportunity_id": made.opportunity_id,
        "lead_organisation_id": made.lead.organisation.id,
        "organisation_ids": [listed.id],
        "message_markdown": "You work in the same ward.",
    }
    problem(made.lead.boss.post(path, body), 403)
    problem(helper.boss.post(path, {**body, "organisation_ids": [hidden.id]}), 422)
    problem(helper.boss.post(path, {**body, "organisation_ids": [helper.organisation.id]}), 422)
    suggested = ok(helper.boss.post(path, body), 201)
    for who in (made.lead.boss, listed.boss):
        (item,) = [n for n in ok(who.get("/me/notifications")).json()["items"] if n["kind"] == "partnership_suggested"]
        assert ok(who.get(item["path"])).json() == suggested.json()
        assert ok(who.get(path)).json()["items"] == [suggested.json()]
    problem(hidden.boss.get(suggested.headers["Location"]), 404)
    problem(helper.boss.get(f"{path}/nonsense"), 404)
