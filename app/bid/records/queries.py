"""Reads of the records that several rooms need."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Partner
from app.platform.access.ids import Id
from app.platform.words.codes import PartnerStatus


async def accepted_partner_ids(session: AsyncSession, proposal_id: Id) -> set[Id]:
    """The partner ids of those who are in the bid now."""
    query = select(Partner.id).where(Partner.proposal_id == proposal_id, Partner.status == PartnerStatus.ACCEPTED)
    return set((await session.execute(query)).scalars())
