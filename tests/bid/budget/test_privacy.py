"""Rule 1 of the domain, proved: what is private changes nothing for anyone but its owner and whom the owner named."""

import json
import random
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from app.bid.budget.rules import shown
from app.bid.budget.rules.blockers import budget_blockers
from app.bid.budget.rules.figures import figures, whole_bid
from app.bid.budget.rules.views import budget_view, commissioner_preview, may_read_line
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
from tests.bid.values import NOW, all_shown
from tests.rounds import examples

PARTNERS = ("p1", "p2", "p3")
LOTS = ("l1", "l2")
Cell = tuple[str, int, BudgetSource, str | None]
"""Partner, year, source and lot: what is shown of lines, and no more."""


def bytes_for(proposal: Proposal, reader: Reader) -> bytes:
    """Everything that the rules answer this reader, as one text."""
    views = [asdict(budget_view(proposal, reader)), asdict(commissioner_preview(proposal, reader))]
    told = [*views, [asdict(fault) for fault in budget_blockers(proposal, reader)]]
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
    there = Proposal(
        id="bid", title="Bid", status=ProposalStatus.DRAFT, language="en", currency="GBP", revision=1, version=1,
        opportunity=call, lot_ids=LOTS,
        partners=tuple(
            Partner(p, f"o-{p}", p, PartnerRole.LEAD if p == "p1" else PartnerRole.MEMBER, PartnerStatus.ACCEPTED)
            for p in PARTNERS
        ),
        honesty_round=HonestyRound(RoundStatus.REVEALED), budget_lines=lines,
    )  # fmt: skip
    return all_shown(there)


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
    """The private lines told quite differently, with each partner's totals by year as they were, and the sums of the
    whole bid.

    Split anew into another number of lines, with other categories, texts and full costs; and match and income exchanged
    where both sums allow.
    """
    dice = random.Random(seed)
    sums: dict[Cell, int] = {}
    vat: dict[Cell, int] = {}
    for line in private:
        key = (line.partner_id, line.year, line.source, line.lot_id)
        sums[key] = sums.get(key, 0) + line.amount
        vat[key] = vat.get(key, 0) + line.vat_amount
    _exchange_match_and_income(sums, dice)
    told: list[BudgetLine] = []
    for key, total in sums.items():
        owner, year, source, lot_id = key
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
                    lot_id=lot_id,
                    description=f"private {dice.random()}",
                    vat_treatment=dice.choice(list(VatTreatment)),
                    vat_amount=vat.pop(key, 0),
                    full_cost=dice.choice([None, end - start + 5]),
                    version=dice.randint(0, 9),
                )
            )
    dice.shuffle(told)
    return kept + tuple(told)


def _exchange_match_and_income(sums: dict[Cell, int], dice: random.Random) -> None:
    """What one partner has as match another gets, and the other way with income, in one lot: all sums that are shown stay."""
    match = [key for key in sums if key[2] is BudgetSource.MATCH]
    income = [key for key in sums if key[2] is BudgetSource.INCOME]
    pairs = [(one, other) for one in match for other in income if one[3] == other[3]]
    if not pairs:
        return
    (p, y, _, lot), (q, z, _, _) = dice.choice(pairs)
    moved = min(sums[p, y, BudgetSource.MATCH, lot], sums[q, z, BudgetSource.INCOME, lot])
    for key, by in (
        ((p, y, BudgetSource.MATCH, lot), -moved),
        ((p, y, BudgetSource.INCOME, lot), moved),
        ((q, z, BudgetSource.INCOME, lot), -moved),
        ((q, z, BudgetSource.MATCH, lot), moved),
    ):
        sums[key] = sums.get(key, 0) + by


@examples(150)
@given(
    lines(),
    st.sampled_from(PARTNERS),
    st.integers(0, 2**32),
    st.sampled_from([None, 500, 1500]),
    st.sampled_from(list(VatBasis)),
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
    facilitator = Reader(ReaderKind.FACILITATOR)
    assert bytes_for(first, facilitator) == bytes_for(second, facilitator)


@st.composite
def moves(draw: st.DrawFn) -> list[tuple[str, ...]]:
    """What a reader and its rivals do one after the other: show, say final, take it back."""
    verbs = st.sampled_from(["show", "final", "take_back"])
    return draw(st.lists(st.tuples(verbs, st.sampled_from(PARTNERS)), max_size=8))


def moved(proposal: Proposal, steps: list[tuple[str, ...]]) -> list[Proposal]:
    """The proposal after each step."""
    found = [proposal]
    for at, (verb, who) in enumerate(steps, 1):
        now = NOW + timedelta(hours=at)
        after = found[-1] if verb == "show" else shown.say_final(found[-1], who, verb == "final")
        if verb != "take_back":
            after = shown.take_if_due(shown.show(after, [who], now), now)
        found.append(after)
    return found


@examples(150)
@given(lines(), st.sampled_from(PARTNERS), st.integers(0, 2**32), moves(), st.sampled_from(list(VatBasis)))
def test_whatever_is_shown_and_made_final_after_that_such_bids_answer_a_rival_with_the_same_bytes(
    drawn: tuple[BudgetLine, ...], me: str, seed: int, steps: list[tuple[str, ...]], basis: VatBasis
) -> None:
    kept = tuple(line for line in drawn if line.partner_id == me)
    private = tuple(replace(line, visible_to=()) for line in drawn if line.partner_id != me)
    empty = bid((), 500, basis, PriceDetail.TOTALS)
    first = replace(empty, budget_lines=kept + private)
    second = replace(empty, budget_lines=rewritten(kept, private, seed))
    for reader in (Reader(ReaderKind.PARTNER, frozenset({me})), Reader(ReaderKind.FACILITATOR)):
        for one, other in zip(moved(first, steps), moved(second, steps), strict=True):
            assert bytes_for(one, reader) == bytes_for(other, reader)


@examples(100)
@given(lines(), lines(), st.sampled_from(PARTNERS), st.sampled_from([None, 500]), st.sampled_from(list(VatBasis)))
def test_what_others_did_not_show_moves_no_answer_whatever_the_reader_does(
    before: tuple[BudgetLine, ...], after: tuple[BudgetLine, ...], me: str, ceiling: int | None, basis: VatBasis
) -> None:
    """Two bids that were alike at the reveal: in one the others changed all their lines since, in the other nothing.
    The reader's own lines move in both."""
    closed = tuple(replace(line, visible_to=()) for line in before)
    start = bid(closed, ceiling, basis, PriceDetail.TOTALS)
    mine = tuple(replace(line, id=f"mine-{line.id}", partner_id=me, visible_to=()) for line in after)
    theirs = tuple(replace(line, visible_to=()) for line in after if line.partner_id != me)
    still = tuple(line for line in closed if line.partner_id != me)
    reader = Reader(ReaderKind.PARTNER, frozenset({me}))
    for own in (tuple(line for line in closed if line.partner_id == me), mine, ()):
        one, other = replace(start, budget_lines=own + still), replace(start, budget_lines=own + theirs)
        assert bytes_for(one, reader) == bytes_for(other, reader)
    facilitator = Reader(ReaderKind.FACILITATOR)
    assert bytes_for(start, facilitator) == bytes_for(replace(start, budget_lines=theirs), facilitator)


def test_one_partners_showing_never_moves_the_sums_of_the_whole_bid() -> None:
    start = bid((line("p1", 100, lot_id="l1"), line("p2", 200, lot_id="l1"), line("p3", 300)), None, VatBasis.EXCLUDED,
                PriceDetail.TOTALS)  # fmt: skip
    changed = replace(
        start, budget_lines=(line("p1", 100, lot_id="l1"), line("p2", 150, lot_id="l2"), line("p3", 300, year=2))
    )
    p1, p2, p3 = (lambda there, who=who: shown.take_if_due(shown.show(there, [who], NOW), NOW) for who in PARTNERS)
    assert whole_bid(p2(changed)) == whole_bid(p3(p2(changed))) == whole_bid(start)
    assert whole_bid(p1(p3(p2(changed)))) == whole_bid(start), "a show without a change stands in for none"
    all_changed = replace(p3(p2(changed)), budget_lines=(line("p1", 101), *changed.budget_lines[1:]))
    found = whole_bid(p1(all_changed))
    assert found is not None and found.money == 101 + 150 + 300


def test_the_sums_are_taken_whenever_all_prices_are_final_and_a_line_that_a_decision_adds_moves_both_by_what_it_says() -> (
    None
):
    start = bid((line("p1", 100), line("p2", 200), line("p3", 300)), None, VatBasis.EXCLUDED, PriceDetail.TOTALS)
    later = replace(start, budget_lines=(line("p1", 100), line("p2", 250), line("p3", 300)))
    for who in PARTNERS:
        assert whole_bid(later) == whole_bid(start)
        later = shown.take_if_due(shown.show(shown.say_final(later, who, True), [who], NOW), NOW)
    found = whole_bid(later)
    assert found is not None and found.money == 650
    said = shown.add_what_was_said(start, line("p2", 40, lot_id="l2"), NOW)
    moved_by = whole_bid(said)
    assert moved_by is not None and moved_by.money == 640 and figures(said).total.total == 640
    assert shown.take_if_due(shown.show(replace(said, budget_lines=(*start.budget_lines, line("p2", 40, lot_id="l2"))),
                                        PARTNERS, NOW), NOW).sums_taken_at == start.sums_taken_at  # fmt: skip


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
    """With p2 opened whole, p3's lines by category are still one undisclosed amount."""
    opened = line("p2", 700, "p1", lot_id="l1")
    one = view("p1", opened, line("p3", 200, lot_id="l2", category="rent"), line("p3", 100, lot_id="l2"))
    other = view("p1", opened, line("p3", 300, lot_id="l2", category="staff"))
    assert one == other
    assert b"rent" not in one


def test_a_line_is_opened_to_those_named_and_to_nobody_else() -> None:
    budget = (line("p2", 712, "p1"), line("p2", 1))
    assert b"p2-712" in view("p1", *budget)
    assert b"p2-712" not in view("p3", *budget)
    assert b"712" not in view("p3", *budget)


def test_a_ceiling_of_one_lot_cannot_be_used_to_feel_for_a_rivals_price() -> None:
    """Whatever the reader puts into its own lines, the answer never turns on where the rival's lines stand now."""
    start = bid((line("p2", 2000, lot_id="l1"),), 5000, VatBasis.EXCLUDED, PriceDetail.TOTALS)
    reader = Reader(ReaderKind.PARTNER, frozenset({"p1"}))
    for own in range(0, 5001, 250):
        answers = {
            bytes_for(replace(start, budget_lines=(line("p1", own, lot_id="l1"), line("p2", *there))), reader)
            for there in ((2000,), (4999,), (1,))
        }
        assert len(answers) == 1


def test_a_change_of_an_opened_line_shows_nothing_to_anybody_else_and_no_rest_is_negative() -> None:
    start = bid((line("p2", 700, "p1"), line("p2", 50)), None, VatBasis.EXCLUDED, PriceDetail.TOTALS)
    raised = replace(start, budget_lines=(line("p2", 900, "p1"), line("p2", 50)))
    p1, p3 = (Reader(ReaderKind.PARTNER, frozenset({who})) for who in ("p1", "p3"))
    assert bytes_for(start, p3) == bytes_for(raised, p3)
    assert [share.disclosed for share in budget_view(start, p1).by_category] == [True, False]
    assert [(share.amounts.total, share.disclosed) for share in budget_view(raised, p1).by_category] == [(900, True)]
    assert budget_view(raised, p1).whole == 750


def test_the_facilitator_sees_one_figure() -> None:
    proposal = bid((line("p1", 712), line("p2", 33)), None, VatBasis.EXCLUDED, PriceDetail.LINES)
    seen = budget_view(proposal, Reader(ReaderKind.FACILITATOR))
    assert seen.whole == 745
    assert not (seen.lines or seen.by_partner or seen.by_year or seen.by_lot or seen.by_category or seen.by_source)
    assert seen.total is None


def test_the_preview_holds_lines_only_where_the_call_asks_for_lines_and_no_hidden_one() -> None:
    budget = (line("p1", 712), line("p2", 33), line("p2", 44, "p1"))
    reader = Reader(ReaderKind.PARTNER, frozenset({"p1"}))
    assert commissioner_preview(bid(budget, None, VatBasis.EXCLUDED, PriceDetail.TOTALS), reader).lines == ()
    shown_lines = commissioner_preview(bid(budget, None, VatBasis.EXCLUDED, PriceDetail.LINES), reader).lines
    assert [each.id for each in shown_lines] == ["p1-712", "p2-44"]


def test_who_left_keeps_its_own_lines_and_no_view_of_the_rest() -> None:
    proposal = bid((line("p1", 712), line("p2", 33, "p1")), None, VatBasis.EXCLUDED, PriceDetail.TOTALS)
    left = tuple(replace(p, status=PartnerStatus.WITHDRAWN) if p.id == "p1" else p for p in proposal.partners)
    seen = budget_view(replace(proposal, partners=left), Reader(ReaderKind.FORMER, frozenset({"p1"})))
    assert [own.id for own in seen.lines] == ["p1-712"]
    assert seen.whole == 712


def test_the_vat_of_all_is_of_all_at_once_and_named_beside_the_price_only_where_the_price_includes_it() -> None:
    budget = (line("p2", 100, vat_treatment=VatTreatment.STANDARD, vat_amount=20),)
    reader = Reader(ReaderKind.PARTNER, frozenset({"p1"}))
    net = budget_view(bid(budget, 500, VatBasis.EXCLUDED, PriceDetail.TOTALS), reader)
    gross = budget_view(bid(budget, 500, VatBasis.INCLUDED, PriceDetail.TOTALS), reader)
    assert (net.vat, net.vat_on_requested, gross.vat, gross.vat_on_requested) == (20, None, 20, 20)


def test_a_private_line_of_nothing_shows_nowhere() -> None:
    without = view("p1", line("p2", 100))
    assert without == view("p1", line("p2", 100), line("p2", 0, year=7, category="nothing"))
    assert without == view("p1", line("p2", 100), line("p3", 0, source=BudgetSource.MATCH))
    assert without == view("p1", line("p2", 100), line("p2", 0, lot_id="l2"))


def test_a_line_of_somebody_who_has_not_filed_is_open_to_nobody() -> None:
    hidden = line("p2", 712, "p1", revealed=False)
    assert view("p1", hidden) == view("p1")
