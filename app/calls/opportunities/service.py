"""The verbs of a call that is written here: write, publish, change, cancel."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities import hooks, queries
from app.calls.opportunities import terms as wording
from app.calls.opportunities.amending import record_amendment
from app.calls.opportunities.rules import (
    CommissionerUnverified,
    Terms,
    amendment,
    check_cancellable,
    check_commissioner,
    check_publishable,
    check_terms,
)
from app.calls.opportunities.schemas import OpportunityIn
from app.calls.opportunities.tables import Opportunity
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Fault, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.words.codes import MemberRole, OpportunityStatus, RouteKind
from app.settings import Settings

NAMES = {"ceiling_vat": "budget_ceiling_vat", "route": "submission_route"}
"""Fields of the domain that are called otherwise on the wire."""


def acting_for(actor: Actor, organisation_id: Id | None, pointer: str = "/organisation_id") -> Id:
    """The organisation to act for as its editor: the one named, or the only one possible."""
    mine = [m for m in actor.memberships if organisation_id in (None, m.organisation_id)]
    if not mine:
        if organisation_id is None:
            raise Forbidden("You do not belong to an organisation yet. Add yours first (POST /v1/organisations).")
        sentence = "This is not an organisation of yours."
        raise Forbidden(f"{sentence} Name one that you belong to.", [Fault(pointer, "not-yours", sentence)])
    able = [m for m in mine if MemberRole.EDITOR in m.roles]
    if not able:
        raise Forbidden("Only an editor of the organisation may do this. An admin can give you that role.")
    if len(able) > 1:
        sentence = "You could act for several organisations here: say for which one."
        raise Invalid.at(pointer, "name-the-organisation", sentence)
    return able[0].organisation_id


async def write(session: AsyncSession, actor: Actor, settings: Settings, body: OpportunityIn) -> Opportunity:
    """A new call, as a draft of the organisation."""
    organisation_id = acting_for(actor, body.organisation_id)
    organisation = await check_may_commission(session, settings, organisation_id)
    given = wording.from_body(body)
    await _check(session, given)
    facilitators = await _facilitators(session, body.facilitator_ids)
    row = Opportunity(id=new_id(), organisation_id=organisation_id, buyer_name=organisation.name)
    row.facilitator_ids = facilitators
    for name, value in wording.columns(given).items():
        setattr(row, name, value)
    session.add(row)
    await session.flush()
    await wording.store(session, row, given)
    await _log(session, row, "opportunity_written", actor, {"title": row.title})
    return row


async def check_may_commission(session: AsyncSession, settings: Settings, organisation_id: Id) -> Organisation:
    """The organisation, if it may act as commissioner on this server."""
    organisation = await session.get_one(Organisation, organisation_id)
    check_commissioner(organisation.kinds, organisation.verification_level != "none", settings.on_loopback)
    return organisation


async def _check(session: AsyncSession, given: Terms) -> None:
    check_terms(given)
    if not await queries.knows_zone(session, given.time_zone):
        sentence = "This time zone is not known to the database. Use one such as Europe/London."
        raise Invalid.at("/time_zone", "unknown-time-zone", sentence)


async def _facilitators(session: AsyncSession, ids: list[Id]) -> list[Id]:
    """Organisations that the call offers as facilitators; each must exist and be one by its kinds."""
    wanted = list(dict.fromkeys(ids))
    query = select(Organisation.id).where(Organisation.id.in_(wanted), Organisation.kinds.contains(["facilitator"]))
    known = set((await session.execute(query)).scalars())
    faults = [
        Fault(f"/facilitator_ids/{index}", "not-a-facilitator", "There is no facilitator with this id.")
        for index, id_ in enumerate(wanted)
        if id_ not in known
    ]
    if faults:
        raise Invalid(errors=faults)
    return wanted


async def publish(session: AsyncSession, actor: Actor, settings: Settings, row: Opportunity) -> None:
    """From now on others see it and can bid, until the deadline."""
    terms = await wording.load(session, row)
    check_publishable(OpportunityStatus(row.status), terms, await queries.now(session))
    if row.organisation_id is not None:
        await check_may_commission(session, settings, row.organisation_id)
    row.status, row.published_at = OpportunityStatus.PUBLISHED.value, datetime.now(UTC)
    row.version += 1
    await session.flush()
    await _log(session, row, "opportunity_published", actor, {"title": row.title})


async def cancel(session: AsyncSession, actor: Actor, row: Opportunity, reason: str) -> None:
    """No bid can be made any more; those who are writing one are told, with the reason."""
    check_cancellable(OpportunityStatus(row.status))
    row.status, row.cancelled_at = OpportunityStatus.CANCELLED.value, datetime.now(UTC)
    row.version += 1
    await session.flush()
    await _log(session, row, "opportunity_cancelled", actor, {"reason": reason})
    await hooks.call_over(session, row.id, "call_cancelled", {"reason": reason})


async def change(
    session: AsyncSession, actor: Actor, settings: Settings, row: Opportunity, sent: dict[str, Any]
) -> None:
    """Change a draft freely; a published call by a numbered amendment, which every bid is told of."""
    before = await wording.load(session, row)
    after = wording.patched(before, sent)
    facilitators = (
        await _facilitators(session, sent.get("facilitator_ids") or []) if "facilitator_ids" in sent else None
    )
    if before == after and facilitators in (None, row.facilitator_ids):
        return
    await _check(session, after)
    await _check_route(session, settings, row, before, after)
    status = OpportunityStatus(row.status)
    opened = await queries.bids_were_opened(session, row)
    made = None
    if status is not OpportunityStatus.DRAFT:
        made = amendment(before, after, status, await queries.now(session), opened)
    seen = json.loads((await queries.one(session, row.id))[0])
    if facilitators is not None:
        row.facilitator_ids = facilitators
    await wording.store(session, row, after, before)
    row.version += 1
    await session.flush()
    if made is None:
        await _log(session, row, "opportunity_changed", actor, {"fields": sorted(sent)})
        return
    changes = await differences(session, row, seen, [NAMES.get(name, name) for name in made.fields])
    number = await record_amendment(session, actor, row, made, changes)
    await _log(session, row, "opportunity_amended", actor, {"amendment": number, "changes": changes})


async def differences(
    session: AsyncSession, row: Opportunity, before: dict[str, Any], names: list[str]
) -> dict[str, Any]:
    """Each named field as readers saw it and as they see it now."""
    after = json.loads((await queries.one(session, row.id))[0])
    return {name: {"before": before[name], "after": after[name]} for name in names if name in after}


async def _check_route(
    session: AsyncSession, settings: Settings, row: Opportunity, before: Terms, after: Terms
) -> None:
    """Bids for an imported notice come here only when its verified owner says so."""
    if after.route.kind is not RouteKind.HERE or before.route.kind is RouteKind.HERE or row.organisation_id is None:
        return
    organisation = await check_may_commission(session, settings, row.organisation_id)
    if row.ocid is not None and organisation.verification_level == "none":
        raise CommissionerUnverified(
            "Bids for a published notice go where the notice says until its verified buyer says otherwise. Ask whoever "
            "runs this service to verify your organisation (cobid verify-organisation); then change the route."
        )


async def _log(session: AsyncSession, row: Opportunity, event: str, actor: Actor, payload: dict[str, Any]) -> None:
    await event_log.record(
        session, "opportunity", row.id, event, actor=actor, organisation_id=row.organisation_id, payload=payload
    )
    await session.refresh(row)
