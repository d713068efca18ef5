"""Proxies: the written authority of one partner for another to vote for it. Only the partner itself can give one."""

from datetime import datetime

from sqlalchemy import func, or_, select

from app.bid import value as bid
from app.bid.decisions import rules
from app.bid.decisions.schemas import ProxyIn
from app.bid.decisions.tables import Decision, Proxy, Vote
from app.bid.files import queries as files
from app.bid.records.tables import Partner
from app.platform.access.errors import Conflict, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import PartnerRole, PartnerStatus


class OwnVoteStands(Conflict):
    code = "own-vote-stands"
    title = "The partner has voted itself"
    explanation = "A proxy votes only where the partner has not. Its own vote stands; ask it if it wants to change it."


class ProxyRevoked(Conflict):
    code = "proxy-revoked"
    title = "This authority was taken back already"
    explanation = "Nothing more is needed. Votes that were cast on it before stay, until the partner votes itself."


async def check_holds(act: Act, decision: bid.Decision, grantor_id: Id, holder_id: Id, now: datetime) -> None:
    """Raises Forbidden unless `holder_id` has the grantor's authority to vote in this decision."""
    query = select(func.count()).where(
        Proxy.proposal_id == act.stream_id,
        Proxy.partner_id == grantor_id,
        Proxy.holder_partner_id == holder_id,
        Proxy.revoked_at.is_(None),
        or_(Proxy.until.is_(None), Proxy.until > now),
        or_(Proxy.decision_id.is_(None), Proxy.decision_id == decision.id),
    )
    if not (await act.session.execute(query)).scalar_one():
        raise Forbidden(
            "You have no written authority to vote for that partner. Its admin or signatory can give you one."
        )
    if not rules.proxy_holds(decision, grantor_id):
        raise Forbidden("This decision is about the partner itself, so nobody else votes for it. Ask it to vote.")


async def check_not_voted(act: Act, decision: bid.Decision, grantor_id: Id) -> None:
    """Raises OwnVoteStands where the grantor has voted itself."""
    query = select(Vote.id).where(
        Vote.decision_id == decision.id, Vote.partner_id == grantor_id, Vote.cast_by_partner_id.is_(None)
    )
    if (await act.session.execute(query)).first() is not None:
        raise OwnVoteStands


async def prepare(act: Act, given: ProxyIn) -> Proxy:
    """The authority as it would be recorded. Raises Invalid where its holder could not vote on it."""
    session, now = act.session, await event_log.now(act.session)
    if given.holder_partner_id == act.seat_id:
        raise Invalid.at("/holder_partner_id", "own-partner", "Name another partner: your own votes need no authority.")
    holder = await session.get(Partner, given.holder_partner_id)
    if (
        holder is None
        or holder.proposal_id != act.stream_id
        or holder.status != PartnerStatus.ACCEPTED
        or holder.role not in (PartnerRole.LEAD, PartnerRole.MEMBER)
    ):
        raise Invalid.at("/holder_partner_id", "not-a-voter", "Only the lead or an accepted member can vote for you.")
    if given.until is not None and given.until <= now:
        raise Invalid.at("/until", "in-the-past", "Name a time that is still ahead, or leave it out.")
    if given.decision_id is not None:
        decision = await session.get(Decision, given.decision_id)
        if decision is None or decision.proposal_id != act.stream_id:
            raise Invalid.at("/decision_id", "unknown-decision", "There is no such decision in this proposal.")
    await files.check_named(session, act.stream_id, act.seat_id, given.document_id, "/document_id")
    return Proxy(
        id=new_id(),
        proposal_id=act.stream_id,
        partner_id=act.seat_id,
        holder_partner_id=given.holder_partner_id,
        decision_id=given.decision_id,
        until=given.until,
        full_name=given.full_name,
        role_title=given.role_title,
        document_id=given.document_id,
        created_at=now,
    )


async def give(act: Act, proxy: Proxy) -> None:
    """Give another voter the authority to vote, on record with the name of whoever gave it in writing."""
    act.session.add(proxy)
    await _record(act, "proxy_given", proxy)


async def revoke(act: Act, proxy: Proxy) -> None:
    if proxy.revoked_at is not None:
        raise ProxyRevoked
    proxy.revoked_at = await event_log.now(act.session)
    proxy.version += 1
    await _record(act, "proxy_taken_back", proxy)


async def _record(act: Act, type_: str, proxy: Proxy) -> None:
    await act.record(
        type_,
        proxy_id=proxy.id,
        partner_id=proxy.partner_id,
        holder_partner_id=proxy.holder_partner_id,
        decision_id=proxy.decision_id,
    )
