"""What speaks for joining a call, and what against it."""

import pytest

from app.calls.finding.rules import WEIGHTS, Call, Turnover, fit, size_of, turnover_demanded
from app.platform.words.codes import FitAgainst, FitReason


def call(*held: str, text: str = "") -> Call:
    return Call(
        held=frozenset(held),
        currency="GBP",
        ceiling=90_000_00,
        least_lot=20_000_50,
        lots_within=2,
        closes=None,
        text=text,
    )


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Bidders need a minimum annual turnover of £2 million.", Turnover(200_000_000)),
        ("A yearly turnover of £500k in each of two years", Turnover(50_000_000)),
        ("turnover: at least £1,250,000.50", Turnover(125_000_050)),
        ("We look at your turnover.", Turnover(None)),
        ("High staff turnover is a risk.", None),
        ("turnover of staff", None),
        ("£300 a place", None),
    ],
)
def test_a_turnover_that_is_asked_for_is_read(text: str, asked: Turnover | None) -> None:
    assert turnover_demanded(text) == asked


def test_the_sum_nearest_to_the_word_is_meant() -> None:
    assert turnover_demanded("Worth £9m. A turnover of £1m is needed, insurance of £5m.") == Turnover(100_000_000)


def test_a_turnover_that_one_has_speaks_against_nothing() -> None:
    asks = call(FitAgainst.TURNOVER_DEMANDED, text="a turnover of £50,000")
    assert fit(asks, 60_000_00)[1] == []
    [against] = fit(asks, 40_000_00)[1]
    assert (against.code, against.figures["turnover"]) == ("turnover-demanded", "£50,000")
    assert [one.code for one in fit(asks, None)[1]] == ["turnover-demanded"]


def test_reasons_come_with_the_weightiest_first() -> None:
    reasons, against = fit(call("for-vcse", "in-your-area", "your-services", "closing-soon"), 1_000_000)
    assert [one.code for one in reasons] == ["your-services", "in-your-area", "for-vcse"]
    assert [one.code for one in against] == ["closing-soon"]
    assert reasons[0].figures == {"sum": "£90,000", "lot": "£20,000.50", "income": "£10,000", "lots": "2"}


def test_a_size_is_the_income_or_the_most_for_its_band() -> None:
    assert size_of(5_000_00, "large") == 5_000_00
    assert size_of(None, "small") == 100_000_00
    assert size_of(None, "super_major") is None
    assert size_of(None, None) is None


def test_every_reason_has_a_weight_with_its_sign() -> None:
    assert set(WEIGHTS) == {*FitReason, *FitAgainst}
    assert all((weight > 0) == (code in set(FitReason)) for code, weight in WEIGHTS.items())
