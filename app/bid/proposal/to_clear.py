"""What stands in the way of a person's draft bids, and that person's organisations can do something about.

It is what readiness tells the same reader, judged by the same rules: nothing that readiness hides is a task.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.files.queries import IDENTIFIES, IN_THE_BID
from app.bid.records import whole_proposal
from app.bid.signoff.rules import readiness
from app.bid.signoff.rules.readiness import Blocker
from app.bid.signoff.rules.readiness.content import is_empty, sections_in_the_bid
from app.bid.value import Proposal, Section
from app.bid.value.honesty import reader_of
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.standing import NAMED
from app.platform.byte_cache import ByteCache
from app.platform.words.codes import BlockerCode

_MOVED = f"""concat_ws('|', s.proposal_version, s.call_version, s.version,
    (SELECT max(e.seq) FROM events e WHERE e.stream_id = s.proposal_id AND (e.revision IS NOT NULL OR e.only_for && ARRAY[s.id])
       AND (e.owner_partner_id IS NULL OR e.owner_partner_id = s.id OR s.filed_at IS NOT NULL OR NOT s.must_file)),
    (SELECT sum(hashtextextended(concat_ws('|', t.id, t.version, t.counted_seq, t.words, t.characters), 0)) FROM sections t
     WHERE t.proposal_id = s.proposal_id),
    (SELECT sum({NAMED}) FROM partners pa JOIN organisations g ON g.id = pa.organisation_id
     WHERE pa.proposal_id = s.proposal_id),
    (SELECT g.version FROM organisations g WHERE g.id = s.organisation_id))"""
"""SQL: of all that a seat's reader sees of a bid, what moves when it moves. What others do unseen is not in it, so that it
cannot be told from how long an answer took."""
_SEATED = f"""
SELECT s.id::text AS partner_id, s.proposal_id::text, s.organisation_id::text, s.role IN ('lead', 'member') AS in_core,
  s.edits, s.binds, s.signs, s.proposal_title AS title, s.text_by, s.sign_by, s.time_zone, clock_timestamp() AS now, {_MOVED} AS moved,
  EXISTS (SELECT FROM attachments a JOIN partners pa ON pa.id = a.partner_id AND pa.status = 'accepted'
          WHERE a.proposal_id = s.proposal_id AND {IDENTIFIES} AND {IN_THE_BID}) AS files_to_look_at
FROM seat s WHERE s.status = 'accepted' AND s.proposal_status = 'draft' AND NOT s.late
  AND (CAST(:only AS uuid[]) IS NULL OR s.proposal_id = ANY(CAST(:only AS uuid[]))) ORDER BY s.id"""
"""The person's seats in drafts, or in `:only` these, over the columns of `app.bid.proposal.tasks`."""

_BY_BINDERS = frozenset(
    {
        BlockerCode.AUTHORITY_MISSING,
        BlockerCode.ACKNOWLEDGEMENT_MISSING,
        BlockerCode.ACKNOWLEDGEMENT_OUTDATED,
        BlockerCode.PRICES_NOT_FINAL,
        BlockerCode.DECISION_OPEN,
    }
)
_WITH_A_TASK_OF_ITS_OWN = frozenset({BlockerCode.HONESTY_ROUND_OPEN})
_OF_TEXT = frozenset({BlockerCode.SECTION_EMPTY, BlockerCode.SECTION_OVER_LIMIT, BlockerCode.EXIT_PLAN_MISSING})


@dataclass(frozen=True, slots=True)
class ToClear:
    """The columns of a task, and the code of the blocker that it would clear."""

    code: str
    proposal_id: Id
    organisation_id: Id
    title: str
    what: str
    due_at: datetime | None
    pointer: str
    time_zone: str
    blocker: str | None = None
    opportunity_id: None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What rules say of a draft bid to one reader: the blockers that it may read, and the sections that are in the bid."""

    blockers: tuple[Blocker, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft bid with the person's seats in it."""

    proposal_id: Id
    seats: Sequence[Any]
    judged: Judged


_kept: ByteCache[Judged] = ByteCache(lambda judged: 300 * (len(judged.blockers) + len(judged.sections)))
"""By bid, by what its readers see of it and by the minute: people look at lists far more often than bids change. What only
the clock or another room of the service changes is seen within that minute."""


async def drafts(session: AsyncSession, actor: Actor, seats: str, only: Sequence[Id] | None = None) -> list[Draft]:
    """The drafts in which the person has a seat, of all bids or of `only` these: two statements for any number of them."""
    given = {"person_id": actor.person_id, "only": None if only is None else list(only)}
    of_bid: dict[Id, list[Any]] = {}
    for row in await session.execute(text(seats + _SEATED), given):
        of_bid.setdefault(row.proposal_id, []).append(row)
    if not of_bid:
        return []
    judged = {id_: kept for id_, rows in of_bid.items() if (kept := _kept.get(_key(rows))) is not None}
    for proposal in await whole_proposal.load_all(session, [id_ for id_ in of_bid if id_ not in judged]):
        judged[proposal.id] = _judge(proposal, of_bid[proposal.id])
        _kept.put(_key(of_bid[proposal.id]), judged[proposal.id])
    return [Draft(id_, rows, judged[id_]) for id_, rows in of_bid.items()]


def _key(seats: Sequence[Any]) -> tuple[Any, ...]:
    minute = int(seats[0].now.timestamp()) // 60
    return (seats[0].proposal_id, minute, *((seat.partner_id, seat.moved) for seat in seats))


def _judge(proposal: Proposal, seats: Sequence[Any]) -> Judged:
    reader = reader_of(proposal, frozenset(seat.partner_id for seat in seats))
    sections = tuple(section for section, _ in sections_in_the_bid(proposal))
    return Judged(readiness.judge(proposal, reader, seats[0].now), sections)


def mine(draft: Draft) -> int:
    """How many of the blockers the person's organisations can do something about."""
    own = {seat.partner_id for seat in draft.seats}
    return sum(not own.isdisjoint(blocker.may) for blocker in draft.judged.blockers)


def found(draft: Draft) -> list[ToClear]:
    """What the person may do about what stands in its way, and that nothing does."""
    return [task for seat in draft.seats for task in _of(draft, seat)]


def _of(draft: Draft, seat: Any) -> Iterator[ToClear]:
    if any(blocker.code == BlockerCode.CALL_CLOSED and not blocker.may for blocker in draft.judged.blockers):
        return
    empty = frozenset(blocker.pointer for blocker in draft.judged.blockers if blocker.code == BlockerCode.SECTION_EMPTY)
    for blocker in draft.judged.blockers:
        if seat.partner_id in blocker.may and _may(seat, blocker):
            yield _task(draft, seat, blocker)
    for section in draft.judged.sections:
        own = seat.partner_id == section.partner_id or seat.organisation_id == section.assignee_organisation_id
        pointer = f"/sections/{section.id}"
        if own and seat.edits and is_empty(section) and pointer not in empty:
            yield _to_do("section-to-write", seat, section.title, _due(seat, section), pointer)
    if not draft.judged.blockers and not seat.files_to_look_at and seat.in_core and seat.edits:
        yield _to_do("bid-to-lock", seat, "", seat.sign_by, "/editions")


def _may(seat: Any, blocker: Blocker) -> bool:
    if blocker.code in _WITH_A_TASK_OF_ITS_OWN:
        return False
    if blocker.code in _BY_BINDERS:
        return bool(seat.binds)
    if blocker.code == BlockerCode.MUST_UNMET:
        return bool(seat.edits or seat.signs)
    return bool(seat.edits)


def _task(draft: Draft, seat: Any, blocker: Blocker) -> ToClear:
    due_at = seat.text_by if blocker.code in _OF_TEXT else seat.sign_by
    pointer = blocker.pointer or ""
    if blocker.code == BlockerCode.SECTION_EMPTY:
        section = next(each for each in draft.judged.sections if pointer == f"/sections/{each.id}")
        return _to_do("section-to-write", seat, section.title, _due(seat, section), pointer, blocker.code)
    return _to_do("blocker-to-clear", seat, blocker.detail, due_at, pointer, blocker.code)


def _due(seat: Any, section: Section) -> datetime | None:
    """The end of the section's own day where the call is, else the bid's date for all text."""
    if section.due_on is None:
        return seat.text_by  # type: ignore[no-any-return]
    return datetime.combine(section.due_on, time(23, 59), ZoneInfo(seat.time_zone))


def _to_do(
    code: str, seat: Any, what: str, due_at: datetime | None, pointer: str, blocker: str | None = None
) -> ToClear:
    return ToClear(
        code, seat.proposal_id, seat.organisation_id, seat.title, what, due_at, pointer, seat.time_zone, blocker
    )
