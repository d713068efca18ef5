"""Outcomes: frameworks as data, who stands behind what, and what is not covered."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.outcomes.rules import (
    EVERY_CHILD_MATTERS,
    confirmed_after,
    coverage,
    delivered_by,
    for_commissioner,
    framework_from_csv,
    key_of,
    outcome_faults,
    placed,
)
from app.bid.value import ConsortiumRules, Lot, Opportunity, Outcome, Partner, Proposal, Question, Route
from app.platform.access.errors import Invalid
from app.platform.words.codes import (
    Audience,
    OpportunityMode,
    PartnerRole,
    PartnerStatus,
    PriceDetail,
    ProposalStatus,
    VatBasis,
)

ECM = "every_child_matters"


def question(id: str, lot: str | None = None) -> Question:
    return Question(id, id, "What?", "", None, None, lot, True, False)


def proposal(*outcomes: Outcome) -> Proposal:
    lots = tuple(Lot(lot, lot, lot, None, VatBasis.UNKNOWN) for lot in ("north", "south", "west"))
    call = Opportunity(
        id="call", organisation_id=None, buyer_name="Council", title="Call", ocid=None, mode=OpportunityMode.SEALED,
        regime="grant", price_detail=PriceDetail.TOTALS, lots=lots,
        questions=(question("q1"), question("q2", "north"), question("q3", "west")), budget_ceiling=None,
        ceiling_vat=VatBasis.UNKNOWN, currency="GBP", required_sections=(), required_statements=(),
        consortium_rules=ConsortiumRules(), route=Route(),
        submission_deadline=datetime(2027, 1, 1, tzinfo=UTC), time_zone="Europe/London", amendment=0,
        open_for_bids=True,
    )  # fmt: skip
    return Proposal(
        id="bid", title="Bid", status=ProposalStatus.DRAFT, language="en", currency="GBP", revision=1, version=1,
        opportunity=call, lot_ids=("north", "south"),
        partners=(
            Partner("a", "o1", "A", PartnerRole.LEAD, PartnerStatus.ACCEPTED),
            Partner("b", "o2", "B", PartnerRole.MEMBER, PartnerStatus.ACCEPTED),
            Partner("gone", "o3", "C", PartnerRole.MEMBER, PartnerStatus.WITHDRAWN),
        ),
        outcomes=outcomes,
    )  # fmt: skip


SAFE = Outcome("safe", ECM, "Stay safe", partner_ids=("a", "b"), confirmed_by=("a",))


def test_every_child_matters_has_its_five_outcomes_and_says_that_it_has_ended() -> None:
    assert [each.key for each in EVERY_CHILD_MATTERS.outcomes] == [
        "be_healthy",
        "stay_safe",
        "enjoy_and_achieve",
        "make_a_positive_contribution",
        "achieve_economic_well_being",
    ]
    assert "ended" in EVERY_CHILD_MATTERS.note


@pytest.mark.parametrize("name", ["Stay safe", "stay_safe", "STAY-SAFE", " stay  safe "])
def test_an_outcome_is_found_by_key_or_title_however_it_is_written(name: str) -> None:
    found = placed(replace(SAFE, framework="Every Child Matters", outcome=name))
    assert found is not None
    assert found[1].key == "stay_safe"


def test_an_outcome_of_no_known_framework_stands_apart_and_is_not_refused() -> None:
    own = replace(SAFE, framework="Our own", outcome="Fewer exclusions")
    assert placed(own) is None
    assert outcome_faults(own, proposal()) == ()


def test_only_who_confirmed_and_is_still_in_the_bid_delivers() -> None:
    outcome = replace(SAFE, partner_ids=("a", "b", "gone"), confirmed_by=("a", "gone"))
    assert delivered_by(outcome, proposal()) == ("a",)


def test_a_promise_that_changes_is_confirmed_again_and_one_that_does_not_is_kept() -> None:
    confirmed = replace(SAFE, confirmed_by=("a", "b"))
    assert confirmed_after(confirmed, replace(confirmed, target=Decimal(5), indicator="x"), ["b"]) == ("b",)
    assert confirmed_after(confirmed, replace(confirmed, audience=Audience.PARTNERS), ["b"]) == ("a", "b")
    assert confirmed_after(confirmed, replace(confirmed, partner_ids=("b",)), []) == ("b",)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"outcome": " "}, "/outcome"),
        ({"outcome": ""}, "/outcome"),
        ({"indicator": "x" * 501}, "/indicator"),
        ({"target": Decimal("NaN"), "indicator": "x"}, "/target"),
        ({"target": Decimal("1e30"), "indicator": "x"}, "/target"),
        ({"baseline": Decimal(-1)}, "/baseline"),
        ({"lot_id": "west"}, "/lot_id"),
        ({"partner_ids": ("a", "a")}, "/partner_ids"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(change: dict[str, object], pointer: str) -> None:
    assert [fault.pointer for fault in outcome_faults(replace(SAFE, **change), proposal())] == [pointer]  # type: ignore[arg-type]


def test_coverage_counts_what_somebody_stands_behind() -> None:
    measured = replace(
        SAFE, id="m", lot_id="north", question_id="q2", indicator="x", target=Decimal(1), target_date=date(2028, 1, 1)
    )
    nobody = replace(SAFE, id="n", lot_id="south", question_id="q1", confirmed_by=())
    found = coverage(proposal(measured, nobody))
    assert found.by_question == {"q1": (), "q2": ("m",)}, "the question of a lot not bid for is left out"
    assert found.uncovered_question_ids == ("q1",)
    assert found.by_lot == {"north": ("m",), "south": ()}
    assert found.uncovered_lot_ids == ("south",)
    assert found.by_framework[ECM]["stay_safe"] == ("m",)
    assert found.without_deliverer == ("n",)
    assert found.without_measure == ("n",)


def test_an_outcome_for_the_whole_bid_counts_for_every_lot() -> None:
    assert coverage(proposal(SAFE)).by_lot == {"north": ("safe",), "south": ("safe",)}


def test_the_commissioner_gets_what_is_for_it() -> None:
    inside = replace(SAFE, id="inside", audience=Audience.PARTNERS)
    assert [each.id for each in for_commissioner(proposal(SAFE, inside))] == ["safe"]


CSV = """outcome,indicator,unit,method
Be well,Visits to the GP,visits,Records
be-well,Sleep,hours,Diary

Belong,,,
"""


def test_a_commissioners_framework_is_read_from_its_table() -> None:
    found = framework_from_csv(CSV.encode(), "Early Help 2027")
    assert (found.key, found.title) == ("early_help_2027", "Early Help 2027")
    assert [(each.key, len(each.indicators)) for each in found.outcomes] == [("be_well", 2), ("belong", 0)]
    assert found.outcomes[0].indicators[1].unit == "hours"


@pytest.mark.parametrize(
    "data", [CSV.encode("utf-8-sig"), CSV.replace(",", ";").encode(), CSV.replace("\n", "\r\n").encode()]
)
def test_tables_as_spreadsheet_programs_save_them_are_read(data: bytes) -> None:
    assert framework_from_csv(data, "x").outcomes == framework_from_csv(CSV.encode(), "x").outcomes


def test_empty_columns_at_the_end_as_spreadsheets_leave_them_are_none() -> None:
    found = framework_from_csv(b'outcome,unit,,\n"Fewer, better moves",days,,\n', "x")
    assert [each.title for each in found.outcomes] == ["Fewer, better moves"]


def test_what_is_wrong_is_named_by_its_row_and_column() -> None:
    with pytest.raises(Invalid) as refused:
        framework_from_csv(b'outcome,unit\nBelong,"two\nlines"\nBe well,days,x\nRest,days,y\n', "x")
    assert [fault.pointer for fault in refused.value.errors] == ["/rows/3", "/rows/4"]
    with pytest.raises(Invalid) as refused:
        framework_from_csv(b"outcome,unit,unit\nBelong,days,days\n", "x")
    assert [fault.pointer for fault in refused.value.errors] == ["/rows/1/3"]


def test_welsh_comes_through_as_it_is() -> None:
    found = framework_from_csv("outcome\nLlesiant plant a phobl ifanc ŵ ŷ\n".encode(), "Cymru")
    assert found.outcomes[0].title == "Llesiant plant a phobl ifanc ŵ ŷ"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no-outcome-column"),
        (b"name,unit\nx,y\n", "no-outcome-column"),
        (b"outcome,colour\nx,red\n", "unknown-column"),
        (b"outcome\n", "missing"),
        (b"outcome,unit\n,y\n", "missing"),
        (b"outcome\n" + b"x" * 501 + b"\n", "too-long"),
        (b"outcome\n" + b"x\n" * 2001, "too-many-rows"),
        (b"outcome\n" + b"x" * 1_000_001, "too-large"),
        (b"outcome\n\xff\xfe\n", "not-utf-8"),
        (b"outcome\nx\x00\n", "not-csv"),
        (b'outcome\n"' + b"x" * 200_000 + b"\n", "not-csv"),
        (b'outcome,unit\nBelong,days\n"Be well,days\nRest,days\n', "not-csv"),
        (b"outcome\nFewer, better moves\n", "too-many-columns"),
        (b"outcome,unit,Unit\nBelong,days,hours\n", "column-twice"),
        (b"outcome,,unit\nBelong,,days\n", "unknown-column"),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_row(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        framework_from_csv(data, "x")
    assert refused.value.errors[0].code == code


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert key_of(key_of(text)) == key_of(text)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_reader(data: bytes) -> None:
    try:
        framework_from_csv(b"outcome\n" + data, "x")
    except Invalid as refused:
        assert refused.errors
