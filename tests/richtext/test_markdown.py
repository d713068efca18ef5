"""Markdown in and out: what goes in comes out the same, and nothing that people type becomes markup."""

from hypothesis import given

from app.richtext import schema
from app.richtext.markdown import parse, plain_text
from app.richtext.markdown_writer import dump

from .strategies import documents, examples, markdown_lines


@examples(30)
@given(markdown_lines)
def test_markdown_that_was_written_out_reads_as_the_same_text(source: str) -> None:
    document = parse(source)
    assert parse(dump(document)) == document


@examples(30)
@given(documents)
def test_any_text_can_be_written_and_stays_the_same_from_then_on(document: schema.Json) -> None:
    carried = parse(dump(document))
    assert parse(dump(carried)) == carried


@examples(30)
@given(documents)
def test_no_character_but_space_is_lost_or_made_on_the_way(document: schema.Json) -> None:
    assert "".join(plain_text(parse(dump(document))).split()) == "".join(_nfc(plain_text(document)).split())


def _nfc(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)
