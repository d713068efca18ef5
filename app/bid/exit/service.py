"""The exit plan, the register of assets and the terms on knowledge: who may say what about whose."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.exit.tables import Asset, ExitPlan, KnowledgeTerm
from app.bid.records.tables import Partner
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web.context import Context
from app.platform.words.codes import PartnerStatus

OWNERS = ("owner_now", "owner_during", "owner_after")
PLAN_FIELDS = ("plan_markdown", "what_remains_markdown", "funding_after_markdown")


async def exit_plan(session: AsyncSession, proposal_id: Id) -> ExitPlan | None:
    return await session.get(ExitPlan, proposal_id, populate_existing=True)


async def agree_exit_plan(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, organisation_id: Id | None, given: dict[str, Any]
) -> None:
    """Put the whole plan; what `given` leaves out is emptied."""
    texts = {name: str(given.get(name) or "") for name in PLAN_FIELDS}
    statement = upsert(ExitPlan).values(proposal_id=proposal_id, **texts)
    raised = {**texts, "version": ExitPlan.version + 1}
    await session.execute(statement.on_conflict_do_update(index_elements=["proposal_id"], set_=raised))
    await _log(session, actor, proposal_id, organisation_id, "exit_plan_changed", texts)


async def accepted_ids(session: AsyncSession, proposal_id: Id) -> set[Id]:
    rows = await session.execute(
        select(Partner.id).where(Partner.proposal_id == proposal_id, Partner.status == PartnerStatus.ACCEPTED.value)
    )
    return set(rows.scalars())


async def add_asset(here: Context, side: Side, given: dict[str, Any]) -> Asset:
    """Each partner enters what is its own, or what is made together: nobody gives away what is another's."""
    row = Asset(id=new_id(), proposal_id=here.proposal_id, partner_id=side.seat_id, version=1, agreed_by=[side.seat_id])
    await _set_asset(here, side, row, given)
    here.session.add(row)
    await here.session.flush()
    await _log_item(here, side, "asset_added", row, given)
    return row


async def change_asset(here: Context, side: Side, row: Asset, given: dict[str, Any]) -> None:
    """The others' agreement was to what it said before, so it is asked for again."""
    await _set_asset(here, side, row, given)
    row.agreed_by, row.version = [row.partner_id], row.version + 1
    await here.session.flush()
    await _log_item(here, side, "asset_changed", row, given)


async def _set_asset(here: Context, side: Side, row: Asset, given: dict[str, Any]) -> None:
    accepted = await accepted_ids(here.session, here.proposal_id)
    for name in OWNERS:
        if name in given and given[name] is not None and given[name] not in accepted:
            raise Invalid.at(
                f"/{name}", "unknown-partner", "Name an accepted partner of this proposal, or leave it out."
            )
    if given.get("owner_now") not in (None, side.seat_id):
        raise Invalid.at(
            "/owner_now",
            "not-yours",
            "Each partner enters what it owns. Ask the owner to enter it; leave this out for what is yet to be made.",
        )
    for name, value in given.items():
        if value is None and name not in OWNERS:
            raise Invalid.at(f"/{name}", "needed", "This cannot be empty. Leave the field out to keep what it is.")
        setattr(row, name, value)


async def add_term(here: Context, side: Side, given: dict[str, Any]) -> KnowledgeTerm:
    """Entered by the one that gives or the one that learns; the other agrees to it."""
    accepted = await accepted_ids(here.session, here.proposal_id)
    both = (given["from_partner_id"], given["to_partner_id"])
    for name in ("from_partner_id", "to_partner_id"):
        if given[name] not in accepted:
            raise Invalid.at(f"/{name}", "unknown-partner", "Name an accepted partner of this proposal.")
    if both[0] == both[1]:
        raise Invalid.at("/to_partner_id", "same-partner", "Name two different partners.")
    row = KnowledgeTerm(id=new_id(), proposal_id=here.proposal_id, version=1, agreed_by=[side.seat_id], **given)
    here.session.add(row)
    await here.session.flush()
    await _log_item(here, side, "knowledge_term_added", row, given)
    return row


async def change_term(here: Context, side: Side, row: KnowledgeTerm, given: dict[str, Any]) -> None:
    for name, value in given.items():
        if value is None:
            raise Invalid.at(f"/{name}", "needed", "This cannot be empty. Leave the field out to keep what it is.")
        setattr(row, name, value)
    row.agreed_by, row.version = [side.seat_id or ""], row.version + 1
    await here.session.flush()
    await _log_item(here, side, "knowledge_term_changed", row, given)


async def agree(here: Context, side: Side, row: Asset | KnowledgeTerm) -> None:
    """Said again, it changes nothing."""
    if side.seat_id in row.agreed_by:
        return
    row.agreed_by, row.version = [*row.agreed_by, side.seat_id or ""], row.version + 1
    await here.session.flush()
    kind = "asset_agreed" if isinstance(row, Asset) else "knowledge_term_agreed"
    await _log_item(here, side, kind, row, {})


async def take_out(here: Context, side: Side, row: Asset | KnowledgeTerm) -> None:
    kind = "asset_removed" if isinstance(row, Asset) else "knowledge_term_removed"
    await here.session.delete(row)
    await here.session.flush()
    await _log_item(here, side, kind, row, {})


async def _log_item(here: Context, side: Side, type_: str, row: Asset | KnowledgeTerm, given: dict[str, Any]) -> None:
    payload = {"id": row.id, "partner_id": side.seat_id, **given}
    await _log(here.session, here.person, here.proposal_id, side.organisation_id, type_, payload)


async def _log(
    session: AsyncSession,
    actor: Actor | None,
    proposal_id: Id,
    organisation_id: Id | None,
    type_: str,
    payload: dict[str, Any],
) -> None:
    await event_log.record(
        session, "proposal", proposal_id, type_, actor=actor, organisation_id=organisation_id, payload=payload
    )
