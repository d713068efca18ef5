"""Proposals as hypothesis makes them up: three partners who have all filed, with anything declared and linked."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.bid.declarations.rules.rate_privacy import shown_as
from app.bid.value import BudgetLine, Contribution, Expectation, Proposal, Structure
from app.platform.words import codes as c
from tests.bid.values import bid, expects, gives, line, target

WHO = ("lead", "youth", "family")
UNITS = st.sampled_from([None, c.Unit.HOUR, c.Unit.DAY, c.Unit.ITEM])


@st.composite
def contributions(draw: st.DrawFn) -> tuple[Contribution, ...]:
    made = []
    for number in range(draw(st.integers(0, 7))):
        quantity = draw(st.none() | st.integers(1, 200))
        rate = draw(st.none() | st.integers(0, 5000)) if quantity else None
        value = quantity * rate if quantity and rate is not None else draw(st.integers(0, 500_000))
        one = gives(
            f"c{number}",
            draw(st.sampled_from(WHO)),
            draw(st.sampled_from([k.value for k in c.ContributionKind])),
            value,
            quantity=Decimal(quantity) if quantity else None,
            unit_value=rate,
            unit=draw(UNITS),
            title=draw(st.sampled_from(["Hall", "Van", "Worker"])),
            certainty=draw(st.sampled_from(list(c.Certainty))),
        )
        made.append(replace(one, shown_as=shown_as(one)))
    return tuple(made)


@st.composite
def expectations(draw: st.DrawFn) -> tuple[Expectation, ...]:
    made = []
    for number in range(draw(st.integers(0, 7))):
        who = draw(st.sampled_from(WHO))
        kind = draw(st.sampled_from(list(c.ExpectationKind)))
        type_ = draw(st.sampled_from(list(c.TargetType)))
        value: Any = draw(st.integers(1, 100))
        if type_ in (c.TargetType.TEXT, c.TargetType.RIGHT):
            value = draw(st.sampled_from(["own", "hold", "lead", "only", "veto", "shared use"]))
        elif type_ is c.TargetType.MONEY:
            value *= 3000
        links = draw(
            st.lists(
                st.tuples(st.just("contribution"), st.sampled_from([f"c{i}" for i in range(7)]))
                | st.tuples(st.just("budget_line"), st.sampled_from([f"l{i}" for i in range(6)]))
                | st.just(("structure", "bid")),
                max_size=3,
            )
        )
        made.append(
            expects(
                f"e{number}",
                who,
                kind.value,
                target=draw(st.none() | st.just(target(type_.value, value))),
                of_partner_id=draw(st.sampled_from([None, *(w for w in WHO if w != who)])),
                met_by=links,
                waived_reason=draw(st.sampled_from([None, None, None, "never mind"])),
            )
        )
    return tuple(made)


@st.composite
def lines(draw: st.DrawFn) -> tuple[BudgetLine, ...]:
    return tuple(
        line(
            f"l{number}",
            draw(st.sampled_from(WHO)),
            draw(st.integers(0, 200_000)),
            year=draw(st.integers(1, 2)),
            source=draw(st.sampled_from(list(c.BudgetSource))),
            full_cost=draw(st.none() | st.integers(0, 300_000)),
        )
        for number in range(draw(st.integers(0, 6)))
    )


STRUCTURES = st.builds(
    Structure,
    contracting=st.sampled_from([(), ("lead",), WHO]),
    paid=st.sampled_from([(), ("lead",), WHO]),
    liability=st.none() | st.sampled_from(list(c.Liability)),
    decision_rule=st.none() | st.sampled_from(list(c.DecisionRule)),
    weights=st.just({"lead": Decimal(3), "youth": Decimal(1)}),
    payment_days=st.none() | st.integers(0, 90),
    payment_in_arrears=st.none() | st.booleans(),
)


@st.composite
def bids(draw: st.DrawFn) -> Proposal:
    return bid(
        contributions=draw(contributions()),
        expectations=draw(expectations()),
        budget_lines=draw(lines()),
        structure=draw(STRUCTURES),
    )
