"""The words of a mail about what is new, for somebody with little time: first what is to do, then what happened, bid by bid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.platform.access.ids import Id
from app.platform.words.catalogue import Catalogue, catalogue
from app.platform.words.instants import in_words
from app.platform.words.names import without_links


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that waits for the reader: a sentence, until when, and in which bid, if in one."""

    code: str
    proposal_id: Id | None
    sentence: str
    due_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened, and what a mail may say of it. Without a bid, it happened to an organisation."""

    kind: str
    at: datetime
    zone: str
    proposal_id: Id | None
    title: str | None
    call: str | None
    buyer: str | None
    deadline: datetime | None
    organisation: str | None
    receipt: Mapping[str, Any] | None = None
    because: str | None = None
    """Why, where it is told to its reader's organisation alone: a sentence of the service."""


@dataclass(frozen=True, slots=True)
class Letter:
    """`stop` is the link that stops such mails: None where this one comes whatever its reader chose."""

    name: str
    happened: Sequence[Happened]
    to_do: Sequence[ToDo]
    where: str
    stop: str | None


def write(language: str, letter: Letter) -> dict[str, str | None]:
    """Subject and text. Names and titles are other people's words: no mail program finds a link in them."""
    words = catalogue(language)
    parts = [words("mail.news.hello", name=without_links(letter.name))]
    if letter.to_do:
        parts += [words("mail.news.to_do"), "\n".join(f"- {line}" for line in to_do_lines(words, letter.to_do))]
    parts.append(words("mail.news.happened"))
    for bid in _by_bid(letter.happened):
        parts += _bid(words, bid)
    parts += [words("mail.news.read"), letter.where]
    parts += [words("mail.news.stop"), letter.stop] if letter.stop else [words("mail.news.why")]
    return {"subject": _subject(words, letter.happened), "text": "\n\n".join(parts) + "\n", "unsubscribe": letter.stop}


AT_MOST_ALIKE = 3


def to_do_lines(words: Catalogue, waiting: Iterable[ToDo]) -> Iterable[str]:
    """A line for each; of many of one kind in one bid a few, and how many more there are."""
    alike: dict[tuple[Id | None, str], list[ToDo]] = {}
    for one in waiting:
        alike.setdefault((one.proposal_id, one.code), []).append(one)
    for group in alike.values():
        for one in group[:AT_MOST_ALIKE]:
            by = f" {words('mail.news.by', when=in_words(one.due_at, one.zone))}" if one.due_at else ""
            yield without_links(one.sentence) + by
        if len(group) > AT_MOST_ALIKE:
            yield words("mail.news.more_to_do", n=len(group) - AT_MOST_ALIKE)


def _by_bid(happened: Iterable[Happened]) -> Iterable[list[Happened]]:
    bids: dict[Id | None, list[Happened]] = {}
    for one in happened:
        bids.setdefault(one.proposal_id, []).append(one)
    return bids.values()


def _bid(words: Catalogue, happened: Sequence[Happened]) -> list[str]:
    """The bid on a line, and below it each kind of thing once, with how often and when it last happened."""
    first = happened[0]
    lines = []
    if first.title is not None:
        closes = words("mail.news.closes", when=in_words(first.deadline, first.zone)) if first.deadline else ""
        named = {"title": first.title, "call": first.call or "", "buyer": first.buyer or ""}
        safe = {name: without_links(value) for name, value in named.items()}
        lines.append(words("mail.news.bid" if first.buyer else "mail.news.bid_of_nobody", **safe) + closes)
    alike: dict[tuple[str, str | None], list[Happened]] = {}
    for one in happened:
        alike.setdefault((one.kind, one.organisation), []).append(one)
    return [*lines, "\n".join(f"- {_line(words, group)}" for group in alike.values())]


def _line(words: Catalogue, group: Sequence[Happened]) -> str:
    last = group[-1]
    label = words(f"event.{last.kind}.label")
    who = f" ({without_links(last.organisation)})" if last.organisation else ""
    often = f" x {len(group)}" if len(group) > 1 else ""
    said = [f"{label}{who}{often}, {in_words(last.at, last.zone)}.", words(f"event.{last.kind}.explanation")]
    if last.because:
        said.append(last.because)
    if (key := f"mail.next.{last.kind}") in words.texts:
        said.append(words(key))
    if last.receipt:
        at = in_words(last.receipt["submitted_at"], last.zone, seconds=True)
        said.append(
            words("mail.news.receipt", at=at, version=last.receipt["edition"], sha256=last.receipt["sha256"]).strip()
        )
    return " ".join(said)


def _subject(words: Catalogue, happened: Sequence[Happened]) -> str:
    """One thing by its name; several as how many, with the bid or the first of the bids."""
    titles = list(dict.fromkeys(without_links(one.title) for one in happened if one.title is not None))
    kinds = dict.fromkeys(one.kind for one in happened)
    what = words(f"event.{next(reversed(kinds))}.label")
    if len(kinds) > 1:
        what = words("mail.news.and_more", what=what, n=len(kinds) - 1)
    if len(titles) > 1:
        return words("mail.news.in_bids", what=what, title=titles[0], n=len(titles) - 1)
    return words("mail.news.in_bid", what=what, title=titles[0]) if titles else what
