"""Calls that stand in no feed, typed by somebody who wants to bid.

To others such a call does not exist, whatever they ask for: that somebody typed it tells who bids. So each organisation's
is a call of its own, even where two typed the same page, and only rules that an organisation meets by its own seats (in a
rival bid, say) look at the address of that page. It is no notice: what its bids are held to is what was typed last and
decided on, as with a notice that an organisation brought.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities import from_wire, queries, service, stored, tables
from app.calls.opportunities.schemas import OpportunityIn, RouteIn, TypedIn
from app.calls.opportunities.value import Opportunity
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.lifecycle import deadline_has_passed
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.words.codes import BroughtBy, OpportunityStatus, OrganisationKind, RouteKind


class NotAProvider(Forbidden):
    code = "not-a-provider"
    title = "Only an organisation that bids types a call"
    explanation = "Its 'kinds' do not include 'provider'. An admin of the organisation can add it."


class TypedBefore(Conflict):
    code = "typed-before"
    title = "Your organisation has typed this call already"
    explanation = "Read it where 'errors' says. To correct it, type it again with its id as 'opportunity_id'."


class NotTyped(Conflict):
    code = "not-typed"
    title = "This call was not typed"
    explanation = (
        "It follows a published notice, or its commissioner. Import the notice anew (POST …/opportunities/import)."
    )


async def take(session: AsyncSession, actor: Actor, given: TypedIn) -> tuple[Id, bool]:
    """The call's id, and whether it is a new one: typed again, it is a claim that its bids follow if they decide to."""
    own = service.acting_for(actor, given.organisation_id)
    organisation = await session.get_one(Organisation, own)
    if OrganisationKind.PROVIDER not in organisation.kinds:
        raise NotAProvider
    call = from_wire.new(
        OpportunityIn(
            title=given.title,
            lots=given.lots,
            regime=given.regime,
            submission_deadline=given.submission_deadline,
            time_zone=given.time_zone,
            submission_route=RouteIn(kind=RouteKind.ELSEWHERE, url=given.url),
        )
    )
    await service.check(session, call)
    if deadline_has_passed(call.submission_deadline, await event_log.now(session)):
        raise Invalid.at("/submission_deadline", "deadline-passed", "This deadline has passed already.")
    if given.opportunity_id is None:
        return await _new(session, actor, organisation, call, given.funder), True
    return await _again(session, actor, organisation, call, given), False


async def _new(session: AsyncSession, actor: Actor, organisation: Organisation, call: Opportunity, funder: str) -> Id:
    now = await event_log.now(session)
    row = tables.Opportunity(
        id=new_id(),
        typed=True,
        buyer_name=funder,
        status=OpportunityStatus.PUBLISHED.value,
        brought_by=BroughtBy.ORGANISATION.value,
        brought_at=now,
        published_at=now,
        imported_by_organisation_id=organisation.id,
    )
    session.add(row)
    await stored.store(session, row, call)
    if (known := await _same_page(session, row.id, organisation.id)) is not None:
        raise TypedBefore(errors=[Fault(f"/opportunities/{known}", "typed-before", "This is the call.")])
    made = await stored.load(session, row.id)
    row.claim_id = await _claim(session, row.id, organisation.id, made, funder)
    await service.acting_on(session, actor, row).record("opportunity_typed", title=row.title)
    return row.id


async def _again(
    session: AsyncSession, actor: Actor, organisation: Organisation, call: Opportunity, given: TypedIn
) -> Id:
    own = [membership.organisation_id for membership in actor.memberships]
    found = await queries.opportunity(session, given.opportunity_id or "", own)
    if found is None:
        raise Invalid.at("/opportunity_id", "unknown-opportunity", "There is no such opportunity.")
    if not found.typed:
        raise NotTyped
    await _claim(session, found.id, organisation.id, call, given.funder)
    await service.acting_on(session, actor, found).record("opportunity_typed", title=given.title)
    return found.id


async def _claim(session: AsyncSession, opportunity_id: Id, own: Id, call: Opportunity, funder: str) -> Id:
    """Keep what was typed, as `stored.read` takes it."""
    terms = stored.as_stored(call)
    terms["row"] |= {"id": opportunity_id, "buyer_name": funder}
    row = tables.NoticeClaim(
        id=new_id(),
        opportunity_id=opportunity_id,
        organisation_id=own,
        status=OpportunityStatus.PUBLISHED.value,
        terms=terms,
    )
    session.add(row)
    await session.flush()
    return row.id


_SAME_PAGE = text("""
SELECT o.id::text FROM opportunities o JOIN opportunities made ON made.id = :id
WHERE o.typed AND o.imported_by_organisation_id = :own AND o.id <> made.id AND o.link_keys && made.link_keys LIMIT 1""")


async def _same_page(session: AsyncSession, opportunity_id: Id, own: Id) -> Id | None:
    """Another call that this organisation typed from the same page."""
    await session.flush()
    return (await session.execute(_SAME_PAGE, {"id": opportunity_id, "own": own})).scalar_one_or_none()
