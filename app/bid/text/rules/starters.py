"""What a standard part can begin with: a table to fill in. It is offered, and nobody's text until somebody takes it over, so
that a part which nobody wrote stays empty."""

from app.documents.words import Words
from app.platform.words.codes import StandardSection

EMPTY_ROWS = 3
_WITH_TABLE = frozenset({
    StandardSection.CONTRACT_EXAMPLES, StandardSection.KEY_PEOPLE, StandardSection.RISKS, StandardSection.MILESTONES,
})  # fmt: skip


def starter(key: str, language: str) -> str:
    """The table as Markdown, in the bid's language; empty for a part that begins with nothing."""
    if key not in _WITH_TABLE:
        return ""
    heads = [head.strip() for head in Words.of(language)(f"starter.{key}").split("|")]
    rows = [heads, ["---"] * len(heads), *[[" "] * len(heads)] * EMPTY_ROWS]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
