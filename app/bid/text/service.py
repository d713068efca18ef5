"""A section's settings: who writes it, whether it is open to all, how far it is.

Its text is in `content`, its versions are in `history`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select, text, tuple_
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
        assignee_person_id=row.assignee_person_id,
        due_on=row.due_on,
        limit=d.Limit(LimitUnit(row.limit_unit), row.limit_value) if row.limit_unit and row.limit_value else None,
        counts=d.Counts(row.words, row.characters, row.pages),
        characters_by_organisation=row.characters_by_organisation,
        open_to_all=row.open_to_all,
        version=row.version,
    )


async def asked(session: AsyncSession, proposal_id: Id) -> d.Asked:
    """What the call asks of the bid: which sections are in it, and who writes them."""
    call = await terms.load(session, proposal_id)
    query = select(Proposal.lot_ids, Proposal.language).where(Proposal.id == proposal_id)
    lot_ids, language = (await session.execute(query)).one()
    return d.Asked(call.questions, lot_ids, await _partners(session, proposal_id), language)


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


async def checked(session: AsyncSession, row: Section, side: Side, sent: dict[str, Any]) -> dict[str, Any]:
    """The fields of a patch for `side` that change the section, with their new values. Raises `Invalid`."""
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
    await _check_person(session, row, side, wanted)
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


async def _check_person(session: AsyncSession, row: Section, side: Side, wanted: dict[str, Any]) -> None:
    """One names people of one's own organisation, for what it writes: who is of another's is not told. Where another
    organisation is to write, nobody is named until it names somebody."""
    assignment = await _assignment(session, row)
    before = assignment.writer_organisation_id
    if "assignee_organisation_id" in wanted:
        assignment = replace(assignment, assignee_organisation_id=wanted["assignee_organisation_id"])
    writer = assignment.writer_organisation_id
    person_id = wanted.get("assignee_person_id")
    if person_id is not None and not (writer == side.organisation_id and await _is_editor(session, writer, person_id)):
        raise Invalid.at(
            "/assignee_person_id",
            "not-an-editor-of-yours",
            "Name an editor of your own organisation, while it writes the section.",
        )
    if writer != before:
        wanted.setdefault("assignee_person_id", None)


_IS_EDITOR = text("""
SELECT EXISTS (SELECT FROM memberships WHERE organisation_id = CAST(:organisation_id AS uuid)
  AND person_id = CAST(:person_id AS uuid) AND 'editor' = ANY(roles))""")


async def _is_editor(session: AsyncSession, organisation_id: Id | None, person_id: Id) -> bool:
    found = await session.execute(_IS_EDITOR, {"organisation_id": organisation_id, "person_id": person_id})
    return bool(found.scalar_one())


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
    changed = {name: [_plain(getattr(row, name)), _plain(value)] for name, value in changes.items()}
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    await act.record("section_changed", section_id=row.id, title=row.title, changed=changed)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
