"""A bid's sections follow its call, and an amendment never touches anybody's text."""

from dataclasses import replace

from app.bid.text.rules.call_sections import PlannedSection, SectionNow, compare, plan, title_of
from app.bid.text.rules.starters import starter
from app.bid.value import Limit, Question
from app.platform.richtext.markdown import parse
from app.platform.words.codes import LimitUnit, StandardSection

SHARED = Question(
    "q1",
    "how",
    "## How will you *reach* people?\n\nSay more.",
    "",
    Limit(LimitUnit.WORDS, 500),
    None,
    None,
    True,
    False,
)
EACH = Question("q2", "who", "Who are you?", "", None, None, None, True, True)
NORTH = Question("q3", "north", "What about the north?", "", None, None, "lot-north", False, False)
STANDARD = [section.value for section in StandardSection]


def as_it_stands(planned: tuple[PlannedSection, ...]) -> list[SectionNow]:
    return [
        SectionNow(
            f"s{at}",
            one.key,
            one.title,
            one.position,
            one.required,
            one.question_id,
            one.lot_id,
            one.partner_id,
            one.limit,
        )
        for at, one in enumerate(planned)
    ]


def test_each_question_and_standard_part_has_its_section() -> None:
    planned = plan([SHARED, EACH, NORTH], ["risks"], ["lot-north"], ["a", "b"])
    assert [(one.key, one.partner_id, one.required) for one in planned[:4]] == [
        ("how", None, True),
        ("who", "a", True),
        ("who", "b", True),
        ("north", None, False),
    ]
    assert [one.key for one in planned[4:]] == STANDARD
    assert [one.key for one in planned[4:] if one.required] == ["risks", "exit_and_sustainability"]
    assert [one.position for one in planned] == list(range(len(planned)))
    assert planned[0].title == "How will you reach people?"
    assert planned[-1].title == "Exit and sustainability"


def test_a_question_of_another_lot_is_not_asked_and_an_undivided_bid_answers_all() -> None:
    assert [one.key for one in plan([SHARED, NORTH], (), ["lot-south"], ["a"])] == ["how", *STANDARD]
    assert [one.key for one in plan([SHARED, NORTH], (), [], ["a"])] == ["how", "north", *STANDARD]


def test_a_title_is_never_empty_or_endless() -> None:
    assert title_of("***", "how") == "how"
    assert len(title_of("x" * 900, "how")) == 200


def test_the_same_call_changes_nothing() -> None:
    planned = plan([SHARED, EACH], (), [], ["a", "b"])
    assert not compare(as_it_stands(planned), planned).any


def test_a_changed_limit_a_new_question_and_one_no_longer_asked() -> None:
    before = as_it_stands(plan([SHARED, EACH], (), [], ["a"]))
    shorter = replace(SHARED, limit=Limit(LimitUnit.WORDS, 300))
    new = replace(SHARED, id="q9", key="when", prompt_markdown="When?")
    changes = compare(before, plan([shorter, new], ["risks"], [], ["a"]))
    assert [section.key for section in changes.added] == ["when"]
    assert [(id_, section.key) for id_, section in changes.changed] == [("s0", "how"), ("s12", "risks")]
    assert changes.changed[0][1].limit == Limit(LimitUnit.WORDS, 300)
    assert changes.no_longer_asked == ("s1",)


def test_a_member_who_joins_gets_a_section_of_its_own() -> None:
    before = as_it_stands(plan([EACH], (), [], ["a"]))
    changes = compare(before, plan([EACH], (), [], ["a", "b"]))
    assert [section.partner_id for section in changes.added] == ["b"]
    assert changes.changed == ()
    assert changes.moved


def test_a_table_to_begin_with_is_offered_in_the_bids_language_and_is_nobodys_text() -> None:
    english, welsh = starter("milestones", "en"), starter("milestones", "cy-GB")
    assert english.splitlines()[0] == "| Milestone | By when | Who answers for it | How it shows |"
    assert welsh.splitlines()[0].startswith("| Carreg filltir |")
    read = parse(english)
    assert [block["type"] for block in read["content"]] == ["table"] and len(read["content"][0]["content"]) == 4
    assert [key for key in STANDARD if starter(key, "en")] == ["contract_examples", "key_people", "milestones", "risks"]
