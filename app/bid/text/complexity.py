"""How many blocks and runs the text of a section may have (`TEXT_BLOCKS`, `TEXT_RUNS`)."""

from app.platform.access.errors import Invalid
from app.platform.richtext.complexity import Complexity, measure
from app.platform.richtext.schema import Json
from app.settings import Settings


class TextTooComplex(Invalid):
    code = "text-too-complex"
    title = "This text has too many parts"
    explanation = (
        "A section holds so many blocks (paragraphs, items, cells) and so many changes of bold, italics or links. Join "
        "small paragraphs, take some of the marks out, or attach a large table as a file."
    )


def most_of(settings: Settings) -> Complexity:
    """The most that a section may have."""
    return Complexity(settings.text_blocks, settings.text_runs)


def check(most: Complexity, document: Json, before: Json | None = None) -> None:
    """Raises `TextTooComplex` for a text that has more than `most`, unless it had as much before."""
    found = measure(document)
    if found.within(most):
        return
    had = measure(before) if before is not None else Complexity(0, 0)
    if found.blocks > max(most.blocks, had.blocks):
        raise TextTooComplex(
            f"With this the text has {found.blocks:,} blocks (paragraphs, items, cells), and a section takes "
            f"{most.blocks:,}. Join small paragraphs, or attach a large table as a file."
        )
    if found.runs > max(most.runs, had.runs):
        raise TextTooComplex(
            f"With this the text has {found.runs:,} stretches that are plain, bold, a link and so on, and a section takes "
            f"{most.runs:,}. Take some of that out."
        )
