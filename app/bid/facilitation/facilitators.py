"""The verbs of facilitators: partners ask one in, it accepts, and the partners or it end it.

A facilitator sees the bid; it edits, signs and decides nothing. The caller holds the proposal's lock.
"""

from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.schemas import FacilitatorIn
from app.bid.facilitation.tables import Facilitator
from app.bid.records.tables import OPEN_SEATS, Partner, Proposal
from app.calls.opportunities.tables import Opportunity
from app.people.organisations.tables import Membership, Organisation
from app.platform.access.errors import Conflict, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.lifecycle import FACILITATOR, Step, after
from app.platform.access.rules import Actor
from app.platform.access.standing import RIVAL, UNAGREED
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import FacilitatorStatus, OrganisationKind, PartnerStatus

LIVE = (FacilitatorStatus.INVITED, FacilitatorStatus.ACTIVE)
"""Asked, or in office."""


class FacilitatorNotNeutral(Conflict):
    code = "facilitator-not-neutral"
    title = "This facilitator stands on a side"
    explanation = (
        "Whoever owns the opportunity, takes part in this bid or in a rival one, or has people in a partner, cannot "
        "facilitate it. Ask another organisation, or let somebody else of the facilitator's accept."
    )


class FacilitatorAlready(Conflict):
    code = "facilitator-already"
    title = "This organisation is asked or facilitates already"
    explanation = "Wait for its answer, or end it first."


class ServesAnotherBid(Conflict):
    code = "facilitator-serves-another-bid"
    title = "You facilitate another bid for this lot"
    explanation = (
        "You can serve both only if every partner of both agrees. Ask the partners of each bid to agree to you "
        "(POST …/facilitators/{id}/agree), without telling either about the other, then accept."
    )


class FacilitationOver(Conflict):
    code = "facilitation-over"
    title = "This facilitation is not open any more"
    explanation = "It was objected to or ended. The partners can ask again, or ask somebody else."


async def check_facilitates(session: AsyncSession, organisation_id: Id) -> None:
    """Raises Invalid unless this is an organisation that facilitates."""
    organisation = await session.get(Organisation, organisation_id)
    if organisation is None or OrganisationKind.FACILITATOR not in organisation.kinds:
        raise Invalid.at(
            "/organisation_id", "not-a-facilitator", "Name an organisation that facilitates (kind 'facilitator')."
        )


async def ask(act: Act, given: FacilitatorIn) -> Facilitator:
    """Ask an organisation in, for a partner or by the partners' decision. All accepted partners see it and can object."""
    await _check_neutral(act.session, act.stream_id, given.organisation_id)
    if await _live(act, given.organisation_id) is not None:
        raise FacilitatorAlready
    facilitator = Facilitator(
        id=new_id(),
        proposal_id=act.stream_id,
        organisation_id=given.organisation_id,
        status=FacilitatorStatus.INVITED.value,
        asked_by_partner_id=act.seat_id,
        by_decision=act.seat_id is None,
        message_markdown=given.message_markdown,
    )
    act.session.add(facilitator)
    await act.record(
        "facilitator_asked",
        facilitator_id=facilitator.id,
        facilitator_organisation_id=given.organisation_id,
    )
    return facilitator


async def _live(act: Act, organisation_id: Id) -> Facilitator | None:
    """The organisation as it is asked, or in office, in this bid."""
    query = select(Facilitator).where(
        Facilitator.proposal_id == act.stream_id,
        Facilitator.organisation_id == organisation_id,
        Facilitator.status.in_(LIVE),
    )
    return (await act.session.execute(query)).scalar_one_or_none()


async def carry_ask(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """Ask a facilitator in, as the partners decided, also one that a partner has asked meanwhile."""
    given, act = FacilitatorIn.model_validate(body), Act(session, actor, "proposal", proposal_id)
    await check_facilitates(session, given.organisation_id)
    asked = await _live(act, given.organisation_id)
    if asked is None or asked.status == FacilitatorStatus.ACTIVE:
        await ask(act, given)
    else:
        asked.by_decision, asked.version = True, asked.version + 1


async def _check_neutral(session: AsyncSession, proposal_id: Id, organisation_id: Id) -> None:
    """The organisation neither owns the opportunity nor takes part in the bid."""
    proposal = await session.get_one(Proposal, proposal_id)
    opportunity = await session.get_one(Opportunity, proposal.opportunity_id)
    if opportunity.organisation_id == organisation_id:
        raise CommissionerCannotBid
    partner = select(Partner.id).where(
        Partner.proposal_id == proposal_id,
        Partner.organisation_id == organisation_id,
        Partner.status.in_(OPEN_SEATS),
    )
    if (await session.execute(partner)).first() is not None:
        raise FacilitatorNotNeutral


async def accept(act: Act, facilitator: Facilitator) -> None:
    """Accept, by a person who is in none of the partners. A second bid for the same lot needs everybody's yes.

    The caller holds the facilitator's organisation, so that it is not taken into two bids at the same moment.
    """
    status = FacilitatorStatus(facilitator.status)
    refusal = FacilitatorAlready if status is FacilitatorStatus.ACTIVE else FacilitationOver
    accepted = after(FACILITATOR, status, Step.ACCEPT, refusal)
    await _check_neutral(act.session, act.stream_id, facilitator.organisation_id)
    own_partners = (
        select(Membership.organisation_id)
        .join(Partner, Partner.organisation_id == Membership.organisation_id)
        .where(
            Partner.proposal_id == act.stream_id,
            Partner.status == PartnerStatus.ACCEPTED,
            Membership.person_id == act.person_id,
        )
    )
    if (await act.session.execute(own_partners)).first() is not None:
        raise FacilitatorNotNeutral
    await _check_rivals(act.session, facilitator)
    facilitator.status, facilitator.version = accepted.value, facilitator.version + 1
    facilitator.started_at = await event_log.now(act.session)
    await act.record("facilitator_accepted", facilitator_id=facilitator.id)


_RIVALS = text(f"""
SELECT EXISTS (SELECT FROM partners seat JOIN proposals r ON r.id = seat.proposal_id
               WHERE seat.organisation_id = f.organisation_id AND seat.status = 'accepted' AND {RIVAL}) AS takes_part,
  EXISTS (SELECT FROM facilitators first JOIN proposals r ON r.id = first.proposal_id
          WHERE first.organisation_id = f.organisation_id AND first.status = 'active' AND {RIVAL}
            AND {UNAGREED}) AS unagreed
FROM facilitators f JOIN proposals p ON p.id = f.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
WHERE f.id = :id""")


async def _check_rivals(session: AsyncSession, facilitator: Facilitator) -> None:
    """Raises what only the facilitator itself is told: it takes part in a rival bid, or serves one without the yes of every
    partner of both."""
    found = (await session.execute(_RIVALS, {"id": facilitator.id})).one()
    if found.takes_part:
        raise FacilitatorNotNeutral
    if found.unagreed:
        raise ServesAnotherBid


async def agree(act: Act, facilitator: Facilitator) -> None:
    """Agree to the facilitator even if it serves another bid for the lot. No partner learns whether it does."""
    if FacilitatorStatus(facilitator.status) not in LIVE:
        raise FacilitationOver
    if act.seat_id in facilitator.agreed_by:
        return
    facilitator.agreed_by, facilitator.version = [*facilitator.agreed_by, act.seat_id or ""], facilitator.version + 1
    await act.record("facilitator_agreed_to", facilitator_id=facilitator.id, partner_id=act.seat_id)


async def object_to(act: Act, facilitator: Facilitator, reason: str) -> None:
    """Object. One that a partner asked is then not taken in; one in office, or that the partners decided to ask, stays until
    they decide to end it, since nobody may rid itself alone of whoever could certify its removal."""
    if not _is_the_partners(facilitator):
        await _finish(act, facilitator, Step.OBJECT, reason)
    elif act.seat_id in facilitator.objected_by:
        return
    else:
        facilitator.version += 1
    facilitator.objected_by = [*facilitator.objected_by, act.seat_id or ""]
    await act.record("facilitator_objected_to", facilitator_id=facilitator.id, partner_id=act.seat_id, reason=reason)


def _is_the_partners(facilitator: Facilitator) -> bool:
    """Whether the partners decide on it together: it is in office, or they decided to ask it."""
    status = FacilitatorStatus(facilitator.status)
    return status is FacilitatorStatus.ACTIVE or (facilitator.by_decision and status in LIVE)


async def needs_decision(session: AsyncSession, facilitator: Facilitator) -> bool:
    """Whether a partner that wants it to end needs the others, where there are others."""
    accepted = select(func.count()).where(
        Partner.proposal_id == facilitator.proposal_id, Partner.status == PartnerStatus.ACCEPTED
    )
    return _is_the_partners(facilitator) and (await session.execute(accepted)).scalar_one() > 1


async def end(act: Act, facilitator: Facilitator, reason: str, handover: str) -> None:
    """End it, by the facilitator itself, by a partner while it is only asked, or by the partners' decision.

    The partners read what is handed over.
    """
    await _finish(act, facilitator, Step.END, reason)
    facilitator.handover_markdown = handover
    await act.record("facilitation_ended", facilitator_id=facilitator.id, reason=reason)


async def carry_end(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """End a facilitation, as the partners decided."""
    query = select(Facilitator).where(Facilitator.id == path["facilitator_id"], Facilitator.proposal_id == proposal_id)
    facilitator = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if facilitator is None:
        raise NotFound
    await end(Act(session, actor, "proposal", proposal_id), facilitator, str(body.get("reason", "")), "")


async def _finish(act: Act, facilitator: Facilitator, step: Step, reason: str) -> None:
    status = FacilitatorStatus(facilitator.status)
    facilitator.status = after(FACILITATOR, status, step, FacilitationOver).value
    facilitator.ended_reason, facilitator.version = reason, facilitator.version + 1
    facilitator.ended_at = await event_log.now(act.session)
