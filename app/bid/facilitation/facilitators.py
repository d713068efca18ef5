"""Facilitators: asked in by partners, ended by any partner's objection. They see; they edit and decide nothing."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.schemas import EndIn, FacilitatorIn, FacilitatorOut
from app.bid.facilitation.tables import Facilitator
from app.bid.records.tables import Partner, Proposal
from app.calls.opportunities.tables import Opportunity
from app.people.organisations.tables import Membership, Organisation
from app.platform.access.errors import Conflict, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side, Standing
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web.context import Context
from app.platform.words.codes import OrganisationKind

LIVE = ("invited", "active")


class FacilitatorNotNeutral(Conflict):
    code = "facilitator-not-neutral"
    title = "This facilitator stands on a side"
    explanation = (
        "Whoever owns the opportunity, takes part in the bid, or has people in an organisation that does, cannot "
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


async def ask(here: Context, side: Side, given: FacilitatorIn) -> Facilitator:
    """A partner asks an organisation in; all accepted partners see it and can object."""
    session, proposal_id = here.session, here.proposal_id
    organisation = await session.get(Organisation, given.organisation_id)
    if organisation is None or OrganisationKind.FACILITATOR.value not in organisation.kinds:
        raise Invalid.at(
            "/organisation_id", "not-a-facilitator", "Name an organisation that facilitates (kind 'facilitator')."
        )
    await _check_neutral(session, proposal_id, organisation.id)
    rows = await session.execute(
        select(Facilitator.id).where(
            Facilitator.proposal_id == proposal_id,
            Facilitator.organisation_id == organisation.id,
            Facilitator.status.in_(LIVE),
        )
    )
    if rows.first() is not None:
        raise FacilitatorAlready
    row = Facilitator(
        id=new_id(),
        proposal_id=proposal_id,
        organisation_id=organisation.id,
        status="invited",
        asked_by_partner_id=side.seat_id,
        message_markdown=given.message_markdown,
        handover_markdown="",
        ended_reason="",
        objected_by=[],
        agreed_by=[],
        counter=0,
        version=1,
    )
    session.add(row)
    await session.flush()
    await _log(here, side, "facilitator_asked", row, {"facilitator_organisation_id": organisation.id})
    return row


async def _check_neutral(session: AsyncSession, proposal_id: Id, organisation_id: Id) -> None:
    proposal = await session.get_one(Proposal, proposal_id)
    opportunity = await session.get_one(Opportunity, proposal.opportunity_id)
    partner = await session.execute(
        select(Partner.id).where(
            Partner.proposal_id == proposal_id,
            Partner.organisation_id == organisation_id,
            Partner.status.in_(("invited", "accepted")),
        )
    )
    if opportunity.organisation_id == organisation_id:
        raise CommissionerCannotBid
    if partner.first() is not None:
        raise FacilitatorNotNeutral


async def accept(here: Context, row: Facilitator) -> None:
    """By somebody of the facilitator who is in none of the partners; two bids for a lot only with everybody's yes."""
    _check_open(row, ("invited",))
    side = _own(here, row)
    await _check_neutral(here.session, row.proposal_id, row.organisation_id)
    partners = await here.session.execute(
        select(Membership.organisation_id)
        .join(Partner, Partner.organisation_id == Membership.organisation_id)
        .where(
            Partner.proposal_id == row.proposal_id,
            Partner.status == "accepted",
            Membership.person_id == here.person_id,
        )
    )
    if partners.first() is not None:
        raise FacilitatorNotNeutral
    if await _unagreed_rivals(here.session, row):
        raise ServesAnotherBid
    row.status, row.version = "active", row.version + 1
    row.started_at = await event_log.now(here.session)
    await here.session.flush()
    await _log(here, side, "facilitator_accepted", row, {})


_RIVALS = text("""
SELECT f.id FROM facilitators f JOIN proposals p ON p.id = f.proposal_id JOIN proposals own ON own.id = :proposal_id
WHERE f.organisation_id = :organisation_id AND f.status = 'active' AND p.id <> own.id
  AND p.opportunity_id = own.opportunity_id AND p.status <> 'dissolved'
  AND (p.lot_ids && own.lot_ids OR p.lot_ids = '{}' OR own.lot_ids = '{}')
  AND EXISTS (
    SELECT FROM partners a WHERE a.status = 'accepted' AND (
      a.proposal_id = p.id AND NOT a.id = ANY(f.agreed_by)
      OR a.proposal_id = own.id AND NOT a.id = ANY(CAST(:agreed_by AS uuid[]))))""")


async def _unagreed_rivals(session: AsyncSession, row: Facilitator) -> bool:
    """Whether it serves a rival bid without the yes of every partner of both."""
    found = await session.execute(
        _RIVALS,
        {
            "proposal_id": row.proposal_id,
            "organisation_id": row.organisation_id,
            "agreed_by": row.agreed_by,
        },
    )
    return found.first() is not None


async def agree(here: Context, side: Side, row: Facilitator) -> None:
    """A partner agrees to it even if it serves another bid for the lot. Whether it does, nobody is told."""
    _check_open(row, LIVE)
    if side.seat_id in row.agreed_by:
        return
    row.agreed_by, row.version = [*row.agreed_by, side.seat_id or ""], row.version + 1
    await here.session.flush()
    await _log(here, side, "facilitator_agreed_to", row, {"partner_id": side.seat_id})


async def object_to(here: Context, side: Side, row: Facilitator, reason: str) -> None:
    """Any one partner's objection ends it at once: a facilitator whom somebody does not trust is none."""
    _check_open(row, LIVE)
    row.objected_by = [*row.objected_by, side.seat_id or ""]
    await _end(here, row, "objected", reason)
    await _log(here, side, "facilitator_objected_to", row, {"partner_id": side.seat_id, "reason": reason})


async def end(here: Context, row: Facilitator, given: EndIn) -> None:
    """By the facilitator itself, or by a partner; what is handed over is for the partners to read."""
    own = [side for side in here.standing.seats(Relation.FACILITATOR, Relation.OFFERED) if side.seat_id == row.id]
    able = [side for side in here.standing.seats(Relation.PARTNER) if here.rule.may.test(_alone(here, side))]
    if not own and not able:
        raise Forbidden
    _check_open(row, LIVE)
    if given.handover_markdown and not own:
        raise Forbidden(
            "The hand-over is the facilitator's to write. End it without one, or ask the facilitator to end it."
        )
    side = own[0] if own else here.side(organisation_id=given.organisation_id)
    row.handover_markdown = given.handover_markdown
    await _end(here, row, "ended", given.reason)
    await _log(here, side, "facilitation_ended", row, {"reason": given.reason})


def _alone(here: Context, side: Side) -> Standing:
    return replace(here.standing, sides=(side,))


async def _end(here: Context, row: Facilitator, status: str, reason: str) -> None:
    row.status, row.ended_reason, row.version = status, reason, row.version + 1
    row.ended_at = await event_log.now(here.session)
    await here.session.flush()


def _check_open(row: Facilitator, statuses: tuple[str, ...]) -> None:
    if row.status not in statuses:
        raise FacilitationOver if row.status in ("objected", "ended") else FacilitatorAlready


def _own(here: Context, row: Facilitator) -> Side:
    for side in here.standing.seats(Relation.OFFERED, Relation.FACILITATOR):
        if side.seat_id == row.id and here.rule.may.test(_alone(here, side)):
            return side
    raise Forbidden("The organisation that is asked accepts for itself, by an admin or editor.")


async def _log(here: Context, side: Side, type_: str, row: Facilitator, more: dict[str, Any]) -> None:
    await event_log.record(
        here.session,
        "proposal",
        row.proposal_id,
        type_,
        actor=here.person,
        organisation_id=side.organisation_id,
        payload={"facilitator_id": row.id, **more},
    )


async def out(session: AsyncSession, rows: list[Facilitator]) -> list[FacilitatorOut]:
    found = await session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_([row.organisation_id for row in rows]))
    )
    names = {organisation_id: name for organisation_id, name in found}
    fields = [name for name in FacilitatorOut.model_fields if name != "name"]
    return [
        FacilitatorOut(name=names[row.organisation_id], **{field: getattr(row, field) for field in fields})
        for row in rows
    ]
