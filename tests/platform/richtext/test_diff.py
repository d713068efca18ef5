"""Differences read like what happened, add up to both texts, and cost little on any input."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.richtext.diff import as_markdown, spans
from app.platform.richtext.markdown import parse
from app.platform.richtext.markdown_writer import dump
from app.platform.richtext.sequences import edits, pairing
from tests.growth import growth
from tests.rounds import examples

from .strategies import documents


@examples(25)
@given(documents, documents)
def test_the_spans_add_up_to_both_versions(before: dict[str, object], after: dict[str, object]) -> None:
    found = spans(before, after)
    assert "".join(span.markdown for span in found if span.kind != "removed") == dump(after)
    assert "".join(span.markdown for span in found if span.kind != "added") == dump(before)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("one two three", "one 2 three", "one ~~two~~ **2** three\n"),
        ("- a b c\n- d", "- a b c\n- d\n- e", "- a b c\n- d\n- **e**\n"),
        ("# Old head\n\ntext", "# New head\n\ntext", "# ~~Old~~ **New** head\n\ntext\n"),
        ("same", "same", "same\n"),
    ],
)
def test_they_read_as_markdown(before: str, after: str, shown: str) -> None:
    made = as_markdown(spans(parse(before), parse(after)))
    assert made.split() == shown.split()


@examples(30)
@given(st.lists(st.integers(0, 3), max_size=30), st.lists(st.integers(0, 3), max_size=30))
def test_edits_turn_one_sequence_into_the_other(old: list[int], new: list[int]) -> None:
    made: list[int] = []
    done = 0
    for edit in edits(old, new):
        made += old[done : edit.a] + new[edit.c : edit.d]
        done = edit.b
    assert made + old[done:] == new


@examples(30)
@given(st.integers(0, 90), st.integers(0, 90), st.integers(0, 2**32))
def test_pairing_uses_every_row_and_column_once_and_in_order(rows: int, columns: int, seed: int) -> None:
    chance = random.Random(seed)
    like = {(i, j): chance.random() for i in range(rows) for j in range(columns)}
    pairs = list(pairing(rows, columns, lambda i, j: like[i, j] if like[i, j] > 0.5 else 0.0))
    assert [i for i, _ in pairs if i is not None] == list(range(rows))
    assert [j for _, j in pairs if j is not None] == list(range(columns))


@pytest.mark.parametrize(
    "line",
    [
        lambda side, number: number % (50 - side),
        lambda side, number: number if number % 2 else (side, number),
        lambda side, number: number // 2 if number % 2 else (side, number),
        lambda side, number: (number, side)[number % 3 == 0],
        lambda side, number: number + side * 5,
    ],
)
def test_the_time_to_compare_lines_grows_with_their_number(line: Callable[[int, int], object]) -> None:
    def work(count: int) -> None:
        edits([str(line(0, number)) for number in range(count)], [str(line(1, number)) for number in range(count)])

    assert growth(work, 600) < 9
