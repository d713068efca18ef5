"""What an amendment of a call changes in the bids for it: sections follow, signed versions are void, each log says so."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.handing_in import consequences
from app.bid.records.tables import Proposal
from app.bid.text import from_call
from app.bid.text.rules.call_sections import SectionChanges
from app.calls.opportunities.rules import Change
from app.calls.opportunities.tables import Opportunity
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db.act import Act
from app.platform.words.codes import ProposalStatus

OVER = (ProposalStatus.DISSOLVED.value, ProposalStatus.DECIDED.value)


async def follow_amendment(
    session: AsyncSession, _actor: Actor | None, call: Opportunity, number: int, change: Change
) -> None:
    """Carry an amendment to every bid: its sections follow, versions made before are void, and its log says so."""
    if change.voids_editions:
        await consequences.call_amended(session, call.id, number)
    payload = {"amendment": number, "fields": list(change.fields), "voids_editions": change.voids_editions}
    for proposal_id in await _bids(session, call.id):
        of_this_bid: dict[str, Any] = dict(payload)
        if change.voids_editions and (followed := await from_call.follow_call(session, proposal_id, call.id)).any:
            of_this_bid["sections"] = _payload(followed)
        await Act(session, None, "proposal", proposal_id).record("call_amended", **of_this_bid)


async def record_in_bids(session: AsyncSession, opportunity_id: Id, event: str, payload: dict[str, Any]) -> None:
    """Record an event in the log of every bid that is not over."""
    for proposal_id in await _bids(session, opportunity_id):
        await Act(session, None, "proposal", proposal_id).record(event, **payload)


async def _bids(session: AsyncSession, opportunity_id: Id) -> Sequence[Id]:
    """The bids for this call that are not over, locked."""
    query = select(Proposal.id).where(Proposal.opportunity_id == opportunity_id, Proposal.status.not_in(OVER))
    return (await session.execute(query.order_by(Proposal.id).with_for_update())).scalars().all()


def _payload(changes: SectionChanges) -> dict[str, Any]:
    return {
        "added": [section.key for section in changes.added],
        "changed": [section_id for section_id, _ in changes.changed],
        "no_longer_asked": list(changes.no_longer_asked),
    }
