"""A section's settings: who writes it, whether it is open to all, how far it is.

Its text is in `content`, its versions are in `history`.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid import value as d
from app.bid.records import terms
from app.bid.records.tables import Partner, Proposal
from app.bid.text import queries
from app.bid.text.rules.writing import Assignment, managing_side, writing_side
from app.bid.text.tables import Section
from app.platform.access.errors import Forbidden, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Side, Standing
from app.platform.db.act import Act
from app.platform.db.engine import within
from app.platform.words.codes import LimitUnit, PartnerRole, PartnerStatus, SectionState


async def find(session: AsyncSession, proposal_id: Id, section_id: Id, *, lock: bool = False) -> Section:
    query = select(Section).where(Section.id == section_id, Section.proposal_id == proposal_id)
    query = query.execution_options(populate_existing=True)
    row = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


async def page(session: AsyncSession, proposal_id: Id, limit: int, after: Id | None) -> Sequence[Section]:
    """At most `limit` sections in the order of the bid, which is not that of their ids, after the one with id `after`."""
    query = select(Section).where(Section.proposal_id == proposal_id)
    if after is not None:
        last = select(Section.position, Section.id).where(Section.id == after).scalar_subquery()
        query = query.where(tuple_(Section.position, Section.id) > last)
    return (await session.execute(query.order_by(Section.position, Section.id).limit(limit))).scalars().all()


def as_value(row: Section) -> d.Section:
    """The row as the value that rules work with."""
    return d.Section(
        id=row.id,
        key=row.key,
        title=row.title,
        state=SectionState(row.state),
        required=row.required,
        position=row.position,
        question_id=row.question_id,
        lot_id=row.lot_id,
        partner_id=row.partner_id,
        assignee_organisation_id=row.assignee_organisation_id,
        limit=d.Limit(LimitUnit(row.limit_unit), row.limit_value) if row.limit_unit and row.limit_value else None,
        counts=d.Counts(row.words, row.characters, row.pages),
        characters_by_organisation=row.characters_by_organisation,
        open_to_all=row.open_to_all,
        version=row.version,
    )


async def asked(session: AsyncSession, proposal_id: Id) -> d.Asked:
    """What the call asks of the bid: which sections are in it, and who writes them."""
    call = await terms.load(session, proposal_id)
    lot_ids = (await session.execute(select(Proposal.lot_ids).where(Proposal.id == proposal_id))).scalar_one()
    return d.Asked(call.questions, lot_ids, await _partners(session, proposal_id))


async def _partners(session: AsyncSession, proposal_id: Id) -> list[d.Partner]:
    """The partners, with what is needed to say who writes a section; their names are left empty."""
    query = select(Partner.id, Partner.organisation_id, Partner.role, Partner.status)
    rows = await session.execute(query.where(Partner.proposal_id == proposal_id))
    return [
        d.Partner(row.id, row.organisation_id, "", PartnerRole(row.role), PartnerStatus(row.status)) for row in rows
    ]


async def writer(session: AsyncSession, row: Section, standing: Standing) -> Side:
    """For whom the reader writes in the section; `Forbidden` where they may only comment."""
    side = writing_side(await _assignment(session, row), standing)
    if side is None or side.organisation_id is None:
        raise Forbidden(
            "Another organisation writes this section. Comment or suggest there, or ask it to open the section to all."
        )
    return side


async def writer_of(session: AsyncSession, proposal_id: Id, section_id: Id, standing: Standing) -> Side:
    """For whom the reader writes in the section with this id, as `writer`."""
    return await writer(session, await find(session, proposal_id, section_id), standing)


async def manager(session: AsyncSession, row: Section, standing: Standing) -> Side:
    """For whom the reader manages the section; `Forbidden` where they may not."""
    side = managing_side(await _assignment(session, row), standing)
    if side is None:
        raise Forbidden("Only an editor of the section's organisation, or of the lead, may change who writes it.")
    return side


async def _assignment(session: AsyncSession, row: Section) -> Assignment:
    found = await queries.assignment(within(session), row.id, row.proposal_id)
    if found is None:
        raise NotFound
    return found


async def checked(session: AsyncSession, row: Section, sent: dict[str, Any]) -> dict[str, Any]:
    """The fields of a patch that change the section, with their new values. Raises `Invalid`."""
    for name in ("open_to_all", "state"):
        if sent.get(name, False) is None:
            raise Invalid.at(f"/{name}", "missing", "This cannot be empty. Leave it out to keep it as it is.")
    wanted = dict(sent)
    if "state" in wanted:
        wanted["state"] = SectionState(wanted["state"]).value
    assignee = wanted.get("assignee_organisation_id")
    if assignee is not None and not await _is_partner(session, row.proposal_id, assignee):
        raise Invalid.at(
            "/assignee_organisation_id", "not-a-partner", "Only a partner that has accepted can write a section."
        )
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


async def _is_partner(session: AsyncSession, proposal_id: Id, organisation_id: Id) -> bool:
    query = select(Partner.id).where(
        Partner.proposal_id == proposal_id,
        Partner.organisation_id == organisation_id,
        Partner.status == PartnerStatus.ACCEPTED.value,
    )
    return (await session.execute(query.limit(1))).scalar_one_or_none() is not None


async def change(act: Act, row: Section, changes: dict[str, Any]) -> None:
    """Assigns the section, opens it to all, or moves it to another state. The event says what it was before."""
    if not changes:
        return
    changed = {name: [getattr(row, name), value] for name, value in changes.items()}
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    await act.record("section_changed", section_id=row.id, title=row.title, changed=changed)
