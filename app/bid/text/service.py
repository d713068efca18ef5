"""The verbs of sections: find, assign, open, move on. Their text is in `content`, versions in `history`."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid import value as d
from app.bid.records.tables import Partner
from app.bid.text.rules.rights import SectionSetting, writing_side
from app.bid.text.tables import Section
from app.platform.access.errors import Forbidden, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Standing
from app.platform.db import event_log
from app.platform.words.codes import LimitUnit, PartnerRole, PartnerStatus, SectionState

_OWN = text(
    """
    SELECT pa.organisation_id::text FROM sections s JOIN partners pa ON pa.proposal_id = s.proposal_id
    WHERE s.id = CAST(:section AS uuid) AND CASE WHEN s.partner_id IS NULL
      THEN pa.role = 'lead' AND pa.status = 'accepted' ELSE pa.id = s.partner_id END LIMIT 1
    """
)
_PARTNER = text(
    "SELECT 1 FROM partners WHERE proposal_id = CAST(:proposal AS uuid) AND status = :accepted "
    "AND organisation_id = CAST(:organisation AS uuid)"
)


@dataclass(frozen=True, slots=True)
class Writer:
    """For whom somebody writes in a section."""

    person_id: Id | None
    organisation_id: Id


async def find(session: AsyncSession, proposal_id: Id, section_id: Id, *, lock: bool = False) -> Section:
    query = select(Section).where(Section.id == section_id, Section.proposal_id == proposal_id)
    query = query.execution_options(populate_existing=True)
    row = (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def value(row: Section) -> d.Section:
    """The row as the domain's value."""
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


async def partners(session: AsyncSession, proposal_id: Id) -> list[d.Partner]:
    """The partners as far as it matters who writes what."""
    query = select(Partner.id, Partner.organisation_id, Partner.role, Partner.status)
    rows = await session.execute(query.where(Partner.proposal_id == proposal_id))
    return [
        d.Partner(row.id, row.organisation_id, "", PartnerRole(row.role), PartnerStatus(row.status)) for row in rows
    ]


async def setting_of(session: AsyncSession, row: Section) -> SectionSetting:
    own = (await session.execute(_OWN, {"section": row.id})).scalar_one_or_none()
    return SectionSetting(row.assignee_organisation_id, own, row.open_to_all)


async def writer(session: AsyncSession, row: Section, standing: Standing, actor: Actor) -> Writer:
    """For whom the actor writes in the section; `Forbidden` where they may only comment."""
    side = writing_side(await setting_of(session, row), standing)
    if side is None or side.organisation_id is None:
        raise Forbidden(
            "Another organisation writes this section. Comment or suggest there, or ask it to open the section to all."
        )
    return Writer(actor.person_id, side.organisation_id)


async def manager(session: AsyncSession, row: Section, standing: Standing) -> Id:
    """The organisation for which the actor manages the section: its keeper's, or else its own (the lead, a member)."""
    setting = await setting_of(session, row)
    for organisation_id in (setting.keeper_id, setting.own_organisation_id):
        side = writing_side(SectionSetting(organisation_id, None, False), standing)
        if side is not None and side.organisation_id is not None:
            return side.organisation_id
    raise Forbidden("Only an editor of the section's organisation, or of the lead, may change who writes it.")


async def change(session: AsyncSession, actor: Actor, row: Section, organisation_id: Id, sent: dict[str, Any]) -> None:
    """Assign it, open it to all, or move it to another state; told to everybody with what it was before."""
    changes = dict(sent)
    for name in ("open_to_all", "state"):
        if changes.get(name, False) is None:
            raise Invalid.at(f"/{name}", "missing", "This cannot be empty. Leave it out to keep it as it is.")
    if "state" in changes:
        changes["state"] = SectionState(changes["state"]).value
    assignee = changes.get("assignee_organisation_id")
    if assignee is not None:
        given = {"proposal": row.proposal_id, "organisation": assignee, "accepted": PartnerStatus.ACCEPTED.value}
        if (await session.execute(_PARTNER, given)).scalar_one_or_none() is None:
            raise Invalid.at(
                "/assignee_organisation_id", "not-a-partner", "Only a partner that has accepted can write a section."
            )
    told = {name: [getattr(row, name), new] for name, new in changes.items() if getattr(row, name) != new}
    if not told:
        return
    for name, (_, new) in told.items():
        setattr(row, name, new)
    row.version += 1
    await session.flush()
    await event_log.record(
        session,
        "proposal",
        row.proposal_id,
        "section_changed",
        actor=actor,
        organisation_id=organisation_id,
        payload={"section_id": row.id, "title": row.title, "changed": told},
    )


def unknown_version(pointer: str = "/query/against") -> Invalid:
    return Invalid.at(pointer, "unknown-version", "This section has no such version. GET …/history lists them.")
