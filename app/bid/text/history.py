"""A section's versions: kept by name or by themselves, read with who wrote what, compared, and brought back."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text.settling import Author
from app.bid.text.tables import SectionVersion
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.richtext import yjs
from app.platform.richtext.authors import numbered_pieces
from app.platform.richtext.diff import Span, as_markdown, spans
from app.platform.richtext.markdown_writer import dump


@dataclass(frozen=True, slots=True)
class Read:
    """A version's text, and who wrote which piece of it."""

    markdown: str
    written: list[tuple[int, str, Author]]
    """The number of the run of text, the piece, its author."""


async def page(session: AsyncSession, section_id: Id, many: int, before: int | None) -> Sequence[SectionVersion]:
    """The newest first."""
    query = select(SectionVersion).where(SectionVersion.section_id == section_id)
    if before is not None:
        query = query.where(SectionVersion.number < before)
    return (await session.execute(query.order_by(SectionVersion.number.desc()).limit(many))).scalars().all()


async def is_kept(session: AsyncSession, section_id: Id, seq: int) -> bool:
    """Whether the text after update `seq` is a version."""
    query = select(SectionVersion.id).where(SectionVersion.section_id == section_id, SectionVersion.seq == seq)
    return (await session.execute(query.limit(1))).scalar_one_or_none() is not None


async def version(session: AsyncSession, section_id: Id, number: int) -> SectionVersion:
    query = select(SectionVersion).where(SectionVersion.section_id == section_id, SectionVersion.number == number)
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


async def read(row: SectionVersion) -> Read:
    return await asyncio.to_thread(_read, row.state, row.runs, [(each[0], each[1]) for each in row.authors])


def _read(state: bytes, runs: list[list[list[int]]], authors: list[Author]) -> Read:
    doc = yjs.load(state)
    written: list[tuple[int, str, Author]] = []
    for run, text, number in numbered_pieces(doc, runs):
        written.append((run, text, authors[number] if number < len(authors) else (None, None)))
    return Read(dump(yjs.read(doc)), written)


async def differences(before: bytes, after: bytes) -> tuple[list[Span], str]:
    """From one state of the text to another: as spans, and as one Markdown text for reading."""
    return await asyncio.to_thread(_differences, before, after)


def _differences(before: bytes, after: bytes) -> tuple[list[Span], str]:
    found = spans(yjs.read(yjs.load(before)), yjs.read(yjs.load(after)))
    return found, as_markdown(found)
