"""Replays the updates of a section's text, each with its author: what the text then is, and who wrote how much of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.bid.text.section_log import Author
from app.bid.text.tables import SectionAuthors
from app.bid.value import Counts
from app.platform.access.ids import Id
from app.platform.richtext import yjs
from app.platform.richtext.authors import Authorship, Runs, share
from app.platform.richtext.counting import count
from app.platform.richtext.schema import Json


@dataclass(frozen=True, slots=True)
class Replayed:
    """A section's text as of update `seq`.

    `document` is what the state holds. `runs` says which of `authors` wrote each byte of it. `added` and `removed` count the characters of the updates that
    were replayed, and `wrote` lists who sent them.
    """

    since: int
    """The update up to which was replayed before."""
    seq: int
    state: bytes
    document: Json
    counts: Counts
    authors: list[Author]
    runs: Runs
    characters_by_organisation: dict[Id, int]
    added: dict[Author, int]
    removed: dict[Author, int]
    wrote: tuple[Author, ...]


def replay(before: SectionAuthors | Replayed | None, updates: Sequence[tuple[int, bytes, Author]]) -> Replayed:
    """Applies the numbered updates after those that `before` holds. Takes some 30 µs an update: run it in a thread."""
    doc = yjs.load(*([before.state] if before else []))
    authors = [Author(each[0], each[1]) for each in before.authors] if before else []
    numbers = {author: number for number, author in enumerate(authors)}
    following = Authorship(doc, before.runs if before else [])
    wrote: dict[Author, None] = {}
    for _, update, author in updates:
        if author not in numbers:
            numbers[author] = len(authors)
            authors.append(author)
        wrote[author] = None
        following.apply(update, numbers[author])
    seq = updates[-1][0] if updates else before.seq if before else 0
    runs = following.runs()
    following.close()
    document = yjs.read(doc)
    return Replayed(
        since=before.seq if before else 0,
        seq=seq,
        state=doc.get_update(),
        document=document,
        counts=count(document),
        authors=authors,
        runs=runs,
        characters_by_organisation=_by_organisation(share(doc, runs), authors),
        added={authors[number]: many for number, many in following.added.items()},
        removed={authors[number]: many for number, many in following.removed.items()},
        wrote=tuple(wrote),
    )


def _by_organisation(shares: dict[int, int], authors: Sequence[Author]) -> dict[Id, int]:
    found: dict[Id, int] = {}
    for number, characters in shares.items():
        organisation_id = authors[number].organisation_id if number < len(authors) else None
        if organisation_id is not None:
            found[organisation_id] = found.get(organisation_id, 0) + characters
    return found
