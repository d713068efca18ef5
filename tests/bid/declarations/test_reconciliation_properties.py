"""What must hold of every reconciliation, whatever is declared: order, departures, privacy, and the time it takes."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.bid.budget.rules.figures import figures
from app.bid.declarations.rules.rate_privacy import shown_as
from app.bid.declarations.rules.reconciliation import reconcile
from app.bid.value import BudgetLine, Contribution, HonestyRound, Proposal, Structure
from app.bid.value.honesty import facilitator_of
from app.platform.words import codes as c
from tests.bid.strategies import WHO, bids
from tests.bid.values import NOW, all_shown, as_, bid, expects, gives, line, partner, target
from tests.growth import beside, growth

OTHERS = ("lead", "family")


@given(bids(), st.randoms(use_true_random=False), st.sampled_from(WHO))
def test_any_order_of_declarations_gives_the_same_reconciliation(
    there: Proposal, shuffle: random.Random, who: str
) -> None:
    def mixed(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(shuffle.sample(items, len(items)))

    other = replace(
        there,
        contributions=mixed(there.contributions),
        expectations=tuple(replace(e, met_by=mixed(e.met_by)) for e in mixed(there.expectations)),
        budget_lines=mixed(there.budget_lines),
        partners=there.partners,
    )
    assert reconcile(there, as_(there, who)) == reconcile(other, as_(other, who))


@given(bids(), st.sampled_from(WHO), st.sampled_from(["withdrawn", "removed"]))
def test_a_partner_that_leaves_leaves_nothing_dangling(there: Proposal, gone: str, status: str) -> None:
    left = replace(
        there,
        partners=tuple(replace(p, status=c.PartnerStatus(status)) if p.id == gone else p for p in there.partners),
    )
    theirs = {d.id for d in (*there.contributions, *there.expectations, *there.budget_lines) if d.partner_id == gone}
    for who in WHO:
        found = reconcile(left, as_(left, who))
        named = {e.id for e in found.expectations} | {u.id for u in found.unclaimed_contributions}
        named |= {link.id for e in found.expectations for link in e.met_by if link.id}
        named |= {i for clash in found.contradictions for i in (*clash.expectation_ids, *clash.contribution_ids)}
        assert not named & theirs
        assert gone not in {row[0] for row in found.totals.by_partner}


@given(bids(), st.sampled_from(WHO))
def test_nothing_is_met_by_something_withdrawn(there: Proposal, who: str) -> None:
    """Taking away all that an expectation rests on leaves nothing met that a figure or a thing has to meet."""
    bare = replace(there, contributions=(), budget_lines=())
    for found in reconcile(bare, as_(bare, who)).expectations:
        if found.state is c.ExpectationState.MET:
            assert found.met_by and all(link.type is c.MetByType.STRUCTURE for link in found.met_by)


def answers(there: Proposal) -> list[Any]:
    """What everybody but the youth charity gets, to the last field."""
    readers = [as_(there, who) for who in OTHERS] + [facilitator_of(there)]
    return [repr(reconcile(there, reader)).encode() for reader in readers]


@st.composite
def bids_that_differ_in_private_lines(draw: st.DrawFn) -> tuple[Proposal, Proposal]:
    """The youth charity splits its lines otherwise: other amounts, categories, lots, costs; the same totals by year."""
    there = draw(bids())
    kept = tuple(x for x in there.budget_lines if x.partner_id != "youth")
    mine = [x for x in there.budget_lines if x.partner_id == "youth"]
    changed: list[BudgetLine] = []
    cells: dict[tuple[int, c.BudgetSource], list[BudgetLine]] = {}
    for one in mine:
        cells.setdefault((one.year, one.source), []).append(one)
    for of_cell in cells.values():
        left = sum(x.amount for x in of_cell)
        for index, one in enumerate(of_cell):
            amount = left if index == len(of_cell) - 1 else draw(st.integers(0, left))
            left -= amount
            cost = draw(st.none() | st.integers(0, 300_000))
            changed.append(
                replace(one, amount=amount, full_cost=cost, category=draw(st.sampled_from(["staff", "rent"])))
            )
    return there, replace(there, budget_lines=(*kept, *changed))


@given(bids_that_differ_in_private_lines())
def test_two_bids_that_differ_only_in_private_lines_answer_the_others_with_the_same_bytes(
    both: tuple[Proposal, Proposal],
) -> None:
    one, two = both
    assert figures(one) == figures(all_shown(two))
    assert answers(one) == answers(two) == answers(all_shown(two))


@given(bids(), st.integers(0, 500_000), st.integers(1, 3), st.sampled_from(list(c.BudgetSource)))
def test_no_change_of_lines_that_was_not_shown_changes_an_answer_of_the_others(
    there: Proposal, amount: int, year: int, source: c.BudgetSource
) -> None:
    def changed(line: BudgetLine) -> BudgetLine:
        return replace(line, amount=amount, year=year, source=source) if line.partner_id == "youth" else line

    there = replace(there, budget_lines=tuple(replace(each, visible_to=()) for each in there.budget_lines))
    assert answers(there) == answers(replace(there, budget_lines=tuple(map(changed, there.budget_lines))))


@given(bids_that_differ_in_private_lines(), st.integers(1, 100))
def test_not_even_where_targets_are_measured_by_those_lines(both: tuple[Proposal, Proposal], wanted: int) -> None:
    measured = [("funding_share", "money"), ("funding_share", "percent"), ("staffing", "money")]
    measured.append(("full_cost_recovery", "percent"))
    asked = tuple(
        expects(
            f"x-{who}-{number}",
            who,
            kind,
            target=target(type_, wanted * 3000 if type_ == "money" else wanted),
            met_by=[("budget_line", f"l{number}")],
        )
        for who in WHO
        for number in range(6)
        for kind, type_ in [measured[number % 4]]
    )
    one, two = (replace(there, expectations=(*there.expectations, *asked)) for there in both)
    assert answers(one) == answers(two)


@given(bids(), st.lists(st.integers(1, 500), min_size=7, max_size=7))
def test_two_bids_that_differ_only_in_rates_answer_the_others_with_the_same_bytes(
    there: Proposal, numbers: list[int]
) -> None:
    def other_rate(index: int, given_: Contribution) -> Contribution:
        """Another quantity and rate with the same value; or, where others see the quantity, another rate and value."""
        if given_.partner_id != "youth" or given_.quantity is None:
            return given_
        if given_.shown_as == "quantity":
            return replace(given_, value=given_.value + numbers[index], unit_value=None)
        return replace(given_, quantity=Decimal(numbers[index]), unit_value=numbers[-index])

    changed = tuple(other_rate(i, x) for i, x in enumerate(there.contributions))
    assert answers(there) == answers(replace(there, contributions=changed))


@given(bids(), st.integers(1, 300), st.integers(1, 300), st.integers(1, 300), st.sampled_from(["hour", "day", "item"]))
def test_hours_that_a_target_counts_stay_the_givers_own_where_it_named_a_rate(
    there: Proposal, wanted: int, few: int, many: int, unit: str
) -> None:
    """The same value from other hours at another rate; several others count on them, for a measured target."""
    type_ = {"hour": "hours", "day": "days", "item": "count"}[unit]
    asked = [
        expects(f"x{who}", who, "staffing", target=target(type_, wanted), met_by=(("contribution", "rated"),))
        for who in OTHERS
    ]

    def at(quantity: int, rate: int) -> Proposal:
        rated = gives("rated", "youth", value=quantity * rate, quantity=Decimal(quantity), unit_value=rate)
        rated = replace(rated, unit=c.Unit(unit), shown_as=shown_as(rated))
        return replace(there, contributions=(*there.contributions, rated), expectations=(*there.expectations, *asked))

    one, two = at(few, many), at(many, few)
    assert answers(one) == answers(two)
    own = {e.id: e for e in reconcile(one, as_(one, "youth")).expectations}
    assert (own["xlead"].state is c.ExpectationState.MET) is (few >= wanted), "its giver sees the exact answer"


@given(bids(), bids(), st.sampled_from(OTHERS))
def test_before_the_reveal_an_answer_depends_on_ones_own_alone(one: Proposal, two: Proposal, who: str) -> None:
    def hidden(theirs: Proposal) -> Proposal:
        def mixed(field: str) -> tuple[Any, ...]:
            own = [x for x in getattr(one, field) if x.partner_id == who]
            other = [x for x in getattr(theirs, field) if x.partner_id != who]
            return tuple(replace(x, revealed=False) for x in (*own, *other))

        return replace(
            one,
            honesty_round=HonestyRound(),
            contributions=mixed("contributions"),
            expectations=mixed("expectations"),
            budget_lines=mixed("budget_lines"),
        )

    first, second = hidden(one), hidden(two)
    assert reconcile(first, as_(first, who)) == reconcile(second, as_(second, who))
    assert reconcile(first, facilitator_of(first)) == reconcile(second, facilitator_of(second))
    assert reconcile(first, facilitator_of(first)).expectations == ()


def large(partners: int = 30, declarations: int = 600, budget: int = 2000) -> Proposal:
    """As large as the largest bid: every kind, every form of target, links to everything."""
    who = [partner(f"p{i:02}", "lead" if i == 0 else "member", filed_at=NOW) for i in range(partners)]
    half = declarations // 2
    given_ = tuple(
        gives(
            f"c{i:05}",
            who[i % partners].id,
            list(c.ContributionKind)[i % 20].value,
            i * 100,
            title=f"Thing {i // 3}",
            quantity=Decimal(i + 1),
            unit=list(c.Unit)[i % 7],
            shown_as=("quantity", "value")[i % 2],
        )
        for i in range(half)
    )
    lines_ = tuple(line(f"l{i:05}", who[i % partners].id, i * 10, year=i % 3 + 1) for i in range(budget))
    asked = []
    for i in range(declarations - half):
        kind = list(c.ExpectationKind)[i % 20]
        type_ = list(c.TargetType)[i // 20 % len(c.TargetType)]
        value: Any = "lead own hold only" if type_ in (c.TargetType.TEXT, c.TargetType.RIGHT) else 10 + i % 60
        links = [("contribution", f"c{(i * 7) % half:05}"), ("contribution", f"c{(i * 11) % half:05}")]
        links += [("budget_line", f"l{(i * 13) % budget:05}"), ("structure", "bid")][: i % 3]
        asked.append(
            expects(f"e{i:05}", who[i % partners].id, kind.value, target=target(type_.value, value), met_by=links)
        )
    structure = Structure(decision_rule=c.DecisionRule.MAJORITY, contracting=("p00",), paid=("p00",), flow_down=True)
    return bid(
        partners=tuple(who), contributions=given_, expectations=tuple(asked), budget_lines=lines_, structure=structure
    )


def test_the_largest_bid_is_reconciled_within_its_time() -> None:
    there = large()
    reader = as_(there, "p01")
    assert beside(lambda: reconcile(there, reader)) < 6


def test_four_times_the_bid_takes_about_four_times_the_time() -> None:
    bids = {30: large(30, 1000, 3000), 120: large(120, 4000, 12000)}
    assert growth(lambda partners: reconcile(bids[partners], as_(bids[partners], "p01")), 30) < 9, "16 is quadratic"
