"""What becomes of the bids for a call when it changes: sections follow, signed versions are void, each log says so.

A bid that keeps terms of its own (`app/bid/records/terms.py`) follows nothing until a source that all trust speaks for
the call, or its partners decide to follow another notice (`following.py`).
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations import last_moment
from app.bid.handing_in import consequences
from app.bid.records import terms
from app.bid.records.tables import Proposal
from app.bid.signoff.queries import amendment_to_answer
from app.bid.text import from_call
from app.bid.text.rules.call_sections import SectionChanges
from app.calls.opportunities import stored
from app.calls.opportunities.rules import FINDING, TIMES, Change
from app.calls.opportunities.tables import Opportunity
from app.calls.opportunities.value import Opportunity as Call
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db.act import Act
from app.platform.words.codes import BroughtBy, OpportunityStatus, ProposalStatus

OVER = (ProposalStatus.DISSOLVED.value, ProposalStatus.DECIDED.value)


async def follow_amendment(
    session: AsyncSession, _actor: Actor | None, call: Opportunity, number: int, change: Change
) -> None:
    """Carry an amendment to every bid that follows the call."""
    trusted = call.brought_by != BroughtBy.ORGANISATION
    for proposal in await _bids(session, Proposal.opportunity_id == call.id, Proposal.own_status.is_(None)):
        payload: dict[str, Any] = {
            "amendment": number,
            "fields": list(change.fields),
            "voids_editions": change.voids_editions,
        }
        await last_moment.deadline_changed(session, proposal, call.submission_deadline, trusted)
        if change.voids_editions:
            payload |= await void(session, proposal, number)
        if proposal.status not in OVER:
            await Act(session, None, "proposal", proposal.id).record("call_amended", **payload)


async def record_in_bids(session: AsyncSession, opportunity_id: Id, event: str, payload: dict[str, Any]) -> None:
    """Record an event in the log of every bid that follows the call and is not over."""
    living = Proposal.status.not_in(OVER)
    for proposal in await _bids(
        session, Proposal.opportunity_id == opportunity_id, living, Proposal.own_status.is_(None)
    ):
        await Act(session, None, "proposal", proposal.id).record(event, **payload)


async def take_over(session: AsyncSession, call: Opportunity) -> None:
    """A source that all trust speaks for the call: bids that kept terms of their own are held to the call from now on."""
    after = await stored.load(session, call.id)
    for proposal in await _bids(session, Proposal.opportunity_id == call.id, Proposal.own_status.is_not(None)):
        before, was = await terms.load(session, proposal.id, typed=False), proposal.own_status
        change = changed(before, after)
        number = count_on(proposal, call.amendment, before, change.voids_editions)
        terms.let_go(proposal)
        proposal.version += 1
        await session.flush()
        await last_moment.deadline_changed(session, proposal, after.submission_deadline, trusted=True)
        if proposal.status in OVER:
            continue
        act = Act(session, None, "proposal", proposal.id)
        if was == OpportunityStatus.PUBLISHED and call.status != OpportunityStatus.PUBLISHED:
            await act.record("call_ended", status=call.status)
        elif change.fields or was != call.status:
            names = [*change.fields, *(["status"] if was != call.status else [])]
            payload: dict[str, Any] = {"amendment": number, "fields": names}
            if change.voids_editions:
                payload |= await void(session, proposal, number)
            await act.record("call_amended", voids_editions=change.voids_editions, **payload)


def changed(before: Call, after: Call) -> Change:
    """What is different between the terms that a bid had and those that it is held to now."""
    names = tuple(f.name for f in fields(Call) if f.compare and getattr(before, f.name) != getattr(after, f.name))
    return Change(names, voids_editions=not set(names) <= TIMES | FINDING, reopens=False)


def count_on(proposal: Proposal, amendment: int, before: Call, voids: bool) -> int:
    """Number the bid's change of terms: its versions answer numbers, and one made before must not answer the new terms.

    `amendment` is the call's own number, to which the bid's shift is added from now on.
    """
    number = before.amendment + 1 if voids else before.amendment
    proposal.amendment_shift = number - amendment
    return number


async def void(session: AsyncSession, proposal: Proposal, number: int) -> dict[str, Any]:
    """Sections follow the terms, a draft answers them from now on, and any version made before is void."""
    await consequences.terms_changed(session, proposal, await amendment_to_answer(session, proposal.id), number)
    if proposal.status in OVER:
        return {}
    followed = await from_call.follow_call(session, proposal.id)
    return {"sections": _payload(followed)} if followed.any else {}


async def _bids(session: AsyncSession, *where: Any) -> Sequence[Proposal]:
    """The bids, locked."""
    query = select(Proposal).where(*where).order_by(Proposal.id).with_for_update()
    return (await session.execute(query.execution_options(populate_existing=True))).scalars().all()


def _payload(changes: SectionChanges) -> dict[str, Any]:
    return {
        "added": [section.key for section in changes.added],
        "changed": [section_id for section_id, _ in changes.changed],
        "no_longer_asked": list(changes.no_longer_asked),
    }
