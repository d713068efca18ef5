"""Two bids for one lot: declared to the partners of both, by the organisation itself, naming no bidder (rule 3)."""

from collections.abc import Sequence

from sqlalchemy import func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal.rules import OtherBidUndeclared, SeveralBidsForbidden
from app.bid.records.tables import OtherBid, Partner, Proposal
from app.calls.opportunities.tables import Opportunity
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.words.codes import SeveralBids


async def check_other_bids(
    session: AsyncSession, organisation_id: Id, proposal: Proposal | None, call: Opportunity, lot_ids: Sequence[Id]
) -> list[Partner]:
    """Refuse a second bid for a lot that the call forbids, or that both were not told of. Answers the other seats."""
    seats = await other_seats(session, organisation_id, proposal.id if proposal else None, call.id, lot_ids)
    if not seats:
        return []
    if (call.consortium_rules or {}).get("several_bids") == SeveralBids.FORBIDDEN.value:
        raise SeveralBidsForbidden
    needed = {seat.proposal_id for seat in seats} | ({proposal.id} if proposal else set())
    query = select(OtherBid.proposal_id).where(
        OtherBid.organisation_id == organisation_id, OtherBid.proposal_id.in_(needed)
    )
    declared = set((await session.execute(query)).scalars())
    if declared != needed:
        raise OtherBidUndeclared
    return seats


async def declare(
    session: AsyncSession, actor: Actor, proposal_id: Id, organisation_id: Id, statement: str
) -> OtherBid:
    """Tell the partners of this bid. Saying it again changes the words and asks for new answers."""
    query = select(OtherBid).where(OtherBid.proposal_id == proposal_id, OtherBid.organisation_id == organisation_id)
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        row = OtherBid(
            proposal_id=proposal_id, organisation_id=organisation_id, statement_markdown=statement, answers={}
        )
        session.add(row)
    else:
        row.statement_markdown, row.answers, row.version = statement, {}, row.version + 1
    await session.flush()
    await event_log.record(
        session,
        "proposal",
        proposal_id,
        "other_bid_declared",
        actor=actor,
        organisation_id=organisation_id,
        payload={"statement_markdown": statement},
    )
    return row


async def carry_over(session: AsyncSession, actor: Actor, lead: Partner, others: Sequence[Partner]) -> None:
    """Of a bid that an organisation starts while it is in others: whoever joins it finds there what these were told.

    The lead reads no more than others in its place would, until the partners of both have answered.
    """
    if not others:
        return
    query = select(OtherBid.statement_markdown).where(
        OtherBid.organisation_id == lead.organisation_id, OtherBid.proposal_id == others[-1].proposal_id
    )
    statement = (await session.execute(query)).scalar_one()
    lead.waiting = True
    await declare(session, actor, lead.proposal_id, lead.organisation_id or "", statement)
    await let_in(session, lead.organisation_id or "")


async def answer(session: AsyncSession, actor: Actor, row: OtherBid, partner: Partner, words: str) -> None:
    """A partner answers. When the partners of both bids have, the organisation reads what partners read."""
    now = await event_log.now(session)
    row.answers = {**row.answers, partner.id: {"answer_markdown": words, "at": now.isoformat()}}
    row.version += 1
    await session.flush()
    await event_log.record(
        session,
        "proposal",
        row.proposal_id,
        "other_bid_answered",
        actor=actor,
        organisation_id=partner.organisation_id,
        payload={"organisation_id": row.organisation_id, "answer_markdown": words},
    )
    await let_in(session, row.organisation_id)


async def let_in(session: AsyncSession, organisation_id: Id) -> None:
    """End the waiting of an organisation's seats for which everybody concerned has answered."""
    query = select(Partner).where(
        Partner.organisation_id == organisation_id, Partner.status == "accepted", Partner.waiting
    )
    for seat in (await session.execute(query)).scalars():
        proposal = await session.get_one(Proposal, seat.proposal_id)
        others = await other_seats(session, organisation_id, proposal.id, proposal.opportunity_id, proposal.lot_ids)
        concerned = [seat.proposal_id, *(other.proposal_id for other in others)]
        if all([await _answered(session, proposal_id, organisation_id) for proposal_id in concerned]):
            seat.waiting = False
            seat.version += 1
    await session.flush()


async def _answered(session: AsyncSession, proposal_id: Id, organisation_id: Id) -> bool:
    row = (
        await session.execute(
            select(OtherBid).where(OtherBid.proposal_id == proposal_id, OtherBid.organisation_id == organisation_id)
        )
    ).scalar_one_or_none()
    partners = await session.execute(
        select(Partner.id).where(
            Partner.proposal_id == proposal_id, Partner.status == "accepted", Partner.organisation_id != organisation_id
        )
    )
    return row is not None and set(partners.scalars()) <= set(row.answers)


async def other_seats(
    session: AsyncSession, organisation_id: Id, proposal_id: Id | None, opportunity_id: Id, lot_ids: Sequence[Id]
) -> list[Partner]:
    """The organisation's accepted seats in other living bids for one of these lots (or the same undivided call).

    Serialised per organisation, so that two acceptances at the same moment see each other.
    """
    number = int(organisation_id.replace("-", "")[-15:], 16)
    await session.execute(select(func.pg_advisory_xact_lock(number)))
    query = (
        select(Partner)
        .join(Proposal, Proposal.id == Partner.proposal_id)
        .where(
            Partner.organisation_id == organisation_id,
            Partner.status == "accepted",
            Proposal.opportunity_id == opportunity_id,
            Proposal.status != "dissolved",
            or_(func.cardinality(Proposal.lot_ids) == 0, Proposal.lot_ids.overlap(list(lot_ids)), literal(not lot_ids)),
        )
        .order_by(Partner.id)
    )
    if proposal_id is not None:
        query = query.where(Proposal.id != proposal_id)
    return list((await session.execute(query)).scalars())
