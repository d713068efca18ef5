"""A facilitator brings organisations together over an opportunity. What comes of it is theirs."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.schemas import SuggestionIn
from app.bid.facilitation.tables import PartnershipSuggestion
from app.calls.opportunities.tables import Opportunity
from app.people.notifications.tables import Notification
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import OpportunityStatus

_REACHABLE = text("""
SELECT o.id::text FROM organisations o WHERE o.id = ANY(CAST(:asked AS uuid[])) AND (o.listed OR EXISTS (
  SELECT FROM partners pa JOIN facilitators f ON f.proposal_id = pa.proposal_id
  WHERE pa.organisation_id = o.id AND pa.status = 'accepted' AND f.organisation_id = :own AND f.status = 'active'))""")
_ADMINS_AND_EDITORS = text("""
SELECT DISTINCT m.person_id::text FROM memberships m
WHERE m.organisation_id = ANY(CAST(:asked AS uuid[])) AND m.roles && ARRAY['admin', 'editor']
  AND m.person_id <> :actor""")


async def suggest(act: Act, given: SuggestionIn) -> PartnershipSuggestion:
    """Suggest a partnership, for the facilitator that acts, and notify the organisations' admins and editors."""
    asked = sorted({*given.organisation_ids, given.lead_organisation_id})
    await _check(act.session, act.stream_id, given, asked)
    suggestion = PartnershipSuggestion(
        id=new_id(),
        organisation_id=act.stream_id,
        person_id=act.person_id,
        opportunity_id=given.opportunity_id,
        lead_organisation_id=given.lead_organisation_id,
        organisation_ids=asked,
        message_markdown=given.message_markdown,
    )
    act.session.add(suggestion)
    path = f"/v1/facilitation/partnerships/{suggestion.id}"
    people = await act.session.execute(_ADMINS_AND_EDITORS, {"asked": asked, "actor": act.person_id})
    act.session.add_all(
        Notification(id=new_id(), person_id=person_id, kind="partnership_suggested", path=path)
        for person_id in people.scalars()
    )
    await act.session.flush()
    return suggestion


async def _check(session: AsyncSession, own: Id, given: SuggestionIn, asked: list[Id]) -> None:
    opportunity = await session.get(Opportunity, given.opportunity_id)
    if opportunity is None or opportunity.typed or opportunity.status != OpportunityStatus.PUBLISHED:
        raise Invalid.at("/opportunity_id", "unknown-opportunity", "There is no such open opportunity.")
    if len(asked) < 2:
        raise Invalid.at("/organisation_ids", "too-few", "Name at least two organisations.")
    if own in asked:
        raise Invalid.at("/organisation_ids", "own-organisation", "A facilitator takes part in no bid that it starts.")
    reachable = (await session.execute(_REACHABLE, {"asked": asked, "own": own})).scalars()
    if set(asked) - set(reachable):
        raise Invalid.at(
            "/organisation_ids",
            "not-reachable",
            "Name organisations that are listed in the directory, or that you facilitate already.",
        )
    if opportunity.organisation_id in asked:
        raise CommissionerCannotBid
