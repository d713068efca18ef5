"""An organisation in two bids for one lot declares it to the partners of both, naming no bidder (rule 3 of the domain)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.tables import Facilitator
from app.bid.records.tables import OtherBid, Partner, Proposal
from app.calls.opportunities.tables import Opportunity
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.access.terms import SAME_CALL
from app.platform.access.two_sides import FacilitatesARival
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import IdType
from app.platform.words.codes import FacilitatorStatus, PartnerStatus, ProposalStatus, SeveralBids


class OtherBidUndeclared(Conflict):
    code = "other-bid-undeclared"
    title = "Your organisation is in another bid for the same lot"
    explanation = (
        "Only you see this. Declare it to the partners of both bids first (POST …/other-bids in each, with a statement "
        "that names no bidder), then try again."
    )


class SeveralBidsForbidden(Conflict):
    code = "several-bids-forbidden"
    title = "This opportunity allows one bid for each organisation"
    explanation = "Only you see this. Your organisation is in another bid for the same lot; leave that one first."


async def check_other_bids(
    session: AsyncSession, organisation_id: Id, proposal: Proposal | None, call: Opportunity, lot_ids: Sequence[Id]
) -> list[Partner]:
    """The organisation's seats in other bids for one of these lots. The caller holds its lock, so that two acceptances at
    the same moment see each other.

    Refuses where it facilitates such a bid, where the call forbids a second bid, or where the organisation has not
    declared it in each of them.
    """
    rival = _rival(proposal.id if proposal else None, call.id, lot_ids)
    facilitates = select(Facilitator.id).join(Proposal, Proposal.id == Facilitator.proposal_id)
    active = Facilitator.status == FacilitatorStatus.ACTIVE.value
    facilitates = facilitates.where(Facilitator.organisation_id == organisation_id, active, *rival)
    if (await session.execute(facilitates)).first() is not None:
        raise FacilitatesARival
    seats = await _other_seats(session, organisation_id, proposal.id if proposal else None, call.id, lot_ids)
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


async def declare(act: Act, organisation_id: Id, statement: str) -> OtherBid:
    """Tell the partners of this bid. A second declaration replaces the first, and needs new answers."""
    query = select(OtherBid).where(OtherBid.proposal_id == act.stream_id, OtherBid.organisation_id == organisation_id)
    row = (await act.session.execute(query)).scalar_one_or_none()
    if row is None:
        row = OtherBid(
            proposal_id=act.stream_id, organisation_id=organisation_id, statement_markdown=statement, answers={}
        )
        act.session.add(row)
    else:
        row.statement_markdown, row.answers, row.version = statement, {}, row.version + 1
    await act.record("other_bid_declared", statement_markdown=statement)
    return row


async def carry_over(act: Act, lead: Partner, others: Sequence[Partner]) -> None:
    """Declare a bid that an organisation starts while it is in others, in the words that the partners of these were told.

    Until the partners of both have answered, the lead reads no more than others in its place would.
    """
    if not others:
        return
    query = select(OtherBid.statement_markdown).where(
        OtherBid.organisation_id == lead.organisation_id, OtherBid.proposal_id == others[-1].proposal_id
    )
    statement = (await act.session.execute(query)).scalar_one()
    lead.waiting = True
    await declare(act, lead.organisation_id or "", statement)
    await let_in(act.session, lead)


async def answer(act: Act, row: OtherBid, words: str) -> None:
    """A partner answers. Once the partners of both bids have, the organisation reads what partners read.

    The caller holds the organisation's lock and every bid in which it waits.
    """
    now = await event_log.now(act.session)
    row.answers = {**row.answers, act.seat_id or "": {"answer_markdown": words, "at": now.isoformat()}}
    row.version += 1
    await act.record("other_bid_answered", organisation_id=row.organisation_id, answer_markdown=words)
    waiting = select(Partner).where(
        Partner.organisation_id == row.organisation_id, Partner.status == PartnerStatus.ACCEPTED.value, Partner.waiting
    )
    for seat in (await act.session.execute(waiting.order_by(Partner.proposal_id))).scalars().all():
        await let_in(act.session, seat)


async def let_in(session: AsyncSession, seat: Partner) -> None:
    """End the waiting of a seat for which every partner of both bids has answered, which they may have before it accepted."""
    organisation_id = seat.organisation_id or ""
    proposal = await session.get_one(Proposal, seat.proposal_id)
    others = await _other_seats(session, organisation_id, proposal.id, proposal.opportunity_id, proposal.lot_ids)
    concerned = [seat.proposal_id, *(other.proposal_id for other in others)]
    if seat.waiting and all([await _answered(session, each, organisation_id) for each in concerned]):
        seat.waiting = False
        seat.version += 1
    await session.flush()


async def _answered(session: AsyncSession, proposal_id: Id, organisation_id: Id) -> bool:
    """Whether every other partner of this bid has answered the organisation's declaration."""
    query = select(OtherBid).where(OtherBid.proposal_id == proposal_id, OtherBid.organisation_id == organisation_id)
    row = (await session.execute(query)).scalar_one_or_none()
    others = select(Partner.id).where(
        Partner.proposal_id == proposal_id,
        Partner.status == PartnerStatus.ACCEPTED.value,
        Partner.organisation_id != organisation_id,
    )
    return row is not None and set((await session.execute(others)).scalars()) <= set(row.answers)


async def _other_seats(
    session: AsyncSession, organisation_id: Id, proposal_id: Id | None, opportunity_id: Id, lot_ids: Sequence[Id]
) -> list[Partner]:
    """The organisation's accepted seats in other bids for one of these lots (or for a call without lots)."""
    query = (
        select(Partner)
        .join(Proposal, Proposal.id == Partner.proposal_id)
        .where(
            Partner.organisation_id == organisation_id,
            Partner.status == PartnerStatus.ACCEPTED.value,
            *_rival(proposal_id, opportunity_id, lot_ids),
        )
        .order_by(Partner.id)
    )
    return list((await session.execute(query)).scalars())


_SAME_CALL = text(
    f"SELECT ids.id FROM opportunities asked, LATERAL ({SAME_CALL.format(call='asked')}) ids WHERE asked.id = CAST(:call_id AS uuid)"
).columns(id=IdType)


def _rival(proposal_id: Id | None, opportunity_id: Id, lot_ids: Sequence[Id]) -> list[ColumnElement[bool]]:
    """Whether a proposal is another bid for one of these lots."""
    rival: list[ColumnElement[bool]] = [
        Proposal.opportunity_id.in_(_SAME_CALL.bindparams(call_id=opportunity_id)),
        Proposal.status != ProposalStatus.DISSOLVED.value,
        or_(
            func.cardinality(Proposal.lot_ids) == 0,
            Proposal.lot_ids.overlap(list(lot_ids)),
            literal(not lot_ids),
            Proposal.own_status.is_not(None),
            Proposal.opportunity_id != opportunity_id,
        ),
    ]
    return rival if proposal_id is None else [*rival, Proposal.id != proposal_id]
