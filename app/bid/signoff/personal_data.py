"""What bids hold on a person by name: signatures, which are kept, and the address that an invitation was sent to."""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Partner
from app.bid.signoff.tables import SignOff
from app.people.accounts.tables import Person


async def add_queries(person: Person, by_kind: dict[str, Any]) -> None:
    """Add the queries that find this person's signatures and the invitations to their address."""
    signed = (
        SignOff.edition_id,
        SignOff.organisation_id,
        SignOff.full_name,
        SignOff.role_title,
        SignOff.words,
        SignOff.at,
    )
    by_kind["signatures"] = select(*signed).where(SignOff.person_id == person.id).order_by(SignOff.id)
    invited = Partner.proposal_id, Partner.email, Partner.role, Partner.status
    by_kind["partner_invitations"] = select(*invited).where(Partner.email == person.email).order_by(Partner.id)


async def erase(session: AsyncSession, person: Person, kept: dict[str, int]) -> None:
    """Remove the address from invitations. Signatures are kept for as long as legal claims rest on them."""
    signed = select(func.count()).select_from(SignOff).where(SignOff.person_id == person.id)
    kept["signatures"] = int((await session.execute(signed)).scalar_one())
    # One statement for the invitations of many bids.
    await session.execute(update(Partner).where(Partner.email == person.email).values(email=None))
