"""Which organisations a person is in."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.organisations.tables import Membership, Organisation
from app.platform.access.ids import Id


async def memberships(session: AsyncSession, person_id: Id) -> list[tuple[Id, str, list[str]]]:
    """(organisation id, name, roles), by name."""
    rows = await session.execute(
        select(Organisation.id, Organisation.name, Membership.roles)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id)
        .order_by(Organisation.name, Organisation.id)
    )
    return [(row.id, row.name, row.roles) for row in rows]
