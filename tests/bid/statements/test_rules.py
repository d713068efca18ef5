"""Statements: who owes which, what is missing, and claims of confidentiality."""

from dataclasses import replace

import pytest

from app.bid.statements.rules import (
    DETAIL_WHEN,
    claim_faults,
    claims_for_commissioner,
    missing,
    owed_by,
    required,
    statement_faults,
    statements_for_commissioner,
    wants_detail,
)
from app.bid.value import ConfidentialityClaim, Partner, Proposal, Statement
from app.platform.words.codes import PartnerRole, PartnerStatus, StatementKey
from tests.bid.outcomes.test_rules import proposal

ASKED = (StatementKey.INSURANCE, StatementKey.NON_COLLUSION)


def bid(*statements: Statement, partners: tuple[Partner, ...] = ()) -> Proposal:
    base = proposal()
    call = replace(base.opportunity, required_statements=ASKED)
    return replace(base, opportunity=call, statements=statements, partners=base.partners + partners)


def partner(id: str, role: PartnerRole, relied_on: str | None = None) -> Partner:
    return Partner(id, f"o-{id}", id.upper(), role, PartnerStatus.ACCEPTED, relied_on_for=relied_on)


def test_the_set_holds_every_statement_that_councils_ask_for_once() -> None:
    assert list(DETAIL_WHEN) == list(StatementKey)


def test_leads_members_and_whoever_is_relied_on_owe_statements() -> None:
    others = (
        partner("s", PartnerRole.SUBCONTRACTOR),
        partner("r", PartnerRole.SUBCONTRACTOR, "economic and financial standing"),
        partner("x", PartnerRole.ASSOCIATE, "accreditation"),
    )
    assert [each.id for each in owed_by(bid(partners=others))] == ["a", "b", "r", "x"]


def test_what_is_missing_is_listed_by_partner_in_the_order_of_the_set() -> None:
    given = Statement("a", StatementKey.NON_COLLUSION, "yes")
    blank = Statement("b", StatementKey.INSURANCE, "  ")
    found = [(each.id, key) for each, key in missing(bid(given, blank))]
    assert found == [
        ("a", StatementKey.INSURANCE),
        ("b", StatementKey.NON_COLLUSION),
        ("b", StatementKey.INSURANCE),
    ]


def test_a_call_that_asks_for_nothing_needs_nothing() -> None:
    assert required(proposal()) == ()
    assert missing(proposal()) == ()


def test_an_answer_that_councils_would_ask_about_is_only_hinted_at() -> None:
    conflict = Statement("a", StatementKey.CONFLICTS_OF_INTEREST, "Yes")
    assert wants_detail(conflict)
    assert not wants_detail(replace(conflict, detail_markdown="A trustee sits on the council and left the room."))
    assert not wants_detail(replace(conflict, answer="no"))


def test_faults_of_a_statement() -> None:
    assert statement_faults("yes", "") == ()
    assert [fault.pointer for fault in statement_faults(" ", "x" * 10_001)] == ["/answer", "/detail_markdown"]


def test_the_commissioner_reads_what_partners_in_the_bid_state() -> None:
    left = Statement("gone", StatementKey.INSURANCE, "yes")
    given = (Statement("b", StatementKey.INSURANCE, "yes"), Statement("a", StatementKey.MODERN_SLAVERY, "yes"), left)
    assert [each.partner_id for each in statements_for_commissioner(bid(*given))] == ["a", "b"]


CLAIM = ConfidentialityClaim("c", "a", "/budget", "Our rates would be known to rivals.", "foia_s43")


@pytest.mark.parametrize("pointer", ["/budget", "/sections/3/content", "/a~0b/~1"])
def test_a_claim_points_at_a_part_of_the_bid(pointer: str) -> None:
    assert claim_faults(replace(CLAIM, pointer=pointer)) == ()


@pytest.mark.parametrize("pointer", ["", "budget", "/a~2", "/" + "x" * 500])
def test_the_whole_bid_or_no_place_cannot_be_claimed(pointer: str) -> None:
    assert [fault.code for fault in claim_faults(replace(CLAIM, pointer=pointer))] == ["not-a-pointer"]


def test_a_claim_needs_harm_and_ground() -> None:
    assert [fault.pointer for fault in claim_faults(replace(CLAIM, reason=" ", basis=""))] == ["/reason", "/basis"]


def test_claims_of_who_left_go_with_them() -> None:
    claims = (CLAIM, replace(CLAIM, id="d", partner_id="gone"))
    assert [claim.id for claim in claims_for_commissioner(replace(bid(), confidentiality_claims=claims))] == ["c"]
