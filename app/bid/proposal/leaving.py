"""Leaving a bid, being removed from it, and dissolving it.

Removal and dissolution are decisions; the verbs here are what such a decision carries out, by the state that it meets.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.budget import showing
from app.bid.declarations import reveal
from app.bid.facilitation import rules as difficulties
from app.bid.facilitation.tables import Difficulty, RemovalCertificate
from app.bid.handing_in import consequences
from app.bid.proposal import partners
from app.bid.records.tables import Partner, Proposal
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.access.lifecycle import ProposalDissolved, Step, StepNotPossible
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.event_log import only
from app.platform.words.codes import PartnerStatus, ProposalStatus


class AloneInTheBid(Conflict):
    code = "alone-in-the-bid"
    title = "There is nobody else in this bid"
    explanation = "Invite a partner first, or dissolve the proposal if it is not needed any more."


async def withdraw(act: Act, partner: Partner, reason: str) -> None:
    """A partner leaves of its own will. A signed edition is withdrawn; a submission stands, marked."""
    await _end(act, partner, Step.LEAVE, "partner_withdrew", reason)


async def check_removal(
    session: AsyncSession, proposal_id: Id, path: dict[str, str], opened_at: datetime | None
) -> None:
    """While a difficulty is open that was raised before the motion, and for ten days at most, nobody can be removed,
    whichever it is, with one answer for all (rule 6 of the domain), unless the facilitator has certified that this removal
    has nothing to do with it.
    """
    certified = await session.execute(
        select(RemovalCertificate.id).where(
            RemovalCertificate.proposal_id == proposal_id, RemovalCertificate.partner_id == path["partner_id"]
        )
    )
    open_ones = select(Difficulty.created_at).where(
        Difficulty.proposal_id == proposal_id, Difficulty.closed_at.is_(None)
    )
    raised_at = (await session.execute(open_ones)).scalars().all()
    now = await event_log.now(session)
    difficulties.check_removal(raised_at, now, opened_at or now, certified.first() is not None)


async def remove(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """Remove a partner from the bid."""
    partner = await partners.locked(session, proposal_id, path["partner_id"])
    _status_after(partner, Step.REMOVE)
    act = Act(session, actor, "proposal", proposal_id, for_organisation=partner.organisation_id)
    await _end(act, partner, Step.REMOVE, "partner_removed", str(body.get("reason", "")))
    await act.record("place_ended", to=only(partner.id), organisation_id=partner.organisation_id)


def _status_after(partner: Partner, step: Step) -> PartnerStatus:
    gone = StepNotPossible("This organisation is not a partner in the bid any more.")
    return partners.following(partner, step, gone)


async def _end(act: Act, partner: Partner, step: Step, event: str, reason: str) -> None:
    session = act.session
    name = await partners.organisation_name(session, partner.organisation_id) or ""
    proposal = await session.get_one(Proposal, partner.proposal_id, populate_existing=True)
    partner.status = _status_after(partner, step).value
    partner.ended_at, partner.ended_reason = await event_log.now(session), reason
    partner.ended_revision = proposal.revision + 1
    partner.version += 1
    await act.record(event, partner_id=partner.id, reason=reason)
    await session.flush()
    await showing.partner_left(session, partner.proposal_id, partner.ended_at)
    await consequences.partner_left(act, partner, name)
    await reveal.settle(session, partner.proposal_id, act.actor)


async def dissolve(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """End the bid. The text stays readable to its partners."""
    proposal = await session.get_one(Proposal, proposal_id)
    if proposal.status == ProposalStatus.DISSOLVED.value:
        raise ProposalDissolved
    act = Act(session, actor, "proposal", proposal_id, for_organisation=body.get("organisation_id"))
    await consequences.dissolved(act)
    await act.record("proposal_dissolved", reason=str(body.get("reason", "")))


async def alone(session: AsyncSession, proposal_id: Id) -> bool:
    """Whether the bid has one accepted partner only: then nobody else has to agree."""
    query = select(Partner.id).where(Partner.proposal_id == proposal_id, Partner.status == PartnerStatus.ACCEPTED.value)
    return len((await session.execute(query)).scalars().all()) < 2
