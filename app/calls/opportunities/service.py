"""The verbs of a call that is written here: write, publish, change, cancel."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities import amending, hooks, queries, stored, tables
from app.calls.opportunities.rules import (
    CommissionerUnverified,
    amendment,
    check_cancellable,
    check_commissioner,
    check_consistent,
    check_publishable,
)
from app.calls.opportunities.value import Opportunity
from app.people.organisations.tables import Organisation
from app.people.organisations.verification import is_verified, may_commission
from app.platform.access.errors import Fault, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import BroughtBy, MemberRole, OpportunityStatus, OrganisationKind, RouteKind
from app.settings import Settings


def acting_on(session: AsyncSession, actor: Actor | None, row: tables.Opportunity) -> Act:
    """An act on this call, for its owner."""
    return Act(session, actor, "opportunity", row.id, for_organisation=row.organisation_id)


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


async def commissioner(session: AsyncSession, settings: Settings, organisation_id: Id) -> Organisation:
    """The organisation, if it may act as commissioner on this server."""
    organisation = await session.get_one(Organisation, organisation_id)
    check_commissioner(organisation.kinds, may_commission(organisation), settings.on_loopback)
    return organisation


async def write(
    session: AsyncSession, actor: Actor, organisation: Organisation, call: Opportunity, facilitator_ids: Sequence[Id]
) -> tables.Opportunity:
    """Store a new call as a draft of the organisation."""
    await check(session, call)
    await _check_facilitators(session, facilitator_ids)
    row = tables.Opportunity(
        id=new_id(),
        organisation_id=organisation.id,
        buyer_name=organisation.name,
        facilitator_ids=list(dict.fromkeys(facilitator_ids)),
    )
    session.add(row)
    await stored.store(session, row, call)
    await acting_on(session, actor, row).record("opportunity_written", title=row.title)
    return row


async def check(session: AsyncSession, call: Opportunity) -> None:
    check_consistent(call)
    if not await queries.knows_zone(session, call.time_zone):
        sentence = "This time zone is not known to the database. Use one such as Europe/London."
        raise Invalid.at("/time_zone", "unknown-time-zone", sentence)


async def _check_facilitators(session: AsyncSession, ids: Sequence[Id]) -> None:
    """Refuse (422) facilitators of a call that do not exist, or are none by their kinds."""
    query = select(Organisation.id).where(
        Organisation.id.in_(ids), Organisation.kinds.contains([OrganisationKind.FACILITATOR.value])
    )
    known = set((await session.execute(query)).scalars())
    faults = [
        Fault(f"/facilitator_ids/{index}", "not-a-facilitator", "There is no facilitator with this id.")
        for index, id_ in enumerate(dict.fromkeys(ids))
        if id_ not in known
    ]
    if faults:
        raise Invalid(errors=faults)


async def publish(act: Act, settings: Settings, row: tables.Opportunity) -> None:
    """Show the call to others; they can bid until the deadline."""
    if row.organisation_id is not None:
        await commissioner(act.session, settings, row.organisation_id)
    now = await event_log.now(act.session)
    check_publishable(OpportunityStatus(row.status), await stored.load(act.session, row.id), now)
    row.status, row.published_at, row.brought_at = OpportunityStatus.PUBLISHED.value, now, now
    row.version += 1
    await act.record("opportunity_published", title=row.title)


async def cancel(act: Act, row: tables.Opportunity, reason: str) -> None:
    """End the call: no bid can be made any more. Those who are writing one read the reason in their bid's log."""
    check_cancellable(OpportunityStatus(row.status))
    row.status, row.cancelled_at = OpportunityStatus.CANCELLED.value, await event_log.now(act.session)
    row.version += 1
    await act.record("opportunity_cancelled", reason=reason)
    await hooks.call_over(act.session, row.id, "call_cancelled", {"reason": reason})
    await amending.speaks(act.session, row, BroughtBy.OWNER)


async def check_change(
    session: AsyncSession,
    settings: Settings,
    row: tables.Opportunity,
    before: Opportunity,
    after: Opportunity,
    facilitator_ids: Sequence[Id] | None,
) -> None:
    """Refuse (422, 403) a change that does not hold together, whatever the state of the call."""
    if facilitator_ids is not None:
        await _check_facilitators(session, facilitator_ids)
    if before != after:
        if row.status != OpportunityStatus.DRAFT and row.organisation_id is not None:
            await commissioner(session, settings, row.organisation_id)  # an amendment is published, too
        await check(session, after)
        await _check_route(session, settings, row, before, after)


async def change(
    act: Act,
    row: tables.Opportunity,
    before: Opportunity,
    after: Opportunity,
    facilitator_ids: Sequence[Id] | None,
    fields: Sequence[str],
) -> None:
    """Change a draft freely, a published call by a numbered amendment that every bid follows.

    The change has been through `check_change`. `facilitator_ids` None leaves them; `fields` are those that were sent.
    """
    facilitators = row.facilitator_ids if facilitator_ids is None else list(dict.fromkeys(facilitator_ids))
    if before == after and facilitators == row.facilitator_ids:
        return
    made = None
    if row.status != OpportunityStatus.DRAFT:
        opened = await queries.bids_were_opened(act.session, row)
        made = amendment(before, after, OpportunityStatus(row.status), await event_log.now(act.session), opened)
    seen = await amending.as_seen(act.session, row.id)
    row.facilitator_ids = facilitators
    row.version += 1
    await stored.store(act.session, row, after, before)
    if made is None:
        await act.record("opportunity_changed", fields=sorted(fields))
        return
    number, changes = await amending.amend(act, row, made, seen)
    await act.record("opportunity_amended", amendment=number, changes=changes)
    await amending.speaks(act.session, row, BroughtBy.OWNER)


async def _check_route(
    session: AsyncSession, settings: Settings, row: tables.Opportunity, before: Opportunity, after: Opportunity
) -> None:
    """Bids for an imported notice come here only when its verified owner says so."""
    if after.route.kind is not RouteKind.HERE or before.route.kind is RouteKind.HERE or row.organisation_id is None:
        return
    organisation = await commissioner(session, settings, row.organisation_id)
    if row.ocid is not None and not is_verified(organisation):
        raise CommissionerUnverified(
            "Bids for a published notice go where the notice says until its verified buyer says otherwise. Ask whoever "
            "runs this service to verify your organisation (cobid verify-organisation); then change the route."
        )
