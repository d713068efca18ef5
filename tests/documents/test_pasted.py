"""Counts beside the very text that is pasted: bullets, numbers, bars and line breaks are in it."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

from app.bid.value import Limit
from app.documents import answers, bid, markdown
from app.documents.pasted import count_of
from app.platform.richtext.counting import count
from app.platform.richtext.markdown import parse
from app.platform.words.codes import LimitUnit
from tests.documents import samples as s

STEPS = "\n".join(f"{at}. " + "abcd" for at in range(1, 21))


def document_with(text: str, limit: Limit | None) -> Any:
    content = parse(text)
    whole = s.bare()
    (first,) = whole.sections
    return s.document(replace(whole, sections=(replace(first, content=content, counts=count(content), limit=limit),)))


def box_of(text: str, limit: Limit | None = None) -> dict[str, Any]:
    (box,) = answers.boxes(document_with(text, limit))
    return box


def test_twenty_numbered_steps_are_counted_as_they_are_pasted() -> None:
    box = box_of(STEPS)
    assert (box["counts"]["words"], box["counts"]["characters"]) == (20, 80)
    assert box["pasted"] == {"words": 40, "characters": 170, "characters_crlf": 189, "over_limit": False}
    assert len(box["text"]) == 170 and len(box["text"].replace("\n", "\r\n")) == 189


def test_an_answer_of_exactly_the_limit_in_bullets_is_over_it_once_pasted() -> None:
    box = box_of("\n".join("- " + " ".join(["word"] * 15) for _ in range(20)), Limit(LimitUnit.WORDS, 300))
    assert (box["counts"]["words"], box["over_limit"]) == (300, False)
    assert (box["pasted"]["words"], box["pasted"]["over_limit"]) == (320, True)


def test_characters_are_judged_with_line_breaks_as_portals_count_them() -> None:
    text = "one\n\ntwo"  # pasted as 'one', an empty line and 'two'
    assert box_of(text, Limit(LimitUnit.CHARACTERS, 10))["pasted"]["over_limit"] is False
    assert box_of(text, Limit(LimitUnit.CHARACTERS, 9))["pasted"] == {
        "words": 2, "characters": 8, "characters_crlf": 10, "over_limit": True,
    }  # fmt: skip
    assert box_of(text, Limit(LimitUnit.CHARACTERS, 9))["over_limit"] is False


def test_bars_between_cells_are_counted_and_pages_follow_the_words() -> None:
    box = box_of("| a | b |\n|---|---|\n| c | d |", Limit(LimitUnit.PAGES, 1))
    assert box["text"] == "a | b\nc | d"
    assert box["pasted"] == {"words": 6, "characters": 11, "characters_crlf": 12, "over_limit": False}


def test_the_counts_are_those_of_the_text_in_each_form() -> None:
    document = document_with(STEPS, Limit(LimitUnit.WORDS, 30))
    (box,) = json.loads(answers.as_json(document))["answers"]
    (row,) = csv.DictReader(io.StringIO(answers.as_csv(document).decode("utf-8-sig")))
    assert (
        {name: box["pasted"][name] for name in count_of(box["text"])}
        == count_of(box["text"])
        == count_of(row["answer"])
    )
    assert [row[name] for name in ("count", "over limit", "pasted words", "over limit as pasted")] == [
        "20",
        "no",
        "40",
        "yes",
    ]
    line = "Words: 20 of 30 (40 as plain text, with its bullets, numbers and line breaks)"
    assert line in answers.as_txt(document).decode()
    assert "Words: 20 of 30 (40 as plain text" in markdown.render(bid.compose(document, s.standing(document))).decode()


def test_a_text_without_lists_has_one_count() -> None:
    document = document_with("Only words.", Limit(LimitUnit.WORDS, 30))
    assert "Words: 2 of 30\n" in answers.as_txt(document).decode()
