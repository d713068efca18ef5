"""The catalogue of words: what a language's files may hold, what is read where one lacks a key, and no unused keys."""

import dataclasses
from pathlib import Path
from typing import get_args

import pytest

from app.bid.proposal.tasks import task_sentence
from app.capabilities import join
from app.people.accounts.schemas import LANGUAGES
from app.platform.words.catalogue import CATALOGUES, ENGLISH, BadCatalogue, catalogue, load, require
from app.platform.words.vocabularies import VOCABULARIES
from tests.platform.words import usage


def folder(path: Path, **files: str) -> Path:
    """A catalogue: `en_hall="…"` becomes en/hall.toml."""
    for name, text in files.items():
        language, theme = name.split("_")
        (path / language).mkdir(exist_ok=True)
        (path / language / f"{theme}.toml").write_text(text, "utf-8")
    return path


def test_a_key_that_a_language_lacks_is_read_in_english(tmp_path: Path) -> None:
    found = load(folder(tmp_path, en_hall='[hall]\nopen = "Open"\nshut = "Shut"', cy_hall='[hall]\nopen = "Ar agor"'))
    assert list(found) == ["en", "cy"]
    assert (found["cy"]("hall.open"), found["cy"]("hall.shut")) == ("Ar agor", "Shut")
    assert found["cy"].below("hall") == ("open", "shut")


def test_a_language_is_a_folder_and_nothing_else(tmp_path: Path) -> None:
    found = load(folder(tmp_path, en_hall='key = "Key of {name}"', ga_hall='key = "Eochair {name}"'))
    assert found["ga"]("key", name="Niamh") == "Eochair Niamh"


@pytest.mark.parametrize(
    ("english", "welsh", "fault"),
    [
        ('a = "x"', 'b = "y"', "b is no key of English"),
        ('a = "{n} pages"', 'a = "tudalennau"', r"a has the placeholders \[\], English has \['n'\]"),
        ('a = "pages"', 'a = "{n} tudalen"', r"a has the placeholders \['n'\], English has \[\]"),
        ('a = "{n"', 'a = "{n}"', "A brace is missing"),
        ('a = "x"', 'a = "}"', "A brace is missing"),
        ("a = 1", "", "a is no text"),
        ('a = ["x"]', "", "a is no text"),
        ('a = "x"', "a = ", r"hall\.toml"),
        ('a = "x"\na = "y"', "", r"hall\.toml"),
    ],
)
def test_a_fault_in_a_file_stops_the_start_and_says_where_it_is(
    tmp_path: Path, english: str, welsh: str, fault: str
) -> None:
    with pytest.raises(BadCatalogue, match=fault):
        load(folder(tmp_path, en_hall=english, cy_hall=welsh))


def test_a_key_stands_in_one_file_of_a_language_only(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match="open is in another file"):
        load(folder(tmp_path, en_hall='open = "Open"', en_room='open = "Open"'))


def test_a_key_that_english_lacks_is_loud() -> None:
    with pytest.raises(BadCatalogue, match=r"English lacks mail\.nonsense\.text"):
        require(["mail.verify.text", "mail.nonsense.text"])
    with pytest.raises(KeyError):
        ENGLISH("nonsense")


def test_the_nearest_language_is_taken() -> None:
    for asked, language in {"cy-GB": "cy", "CY_gb": "cy", "en": "en", "fr": "en", "": "en", None: "en"}.items():
        assert catalogue(asked).language == language


def test_nobody_can_change_a_word_while_the_service_runs() -> None:
    with pytest.raises(TypeError):
        CATALOGUES["en"] = ENGLISH  # type: ignore[index]
    with pytest.raises(TypeError):
        ENGLISH.texts["document.yes"] = "No"  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        ENGLISH.texts = {}  # type: ignore[misc]


def test_people_can_choose_exactly_the_languages_that_there_are() -> None:
    assert set(get_args(LANGUAGES)) == set(CATALOGUES)


def test_a_translator_finds_a_key_in_the_file_of_the_same_name() -> None:
    english = usage.places("en")
    for language in CATALOGUES:
        assert usage.places(language).items() <= english.items(), language


def test_every_language_says_all_that_documents_and_mails_say() -> None:
    """Codes are checked with the documents (tests/documents/test_words.py); vocabularies and tasks are in English only."""
    wanted = {key for key in ENGLISH.texts if key.startswith(("document.", "mail.", "language."))}
    for language in CATALOGUES:
        assert wanted <= usage.places(language).keys(), language


def test_every_task_has_its_sentence_and_every_sentence_its_task() -> None:
    codes = {code for task in join().tasks for code in task.codes}
    assert codes == set(ENGLISH.below("task"))
    for code in codes:
        assert "Our hall" in task_sentence(code, title="Our hall", what="2")


def test_every_event_that_a_room_declares_has_its_words_and_no_other_has() -> None:
    assert join().events.keys() == set(ENGLISH.below("event"))


OF_VOCABULARIES = {
    f"{name}.{entry.code}.{part}"
    for name, entries in VOCABULARIES.items()
    for entry in entries
    for part in ("label", "explanation")
}
FREE = {"document.answer.not_applicable.label"}
"""Partners answer a statement in their own words; this is one that a program may send."""


def test_no_key_is_idle() -> None:
    keys = {key for key in ENGLISH.texts if not key.startswith("task.")} - OF_VOCABULARIES - FREE
    idle = sorted(key for key in keys if not usage.is_used(key.removeprefix("document.")))
    assert idle == [], "nothing uses these: take them out of every language"


def test_what_a_language_lacks_is_said_to_be_read_in_english(tmp_path: Path) -> None:
    found = load(folder(tmp_path, en_hall='open = "Open"\nshut = "Shut"', cy_hall='open = "Ar agor"'))
    assert [found["cy"].spoken(keys) for keys in (["open"], ["shut", "open"], ["shut"], [])] == [
        "cy",
        "cy, en",
        "en",
        "en",
    ]
    assert found["en"].spoken(["open"]) == "en"
