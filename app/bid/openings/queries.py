"""How openings and applications are found, and in which order they are locked."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.bid.facilitation.tables import Facilitator
from app.bid.openings.tables import Application, Opening
from app.bid.records import whole_proposal
from app.bid.records.tables import OPEN_SEATS, Partner, Proposal
from app.bid.value.honesty import facilitator_of, reader_of
from app.calls.opportunities.tables import Opportunity
from app.people.organisations.tables import Organisation
from app.platform.access.ids import Id
from app.platform.access.terms import PUBLIC_OPENING
from app.platform.words.codes import (
    FacilitatorStatus,
    OpportunityMode,
)

VISIBLE = f"""
SELECT 1 FROM openings x JOIN proposals p ON p.id = x.proposal_id JOIN opportunities o ON o.id = x.opportunity_id
WHERE x.id = $1::uuid AND x.proposal_id = $2 AND (
  {PUBLIC_OPENING}
  OR EXISTS (SELECT FROM partners pa WHERE pa.id = ANY($3) AND pa.status = 'accepted')
  OR EXISTS (SELECT FROM facilitators f WHERE f.id = ANY($3) AND f.status = 'active'))"""
"""For the guard: everybody who is signed in sees a public opening; those inside the bid see all of its openings."""


async def lock_opening(session: AsyncSession, opening_id: Id) -> Opening:
    """Lock an opening. The caller holds its bid, as the edge does for whatever stands below one."""
    return await session.get_one(Opening, opening_id, with_for_update=True, populate_existing=True)


async def lock_application(session: AsyncSession, application_id: Id) -> tuple[Application, Opening]:
    """Lock an application after its opening. The caller holds the bid."""
    query = select(Application.opening_id).where(Application.id == application_id)
    opening = await lock_opening(session, (await session.execute(query)).scalar_one())
    application = await session.get_one(Application, application_id, with_for_update=True, populate_existing=True)
    return application, opening


async def lock_bid(session: AsyncSession, application_id: Id) -> None:
    """Lock the bid of an application, for an applicant whose path does not name it."""
    query = select(Opening.proposal_id).join(Application, Application.opening_id == Opening.id)
    proposal_id = (await session.execute(query.where(Application.id == application_id))).scalar_one()
    await session.execute(select(Proposal.id).where(Proposal.id == proposal_id).with_for_update(key_share=True))


def public() -> Select[*tuple[Any, ...]]:
    """The openings that everybody who is signed in may read, each with its opportunity's title."""
    x, p, o = aliased(Opening, name="x"), aliased(Proposal, name="p"), aliased(Opportunity, name="o")
    shown = select(x.id).join(p, p.id == x.proposal_id).join(o, o.id == x.opportunity_id).where(text(PUBLIC_OPENING))
    return (
        select(Opening)
        .add_columns(Opening.id, Opportunity.title)
        .join(Opportunity, Opportunity.id == Opening.opportunity_id)
        .where(Opening.id.in_(shown))
    )


def public_for(organisation_ids: Iterable[Id], area: str | None, opportunity_id: Id | None) -> Select[*tuple[Any, ...]]:
    """The public openings that are listed for people of these organisations: none for a sealed call of their own."""
    own = func.coalesce(Opportunity.organisation_id.in_(organisation_ids), False)
    query = public().where(~and_(Opportunity.mode == OpportunityMode.SEALED, own))
    if area:
        query = query.where(Opening.area.icontains(area, autoescape=True))
    if opportunity_id:
        query = query.where(Opening.opportunity_id == opportunity_id)
    return query


def applications() -> Select[*tuple[Any, ...]]:
    """The applications, each with the name of the organisation that applied."""
    named = select(Application).add_columns(Application.id, Organisation.name)
    return named.join(Organisation, Organisation.id == Application.organisation_id)


async def is_taken(session: AsyncSession, opening: Opening, organisation_id: Id | None) -> bool:
    """Whether the organisation has applied for this opening, or has a place in its bid or an invitation to one."""
    taken = or_(
        exists().where(
            Partner.proposal_id == opening.proposal_id,
            Partner.organisation_id == organisation_id,
            Partner.status.in_(OPEN_SEATS),
        ),
        exists().where(
            Facilitator.proposal_id == opening.proposal_id,
            Facilitator.organisation_id == organisation_id,
            Facilitator.status.in_((FacilitatorStatus.INVITED, FacilitatorStatus.ACTIVE)),
        ),
        exists().where(Application.opening_id == opening.id, Application.organisation_id == organisation_id),
    )
    return bool((await session.execute(select(taken))).scalar_one())


async def is_sealed(session: AsyncSession, opportunity_id: Id) -> bool:
    query = select(Opportunity.mode).where(Opportunity.id == opportunity_id)
    return (await session.execute(query)).scalar_one() == OpportunityMode.SEALED


async def contributed(session: AsyncSession, proposal_id: Id, seats: Iterable[Id]) -> set[tuple[Id, str]]:
    """Partner and kind of each contribution that all partners may see; none for a reader with seats (a facilitator has
    none) from whom the others' are still hidden."""
    proposal = await whole_proposal.load(session, proposal_id)
    own = frozenset(seats)
    if not (reader_of(proposal, own) if own else facilitator_of(proposal)).sees_others:
        return set()
    return {(each.partner_id, each.kind.value) for each in proposal.contributions if each.revealed}
