"""The contents of a pack: the bid in its formats, answers to paste, the price, the evidence, and a draft agreement."""

import re
from collections.abc import AsyncIterator
from typing import Any

from app.bid.files.rules import safe_name
from app.bid.renderings.making import Kind, Making, Renderings
from app.bid.renderings.sources import Source
from app.documents import answers, handed_in
from app.documents.canonical import canonical
from app.documents.pack import Item, of_bytes, unique_paths
from app.documents.rendering import Format
from app.documents.words import Words
from app.platform.access.ids import Id
from app.platform.db.files import Files


async def contents(
    renderings: Renderings,
    store: Files,
    proposal_id: Id,
    source: Source,
    language: str | None,
    *,
    readable: frozenset[Id] | None = None,
    submitted_at: str | None = None,
) -> list[Item]:
    """The bid's own files first, then each partner's evidence.

    `readable` makes it a partner's pack: it has the files that the partner may read, a note of those that are left out,
    and a draft agreement. None makes it the commissioner's pack, which has every file, and begins with a page that says when
    the bid was handed in (`submitted_at`).
    """
    document = source.document
    name = short_name(source.title)
    items = []
    if submitted_at:
        first = f"{Words.of(language or document['proposal']['language'])('handed_in.file')}.html"
        items.append(of_bytes(first, await _first_page(renderings, proposal_id, source, language, submitted_at)))
    for format in (Format.PDF, Format.DOCX, Format.ODT):
        items.append(
            of_bytes(f"bid/{name}.{format}", await _whole(renderings, proposal_id, "bid", format, source, language))
        )
    items.append(of_bytes("bid/document.json", source.signed or canonical(document)))
    for shape in ("txt", "csv", "json"):
        boxes = await answers_as(renderings, proposal_id, source, shape, language)
        items.append(of_bytes(f"answers/answers.{shape}", boxes))
    if workbook := await price_of(renderings, proposal_id, source, language):
        items.append(of_bytes("budget/price.xlsx", workbook))
    if readable is not None:
        agreement = await _whole(renderings, proposal_id, "agreement", Format.DOCX, source, language)
        items.append(of_bytes("for the partners/Joint working agreement (draft).docx", agreement))
    kept = [file for file in document["attachments"] if readable is None or file["id"] in readable]
    left_out = [file for file in document["attachments"] if file not in kept]
    if left_out:
        items.append(_note(document, left_out, Words.of(language or document["proposal"]["language"])))
    return unique_paths([*items, *(_evidence(store, document, file) for file in kept)])


async def _first_page(renderings: Renderings, proposal_id: Id, source: Source, language: str | None, at: str) -> bytes:
    """When it was handed in. The same version can be handed in again, so the moment is part of the name."""
    name = f"first page {at} {_language(source, language)}"
    return await renderings.kept(
        proposal_id, source, name, lambda: handed_in.page(source.document, source.standing, at, language)
    )


SHORT = 40
"""Characters. Windows opens paths of up to 260, of which the reader's own folders take their part."""


def short_name(title: str) -> str:
    """A name for a folder or file: whole words with hyphens between them, as long as every computer can hold."""
    words = re.sub(r"[^\w]+", " ", title).split()
    name = words[0][:SHORT] if words else "bid"
    for word in words[1:]:
        if len(name) + len(word) + 1 > SHORT:
            break
        name = f"{name}-{word}"
    return name


async def answers_as(
    renderings: Renderings, proposal_id: Id, source: Source, shape: str, language: str | None
) -> bytes:
    """The answers to paste. Only the plain text has fixed words, in the language that is asked for."""
    document, template = source.document, source.template
    if shape == "json":
        return await renderings.kept(proposal_id, source, "answers.json", lambda: answers.as_json(document, template))
    if shape == "csv":
        return await renderings.kept(proposal_id, source, "answers.csv", lambda: answers.as_csv(document, template))
    name = f"answers.txt {_language(source, language)}"
    return await renderings.kept(proposal_id, source, name, lambda: answers.as_txt(document, language, template))


async def price_of(renderings: Renderings, proposal_id: Id, source: Source, language: str | None) -> bytes:
    """The price as a spreadsheet; empty where the bid has none."""
    from app.documents.price_workbook import price_workbook  # with a library that few requests need

    name = f"price.xlsx {_language(source, language)}"
    return await renderings.kept(proposal_id, source, name, lambda: price_workbook(source.document, language) or b"")


def _language(source: Source, language: str | None) -> str:
    return Words.of(language or source.document["proposal"]["language"]).language


def _note(document: Any, files: list[dict[str, Any]], w: Words) -> Item:
    """A note of the files that are left out, so that nobody lodges the bid elsewhere without them."""
    names = {partner["id"]: partner["name"] for partner in document["partners"]}
    listed = "\n".join(f"- {file['name']} ({names.get(file['partner_id'], '')})" for file in files)
    return of_bytes(f"for the partners/{w('pack.left_out.title')}.txt", w("pack.left_out.note", files=listed).encode())


async def _whole(
    renderings: Renderings, proposal_id: Id, kind: Kind, format: Format, source: Source, language: str | None
) -> bytes:
    """A rendering, however long it takes: whoever asks for a pack has time."""
    made = await renderings.get(proposal_id, kind, format, source, language, wait=True)
    assert not isinstance(made, Making)
    return made[1].data


def _evidence(store: Files, document: Any, file: dict[str, Any]) -> Item:
    owner = next((p["name"] for p in document["partners"] if p["id"] == file["partner_id"]), "")
    folder = short_name(owner)
    name = safe_name(str(file["name"]), str(file["name"]).rpartition(".")[2] or "bin")

    def opened() -> AsyncIterator[bytes]:
        return store.stream(f"files/{file['id']}")

    return Item(f"evidence/{folder}/{name}", int(file["bytes"]), opened, str(file["sha256"]))


def bag_info(source: Source, part: int, parts: int) -> list[tuple[str, str]]:
    """The lines of `bag-info.txt` (RFC 8493, section 2.2.2)."""
    document, standing = source.document, source.standing
    found = [
        ("Source-Organization", ", ".join(p["name"] for p in document["partners"])),
        ("External-Description", source.title),
        ("External-Identifier", str(document["proposal"]["id"])),
    ]
    if standing.sha256:
        found += [("Cobid-Edition", str(standing.edition)), ("Cobid-SHA-256", standing.sha256)]
        found += [("Cobid-Status", standing.status)]
    if standing.made_at:
        found.append(("Bagging-Date", standing.made_at[:10]))
    return [*found, ("Bag-Count", f"{part} of {parts}")]
