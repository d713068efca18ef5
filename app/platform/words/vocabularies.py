"""Every code of the contract with the words that people read: a short label and a sentence.

Names are those of the fields that hold the codes (`legal_form`, `contribution_kind`, …). The words are for
a busy manager of a small charity: freezing is 'lock for signing', an edition 'the signed version', the honesty
round 'everyone says first, then everyone sees'. `/v1/vocabularies/{name}` gives them as they stand here.
"""

from dataclasses import dataclass

from app.platform.access.errors import NotFound
from app.platform.words import budget, declarations, events, opportunities, organisations, proposals
from app.platform.words.book import Words
from app.platform.words.identifiers import SCHEMES


@dataclass(frozen=True, slots=True)
class Entry:
    code: str
    label: str
    explanation: str


_SCHEME_WORDS: Words = {
    scheme.code: (scheme.register, f"The number looks like this: {scheme.looks_like}.") for scheme in SCHEMES.values()
}

_WORDS: dict[str, Words] = {
    **organisations.VOCABULARIES,
    "identifier_scheme": _SCHEME_WORDS,
    **opportunities.VOCABULARIES,
    **declarations.VOCABULARIES,
    **budget.VOCABULARIES,
    **proposals.VOCABULARIES,
    **events.VOCABULARIES,
}

VOCABULARIES: dict[str, tuple[Entry, ...]] = {
    name: tuple(Entry(str(code), label, explanation) for code, (label, explanation) in words.items())
    for name, words in _WORDS.items()
}

_LABELS: dict[str, dict[str, str]] = {
    name: {entry.code: entry.label for entry in entries} for name, entries in VOCABULARIES.items()
}


def vocabulary(name: str) -> tuple[Entry, ...]:
    """The entries in the order of the contract; NotFound for a name that is none."""
    try:
        return VOCABULARIES[name]
    except KeyError:
        raise NotFound from None


def label(name: str, code: str) -> str:
    """The plain label of a code, or the code itself where it is a free one (such as a rule of a call)."""
    return _LABELS[name].get(code, code)
