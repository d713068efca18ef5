"""Counts how long a text is, by one rule for the API, the editor, the limits and the document.

Words are maximal runs of non-space in the text without Markdown's marks. Headings, lists and cells count, and a word
ends with its paragraph, line or cell. Characters are code points after NFC, with spaces and without line ends. A page is
500 words, about one A4 page in 11 point with margins of 2.5 cm; a page that was begun counts.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from app.platform.richtext.counts import Counts
from app.platform.richtext.markdown import plain_text
from app.platform.richtext.schema import TEXTBLOCKS, Json

WORDS_ON_A_PAGE: Final = 500


def count(document: Json) -> Counts:
    """The counts of a text that `yjs.read` or `markdown.parse` has answered."""
    words = characters = 0
    for line in lines(document):
        words += len(line.split())
        characters += len(unicodedata.normalize("NFC", line))
    return Counts(words=words, characters=characters, pages=-(-words // WORDS_ON_A_PAGE))


def lines(node: Json) -> Iterator[str]:
    """The lines of a text: its paragraphs, headings, code and cells, split at line breaks."""
    if node["type"] in TEXTBLOCKS:
        yield from plain_text(node).split("\n")
        return
    for child in node.get("content") or ():
        yield from lines(child)
