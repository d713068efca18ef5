"""One person with roles on opposite sides reads neither until both organisations have recorded it."""

from app.domain.two_sides import (
    BidSide,
    Handling,
    SideKind,
    clashes,
    closed_proposals,
    closed_submissions,
    facilitator_serves_two,
    unhandled,
)


def bid(name: str, *organisations: str, lots: tuple[str, ...] = ("lot1",), call: str = "call") -> BidSide:
    return BidSide(name, call, frozenset(lots), frozenset(organisations), "council")


def handled(
    organisation: str, how: str = "she works on one bid only", person: str = "ann", call: str = "call"
) -> Handling:
    return Handling(organisation, person, call, how)


ONE, TWO = bid("one", "youth", "family"), bid("two", "sports", "arts")


def test_roles_in_two_rival_bids_clash() -> None:
    (found,) = clashes({"youth", "arts"}, [ONE, TWO])
    assert (found.kind, found.organisations) == (SideKind.RIVAL_BIDS, {"youth", "arts"})
    assert closed_proposals("ann", {"youth", "arts"}, [ONE, TWO], []) == {"one", "two"}


def test_roles_on_one_side_or_for_other_lots_or_calls_do_not_clash() -> None:
    assert clashes({"youth", "family"}, [ONE, TWO]) == ()
    assert clashes({"youth", "arts"}, [ONE, bid("two", "arts", lots=("lot2",))]) == ()
    assert clashes({"youth", "arts"}, [ONE, bid("two", "arts", call="another")]) == ()


def test_a_bid_without_lots_is_for_the_whole_call() -> None:
    assert len(clashes({"youth", "arts"}, [ONE, bid("two", "arts", lots=())])) == 1


def test_an_organisation_in_two_bids_is_on_no_side_against_itself() -> None:
    assert clashes({"youth"}, [ONE, bid("two", "youth")]) == ()


def test_a_partner_and_the_commissioner_clash_and_close_both_sides() -> None:
    (found,) = clashes({"youth", "council"}, [ONE])
    assert found.kind is SideKind.BID_AND_COMMISSIONER
    assert closed_proposals("ann", {"youth", "council"}, [ONE], []) == {"one"}
    assert closed_submissions("ann", {"youth", "council"}, [ONE], []) == {"call"}


def test_the_sides_open_when_both_organisations_have_said_how_they_handle_it() -> None:
    mine, sides = {"youth", "arts"}, [ONE, TWO]
    assert unhandled("ann", mine, sides, [handled("youth")])
    assert unhandled("ann", mine, sides, [handled("youth"), handled("arts", how=" ")])
    assert unhandled("ann", mine, sides, [handled("youth"), handled("arts", person="bob")])
    assert unhandled("ann", mine, sides, [handled("youth"), handled("arts", call="another")])
    assert unhandled("ann", mine, sides, [handled("youth"), handled("arts")]) == ()
    assert closed_proposals("ann", mine, sides, [handled("youth"), handled("arts")]) == frozenset()


def test_a_third_bid_stays_open() -> None:
    sides = [ONE, TWO, bid("three", "youth", call="another")]
    assert closed_proposals("ann", {"youth", "arts"}, sides, []) == {"one", "two"}


def test_a_facilitator_serves_two_bids_for_a_lot_only_when_every_partner_of_both_agrees() -> None:
    everybody = ["youth", "family", "sports", "arts"]
    assert facilitator_serves_two(ONE, TWO, everybody)
    assert not facilitator_serves_two(ONE, TWO, everybody[:-1])
    assert facilitator_serves_two(ONE, bid("two", "arts", lots=("lot2",)), [])
