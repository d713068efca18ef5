"""Proxies: one partner's written authority for another to vote for it. Only the partner itself can give one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.decisions import rules as g
from app.bid.decisions.schemas import ProxyIn
from app.bid.decisions.tables import Decision, Proxy, Vote
from app.bid.files import queries as attached
from app.bid.records.tables import Partner
from app.bid.value import Decision as DecisionValue
from app.platform.access.errors import Conflict, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web.context import Context
from app.platform.words.codes import PartnerRole, PartnerStatus


class OwnVoteStands(Conflict):
    code = "own-vote-stands"
    title = "The partner has voted itself"
    explanation = "A proxy votes only where the partner has not. Its own vote stands; ask it if it wants to change it."


class ProxyRevoked(Conflict):
    code = "proxy-revoked"
    title = "This authority was taken back already"
    explanation = "Nothing more is needed. Votes that were cast on it before stay, until the partner votes itself."


async def check_holds(
    session: AsyncSession, proposal_id: Id, decision: DecisionValue, grantor_id: Id, holder_id: Id, now: datetime
) -> None:
    """403 unless `holder_id` has the grantor's authority for this decision; 409 where the grantor voted itself."""
    found = await session.execute(
        select(func.count())
        .select_from(Proxy)
        .where(
            Proxy.proposal_id == proposal_id,
            Proxy.partner_id == grantor_id,
            Proxy.holder_partner_id == holder_id,
            Proxy.revoked_at.is_(None),
            or_(Proxy.until.is_(None), Proxy.until > now),
            or_(Proxy.decision_id.is_(None), Proxy.decision_id == decision.id),
        )
    )
    if not found.scalar_one():
        raise Forbidden(
            "You have no written authority to vote for that partner. Its admin or signatory can give you one."
        )
    if not g.proxy_holds(decision, grantor_id):
        raise Forbidden("This decision is about the partner itself, so nobody else votes for it. Ask it to vote.")
    own = await session.execute(
        select(Vote.id).where(
            Vote.decision_id == decision.id, Vote.partner_id == grantor_id, Vote.cast_by_partner_id.is_(None)
        )
    )
    if own.first() is not None:
        raise OwnVoteStands


async def grant(here: Context, side: Side, given: ProxyIn) -> Proxy:
    """Give another voter the authority to vote; recorded with who gave it in writing."""
    session, now = here.session, await event_log.now(here.session)
    if given.holder_partner_id == side.seat_id:
        raise Invalid.at("/holder_partner_id", "own-partner", "Name another partner: your own votes need no authority.")
    holder = await session.get(Partner, given.holder_partner_id)
    if (
        holder is None
        or holder.proposal_id != here.proposal_id
        or holder.status != PartnerStatus.ACCEPTED
        or holder.role not in (PartnerRole.LEAD, PartnerRole.MEMBER)
    ):
        raise Invalid.at("/holder_partner_id", "not-a-voter", "Only the lead or an accepted member can vote for you.")
    if given.until is not None and given.until <= now:
        raise Invalid.at("/until", "in-the-past", "Name a time that is still ahead, or leave it out.")
    if given.decision_id is not None:
        decision = await session.get(Decision, given.decision_id)
        if decision is None or decision.proposal_id != here.proposal_id:
            raise Invalid.at("/decision_id", "unknown-decision", "There is no such decision in this proposal.")
    await attached.check_named(session, here.proposal_id, side.seat_id, given.document_id, "/document_id")
    row = Proxy(
        id=new_id(),
        proposal_id=here.proposal_id,
        partner_id=side.seat_id,
        holder_partner_id=given.holder_partner_id,
        decision_id=given.decision_id,
        until=given.until,
        full_name=given.full_name,
        role_title=given.role_title,
        document_id=given.document_id,
        created_at=now,
        version=1,
    )
    session.add(row)
    await session.flush()
    await _log(here, side, "proxy_given", row)
    return row


async def revoke(here: Context, side: Side, row: Proxy) -> None:
    if row.revoked_at is not None:
        raise ProxyRevoked
    row.revoked_at = await event_log.now(here.session)
    row.version += 1
    await here.session.flush()
    await _log(here, side, "proxy_taken_back", row)


async def _log(here: Context, side: Side, type_: str, row: Proxy) -> None:
    payload: dict[str, Any] = {
        "proxy_id": row.id,
        "partner_id": row.partner_id,
        "holder_partner_id": row.holder_partner_id,
        "decision_id": row.decision_id,
    }
    await event_log.record(
        here.session,
        "proposal",
        here.proposal_id,
        type_,
        actor=here.person,
        organisation_id=side.organisation_id,
        payload=payload,
    )


async def of_proposal(session: AsyncSession, proposal_id: Id, after: Id | None, limit: int) -> Sequence[Proxy]:
    query = select(Proxy).where(Proxy.proposal_id == proposal_id).order_by(Proxy.id).limit(limit)
    if after is not None:
        query = query.where(Proxy.id > after)
    return (await session.execute(query)).scalars().all()
