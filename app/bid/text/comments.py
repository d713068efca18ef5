"""Remarks on a section and suggestions for its words: threads, mentions, resolved and reopened, accepted as an edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text import ahead, section_log
from app.bid.text.catching_up import catch_up
from app.bid.text.content import check
from app.bid.text.section_log import Author
from app.bid.text.tables import Comment
from app.bid.text.threads import beside
from app.platform.access.errors import Conflict, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.richtext import anchors, yjs
from app.platform.richtext.complexity import Complexity

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
    """Words that a comment is about: the relative positions, and the words that are there."""

    anchor: anchors.Anchor
    quotation: str


def of_section(section_id: Id, resolved: bool | None) -> Select[Any]:
    """The comments of a section: only those resolved, only those open, or (None) all."""
    query = select(Comment).where(Comment.section_id == section_id)
    if resolved is None:
        return query
    is_open = Comment.resolved_at.is_(None)
    return query.where(~is_open if resolved else is_open)


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
    """The names of the people who wrote the comments, and of their organisations."""
    people = [row.person_id for row in rows if row.person_id is not None]
    given = {"people": people, "organisations": [row.organisation_id for row in rows]}
    return {row[0]: row[1] for row in await session.execute(_NAMES, given)}


async def find_words(
    session: AsyncSession, section_id: Id, quote: str | None, occurrence: int, anchor: dict[str, Any] | None
) -> Anchored | None:
    """What a new comment is about: an editor's positions, a quotation, or (None) no words. Raises `Invalid`."""
    if quote is None and anchor is None:
        return None
    now = await section_log.read(session, section_id)
    return await beside(now.size, _find_words, now.updates, quote, occurrence, anchor)


def _find_words(
    updates: Sequence[bytes], quote: str | None, occurrence: int, anchor: dict[str, Any] | None
) -> Anchored:
    doc = yjs.load(*updates)
    if anchor is not None:
        try:
            checked = anchors.checked(anchor)
        except anchors.BadAnchor as bad:
            raise Invalid.at("/anchor", "bad-anchor", f"This is no place in the text: {bad}.") from None
        finder = anchors.Finder(doc)
        place = finder.place(checked)
        if place is None:
            raise Invalid.at("/anchor", "not-in-the-text", "These words are not in the text any more.")
        return Anchored(checked, finder.words(place)[:LONGEST_QUOTATION])
    place = anchors.find(doc, quote or "", occurrence) if quote else None
    if place is None:
        raise Invalid.at("/quote", "not-in-the-text", "These words are not in the text, within one paragraph.")
    return Anchored(anchors.anchor(doc, place), quote or "")


async def words_now(session: AsyncSession, section_id: Id, rows: Sequence[Comment]) -> dict[Id, str | None]:
    """For each comment about some words: what is there now, None where it was deleted."""
    anchored = {row.id: row.anchor for row in rows if row.anchor is not None}
    if not anchored:
        return {}
    now = await section_log.read(session, section_id)
    return await beside(now.size, _words_now, now.updates, anchored)


def _words_now(updates: Sequence[bytes], anchored: dict[Id, anchors.Anchor]) -> dict[Id, str | None]:
    finder = anchors.Finder(yjs.load(*updates))
    found: dict[Id, str | None] = {}
    for comment_id, anchor in anchored.items():
        place = finder.place(anchor)
        found[comment_id] = finder.words(place) if place is not None else None
    return found


async def thread_of(session: AsyncSession, section_id: Id, thread_id: Id | None) -> Id | None:
    """The first comment of the thread that an answer belongs to. Raises `Invalid`."""
    if thread_id is None:
        return None
    try:
        answered = await find(session, section_id, thread_id)
    except NotFound:
        raise Invalid.at("/thread_id", "unknown-thread", "This section has no such comment to answer.") from None
    return answered.thread_id or answered.id


_INSIDERS = text(
    """
    SELECT m.person_id::text FROM memberships m WHERE m.person_id = ANY(CAST(:people AS uuid[])) AND (
      EXISTS (SELECT FROM partners pa WHERE pa.proposal_id = CAST(:proposal AS uuid) AND pa.status = 'accepted'
              AND pa.organisation_id = m.organisation_id)
      OR EXISTS (SELECT FROM facilitators f WHERE f.proposal_id = CAST(:proposal AS uuid) AND f.status = 'active'
                 AND f.organisation_id = m.organisation_id))
    """
)


async def check_mentions(session: AsyncSession, proposal_id: Id, people: Sequence[Id]) -> None:
    """Raises `Invalid` unless all of them are people of partners in this bid, or of its facilitator."""
    if not people:
        return
    found = await session.execute(_INSIDERS, {"people": list(people), "proposal": proposal_id})
    insiders = set(found.scalars())
    for index, person in enumerate(people):
        if person not in insiders:
            raise Invalid.at(
                f"/mentions/{index}", "not-in-the-bid", "Mention people of partners in this bid, or of its facilitator."
            )


def newly_mentioned(row: Comment, mentions: Sequence[Id] | None) -> list[Id]:
    return [person for person in mentions or () if person not in row.mentions]


async def add(act: Act, row: Comment) -> None:
    act.session.add(row)
    made = "suggestion_made" if row.replacement is not None else "comment_made"
    await _record(act, row, made, row.mentions)
    await act.session.refresh(row)


async def reword(act: Act, row: Comment, body: str, mentions: list[Id] | None) -> None:
    """Changes the words, and (unless None) the mentions. Only the newly mentioned are notified."""
    fresh = newly_mentioned(row, mentions)
    row.body_markdown = body
    row.mentions = mentions if mentions is not None else row.mentions
    row.version += 1
    await _record(act, row, "comment_changed", fresh)


async def resolve(act: Act, row: Comment, resolved: bool) -> None:
    """Resolves or reopens a comment; does nothing where that was done already."""
    if (row.resolved_at is not None) == resolved:
        return
    row.resolved_at = await event_log.now(act.session) if resolved else None
    row.resolved_by = Author.of(act).person_id if resolved else None
    row.version += 1
    await _record(act, row, "comment_resolved" if resolved else "comment_reopened")


def accepting(row: Comment, most: Complexity) -> ahead.Change:
    """The change of the text that a suggestion is. Raises `NotASuggestion`, `SuggestionAnswered`, `SuggestionOutdated`."""
    suggestion, replacement = _open_suggestion(row), row.replacement or ""
    return lambda now: _replaced(now.updates, suggestion, replacement, most)


def author_of(row: Comment) -> Author:
    return Author(row.organisation_id, row.person_id)


async def accept(act: Act, row: Comment, change: ahead.Prepared) -> None:
    """Takes a suggestion into the text, which is locked, as an edit by its author."""
    _open_suggestion(row)
    await _close(act, row, "accepted")
    if change.update is not None:
        await section_log.append(act.session, row.section_id, change.update, change.by)
        await catch_up(act.session, row.proposal_id, row.section_id, ahead=change.after)


async def decline(act: Act, row: Comment) -> None:
    _open_suggestion(row)
    await _close(act, row, "declined")


def _open_suggestion(row: Comment) -> Anchored:
    """The words that the suggestion would replace. Raises `NotASuggestion`, `SuggestionAnswered`."""
    if row.replacement is None or row.anchor is None:
        raise NotASuggestion
    if row.outcome is not None:
        raise SuggestionAnswered
    return Anchored(row.anchor, row.quotation or "")


def _replaced(updates: Sequence[bytes], words: Anchored, replacement: str, most: Complexity) -> bytes | None:
    """The update that puts the replacement in the place of the words; None where it is the same."""
    doc = yjs.load(*updates)
    finder = anchors.Finder(doc)
    place = finder.place(words.anchor)
    if place is None or finder.words(place) != words.quotation:
        raise SuggestionOutdated
    if replacement == words.quotation:
        return None
    update = anchors.replace(yjs.load(*updates), place, replacement)
    check(updates, update, most)
    return update


async def _close(act: Act, row: Comment, outcome: str) -> None:
    row.outcome = outcome
    row.resolved_at = await event_log.now(act.session)
    row.resolved_by = Author.of(act).person_id
    row.version += 1
    await _record(act, row, f"suggestion_{outcome}")


async def _record(act: Act, row: Comment, type_: str, mentions: Sequence[Id] = ()) -> None:
    """One event. Whoever it mentions gets a notification, and a mail if they chose so."""
    await act.session.flush()
    payload: dict[str, Any] = {"section_id": row.section_id, "comment_id": row.id, "thread_id": row.thread_id}
    if mentions:
        payload["mentions"] = list(mentions)
    await act.record(type_, **payload)
