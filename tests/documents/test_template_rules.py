"""How documents look: colours that can be read, and which of an organisation's look and a call's rules holds."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.documents.looks.colours import INK, TEXT_CONTRAST, WHITE, contrast, tint_of
from app.documents.looks.rules import (
    BINDING,
    DEFAULT,
    FONTS,
    PAPERS,
    PARTS,
    CallRules,
    Logo,
    Look,
    Template,
    applied,
    as_data,
    bind_otherwise,
    look_from,
    rules_from,
    stored_look,
    stored_rules,
)
from app.platform.access.errors import Invalid

colours = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06X}")
readable = colours.filter(lambda colour: contrast(colour, WHITE) >= TEXT_CONTRAST)
some_parts = st.permutations(PARTS).flatmap(
    lambda parts: st.integers(0, len(parts)).map(
        lambda n: [p for i, p in enumerate(parts) if i < n or p == "signatures"]
    )
)
names = st.dictionaries(st.sampled_from(PARTS), st.text("abc ŵ", min_size=1, max_size=20).filter(str.strip), max_size=4)
logos = st.builds(
    Logo, st.just("0" * 64), st.sampled_from(["svg", "png"]), st.just("A ship"), st.just(3.0), st.just(1.0)
)
looks = st.builds(
    Look, readable, st.none(), st.sampled_from(FONTS), st.floats(9, 16), st.sampled_from(PAPERS), st.text(max_size=9),
    st.text(max_size=9), some_parts, names, st.none() | logos,
)  # fmt: skip
rules = st.builds(
    CallRules, st.none() | st.floats(1, 24), st.none() | st.integers(1, 500), st.none() | st.sampled_from(PAPERS),
    st.booleans(), st.none() | some_parts, names, st.none() | readable, st.none(), st.none() | st.sampled_from(FONTS),
    st.none() | st.text(max_size=9), st.none() | st.text(max_size=9), st.none() | logos,
)  # fmt: skip


def test_the_default_colours_can_be_read() -> None:
    assert contrast(DEFAULT.accent, WHITE) > 7 and contrast(DEFAULT.tint, INK) > 7
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@given(colours, colours)
def test_contrast_is_the_same_both_ways_and_between_1_and_21(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001


@given(readable)
def test_a_tint_made_from_a_readable_colour_leaves_text_in_it_and_black_text_readable(accent: str) -> None:
    tint = tint_of(accent)
    assert contrast(accent, tint) >= TEXT_CONTRAST and contrast(INK, tint) >= TEXT_CONTRAST


@given(colours, st.none() | colours)
def test_colours_are_taken_exactly_when_everything_printed_in_them_can_be_read(accent: str, tint: str | None) -> None:
    assume(accent != DEFAULT.accent)
    behind = tint or tint_of(accent)
    good = min(contrast(accent, WHITE), contrast(accent, behind), contrast(INK, behind)) >= TEXT_CONTRAST
    try:
        look = look_from({"accent": accent, "tint": tint})
    except Invalid as refused:
        assert not good and {fault.code for fault in refused.errors} == {"contrast"}
        assert f"contrast of {TEXT_CONTRAST};" not in str(refused.errors)
    else:
        assert good and applied(look, None).tint == behind


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        ({"accent": "#FFFF00"}, {"/accent"}),
        ({"accent": "red", "tint": "#000000"}, {"/accent"}),
        ({"tint": "#000000"}, {"/tint"}),
        ({"accent": "#C2410C", "tint": "#D6BCA8"}, {"/tint"}),
        ({"size": 5}, {"/size"}),
        ({"size": True}, {"/size"}),
        ({"font": "Comic Sans"}, {"/font"}),
        ({"paper": "a3"}, {"/paper"}),
        ({"parts": ["budget"]}, {"/parts"}),
        ({"parts": [*PARTS, "summary"]}, {"/parts"}),
        ({"names": {"nonsense": "x"}}, {"/names/nonsense"}),
        ({"names": {"budget": " "}}, {"/names/budget"}),
        ({"typst": "#panic()", "size": 99}, {"/typst", "/size"}),
    ],
)
def test_a_look_that_cannot_be_used_says_why(data: dict[str, object], pointers: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        look_from(data)
    assert {fault.pointer for fault in refused.value.errors} == pointers


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        ({"minimum_size": 40}, {"/minimum_size"}),
        ({"page_limit": 0}, {"/page_limit"}),
        ({"page_limit": True}, {"/page_limit"}),
        ({"tint": "#FFFFFF"}, {"/tint"}),
        ({"parts": []}, {"/parts"}),
        ({"accent": "#FFFFFF"}, {"/accent"}),
    ],
)
def test_rules_that_cannot_be_used_say_why(data: dict[str, object], pointers: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        rules_from(data)
    assert {fault.pointer for fault in refused.value.errors} == pointers


@given(st.dictionaries(st.sampled_from([f.name for f in fields(Look)] + [f.name for f in fields(CallRules)] + ["x"]),
       st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.text(max_size=9), max_size=3)))  # fmt: skip
def test_nonsense_is_refused_and_never_a_fault_of_the_program(data: dict[str, Any]) -> None:
    assume(not isinstance(data.get("names"), list | str | int | float | bool) and data.get("names", {}) is not None)
    for make in (look_from, rules_from):
        try:
            made = make({k: v for k, v in data.items() if k not in ("logo", "cover_note", "cover_eyebrow")})
        except Invalid as refused:
            assert refused.errors and all(fault.detail for fault in refused.errors)
        else:
            assert isinstance(made, Look | CallRules)


@given(looks, rules)
def test_a_calls_rules_bind_whatever_the_look(look: Look, rule: CallRules) -> None:
    made = applied(look, rule)
    least = rule.minimum_size or 0
    assert made.size == max(look.size, least) and made.minimum_size == least and made.at_least(1) >= least
    assert made.page_limit == rule.page_limit and made.anonymise_answers == rule.anonymise_answers
    assert made.paper == (rule.paper or look.paper)
    assert list(made.parts) == rule.parts if rule.parts is not None else set(made.parts) == set(PARTS)
    assert made.names == {**look.names, **rule.names}
    assert "signatures" in made.parts and len(set(made.parts)) == len(made.parts)


@given(looks, rules)
def test_the_look_is_the_leads_own_unless_the_call_sets_one(look: Look, rule: CallRules) -> None:
    made = applied(look, rule)
    assert made.accent == (rule.accent or look.accent)
    assert made.tint == tint_of(made.accent) or made.accent == DEFAULT.accent
    assert made.logo == (rule.logo or look.logo) and made.font == (rule.font or look.font)
    assert made.cover_note == (look.cover_note if rule.cover_note is None else rule.cover_note)


@given(looks)
def test_no_organisation_can_leave_out_a_part_that_its_partners_signed(look: Look) -> None:
    made = applied(look, None).parts
    assert set(made) == set(PARTS)
    assert [part for part in made if part in look.parts] == list(look.parts)


@given(looks, rules)
def test_what_was_written_down_reads_back_as_it_was(look: Look, rule: CallRules) -> None:
    made = applied(look, rule)
    assert Template.from_data(made.as_data()) == made
    assert stored_look(as_data(look)) == look and stored_rules(as_data(rule)) == rule


def test_nothing_set_is_the_default() -> None:
    assert applied(None, None) == DEFAULT == applied(Look(), CallRules())


@given(rules, rules)
def test_only_what_a_bid_has_to_keep_makes_an_older_one_break_the_rules(before: CallRules, after: CallRules) -> None:
    same = all(getattr(before, name) == getattr(after, name) for name in BINDING)
    assert bind_otherwise(before, after) is not same
    assert not bind_otherwise(before, before)
