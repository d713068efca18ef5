"""A facilitator brings organisations together over an opportunity. What comes of it is theirs."""

from fastapi import Response
from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.schemas import SuggestionIn, SuggestionOut
from app.bid.facilitation.tables import PartnershipSuggestion
from app.calls.opportunities.tables import Opportunity
from app.people.notifications.tables import Notification
from app.platform.access.errors import Forbidden, Invalid, NotFound
from app.platform.access.ids import Id, is_id
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db.base import new_id
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.words.codes import MemberRole, OrganisationKind

router = Router(tags=["facilitators"])

_REACHABLE = text("""
SELECT o.id::text FROM organisations o WHERE o.id = ANY(CAST(:asked AS uuid[])) AND (o.listed OR EXISTS (
  SELECT FROM partners pa JOIN facilitators f ON f.proposal_id = pa.proposal_id
  WHERE pa.organisation_id = o.id AND pa.status = 'accepted' AND f.organisation_id = :own AND f.status = 'active'))""")
_BOSSES = text("""
SELECT DISTINCT m.person_id::text FROM memberships m
WHERE m.organisation_id = ANY(CAST(:asked AS uuid[])) AND m.roles && ARRAY['admin', 'editor']
  AND m.person_id <> :actor""")


def _facilitator(here: Context, organisation_id: Id | None) -> Id:
    own = [
        m.organisation_id
        for m in here.person.memberships
        if OrganisationKind.FACILITATOR.value in m.kinds
        and m.roles & {MemberRole.ADMIN, MemberRole.EDITOR}
        and organisation_id in (None, m.organisation_id)
    ]
    if not own:
        raise Forbidden("An admin or editor of an organisation that facilitates does this.")
    if len(own) > 1:
        raise Invalid.at("/organisation_id", "name-the-organisation", "Say for which of your organisations.")
    return own[0]


async def _check(session: AsyncSession, own: Id, given: SuggestionIn) -> list[Id]:
    opportunity = await session.get(Opportunity, given.opportunity_id)
    if opportunity is None or opportunity.status != "published":
        raise Invalid.at("/opportunity_id", "unknown-opportunity", "There is no such open opportunity.")
    asked = sorted({*given.organisation_ids, given.lead_organisation_id})
    if len(asked) < 2:
        raise Invalid.at("/organisation_ids", "too-few", "Name at least two organisations.")
    if own in asked:
        raise Invalid.at("/organisation_ids", "own-organisation", "A facilitator takes part in no bid that it starts.")
    if opportunity.organisation_id in asked:
        raise CommissionerCannotBid
    reachable = {row[0] for row in await session.execute(_REACHABLE, {"asked": asked, "own": own})}
    if set(asked) - reachable:
        raise Invalid.at(
            "/organisation_ids",
            "not-reachable",
            "Name organisations that are listed in the directory, or that you facilitate already.",
        )
    return asked


@router.post(
    "/facilitation/partnerships", status_code=201, response_model=SuggestionOut, summary="Bring organisations together"
)
async def suggest_partnership(here: Here, body: SuggestionIn) -> Response:
    """Their admins and editors are told. The one that is to lead starts the bid itself, or does not."""
    own = _facilitator(here, body.organisation_id)
    asked = await _check(here.session, own, body)
    row = PartnershipSuggestion(
        id=new_id(),
        organisation_id=own,
        person_id=here.person.person_id,
        opportunity_id=body.opportunity_id,
        lead_organisation_id=body.lead_organisation_id,
        organisation_ids=asked,
        message_markdown=body.message_markdown,
        version=1,
    )
    here.session.add(row)
    await here.session.flush()
    await here.session.refresh(row)
    path = f"/v1/facilitation/partnerships/{row.id}"
    people = await here.session.execute(_BOSSES, {"asked": asked, "actor": here.person_id})
    here.session.add_all(
        [Notification(id=new_id(), person_id=p[0], kind="partnership_suggested", path=path) for p in people]
    )
    return reply(here.request, SuggestionOut.model_validate(row), status=201, location=path)


def _mine(here: Context) -> list[Id]:
    return [membership.organisation_id for membership in here.person.memberships]


@router.get(
    "/facilitation/partnerships", response_model=paging.page_of(SuggestionOut), summary="Partnerships suggested"
)
async def list_partnership_suggestions(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """By or to one's own organisations."""
    mine, row = _mine(here), PartnershipSuggestion
    query = select(row).where(or_(row.organisation_id.in_(mine), row.organisation_ids.overlap(mine))).order_by(row.id)
    after = paging.after_id(cursor)
    if after is not None:
        query = query.where(row.id > after)
    rows = list((await here.session.execute(query.limit(limit + 1))).scalars())
    page, next_cursor = paging.cut(rows, limit, lambda each: (each.id,))
    return reply_list(here.request, [SuggestionOut.model_validate(each) for each in page], next_cursor)


@router.get("/facilitation/partnerships/{suggestion_id}", response_model=SuggestionOut, summary="One suggestion")
async def get_partnership_suggestion(here: Here, suggestion_id: Id) -> Response:
    """For the facilitator that made it and the organisations that it names."""
    row = await here.session.get(PartnershipSuggestion, suggestion_id.lower()) if is_id(suggestion_id) else None
    if row is None or not {row.organisation_id, *row.organisation_ids} & set(_mine(here)):
        raise NotFound
    return reply(here.request, SuggestionOut.model_validate(row))
