"""Decisions through HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import Bid, Partner, World, ok, problem, soon
from tests.stages import bid


def motion(made: Bid, by: Partner | None = None, **fields: object) -> dict[str, object]:
    body = {"title": "A common logo", "matter": "publicity", **fields}
    answer: dict[str, object] = ok(made.post((by or made.lead).boss, "/decisions", body), 201).json()
    return answer


def vote(made: Bid, decision: dict[str, object], partner: Partner, option: str, reason: str = "") -> None:
    ok(made.post(partner.boss, f"/decisions/{decision['id']}/votes", {"option": option, "reason": reason}), 201)


def close(made: Bid, decision: dict[str, object], by: Partner | None = None) -> dict[str, object]:
    answer: dict[str, object] = ok(made.post((by or made.lead).boss, f"/decisions/{decision['id']}/close")).json()
    return answer


def test_a_motion_is_opened_voted_on_and_closed_with_its_arithmetic(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="majority")
    opened = motion(made)
    assert (opened["status"], opened["options"], opened["rule"]) == ("open", ["for", "against"], "majority")
    assert opened["closes_at"] is not None and opened["outcome"] is None
    for partner, option in zip(made.partners, ("for", "for", "against"), strict=True):
        vote(made, opened, partner, option)
    closed = close(made, opened)
    assert (closed["status"], closed["chosen"]) == ("passed", "for")
    outcome = closed["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["by_option"]["for"] == [made.partners[0].id, made.partners[1].id]
    assert "More than half of 3 is needed, so at least 2." in outcome["sentence"]
    read = ok(made.get(made.partners[2].boss, f"/decisions/{opened['id']}"))
    assert read.json() == closed
    assert read.headers["ETag"] == f'"{closed["version"]}"'


def test_nobody_closes_early_while_votes_are_missing(world: World) -> None:
    made = bid(world, "Lead", "Youth", rule="consensus")
    opened = motion(made)
    vote(made, opened, made.lead, "for")
    refused = problem(made.post(made.lead.boss, f"/decisions/{opened['id']}/close"), 409, "votes-outstanding")
    assert [error["organisation_id"] for error in refused["errors"]] == [made.partners[1].organisation.id]
    vote(made, opened, made.partners[1], "for")
    problem(made.post(made.partners[1].boss, f"/decisions/{opened['id']}/close"), 403, "not-yours-to-close")
    assert close(made, opened)["status"] == "passed"
    problem(made.post(made.lead.boss, f"/decisions/{opened['id']}/close"), 409, "decision-closed")


def test_the_facilitator_closes_too_and_does_not_vote_or_open(world: World) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    facilitator = made.facilitated()
    opened = motion(made)
    problem(made.post(facilitator.boss, f"/decisions/{opened['id']}/votes", {"option": "for"}), 403)
    problem(made.post(facilitator.boss, "/decisions", {"title": "Mine"}), 403)
    for partner in made.partners:
        vote(made, opened, partner, "for")
    assert close(made, opened, facilitator)["status"] == "passed"


def test_a_vote_can_be_changed_until_the_close_and_counts_once(world: World) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    opened = motion(made)
    path = f"/decisions/{opened['id']}/votes"
    first = ok(made.post(made.lead.boss, path, {"option": "for"}), 201)
    changed = ok(made.post(made.lead.boss, path, {"option": "against", "reason": "On reflection"}), 201)
    assert len(ok(made.get(made.lead.boss, path)).json()["items"]) == 1
    assert ok(made.lead.boss.get(changed.headers["Location"])).json() == changed.json()
    problem(made.lead.boss.get(first.headers["Location"]), 404)
    vote(made, opened, made.partners[1], "abstain")
    assert close(made, opened)["status"] == "failed"
    problem(made.post(made.lead.boss, path, {"option": "for"}), 409, "decision-closed")


def test_at_the_closing_time_anybody_has_it_counted_and_no_vote_counts_any_more(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="majority")
    opened = motion(made, closes_at=soon(60))
    vote(made, opened, made.lead, "for")
    vote(made, opened, made.partners[1], "for")
    made.time_is_up(str(opened["id"]))
    problem(made.post(made.partners[2].boss, f"/decisions/{opened['id']}/votes", {"option": "against"}), 409)
    assert ok(made.get(made.lead.boss, f"/decisions/{opened['id']}")).json()["voting_over"] is True
    assert close(made, opened, made.partners[2])["status"] == "passed"


def test_before_a_rule_is_agreed_every_partner_says_yes(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family")
    opened = motion(made)
    for partner, option in zip(made.partners, ("for", "for", "abstain"), strict=True):
        vote(made, opened, partner, option)
    assert close(made, opened)["status"] == "failed"


def test_a_reasoned_no_is_a_veto_on_a_reserved_matter(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="lead_decides")
    made.structure(reserved_matters=["publicity"])
    opened = motion(made)
    for partner, option, reason in zip(made.partners, ("for", "for", "against"), ("", "", "Our name"), strict=True):
        vote(made, opened, partner, option, reason)
    closed = close(made, opened)
    assert closed["status"] == "failed"
    assert closed["outcome"]["vetoes"] == [made.partners[2].id]  # type: ignore[index]


def test_among_several_options_the_chosen_one_is_named(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="majority")
    opened = motion(made, options=["blue", "green", "red"])
    for partner, option in zip(made.partners, ("green", "green", "red"), strict=True):
        vote(made, opened, partner, option)
    problem(made.post(made.lead.boss, f"/decisions/{opened['id']}/votes", {"option": "for"}), 422)
    closed = close(made, opened)
    assert (closed["status"], closed["chosen"]) == ("closed", "green")


@pytest.mark.parametrize(
    "fields",
    [
        {"options": ["for", "for"]},
        {"options": ["only", "abstain"]},
        {"closes_at": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()},
        {"closes_at": (datetime.now(UTC) + timedelta(days=31)).isoformat()},
        {"matter": "everything"},
        {"title": " "},
        {"rule": "lead_decides"},
    ],
)
def test_a_motion_that_makes_no_sense_is_refused(world: World, fields: dict[str, object]) -> None:
    made = bid(world)
    problem(made.post(made.lead.boss, "/decisions", {"title": "T", **fields}), 422)


def test_a_conflict_of_interest_takes_a_partner_out_of_one_decision(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="majority")
    opened = motion(made)
    youth = made.partners[1]
    path = f"/decisions/{opened['id']}/conflicts"
    declared = ok(made.post(youth.boss, path, {"detail": "Our chair designs logos."}), 201)
    assert ok(made.lead.boss.get(declared.headers["Location"])).json() == declared.json()
    problem(made.post(youth.boss, path, {"detail": "Again"}), 409, "conflict-declared-already")
    problem(made.post(youth.boss, f"/decisions/{opened['id']}/votes", {"option": "for"}), 403)
    vote(made, opened, made.lead, "for")
    vote(made, opened, made.partners[2], "for")
    closed = close(made, opened)
    assert (closed["status"], closed["outcome"]["excluded"]) == ("passed", [youth.id])  # type: ignore[index]


def test_a_lead_cannot_declare_a_conflict_for_somebody_else(world: World) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    opened = motion(made)
    body = {"detail": "They are biased", "organisation_id": made.partners[1].organisation.id}
    problem(made.post(made.lead.boss, f"/decisions/{opened['id']}/conflicts", body), 403)


def test_a_proxy_votes_on_written_authority_and_never_over_the_partners_own_vote(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="majority")
    youth, family = made.partners[1:]
    opened = motion(made)
    votes = f"/decisions/{opened['id']}/votes"
    as_proxy = {"option": "for", "for_partner_id": youth.id}
    problem(made.post(family.boss, votes, as_proxy), 403)
    given = ok(
        made.post(
            youth.boss,
            "/proxies",
            {"holder_partner_id": family.id, "full_name": "Ama Boateng", "role_title": "Chair"},
        ),
        201,
    )
    problem(made.post(made.lead.boss, votes, as_proxy), 403)
    cast = ok(made.post(family.boss, votes, as_proxy), 201).json()
    assert (cast["partner_id"], cast["cast_by_partner_id"]) == (youth.id, family.id)
    vote(made, opened, youth, "against")
    problem(made.post(family.boss, votes, as_proxy), 409, "own-vote-stands")
    taken = made.path + f"/proxies/{given.json()['id']}"
    problem(family.boss.delete(taken, if_match=1), 403)
    problem(youth.boss.delete(taken), 428)
    assert ok(youth.boss.delete(taken, if_match=1)).json()["revoked_at"]
    problem(youth.boss.delete(taken, if_match=2), 409, "proxy-revoked")
    second = motion(made)
    problem(made.post(family.boss, f"/decisions/{second['id']}/votes", as_proxy), 403)


@pytest.mark.parametrize("roles", [("viewer",), ("editor",)])
def test_who_is_neither_admin_nor_signatory_does_not_vote(world: World, roles: tuple[str, ...]) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    opened = motion(made)
    colleague = world.colleague(made.lead.organisation, *roles)
    problem(made.post(colleague, f"/decisions/{opened['id']}/votes", {"option": "for"}), 403)


def test_subcontractors_read_and_do_not_vote_and_who_left_reads_nothing(world: World) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    opened = motion(made)
    path = f"/decisions/{opened['id']}"
    subcontractor = made.add("Sub", "subcontractor")
    ok(made.get(subcontractor.boss, path))
    problem(made.post(subcontractor.boss, f"{path}/votes", {"option": "for"}), 403)
    vote(made, opened, made.partners[1], "against")
    vote(made, opened, made.lead, "for")
    world.sql.execute("UPDATE partners SET status = 'removed' WHERE id = %s", [made.partners[1].id])
    problem(made.post(made.partners[1].boss, f"{path}/votes", {"option": "for"}), 404)
    problem(made.get(made.partners[1].boss, path), 404)
    closed = close(made, opened)
    assert (closed["status"], closed["outcome"]["uncounted"]) == ("passed", [made.partners[1].id])  # type: ignore[index]


def test_the_list_is_filtered_and_paged_by_the_order_of_opening(world: World) -> None:
    made = bid(world, rule="majority")
    ids = [
        motion(made, title=f"Motion {number}", matter=matter)["id"]
        for number, matter in enumerate(("publicity", "other", "other"))
    ]
    first = ok(made.get(made.lead.boss, "/decisions?limit=2")).json()
    rest = ok(made.get(made.lead.boss, f"/decisions?limit=2&cursor={first['next_cursor']}")).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == ids
    assert rest["next_cursor"] is None
    assert [
        i["id"] for i in ok(made.get(made.lead.boss, "/decisions?matter=other&status=open")).json()["items"]
    ] == ids[1:]
    problem(made.get(made.lead.boss, "/decisions?cursor=WzEyXQ"), 422)
    problem(made.get(made.lead.boss, "/decisions?colour=red"), 422)


def test_one_partner_cannot_bury_the_others_in_motions(world: World) -> None:
    made = bid(world, rule="majority")
    for _ in range(30):
        motion(made)
    problem(made.post(made.lead.boss, "/decisions", {"title": "One more"}), 409, "too-many-open-decisions")
    motion(made, made.partners[1])


def test_what_happens_to_a_decision_is_in_the_log_once_each(world: World) -> None:
    made = bid(world, rule="majority")
    opened = motion(made)
    for partner in made.partners:
        vote(made, opened, partner, "for")
    close(made, opened)
    rows = world.sql.execute(
        "SELECT type FROM events WHERE stream_id = %s AND payload->>'decision_id' = %s ORDER BY seq",
        [made.id, opened["id"]],
    ).fetchall()
    assert [row[0] for row in rows] == ["decision_opened", "vote_cast", "vote_cast", "decision_closed"]


def test_the_count_of_an_open_decision_is_not_read_as_its_result(world: World) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    opened = ok(made.post(made.lead.boss, "/decisions", {"title": "Who chairs"}), 201).json()
    assert opened["count"]["sentence"].startswith("If it were closed now: Not passed")
    for partner in made.partners:
        ok(made.post(partner.boss, f"/decisions/{opened['id']}/votes", {"option": "for"}))
    closed = ok(made.post(made.lead.boss, f"/decisions/{opened['id']}/close")).json()
    assert closed["count"]["sentence"].startswith("Passed.") and closed["count"] == closed["outcome"]
