"""Rule 1 of the domain, proved: what is private changes nothing for anyone but its owner and whom the owner named."""

import json
import random
from dataclasses import asdict, replace
from datetime import UTC, datetime

from hypothesis import assume, given
from hypothesis import strategies as st

from app.bid.budget.rules.blockers import budget_blockers
from app.bid.budget.rules.figures import shared_figures
from app.bid.budget.rules.views import budget_view, may_read_line
from app.bid.value import BudgetLine, ConsortiumRules, HonestyRound, Lot, Opportunity, Partner, Proposal, Route
from app.bid.value.reader import Reader, ReaderKind
from app.platform.words.codes import (
    BudgetSource,
    OpportunityMode,
    PartnerRole,
    PartnerStatus,
    PriceDetail,
    ProposalStatus,
    RoundStatus,
    VatBasis,
    VatTreatment,
)
from tests.rounds import examples

PARTNERS = ("p1", "p2", "p3")
LOTS = ("l1", "l2")


def bytes_for(proposal: Proposal, reader: Reader) -> bytes:
    """Everything that the rules answer this reader, as one text."""
    told = [asdict(budget_view(proposal, reader)), [asdict(fault) for fault in budget_blockers(proposal, reader)]]
    return json.dumps(told, default=str).encode()


def bid(lines: tuple[BudgetLine, ...], ceiling: int | None, basis: VatBasis, detail: PriceDetail) -> Proposal:
    lots = tuple(Lot(lot, lot, lot.upper(), ceiling, basis) for lot in LOTS)
    call = Opportunity(
        id="call", organisation_id="council", buyer_name="Council", title="Call", ocid=None,
        mode=OpportunityMode.SEALED, regime="pa2023", price_detail=detail, lots=lots, questions=(),
        budget_ceiling=ceiling, ceiling_vat=basis, currency="GBP", required_sections=(), required_statements=(),
        consortium_rules=ConsortiumRules(), route=Route(),
        submission_deadline=datetime(2027, 1, 1, tzinfo=UTC), time_zone="Europe/London", amendment=0,
        open_for_bids=True,
    )  # fmt: skip
    return Proposal(
        id="bid", title="Bid", status=ProposalStatus.DRAFT, language="en", currency="GBP", revision=1, version=1,
        opportunity=call, lot_ids=LOTS,
        partners=tuple(
            Partner(p, f"o-{p}", p, PartnerRole.LEAD if p == "p1" else PartnerRole.MEMBER, PartnerStatus.ACCEPTED)
            for p in PARTNERS
        ),
        honesty_round=HonestyRound(RoundStatus.REVEALED), budget_lines=lines,
    )  # fmt: skip


@st.composite
def lines(draw: st.DrawFn) -> tuple[BudgetLine, ...]:
    def one(at: int) -> BudgetLine:
        owner = draw(st.sampled_from(PARTNERS))
        others = [p for p in PARTNERS if p != owner]
        return BudgetLine(
            id=f"line-{at:02}",
            partner_id=owner,
            category=draw(st.sampled_from(["staff", "rent", "overheads"])),
            year=draw(st.integers(1, 2)),
            source=draw(st.sampled_from(list(BudgetSource))),
            amount=draw(st.integers(0, 1000)),
            lot_id=draw(st.sampled_from([None, *LOTS])),
            description=draw(st.sampled_from(["", "two youth workers"])),
            vat_treatment=VatTreatment.STANDARD,
            vat_amount=draw(st.integers(0, 200)),
            visible_to=tuple(draw(st.lists(st.sampled_from(others), unique=True))),
        )

    return tuple(one(at) for at in range(draw(st.integers(0, 9))))


def rewritten(kept: tuple[BudgetLine, ...], private: tuple[BudgetLine, ...], seed: int) -> tuple[BudgetLine, ...]:
    """The private lines told quite differently, with each partner's totals by year as they were.

    Split anew into another number of lines, with other categories, lots, texts, VAT and full costs; and match and
    income exchanged where both sums allow.
    """
    dice = random.Random(seed)
    sums: dict[tuple[str, int, BudgetSource], int] = {}
    for line in private:
        key = (line.partner_id, line.year, line.source)
        sums[key] = sums.get(key, 0) + line.amount
    _exchange_match_and_income(sums, dice)
    told: list[BudgetLine] = []
    for (owner, year, source), total in sums.items():
        cuts = sorted(dice.randint(0, total) for _ in range(dice.randint(0, 3)))
        for start, end in zip([0, *cuts], [*cuts, total], strict=True):
            told.append(
                BudgetLine(
                    id=f"other-{len(told):02}",
                    partner_id=owner,
                    category=dice.choice(["staff", "secret", "rent"]),
                    year=year,
                    source=source,
                    amount=end - start,
                    lot_id=dice.choice([None, *LOTS]),
                    description=f"private {dice.random()}",
                    vat_treatment=dice.choice(list(VatTreatment)),
                    vat_amount=dice.randint(0, 99),
                    full_cost=dice.choice([None, end - start + 5]),
                    version=dice.randint(0, 9),
                )
            )
    dice.shuffle(told)
    return kept + tuple(told)


def _exchange_match_and_income(sums: dict[tuple[str, int, BudgetSource], int], dice: random.Random) -> None:
    """What one partner has as match another gets, and the other way with income: all shared sums stay."""
    match = [key for key in sums if key[2] is BudgetSource.MATCH]
    income = [key for key in sums if key[2] is BudgetSource.INCOME]
    if not match or not income:
        return
    (p, y, _), (q, z, _) = dice.choice(match), dice.choice(income)
    moved = min(sums[p, y, BudgetSource.MATCH], sums[q, z, BudgetSource.INCOME])
    for key, by in (
        ((p, y, BudgetSource.MATCH), -moved),
        ((p, y, BudgetSource.INCOME), moved),
        ((q, z, BudgetSource.INCOME), -moved),
        ((q, z, BudgetSource.MATCH), moved),
    ):
        sums[key] = sums.get(key, 0) + by


@examples(150)
@given(
    lines(),
    st.sampled_from(PARTNERS),
    st.integers(0, 2**32),
    st.sampled_from([None, 500, 1500]),
    st.sampled_from([VatBasis.EXCLUDED, VatBasis.UNKNOWN]),
    st.sampled_from(list(PriceDetail)),
)
def test_two_bids_that_differ_only_in_private_lines_answer_a_rival_with_the_same_bytes(
    drawn: tuple[BudgetLine, ...], me: str, seed: int, ceiling: int | None, basis: VatBasis, detail: PriceDetail
) -> None:
    reader = Reader(ReaderKind.PARTNER, frozenset({me}))
    first = bid(drawn, ceiling, basis, detail)
    kept = tuple(line for line in drawn if may_read_line(line, reader))
    private = tuple(line for line in drawn if not may_read_line(line, reader))
    second = bid(rewritten(kept, private, seed), ceiling, basis, detail)
    assume(second != first)
    assert bytes_for(first, reader) == bytes_for(second, reader)
    if detail is PriceDetail.TOTALS:
        council = Reader(ReaderKind.COMMISSIONER)
        assert bytes_for(first, council) == bytes_for(second, council)
    facilitator = Reader(ReaderKind.FACILITATOR)
    assert bytes_for(first, facilitator) == bytes_for(second, facilitator)


@examples(60)
@given(lines(), st.sampled_from(PARTNERS), st.sampled_from([None, 1000]))
def test_before_the_reveal_a_reader_sees_a_bid_in_which_it_is_alone(
    drawn: tuple[BudgetLine, ...], me: str, ceiling: int | None
) -> None:
    reader = Reader(ReaderKind.PARTNER, frozenset({me}), sees_others=False)
    full = bid(drawn, ceiling, VatBasis.EXCLUDED, PriceDetail.TOTALS)
    alone = replace(full, budget_lines=tuple(line for line in drawn if line.partner_id == me))
    assert bytes_for(full, reader) == bytes_for(alone, reader)
    blind = Reader(ReaderKind.FACILITATOR, sees_others=False)
    assert bytes_for(full, blind) == bytes_for(replace(full, budget_lines=()), blind)


def line(owner: str, amount: int, *visible_to: str, **more: object) -> BudgetLine:
    fields = {"category": "staff", "year": 1, "source": BudgetSource.REQUESTED} | more
    return BudgetLine(f"{owner}-{amount}", owner, amount=amount, visible_to=visible_to, **fields)  # type: ignore[arg-type]


def view(me: str, *budget: BudgetLine) -> bytes:
    return bytes_for(
        bid(budget, 5000, VatBasis.EXCLUDED, PriceDetail.TOTALS), Reader(ReaderKind.PARTNER, frozenset({me}))
    )


def test_opening_all_lines_but_one_gives_the_last_away_only_as_part_of_a_total() -> None:
    """With p2 opened whole, p3's lines by lot and category are still one undisclosed amount."""
    opened = line("p2", 700, "p1", lot_id="l1")
    one = view("p1", opened, line("p3", 200, lot_id="l1", category="rent"), line("p3", 100, lot_id="l2"))
    other = view("p1", opened, line("p3", 300, lot_id="l2", category="staff"))
    assert one == other
    assert b"rent" not in one


def test_a_line_is_opened_to_those_named_and_to_nobody_else() -> None:
    budget = (line("p2", 712, "p1"), line("p2", 1))
    assert b"p2-712" in view("p1", *budget)
    assert b"p2-712" not in view("p3", *budget)
    assert b"712" not in view("p3", *budget)


def test_a_ceiling_of_one_lot_cannot_be_used_to_feel_for_a_rivals_price() -> None:
    """Whatever the reader puts into its own lines, the answer never turns on where the rival's lines stand."""
    for own in range(0, 5001, 250):
        in_this_lot = view("p1", line("p1", own, lot_id="l1"), line("p2", 2000, lot_id="l1"))
        in_the_other = view("p1", line("p1", own, lot_id="l1"), line("p2", 2000, lot_id="l2"))
        assert in_this_lot == in_the_other


def test_the_facilitator_sees_one_figure() -> None:
    proposal = bid((line("p1", 712), line("p2", 33)), None, VatBasis.EXCLUDED, PriceDetail.LINES)
    seen = budget_view(proposal, Reader(ReaderKind.FACILITATOR))
    assert seen.whole == 745
    assert not (seen.lines or seen.by_partner or seen.by_year or seen.by_lot or seen.by_category or seen.by_source)
    assert seen.total is None


def test_the_commissioner_gets_lines_only_where_the_call_asks_for_lines() -> None:
    budget = (line("p1", 712), line("p2", 33))
    council = Reader(ReaderKind.COMMISSIONER)
    assert budget_view(bid(budget, None, VatBasis.EXCLUDED, PriceDetail.TOTALS), council).lines == ()
    assert len(budget_view(bid(budget, None, VatBasis.EXCLUDED, PriceDetail.LINES), council).lines) == 2


def test_who_left_keeps_its_own_lines_and_no_view_of_the_rest() -> None:
    proposal = bid((line("p1", 712), line("p2", 33, "p1")), None, VatBasis.EXCLUDED, PriceDetail.TOTALS)
    left = tuple(replace(p, status=PartnerStatus.WITHDRAWN) if p.id == "p1" else p for p in proposal.partners)
    seen = budget_view(replace(proposal, partners=left), Reader(ReaderKind.FORMER, frozenset({"p1"})))
    assert [own.id for own in seen.lines] == ["p1-712"]
    assert seen.whole == 712


def test_the_vat_of_others_shows_only_where_the_price_must_include_it() -> None:
    budget = (line("p2", 100, vat_treatment=VatTreatment.STANDARD, vat_amount=20),)
    net = bid(budget, 500, VatBasis.EXCLUDED, PriceDetail.TOTALS)
    assert shared_figures(net).vat_on_requested is None
    assert shared_figures(bid(budget, 500, VatBasis.INCLUDED, PriceDetail.TOTALS)).vat_on_requested == 20


def test_a_private_line_of_nothing_shows_nowhere() -> None:
    without = view("p1", line("p2", 100))
    assert without == view("p1", line("p2", 100), line("p2", 0, year=7, category="nothing"))
    assert without == view("p1", line("p2", 100), line("p3", 0, source=BudgetSource.MATCH))


def test_a_line_of_somebody_who_has_not_filed_is_open_to_nobody() -> None:
    hidden = line("p2", 712, "p1", revealed=False)
    assert view("p1", hidden) == view("p1")
