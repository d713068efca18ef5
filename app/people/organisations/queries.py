"""Loads about organisations that several rooms need."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import Person
from app.people.organisations.tables import Membership, OrganisationIdentifier
from app.platform.access.ids import Id
from app.platform.words.codes import MemberRole


async def binders_mails(session: AsyncSession, organisation_id: Id) -> list[tuple[str, str]]:
    """(address, language) of the people who can answer for an organisation: its admins and signatories."""
    query = (
        select(Person.email, Person.language)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.roles.overlap([MemberRole.ADMIN.value, MemberRole.SIGNATORY.value]),
            Person.email.is_not(None),
        )
        .order_by(Person.id)
    )
    return [(row.email, row.language) for row in await session.execute(query)]


async def identifiers_of(session: AsyncSession, organisation_id: Id) -> list[tuple[str, str]]:
    """The organisation's register numbers as (scheme, number), in order."""
    table = OrganisationIdentifier
    rows = await session.execute(
        select(table.scheme, table.identifier)
        .where(table.organisation_id == organisation_id)
        .order_by(table.scheme, table.identifier)
    )
    return [(row.scheme, row.identifier) for row in rows]
