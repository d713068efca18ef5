"""As values, by the thousand: a reader's whole view of a bid is the same in two worlds that differ only in what it may
not see, whatever that reader itself declared, linked and asked for.

The reader is `youth` (or the facilitator, or who joined later). The bid, what is hidden in it and what the reader did are
all made up.
"""

import json
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.budget import reading as money
from app.bid.budget.rules.blockers import budget_blockers
from app.bid.budget.rules.views import budget_view, may_read_line
from app.bid.declarations import reading
from app.bid.declarations.rules.reconciliation import reconcile, states
from app.bid.document.rules import build_annex, build_document
from app.bid.fairness.rules import CheckReader, run_checks, shown_to
from app.bid.signoff.rules.readiness import judge
from app.bid.value import BudgetLine, Contribution, Difficulty, HonestyRound, Partner, Proposal
from app.bid.value.honesty import has_filed, may_see
from app.bid.value.reader import Reader, ReaderKind
from app.platform.access.rules import Relation, Side, Standing
from app.platform.words import codes as c
from tests.bid.strategies import WHO, bids, lines
from tests.bid.values import NOW, all_shown, partner
from tests.rounds import examples

ME, HELPER = "youth", "helper"
READERS = st.sampled_from([ME, HELPER])
LATE = partner("late", filed_at=None)
INCOMES = st.none() | st.integers(0, 10**9)


def standing(who: str) -> Standing:
    roles = frozenset(c.MemberRole)
    if who == HELPER:
        return Standing((Side(Relation.FACILITATOR, "o-helper", roles, HELPER),), c.ProposalStatus.DRAFT)
    return Standing((Side(Relation.PARTNER, f"o-{who}", roles, who, c.PartnerRole.MEMBER),), c.ProposalStatus.DRAFT)


def everything(there: Proposal, who: str) -> dict[str, str]:
    """Each view of the bid as this reader gets it: what the routes answer, before it is put into JSON or a document."""
    of, reader = standing(who), reading.reader(standing(who), there)
    as_drawn = there if reader.sees_others else replace(there, honesty_round=HonestyRound())
    checks = run_checks(there)
    views: dict[str, Any] = {
        "contributions": reading.contributions(there, of),
        "expectations": reading.expectations(there, of),
        "lines": money.lines_for(there, of),
        "round": reading.round_out(there, of),
        "reconciliation": reading.reconciliation_out(reconcile(there, reader), there.currency),
        "budget": asdict(budget_view(there, reader)),
        "money": budget_blockers(there, reader),
        "readiness": judge(there, reader, NOW),
        "checks": shown_to(checks, CheckReader(reader.partner_ids, who == HELPER, reader.sees_others)),
    }
    if who != HELPER:
        everybody = Reader(ReaderKind.PARTNER, frozenset(), sees_others=as_drawn.revealed)
        judged = {id_: {"state": state} for id_, (state, _) in states(reconcile(as_drawn, everybody)).items()}
        views["document"] = build_document(
            as_drawn, annex_sha256=None, schedule_hashes={}, attachments=[], opened_checks=[]
        )
        views["annex"] = build_annex(as_drawn, reconciliation=judged, findings=[], difficulties=[])
    return {name: json.dumps(view, default=_plain) for name, view in views.items()}


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)


@st.composite
def two_worlds(draw: st.DrawFn) -> tuple[Proposal, Proposal, str]:
    """A bid, the same bid with other secrets, and the reader from whom they are secret."""
    who = draw(READERS)
    there = draw(bids())
    state = draw(st.sampled_from(["open", "revealed", "joined late"]))
    late = who if state == "joined late" and who != HELPER else ""
    people = tuple(_with_figures(draw, p, late) for p in (*there.partners, LATE))
    opened = HonestyRound() if state == "open" else there.honesty_round
    there = replace(there, partners=people, honesty_round=opened)
    there = _linked_by_who_could(_as_filed(there), who)
    there = all_shown(there) if there.revealed else there
    return there, _with_other_secrets(draw, there, who), who


def _with_figures(draw: st.DrawFn, one: Partner, late: str) -> Partner:
    band = draw(st.sampled_from(list(c.SizeBand)))
    income, reserves = draw(INCOMES), draw(INCOMES)
    filed = None if one.id in (late, LATE.id) else one.filed_at
    return replace(one, size_band=band, annual_income=income, unrestricted_reserves=reserves, filed_at=filed)


def _as_filed(there: Proposal) -> Proposal:
    """What is declared by who has not filed is open to nobody."""

    def marked(items: tuple[Any, ...]) -> tuple[Any, ...]:
        filed = {p.id for p in there.partners if has_filed(p)} if there.revealed else set()
        return tuple(replace(one, revealed=one.partner_id in filed) for one in items)

    return replace(
        there,
        contributions=marked(there.contributions),
        expectations=marked(there.expectations),
        budget_lines=marked(there.budget_lines),
    )


def _linked_by_who_could(there: Proposal, who: str) -> Proposal:
    """Nobody links what is hidden from itself, so what the reader sees is never met by something hidden from the reader."""
    reader, own = reading.reader(standing(who), there), frozenset({who})
    declared = (*there.contributions, *there.budget_lines)
    hidden = {one.id for one in declared if not _known(there, reader, own, one)}
    return replace(
        there,
        expectations=tuple(
            replace(one, met_by=tuple(link for link in one.met_by if link.id not in hidden))
            if _known(there, reader, own, one)
            else one
            for one in there.expectations
        ),
    )


def _with_other_secrets(draw: st.DrawFn, there: Proposal, who: str) -> Proposal:
    reader, own = reading.reader(standing(who), there), frozenset({who})
    other = _as_filed(replace(draw(bids()), partners=there.partners, honesty_round=there.honesty_round))

    def kept(name: str) -> tuple[Any, ...]:
        """What the reader may know of, as it is; the rest from another bid."""
        mine = [one for one in getattr(there, name) if _known(there, reader, own, one)]
        theirs = [one for one in getattr(other, name) if not _known(other, reader, own, one)]
        return (*mine, *(replace(one, id=f"other-{one.id}") for one in theirs))

    given_, asked, budget = kept("contributions"), kept("expectations"), kept("budget_lines")
    return replace(
        there,
        contributions=tuple(_at_another_rate(draw, one, own) for one in given_),
        expectations=asked,
        budget_lines=_split_anew(draw, there, reader, budget),
        partners=tuple(p if p.id == who else _as_rich_as(draw, p) for p in there.partners),
        difficulties=(*there.difficulties, *draw(st.lists(CONFIDED, max_size=2))),
    )


CONFIDED = st.builds(
    Difficulty,
    id=st.just("secret"),
    addressed_to=st.just(c.AddressedTo.FACILITATOR),
    blocking=st.just(False),
    open=st.booleans(),
    blocking_since=st.none(),
)


def _known(there: Proposal, reader: Reader, own: frozenset[str], one: Any) -> bool:
    """Whether the reader may know that it is there. Of others' lines it reads sums, so those are told anew as they are."""
    if one.partner_id in own:
        return True
    if isinstance(one, BudgetLine):
        return there.revealed and reader.sees_others and one.revealed
    return may_see(there, reader, one)


def _at_another_rate(draw: st.DrawFn, one: Contribution, own: frozenset[str]) -> Contribution:
    """What the others see of it stays: its value or its quantity, never both."""
    if one.partner_id in own or one.quantity is None:
        return one
    if one.shown_as == "quantity":
        return replace(one, value=draw(st.integers(0, 500_000)), unit_value=None)
    return replace(one, quantity=Decimal(draw(st.integers(1, 500))), unit_value=draw(st.integers(0, 9000)))


def _as_rich_as(draw: st.DrawFn, one: Partner) -> Partner:
    """With other income and reserves in the same band, which it states."""
    return replace(one, annual_income=draw(INCOMES), unrestricted_reserves=draw(INCOMES))


def _split_anew(
    draw: st.DrawFn, there: Proposal, reader: Reader, budget: tuple[BudgetLine, ...]
) -> tuple[BudgetLine, ...]:
    """Private lines with other amounts, which were not shown since. Links by id go to lines that stay."""
    made: list[BudgetLine] = []
    for one in budget:
        if may_read_line(one, reader) or one.partner_id in reader.partner_ids or not one.revealed or not there.revealed:
            made.append(one)
        else:
            told = {"category": draw(st.sampled_from(["staff", "rent"])), "description": draw(st.text(max_size=5))}
            cost = draw(st.none() | st.integers(0, 300_000))
            made.append(replace(one, amount=draw(st.integers(0, 200_000)), full_cost=cost, **told))
    return tuple(sorted(made, key=lambda one: one.id))


def compared(there: Proposal, other: Proposal, who: str) -> None:
    one, two = everything(there, who), everything(other, who)
    for name, view in one.items():
        assert view == two[name], name


@examples(150)
@given(two_worlds())
def test_a_readers_whole_view_is_the_same_in_two_worlds_that_differ_only_in_what_it_may_not_see(
    worlds: tuple[Proposal, Proposal, str],
) -> None:
    compared(*worlds)


@examples(60)
@given(two_worlds(), lines())
def test_and_stays_so_whatever_the_reader_writes_into_its_own_budget(
    worlds: tuple[Proposal, Proposal, str], mine: tuple[BudgetLine, ...]
) -> None:
    there, other, who = worlds
    written = tuple(replace(one, id=f"mine-{one.id}", partner_id=who) for one in mine)
    if who != HELPER:
        compared(*(replace(each, budget_lines=(*each.budget_lines, *written)) for each in (there, other)), who)


@pytest.mark.parametrize("who", [*WHO, HELPER])
def test_every_view_can_be_had_of_a_bid_in_which_nothing_is_said_yet(who: str) -> None:
    from tests.bid.values import bid

    assert everything(bid(partners=(*bid().partners, LATE)), who)
