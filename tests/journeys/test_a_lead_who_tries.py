"""A lead who tries, by every route, to outvote, reprice, quote, remove or hide a small partner without the decision."""

from typing import Any

import pytest

from tests.factories import Bid, Partner, World, ok, problem, soon
from tests.stages import bid


def pounds(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "GBP"}


def trio(world: World) -> tuple[Bid, Partner, Partner]:
    """The lead decides everything that a lead may ever decide."""
    made = bid(world, "Great North Trust", rule="lead_decides")
    return made, made.lead, made.add("Harbour Youth", size_band="small")


def things_of(made: Bid, youth: Partner) -> dict[str, str]:
    """What the small partner has put into the bid, by its path."""
    contribution = {"kind": "cash", "title": "Reserves", "certainty": "confirmed", "value": pounds(500)}
    expectation = {"kind": "decision_voice", "title": "One vote each", "strength": "must"}
    line = {"category": "staff", "year": 1, "source": "requested", "amount": pounds(9000)}
    paths = {}
    for collection, body in (("contributions", contribution), ("expectations", expectation), ("budget-lines", line)):
        answer = ok(made.post(youth.boss, f"/{collection}", body), 201)
        paths[collection] = answer.headers["Location"]
        table = collection.replace("-", "_")
        made.world.sql.execute(f"UPDATE {table} SET revealed = true WHERE id = %s", [answer.json()["id"]])
    asset = {"name": "Toolkit", "owner_now": youth.id, "owner_after": youth.id}
    paths["assets"] = ok(made.post(youth.boss, "/assets", asset), 201).headers["Location"]
    paths["partners"] = f"{made.path}/partners/{youth.id}"
    return paths


CHANGES: dict[str, dict[str, Any]] = {
    "contributions": {"title": "Nothing"},
    "expectations": {"strength": "could"},
    "budget-lines": {"amount": pounds(1)},
    "assets": {"in_return": "Thanks"},
    "partners": {"aims_statement_markdown": "It serves us very well."},
}


def test_what_a_small_partner_declared_nobody_else_changes_or_deletes(world: World) -> None:
    made, lead, youth = trio(world)
    for name, path in things_of(made, youth).items():
        before = ok(youth.boss.get(path)).json()
        etag = f'"{before["version"]}"'
        refusal = 404 if name == "budget-lines" else 403  # the lead does not even see a line of another partner
        problem(lead.boss.patch(path, CHANGES[name], if_match=etag), refusal)
        if name != "partners":
            problem(lead.boss.delete(path, if_match=etag), refusal)
        assert ok(youth.boss.get(path)).json() == before


@pytest.mark.parametrize("collection", ["contributions", "expectations", "budget-lines"])
def test_nothing_is_said_in_a_small_partners_name(world: World, collection: str) -> None:
    made, lead, youth = trio(world)
    bodies = {
        "contributions": {"kind": "cash", "title": "All", "certainty": "confirmed", "value": pounds(1)},
        "expectations": {"kind": "exit", "title": "None", "strength": "could"},
        "budget-lines": {"category": "staff", "year": 1, "source": "requested", "amount": pounds(1)},
    }
    answer = made.post(lead.boss, f"/{collection}", {**bodies[collection], "partner_id": youth.id})
    problem(answer, 403)
    statement = f"{made.path}/partners/{youth.id}/statements/non_collusion"
    problem(lead.boss.put(statement, {"answer": "yes"}, if_match=0), 403)
    authority = {"full_name": "A", "role_title": "B"}
    problem(made.post(lead.boss, f"/partners/{youth.id}/authority", authority), 403)
    problem(made.post(lead.boss, f"/partners/{youth.id}/withdraw", {"reason": "They want to go"}), 403)


def test_nobody_votes_for_another_without_its_written_authority(world: World) -> None:
    made, lead, youth = trio(world)
    opened = ok(made.post(lead.boss, "/decisions", {"title": "T"}), 201).json()
    votes = f"/decisions/{opened['id']}/votes"
    problem(made.post(lead.boss, votes, {"option": "for", "organisation_id": youth.organisation.id}), 403)
    problem(made.post(lead.boss, votes, {"option": "for", "partner_id": youth.id}), 403)
    problem(made.post(lead.boss, votes, {"option": "for", "for_partner_id": youth.id}), 403)
    proxy = {"partner_id": youth.id, "holder_partner_id": lead.id, "full_name": "A", "role_title": "B"}
    problem(made.post(lead.boss, "/proxies", proxy), 403)
    problem(made.post(lead.boss, f"/decisions/{opened['id']}/close"), 409, "votes-outstanding")


def test_a_small_partner_is_not_made_smaller_over_its_head(world: World) -> None:
    made, lead, youth = trio(world)
    etag = lead.boss.etag(f"{made.path}/partners/{youth.id}")
    opened = ok(lead.boss.patch(f"{made.path}/partners/{youth.id}", {"role": "associate"}, if_match=etag), 202).json()
    ok(made.post(lead.boss, f"/decisions/{opened['id']}/votes", {"option": "for"}), 201)
    ok(made.post(youth.boss, f"/decisions/{opened['id']}/votes", {"option": "against"}), 201)
    assert ok(made.post(lead.boss, f"/decisions/{opened['id']}/close")).json()["status"] == "failed"
    assert ok(youth.boss.get(f"{made.path}/partners/{youth.id}")).json()["role"] == "member"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/partners/{youth}/remove", {"reason": "Too small"}),
        ("POST", "/dissolve", {"reason": "We start anew without them"}),
    ],
)
def test_removal_and_dissolution_do_not_pass_with_the_leads_vote_alone(
    world: World, method: str, path: str, body: dict[str, Any]
) -> None:
    made, lead, youth = trio(world)
    direct = ok(made.post(lead.boss, path.format(youth=youth.id), body), 202).json()
    carries = {"method": method, "path": path.format(youth=youth.id), "body": body}
    quick = {"title": "Quick", "closes_at": soon(60), "carries": carries}
    hidden = {"title": "A new logo", "matter": "publicity", "carries": carries}
    problem(made.post(lead.boss, "/decisions", hidden), 422, "carries-beyond-matter")
    opened = ok(made.post(lead.boss, "/decisions", quick), 201).json()
    for decision in (direct, opened):
        ok(made.post(lead.boss, f"/decisions/{decision['id']}/votes", {"option": "for"}), 201)
    made.time_is_up(opened["id"])
    assert ok(made.post(lead.boss, f"/decisions/{opened['id']}/close")).json()["status"] == "failed"
    problem(made.post(lead.boss, f"/decisions/{direct['id']}/close"), 409, "votes-outstanding")
    assert ok(youth.boss.get(f"{made.path}/partners/{youth.id}")).json()["status"] == "accepted"
    assert ok(youth.boss.get(made.path)).json()["status"] == "draft"
