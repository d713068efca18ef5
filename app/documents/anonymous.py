"""Answers without names, where a call forbids them: each partner becomes 'Partner A', 'Partner B' … in all of them.

A partner is known by its name (with or without 'The' and 'Ltd'), by its short name, by its initials, by a short form that
the bid itself gives in brackets, by its register numbers, and by addresses that hold any of these. Names are found across bold and
italic, line breaks and ways of writing apostrophes. What else gives somebody away, a person's name or a place, only
its writer can know. The signed bytes stay as they are: this changes what is printed.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app.documents.words import Words
from app.platform.richtext.counting import count, lines

Json = Mapping[str, Any]
Span = tuple[int, int, str]

_SMALL = {"of", "for", "and", "the", "in", "on", "at", "to", "a", "&", "with", "y", "yr", "ar", "i", "o"}
_LEGAL = {"ltd", "limited", "cic", "cio", "scio", "plc", "llp", "inc", "cyf", "cyfyngedig", "cbc"}
_COMMON = {
    "NHS", "ICB", "VCS", "VCSE", "CIC", "CIO", "SEND", "GDPR", "DBS", "KPI", "TUPE", "GP", "UK", "EU", "PA", "LGBT",
    "CVS", "SME", "CEO", "FTE", "VAT", "HR", "CRM", "FOI", "BAME", "ESOL", "NEET", "CAMHS",
}  # fmt: skip
"""Short forms of the trade that happen to be somebody's initials: replaced only where the bid says that they are."""
_SHORTEST_INITIALS, _SHORTEST_NUMBER, _SHORTEST_IN_ADDRESS = 3, 6, 5
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF])
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.(?:org|com|co|net|uk|wales|cymru|scot|ngo|charity|info|eu|london)\b\S*",
    re.IGNORECASE,
)
"""What a name can be hidden in. A part of an address has at most 63 characters, and without a bound the search would try
each beginning to the end of the word."""
_WORD, _LONGEST_ADDRESS = re.compile(r"\S+"), 400
_BRACKETS, _LONGEST_NAME = re.compile(r"\(\W?([A-Z][\w&.-]{1,11})\W?\)"), 400
_THE = re.compile(r"\b[Tt]he\s+$")
_LIKE = {"'": "['’‘ʼ`´]", "’": "['’‘ʼ`´]", "-": "[-‐‑–]", "–": "[-‐‑–]", "&": "(?:&|and)", "and": "(?:&|and)"}


def without_names(document: Json, *, answers_only: bool) -> dict[str, Any]:
    """The document with names replaced in what people wrote, and counted again: the counts are those of what is shown.

    `answers_only` leaves the standard parts alone, since print shows them next to the partners' names anyway.
    """
    w = Words.of(document["proposal"]["language"])
    labels = {
        partner["id"]: w("answers.anonymous", letter=chr(65 + index) if index < 26 else str(index + 1))
        for index, partner in enumerate(document["partners"])
    }
    sections = document["sections"]
    texts = [_tidy(line) for section in sections if section["content"] for line in lines(section["content"])]
    names = _Names(document["partners"], labels, texts)
    shown = [
        section if answers_only and not section["question"] else _section(section, names, labels)
        for section in sections
    ]
    return {**document, "sections": shown}


def _section(section: Json, names: "_Names", labels: Mapping[str, str]) -> dict[str, Any]:
    """`partner` is the name to show for a member's own answer."""
    made = {**section, "title": names.replaced(section["title"]), "partner": labels.get(section["partner_id"] or "")}
    if section["content"]:
        content = _node(section["content"], names)
        made["content"] = content
        if content != section["content"]:
            found = count(content)
            made["counts"] = {"words": found.words, "characters": found.characters, "pages": found.pages}
    return made


def _tidy(value: str) -> str:
    return unicodedata.normalize("NFC", value).translate(_INVISIBLE)


@dataclass(frozen=True, slots=True)
class _Alias:
    """A way to write a partner. `pattern` is a regular expression; `plain` its letters and digits alone."""

    pattern: str
    first: str
    plain: str
    initials: bool = False


class _Names:
    """Every way to write every partner, as one expression: the longest first, so that no part of a name is left.

    A bid has tens of partners and its answers hundreds of thousands of characters. So names are grouped by their first
    letter, and at most characters one look shows that no name begins there.
    """

    def __init__(self, partners: Sequence[Json], labels: Mapping[str, str], texts: Iterable[str]) -> None:
        shortened = [found for line in texts for found in _in_brackets(line)]
        owners: dict[_Alias, dict[str, None]] = {}
        for partner in partners:
            for alias in _aliases(partner, shortened):
                owners.setdefault(alias, {})[labels[partner["id"]]] = None
        ordered = sorted(owners, key=lambda alias: (alias.first, -len(alias.plain), -len(alias.pattern)))
        self.labels = [" / ".join(owners[alias]) for alias in ordered]
        by_first = {first: list(some) for first, some in groupby(ordered, lambda alias: alias.first)}
        self.search = re.compile("|".join(_beginning(first, some) for first, some in by_first.items()) or r"(?!)")
        self.in_addresses = [pair for pair in zip(ordered, self.labels, strict=True) if pair[0].plain]

    def spans(self, value: str) -> list[Span]:
        """What to replace, in order and without overlaps."""
        found: list[Span] = []
        for word in _WORD.finditer(value):
            for match in _ADDRESS.finditer(word.group()[:_LONGEST_ADDRESS]):
                if label := self.in_address(match.group()):
                    found.append((word.start() + match.start(), word.start() + match.end(), label))
        taken = {place for start, end, _ in found for place in range(start, end)}
        for match in self.search.finditer(value):
            if match.start() not in taken and match.end() - 1 not in taken:
                article = _THE.search(value[max(match.start() - 8, 0) : match.start()])
                start = match.start() - len(article.group()) if article else match.start()
                found.append((start, match.end(), self.labels[(match.lastindex or 1) - 1]))
        return sorted(found)

    def replaced(self, value: str) -> str:
        value, out, at = _tidy(value), "", 0
        for start, end, label in self.spans(value):
            out, at = out + value[at:start] + label, end
        return out + value[at:]

    def in_address(self, address: str) -> str | None:
        """Whose address it is: one that holds the name in one word, or the initials between two of its signs."""
        whole, between = _letters(address), {_letters(part) for part in re.split(r"[./@:?#&=_-]+", address)}
        for alias, label in self.in_addresses:
            long = not alias.initials and len(alias.plain) >= _SHORTEST_IN_ADDRESS
            if alias.plain in between or (long and alias.plain in whole):
                return label
        return None


def _letters(value: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", value).casefold() if c.isalnum())


def _beginning(first: str, aliases: Sequence[_Alias]) -> str:
    begins = "".join(map(re.escape, dict.fromkeys((first, first.upper()[:1]))))
    return f"(?=[{begins}])(?:{'|'.join(f'({alias.pattern})' for alias in aliases)})"


def _in_brackets(line: str) -> Iterator[tuple[str, str]]:
    """Short forms in brackets, each with the text before it: 'Harbour Youth Trust (HYT)'."""
    for found in _BRACKETS.finditer(line):
        yield line[max(found.start() - _LONGEST_NAME, 0) : found.start()], found[1]


def _aliases(partner: Json, shortened: Sequence[tuple[str, str]]) -> Iterator[_Alias]:
    name = _tidy(partner["name"]).strip()
    base, _, bracket = name.partition("(")
    short = [bracket.strip(" )")] if bracket else []
    forms = list(dict.fromkeys(form for form in (name, base.strip(), _without_legal(base)) if form))
    patterns = [_pattern(form) for form in forms]
    before = re.compile(rf"(?:{'|'.join(patterns)})\s*$")
    short += [_tidy(partner.get("short_name") or "")]
    short += [given for words, given in shortened if before.search(words)]
    made = [initials for initials in _initials(base) if initials.upper() not in _COMMON]
    short = list(dict.fromkeys(form for form in (*short, *made) if len(form) > 1))
    inside = "|".join(_exactly(form) for form in short)
    beside = rf"(?:\s*\(\W?(?:{inside})\W?\))?" if inside else ""
    for form, pattern in zip(forms, patterns, strict=True):
        yield _alias(form, pattern + beside)
    for form in short:
        yield _alias(form, _exactly(form), initials=True)
    for number in (identifier["id"] for identifier in partner["identifiers"]):
        if len(number) >= _SHORTEST_NUMBER:
            yield _alias(number, _exactly(number), initials=True)


def _alias(form: str, pattern: str, initials: bool = False) -> _Alias:
    return _Alias(pattern, form[0].lower(), _letters(form), initials)


def _without_legal(name: str) -> str:
    """'The Harbour Youth Trust Ltd' as people write it: 'Harbour Youth Trust'."""
    words = name.split()
    if len(words) > 1 and words[0].casefold() == "the":
        words = words[1:]
    while len(words) > 1 and words[-1].strip(".,").casefold() in _LEGAL:
        words = words[:-1]
    return " ".join(words).rstrip(",")


def _initials(name: str) -> Iterator[str]:
    words = [word for word in re.split(r"[\s/-]+", _without_legal(name)) if word[:1].isalpha() or word == "&"]
    telling = [word for word in words if word.casefold() not in _SMALL]
    for some in (telling, [word for word in words if word != "&"]):
        if len(some) >= _SHORTEST_INITIALS:
            yield "".join(word[0] for word in some).upper()
            yield "".join(word[0] if word.casefold() in _SMALL else word[0].upper() for word in some)


def _pattern(name: str) -> str:
    """A name in any case and with any spaces; a name of one word as it is written, or in capitals ('Mind', 'MIND')."""
    words = name.split()
    if len(words) == 1:
        return f"(?:{_exactly(name)}|{_exactly(name.upper())})"
    spaced = r"\s+".join(_word(word) for word in words)
    return f"(?i:{_bounded(spaced, name)})"


def _word(word: str) -> str:
    return _LIKE.get(word.casefold()) or "".join(_LIKE.get(c) or re.escape(c) for c in word)


def _exactly(form: str) -> str:
    """As it is written; initials with full stops or an 's' as well ('H.Y.T.', 'HYTs')."""
    initials = form.isalpha() and form.isupper() and 1 < len(form) < 7
    return _bounded(r"\.?".join(map(re.escape, form)) + "s?" if initials else _word(form), form)


def _bounded(pattern: str, form: str) -> str:
    """Matches no part of a longer word. Scripts that write no spaces have no such bounds."""
    before = r"(?<!\w)" if form[0].isalnum() and ord(form[0]) < 0x2E80 else ""
    after = r"(?!\w)" if form[-1].isalnum() and ord(form[-1]) < 0x2E80 else ""
    return f"{before}{pattern}{after}"


# Rich text -----------------------------------------------------------------------------------------------------------
def _node(node: Json, names: _Names) -> dict[str, Any]:
    children = node.get("content") or ()
    if any(child["type"] in ("text", "hardBreak") for child in children):
        return {**node, "content": _inline(children, names)}
    return {**node, "content": [_node(child, names) for child in children]} if children else dict(node)


def _inline(children: Sequence[Json], names: _Names) -> list[dict[str, Any]]:
    """A name may run over several pieces of text with different marks: what replaces it has those of the first."""
    pieces = [_tidied(child, names) for child in children]
    spans = names.spans("".join(map(_characters, pieces)))
    ends = [end for _, end, _ in spans]
    out: list[dict[str, Any]] = []
    at = 0
    for piece in pieces:
        first, last = bisect_right(ends, at), bisect_right(ends, at + len(_characters(piece)))
        kept = _without(_characters(piece), at, spans[first : last + 1])
        at += len(_characters(piece))
        if kept:
            out.append(piece if piece["type"] == "hardBreak" else {**piece, "text": kept})
    return out


def _characters(piece: Json) -> str:
    return "\n" if piece["type"] == "hardBreak" else str(piece["text"])


def _without(value: str, at: int, spans: Sequence[Span]) -> str:
    """The piece that begins at `at`, with each label where its span begins and nothing where the span goes on."""
    out, here = "", 0
    for start, end, label in spans:
        if start < at + len(value) and at < end:
            out += value[here : max(start - at, 0)] + (label if start >= at else "")
            here = min(end - at, len(value))
    return out + value[here:]


def _tidied(piece: Json, names: _Names) -> dict[str, Any]:
    made = dict(piece)
    if piece["type"] == "text":
        made["text"] = _tidy(str(piece["text"]))
        marks = [mark for mark in piece.get("marks") or () if not _identifies(mark, names)]
        if "marks" in piece:
            made["marks"] = marks
    return made


def _identifies(mark: Json, names: _Names) -> bool:
    """A link that leads to a partner's own pages."""
    href = (mark.get("attrs") or {}).get("href") if mark.get("type") == "link" else None
    return isinstance(href, str) and names.in_address(href) is not None
