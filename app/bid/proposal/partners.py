"""A partner's own row: how its status moves, and what only the partner itself may change of it."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.bid.proposal.schemas import AuthorityIn
from app.bid.records.tables import Partner, Proposal
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Fault, Invalid, NotFound, Refusal
from app.platform.access.ids import Id
from app.platform.access.lifecycle import PARTNER, Step, after
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.words.codes import PartnerRole, PartnerStatus

T = TypeVar("T")


async def locked(session: AsyncSession, proposal_id: Id, partner_id: Id) -> Partner:
    """The partner's row, locked; NotFound where the proposal has no such partner."""
    query = select(Partner).where(Partner.proposal_id == proposal_id, Partner.id == partner_id).with_for_update()
    partner = (await session.execute(query)).scalar_one_or_none()
    if partner is None:
        raise NotFound
    return partner


def following(partner: Partner, step: Step, refusal: Refusal) -> PartnerStatus:
    """The partner's status after `step`; raises `refusal` where its present status has no such step."""
    return after(PARTNER, PartnerStatus(partner.status), step, refusal)


async def lead_id(session: AsyncSession, proposal_id: Id) -> Id | None:
    """The partner that leads the bid now, if any."""
    return (await session.execute(_of_lead(Partner.id, proposal_id))).scalar_one_or_none()


async def lead_organisation_id(session: AsyncSession, proposal_id: Id) -> Id | None:
    """The organisation of that partner."""
    return (await session.execute(_of_lead(Partner.organisation_id, proposal_id))).scalar_one_or_none()


async def accepted_organisations(session: AsyncSession, proposal_id: Id) -> set[Id]:
    query = select(Partner.organisation_id).where(
        Partner.proposal_id == proposal_id, Partner.status == PartnerStatus.ACCEPTED.value
    )
    return {each for each in (await session.execute(query)).scalars() if each}


def _of_lead(column: InstrumentedAttribute[T], proposal_id: Id) -> Select[T]:
    return select(column).where(
        Partner.proposal_id == proposal_id,
        Partner.status == PartnerStatus.ACCEPTED.value,
        Partner.role == PartnerRole.LEAD.value,
    )


async def names_and_roles(session: AsyncSession, proposal_id: Id) -> list[tuple[str, PartnerRole, bool]]:
    """Each accepted partner's name and role, and whether invited organisations may see that it takes part."""
    query = (
        select(Organisation.name, Partner.role, Partner.show_to_invited)
        .join(Partner, Partner.organisation_id == Organisation.id)
        .where(Partner.proposal_id == proposal_id, Partner.status == PartnerStatus.ACCEPTED.value)
        .order_by(Partner.id)
    )
    rows = await session.execute(query)
    return [(row.name, PartnerRole(row.role), row.show_to_invited) for row in rows]


async def main_contractor(
    session: AsyncSession, proposal_id: Id, wanted: Id | None, *, of_partner_id: Id | None = None
) -> Id | None:
    """Whom a subcontractor works for: the accepted partner with the id `wanted`, or else the lead."""
    if wanted is None:
        return await lead_id(session, proposal_id)
    query = select(Partner.id).where(
        Partner.proposal_id == proposal_id,
        Partner.status == PartnerStatus.ACCEPTED.value,
        Partner.id == wanted,
    )
    if of_partner_id is not None:
        query = query.where(Partner.id != of_partner_id)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def organisation_name(session: AsyncSession, organisation_id: Id | None) -> str | None:
    query = select(Organisation.name).where(Organisation.id == organisation_id)
    return (await session.execute(query)).scalar_one_or_none()


_OWN: Mapping[str, Any] = {
    "proposed_work_markdown": "", "lot_ids": [], "areas": [], "people_reached": "", "aims_statement_markdown": "",
    "relied_on_for": None, "serves_aims": None, "show_to_invited": False,
}  # fmt: skip
"""What a partner says of its own part, and what each is when it is cleared."""


async def check_own_part(session: AsyncSession, proposal_id: Id, sent: dict[str, Any]) -> None:
    if "main_contractor_id" in sent:
        raise Invalid.at("/main_contractor_id", "goes-with-role", "Send it together with the role 'subcontractor'.")
    if sent.get("lot_ids"):
        bid_for = await session.scalar(select(Proposal.lot_ids).where(Proposal.id == proposal_id)) or []
        wrong = [index for index, lot_id in enumerate(sent["lot_ids"]) if lot_id not in bid_for]
        if wrong:
            raise Invalid(
                errors=[Fault(f"/lot_ids/{n}", "unknown-lot", "This is not a lot that the bid is for.") for n in wrong]
            )
        sent["lot_ids"] = [lot_id for lot_id in bid_for if lot_id in sent["lot_ids"]]


async def change_own_part(act: Act, partner: Partner, sent: dict[str, Any]) -> None:
    """The partner changes what it says of its own part: its work, its aims, and who may see that it takes part."""
    for name, emptied in _OWN.items():
        if name in sent:
            setattr(partner, name, emptied if sent[name] is None else sent[name])
    partner.version += 1
    await act.record("partner_changed", partner_id=partner.id, changed=sent)


async def authorise_lead(act: Act, partner: Partner, lead_partner_id: Id, given: AuthorityIn) -> None:
    """The partner gives the present lead its written authority to act for it."""
    at = await event_log.now(act.session)
    partner.authority = {"for_lead_partner_id": lead_partner_id, **given.model_dump(), "at": at.isoformat()}
    partner.version += 1
    await act.record("authority_given", partner_id=partner.id, for_lead_partner_id=lead_partner_id)


async def agree_to_be_named(act: Act, partner: Partner, named: bool) -> None:
    """The partner says whether the public check of a version that it signed may name it."""
    if partner.named_when_verified is named:
        return
    partner.named_when_verified = named
    partner.version += 1
    await act.record("naming_changed", partner_id=partner.id, named_when_verified=named)
