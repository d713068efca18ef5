"""A partner in two bids for one lot: undeclared it cannot join the second; declared, its promises are compared."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from tests.factories import Bid, Organisation, Partner, World, ok, problem
from tests.rounds import races

HALL = {
    "kind": "premises",
    "title": "The scout hall",
    "value": {"amount": "900.00"},
    "certainty": "confirmed",
    "valuation_basis": "Hire price list of the parish",
    "period": {"start": "2027-04-01", "end": "2028-03-31"},
}
SAID = {"statement_markdown": "We are also in another bid for this lot. Different staff write it."}


def opened(bid: Bid, *members: Organisation) -> None:
    for who in (bid.lead.organisation, *members):
        ok(who.boss.post(f"{bid.path}/honesty-round/file"))


def clashes(bid: Bid, who: Organisation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(who.boss.get(f"{bid.path}/reconciliation")).json()["contradictions"]
    return found


def test_a_partner_in_two_bids_declares_it_and_sees_alone_what_it_promised_twice(world: World) -> None:
    both, opportunity = world.organisation("In Both"), world.opportunity()
    first = world.bid(both, opportunity=opportunity)
    second = world.bid(world.organisation("Other Member"), opportunity=opportunity)
    ok(both.boss.post(f"{first.path}/contributions", HALL), 201)
    opened(first, both)

    seat = second.invite(both)
    problem(both.boss.post(f"{second.path}/partners/{seat}/accept"), 409, "other-bid-undeclared")
    declared = [ok(both.boss.post(f"{bid.path}/other-bids", SAID), 201).json() for bid in (first, second)]
    ok(both.boss.post(f"{second.path}/partners/{seat}/accept"))
    second.partners.append(Partner(seat, both))
    for hidden in ("contributions", "expectations", "reconciliation", "budget", "sections"):
        problem(both.boss.get(f"{second.path}/{hidden}"), 404)
    answer = {"answer_markdown": "Noted; we go on together."}
    for bid, row in zip((first, second), declared, strict=True):
        for who in (bid.lead.organisation, *bid.members):
            if who is not both:
                ok(who.boss.post(f"{bid.path}/other-bids/{row['id']}/answers", answer))

    ok(both.boss.post(f"{second.path}/contributions", {**HALL, "title": "the Scout-Hall"}), 201)
    opened(second, *second.members)
    for bid in (first, second):
        assert [clash["code"] for clash in clashes(bid, both)] == ["promised-twice"]
        assert "Only your organisation sees this." in clashes(bid, both)[0]["detail"]
        for who in (bid.lead.organisation, *bid.members):
            if who is not both:
                assert clashes(bid, who) == []


def test_who_starts_a_second_bid_has_told_whoever_joins_it_and_waits_for_the_partners_of_the_first(
    world: World,
) -> None:
    both, opportunity, joining = world.organisation("In Both"), world.opportunity(), world.organisation("Joins Later")
    first = world.bid(both, opportunity=opportunity)
    body = {"opportunity_id": opportunity["id"], "lead_organisation_id": both.id, "title": "Our own"}
    problem(both.boss.post("/proposals", body), 409, "other-bid-undeclared")
    declared = ok(both.boss.post(f"{first.path}/other-bids", SAID), 201).json()
    own = ok(both.boss.post("/proposals", body), 201).json()
    assert [seat["relation"] for seat in own["viewer"]["seats"]] == ["waiting"]
    second = Bid(world, own["id"], opportunity, [Partner(own["partners"][0]["id"], both)])
    problem(both.boss.get(f"{second.path}/sections"), 404)
    ok(first.lead.boss.post(f"{first.path}/other-bids/{declared['id']}/answers", {"answer_markdown": "Noted."}))
    ok(both.boss.get(f"{second.path}/sections"))
    second.join(joining)
    (told,) = ok(joining.boss.get(f"{second.path}/other-bids")).json()["items"]
    assert (told["organisation_id"], told["statement_markdown"]) == (both.id, SAID["statement_markdown"])


def test_the_last_answers_of_both_bids_at_the_same_moment_let_the_organisation_in(world: World) -> None:
    """Each answer locks only its own bid, so the two must take turns to look for the organisation's other bids."""
    both, opportunity = world.organisation("In Both"), world.opportunity()
    first, second = world.bid(both, opportunity=opportunity), world.bid(opportunity=opportunity)
    seat = second.invite(both)
    declared = [ok(both.boss.post(f"{bid.path}/other-bids", SAID), 201).json() for bid in (first, second)]
    ok(both.boss.post(f"{second.path}/partners/{seat}/accept"))

    def answer(bid: Bid, row: dict[str, Any]) -> None:
        ok(bid.lead.boss.post(f"{bid.path}/other-bids/{row['id']}/answers", {"answer_markdown": "Noted."}))

    for _ in races(5):
        world.sql.execute("UPDATE other_bids SET answers = '{}' WHERE organisation_id = %s", [both.id])
        world.sql.execute(
            "UPDATE partners SET waiting = true WHERE proposal_id = %s AND organisation_id = %s", [second.id, both.id]
        )
        with psycopg.connect(world.sql.info.dsn) as gate, ThreadPoolExecutor(2) as pool:
            gate.execute("LOCK TABLE other_bids IN ACCESS EXCLUSIVE MODE")
            answers = [pool.submit(answer, bid, row) for bid, row in zip((first, second), declared, strict=True)]
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while world.sql.execute(waiting).fetchone() != (2,):
                assert not any(answered.done() for answered in answers)
            gate.rollback()
            for answered in answers:
                answered.result()
        ok(both.boss.get(f"{second.path}/sections"))
