"""Loads of organisations, their members and invitations, and the directory."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import Person
from app.people.organisations.tables import MemberInvitation, Membership, Organisation, OrganisationIdentifier
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.db.base import IdType
from app.platform.words.codes import MemberRole


async def lock(session: AsyncSession, organisation_id: Id) -> None:
    """Lock the organisation's row until the transaction ends: changes of its members and of its look wait for each other."""
    query = select(Organisation.id).where(Organisation.id == organisation_id)
    await session.execute(query.with_for_update(key_share=True))


async def identifiers_of(session: AsyncSession, organisation_id: Id) -> list[tuple[str, str]]:
    """The organisation's register numbers as (scheme, number), in order."""
    table = OrganisationIdentifier
    rows = await session.execute(
        select(table.scheme, table.identifier)
        .where(table.organisation_id == organisation_id)
        .order_by(table.scheme, table.identifier)
    )
    return [(row.scheme, row.identifier) for row in rows]


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


async def members(session: AsyncSession, organisation_id: Id) -> list[tuple[Membership, Person]]:
    query = select(Membership, Person).join(Person, Person.id == Membership.person_id)
    rows = await session.execute(query.where(Membership.organisation_id == organisation_id))
    return [(row.Membership, row.Person) for row in rows]


async def member(session: AsyncSession, organisation_id: Id, person_id: Id) -> tuple[Membership, Person]:
    """Raises NotFound for somebody who is no member, or who has left since the request was judged."""
    membership = await session.get(Membership, (organisation_id, person_id))
    if membership is None:
        raise NotFound
    return membership, await session.get_one(Person, person_id)


async def invitations(session: AsyncSession, organisation_id: Id) -> Sequence[MemberInvitation]:
    """Those that can still be answered."""
    query = select(MemberInvitation).where(
        MemberInvitation.organisation_id == organisation_id,
        MemberInvitation.accepted_at.is_(None),
        MemberInvitation.expires_at > func.clock_timestamp(),
    )
    return (await session.execute(query)).scalars().all()


@dataclass(frozen=True, slots=True)
class Filters:
    """What to find in the directory. None leaves a field out."""

    q: str | None = None
    area: str | None = None
    service: str | None = None
    size_band: str | None = None
    kind: str | None = None
    seeks: str | None = None


async def directory(
    session: AsyncSession, own: Sequence[Id], filters: Filters, limit: int, after: tuple[str, Id] | None
) -> Sequence[Organisation]:
    """Organisations that chose to be listed and the reader's `own`, in the order of name and id, after that key."""
    query = select(Organisation).where(or_(Organisation.listed, Organisation.id.in_(own)))
    if filters.q:
        words = func.websearch_to_tsquery("simple", filters.q)
        query = query.where(
            or_(Organisation.search.op("@@")(words), Organisation.name.icontains(filters.q, autoescape=True))
        )
    for column, value in (
        (Organisation.areas, filters.area),
        (Organisation.services, filters.service),
        (Organisation.kinds, filters.kind),
        (Organisation.seeks, filters.seeks),
    ):
        if value is not None:
            entry = func.unnest(column).table_valued("word").render_derived()
            query = query.where(
                exists(select(1).select_from(entry).where(func.lower(entry.c.word) == func.lower(value)))
            )
    if filters.size_band:
        query = query.where(Organisation.size_band == filters.size_band)
    if after:
        name, last_id = after
        query = query.where(
            tuple_(Organisation.name, Organisation.id) > tuple_(literal(name), literal(last_id, IdType))
        )
    rows = await session.execute(query.order_by(Organisation.name, Organisation.id).limit(limit))
    return rows.scalars().all()
