"""The verbs of the exit plan, the register of assets and the terms on knowledge. Each partner says what is its own."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.exit.tables import Asset, ExitPlan, KnowledgeTerm
from app.bid.records.queries import accepted_partner_ids
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.db.act import Act
from app.platform.db.base import new_id

OWNERS = ("owner_now", "owner_during", "owner_after")
PLAN_FIELDS = ("plan_markdown", "what_remains_markdown", "funding_after_markdown")


async def exit_plan(session: AsyncSession, proposal_id: Id) -> ExitPlan | None:
    return await session.get(ExitPlan, proposal_id)


async def agree_exit_plan(act: Act, given: Mapping[str, Any]) -> ExitPlan:
    """Replace the whole plan; what `given` leaves out is emptied."""
    plan = await exit_plan(act.session, act.stream_id)
    if plan is None:
        plan = ExitPlan(proposal_id=act.stream_id, version=0)
        act.session.add(plan)
    texts: dict[str, Any] = {name: str(given.get(name) or "") for name in PLAN_FIELDS}
    _set(plan, texts)
    plan.version += 1
    await act.record("exit_plan_changed", **texts)
    return plan


async def check_asset(act: Act, given: Mapping[str, Any]) -> None:
    """Raises Invalid for an owner outside the bid, and where a partner says that another partner owns something."""
    accepted = await accepted_partner_ids(act.session, act.stream_id)
    for name in OWNERS:
        if given.get(name) is not None and given[name] not in accepted:
            raise Invalid.at(
                f"/{name}", "unknown-partner", "Name an accepted partner of this proposal, or leave it out."
            )
    if given.get("owner_now") not in (None, act.seat_id):
        raise Invalid.at(
            "/owner_now",
            "not-yours",
            "Each partner enters what it owns. Ask the owner to enter it; leave this out for what is yet to be made.",
        )
    check_filled(given, OWNERS)


def check_filled(given: Mapping[str, Any], optional: Collection[str] = ()) -> None:
    """Raises Invalid where a field that is not `optional` would be emptied."""
    for name, value in given.items():
        if value is None and name not in optional:
            raise Invalid.at(f"/{name}", "needed", "This cannot be empty. Leave the field out to keep what it is.")


async def add_asset(act: Act, given: Mapping[str, Any]) -> Asset:
    """Enter an asset that was checked; the partner that enters it agrees to its owners thereby."""
    asset = Asset(
        id=new_id(), proposal_id=act.stream_id, partner_id=act.seat_id, version=1, agreed_by=[act.seat_id], **given
    )
    act.session.add(asset)
    await _record(act, "asset_added", asset, given)
    return asset


async def change_asset(act: Act, asset: Asset, given: Mapping[str, Any]) -> None:
    """The others agreed to what it said before, so they are asked to agree again."""
    _set(asset, given)
    asset.agreed_by, asset.version = [asset.partner_id], asset.version + 1
    await _record(act, "asset_changed", asset, given)


async def check_term(act: Act, given: Mapping[str, Any]) -> None:
    """Raises Invalid unless the two are different partners of the bid."""
    accepted = await accepted_partner_ids(act.session, act.stream_id)
    for name in ("from_partner_id", "to_partner_id"):
        if given[name] not in accepted:
            raise Invalid.at(f"/{name}", "unknown-partner", "Name an accepted partner of this proposal.")
    if given["from_partner_id"] == given["to_partner_id"]:
        raise Invalid.at("/to_partner_id", "same-partner", "Name two different partners.")


async def add_term(act: Act, given: Mapping[str, Any]) -> KnowledgeTerm:
    """Enter a term that was checked, for the partner that teaches or the one that learns; the other agrees to it."""
    term = KnowledgeTerm(id=new_id(), proposal_id=act.stream_id, version=1, agreed_by=[act.seat_id], **given)
    act.session.add(term)
    await _record(act, "knowledge_term_added", term, given)
    return term


async def change_term(act: Act, term: KnowledgeTerm, given: Mapping[str, Any]) -> None:
    """The other partner agreed to what it said before, so it is asked to agree again."""
    _set(term, given)
    term.agreed_by, term.version = [act.seat_id or ""], term.version + 1
    await _record(act, "knowledge_term_changed", term, given)


async def agree(act: Act, item: Asset | KnowledgeTerm) -> None:
    """Agree to it for the partner that acts. A second time it changes nothing."""
    if act.seat_id in item.agreed_by:
        return
    item.agreed_by, item.version = [*item.agreed_by, act.seat_id or ""], item.version + 1
    await _record(act, "asset_agreed" if isinstance(item, Asset) else "knowledge_term_agreed", item)


async def take_out(act: Act, item: Asset | KnowledgeTerm) -> None:
    await act.session.delete(item)
    await _record(act, "asset_removed" if isinstance(item, Asset) else "knowledge_term_removed", item)


def _set(row: ExitPlan | Asset | KnowledgeTerm, given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        setattr(row, name, value)


async def _record(act: Act, type_: str, item: Asset | KnowledgeTerm, given: Mapping[str, Any] | None = None) -> None:
    await act.record(type_, id=item.id, partner_id=act.seat_id, **(given or {}))
