"""Remarks on a section and suggestions for its words: threads, mentions, resolved and reopened, accepted as an edit."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text import section_log
from app.bid.text.content import check
from app.bid.text.tables import Comment
from app.platform.access.errors import Conflict, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.richtext import anchors, yjs

LONGEST_QUOTATION = 2000


class SuggestionOutdated(Conflict):
    code = "suggestion-outdated"
    title = "The words that this suggestion is about have changed"
    explanation = (
        "Somebody changed or deleted them since. Read the text as it is now, and suggest again if it is needed."
    )


class SuggestionAnswered(Conflict):
    code = "suggestion-answered"
    title = "This suggestion was answered already"
    explanation = "It was accepted or declined before. Read it again to see by whom."


class NotASuggestion(Conflict):
    code = "not-a-suggestion"
    title = "This is a comment, not a suggestion"
    explanation = "Only a suggestion can be accepted or declined. A comment is answered or resolved."


@dataclass(frozen=True, slots=True)
class Anchored:
    """Where somebody points: the relative positions, and the words that are there."""

    anchor: anchors.Anchor
    quotation: str


_INSIDERS = text(
    """
    SELECT m.person_id::text FROM memberships m WHERE m.person_id = ANY(CAST(:people AS uuid[])) AND (
      EXISTS (SELECT FROM partners pa WHERE pa.proposal_id = CAST(:proposal AS uuid) AND pa.status = 'accepted'
              AND pa.organisation_id = m.organisation_id)
      OR EXISTS (SELECT FROM facilitators f WHERE f.proposal_id = CAST(:proposal AS uuid) AND f.status = 'active'
                 AND f.organisation_id = m.organisation_id))
    """
)


async def page(
    session: AsyncSession, section_id: Id, many: int, after: Id | None, resolved: bool | None
) -> Sequence[Comment]:
    query = select(Comment).where(Comment.section_id == section_id)
    if after is not None:
        query = query.where(Comment.id > after)
    if resolved is not None:
        is_open = Comment.resolved_at.is_(None)
        query = query.where(~is_open if resolved else is_open)
    return (await session.execute(query.order_by(Comment.id).limit(many))).scalars().all()


async def find(session: AsyncSession, section_id: Id, comment_id: Id, *, lock: bool = False) -> Comment:
    query = select(Comment).where(Comment.id == comment_id, Comment.section_id == section_id)
    row = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


_NAMES = text(
    """
    SELECT id::text, name FROM people WHERE id = ANY(CAST(:people AS uuid[])) AND erased_at IS NULL
    UNION ALL SELECT id::text, name FROM organisations WHERE id = ANY(CAST(:organisations AS uuid[]))
    """
)


async def names(session: AsyncSession, rows: Sequence[Comment]) -> dict[Id, str]:
    """Of those who wrote, and of their organisations."""
    people = [row.person_id for row in rows if row.person_id is not None]
    given = {"people": people, "organisations": [row.organisation_id for row in rows]}
    return {row[0]: row[1] for row in await session.execute(_NAMES, given)}


async def point(
    session: AsyncSession, section_id: Id, quote: str | None, occurrence: int, given: Any
) -> Anchored | None:
    """Where a new comment points: at an editor's positions, at a quotation, or at nothing."""
    if quote is None and given is None:
        return None
    now = await section_log.read(session, section_id)
    return await asyncio.to_thread(_point, now.updates, quote, occurrence, given)


def _point(updates: Sequence[bytes], quote: str | None, occurrence: int, given: Any) -> Anchored:
    doc = yjs.load(*updates)
    if given is not None:
        try:
            kept = anchors.checked(given)
        except anchors.BadAnchor as bad:
            raise Invalid.at("/anchor", "bad-anchor", f"This is no place in the text: {bad}.") from None
        finder = anchors.Finder(doc)
        place = finder.place(kept)
        if place is None:
            raise Invalid.at("/anchor", "not-in-the-text", "These words are not in the text any more.")
        return Anchored(kept, finder.words(place)[:LONGEST_QUOTATION])
    place = anchors.find(doc, quote or "", occurrence) if quote else None
    if place is None:
        raise Invalid.at("/quote", "not-in-the-text", "These words are not in the text, within one paragraph.")
    return Anchored(anchors.anchor(doc, place), quote or "")


async def places(session: AsyncSession, section_id: Id, rows: Sequence[Comment]) -> dict[Id, str | None]:
    """For each comment that points at words: what stands there now, None where they were deleted."""
    pointing = {row.id: row.anchor for row in rows if row.anchor is not None}
    if not pointing:
        return {}
    now = await section_log.read(session, section_id)
    return await asyncio.to_thread(_places, now.updates, pointing)


def _places(updates: Sequence[bytes], pointing: dict[Id, anchors.Anchor]) -> dict[Id, str | None]:
    finder = anchors.Finder(yjs.load(*updates))
    found: dict[Id, str | None] = {}
    for comment_id, anchor in pointing.items():
        place = finder.place(anchor)
        found[comment_id] = finder.words(place) if place is not None else None
    return found


async def add(session: AsyncSession, actor: Actor, organisation_id: Id, row: Comment) -> Comment:
    """Keeps a new comment, and tells everybody; those whom it mentions are notified."""
    await _check_mentions(session, row.proposal_id, row.mentions)
    if row.thread_id is not None:
        first = await find(session, row.section_id, row.thread_id)
        row.thread_id = first.thread_id or first.id
    row.id, row.organisation_id, row.person_id = new_id(), organisation_id, actor.person_id
    session.add(row)
    await session.flush()
    made = "suggestion_made" if row.replacement is not None else "comment_made"
    await tell(session, actor, organisation_id, row, made, row.mentions)
    await session.refresh(row)
    return row


async def reword(session: AsyncSession, actor: Actor, row: Comment, body: str, mentions: list[Id] | None) -> None:
    """Its author says it differently."""
    fresh = [person for person in mentions or [] if person not in row.mentions]
    await _check_mentions(session, row.proposal_id, fresh)
    row.body_markdown = body
    row.mentions = mentions if mentions is not None else row.mentions
    row.version += 1
    await session.flush()
    await tell(session, actor, row.organisation_id, row, "comment_changed", fresh)


async def resolve(session: AsyncSession, actor: Actor, organisation_id: Id, row: Comment, resolved: bool) -> None:
    if (row.resolved_at is not None) == resolved:
        return
    row.resolved_at = await event_log.now(session) if resolved else None
    row.resolved_by = actor.person_id if resolved else None
    row.version += 1
    await session.flush()
    await tell(session, actor, organisation_id, row, "comment_resolved" if resolved else "comment_reopened")


async def answer(
    session: AsyncSession, actor: Actor, organisation_id: Id, row: Comment, accepted: bool
) -> bytes | None:
    """Accepts or declines a suggestion; answers the update to the text that accepting it makes (its author's)."""
    if row.replacement is None or row.anchor is None:
        raise NotASuggestion
    if row.outcome is not None:
        raise SuggestionAnswered
    update = None
    if accepted:
        now = await section_log.hold(session, row.section_id)
        update = await asyncio.to_thread(_replaced, now.updates, row.anchor, row.quotation or "", row.replacement)
    row.outcome = "accepted" if accepted else "declined"
    row.resolved_at = await event_log.now(session)
    row.resolved_by = actor.person_id
    row.version += 1
    await session.flush()
    await tell(session, actor, organisation_id, row, f"suggestion_{row.outcome}")
    return update


def _replaced(updates: Sequence[bytes], anchor: anchors.Anchor, quotation: str, replacement: str) -> bytes | None:
    doc = yjs.load(*updates)
    finder = anchors.Finder(doc)
    place = finder.place(anchor)
    if place is None or finder.words(place) != quotation:
        raise SuggestionOutdated
    if replacement == quotation:
        return None
    update = anchors.replace(yjs.load(*updates), place, replacement)
    check(updates, update)
    return update


async def tell(
    session: AsyncSession, actor: Actor, organisation_id: Id, row: Comment, type_: str, mentions: Sequence[Id] = ()
) -> None:
    """One event. Whom it mentions gets a notification of it, and a mail by their own choice."""
    payload: dict[str, Any] = {"section_id": row.section_id, "comment_id": row.id, "thread_id": row.thread_id}
    if mentions:
        payload["mentions"] = list(mentions)
    await event_log.record(
        session, "proposal", row.proposal_id, type_, actor=actor, organisation_id=organisation_id, payload=payload
    )


async def _check_mentions(session: AsyncSession, proposal_id: Id, people: Sequence[Id]) -> None:
    if not people:
        return
    found = await session.execute(_INSIDERS, {"people": list(people), "proposal": proposal_id})
    known = set(found.scalars())
    for index, person in enumerate(people):
        if person not in known:
            raise Invalid.at(
                f"/mentions/{index}", "not-in-the-bid", "Mention people of partners in this bid, or of its facilitator."
            )
