"""Suggested partnerships over HTTP."""

from fastapi import Response
from sqlalchemy import or_, select

from app.bid.facilitation import suggestions
from app.bid.facilitation.schemas import SuggestionIn, SuggestionOut
from app.bid.facilitation.tables import PartnershipSuggestion
from app.platform.access.errors import Forbidden, Invalid, NotFound
from app.platform.access.ids import Id, is_id
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.words.codes import MemberRole, OrganisationKind

router = Router(tags=["facilitators"])


def _facilitator(here: Context, organisation_id: Id | None) -> Id:
    """The facilitator to act for: the one named, or the only one whose admin or editor the person is."""
    own = [
        each.organisation_id
        for each in here.person.memberships
        if OrganisationKind.FACILITATOR in each.kinds
        and each.roles & {MemberRole.ADMIN, MemberRole.EDITOR}
        and organisation_id in (None, each.organisation_id)
    ]
    if not own:
        raise Forbidden("An admin or editor of an organisation that facilitates does this.")
    if len(own) > 1:
        raise Invalid.at("/organisation_id", "name-the-organisation", "Say for which of your organisations.")
    return own[0]


@router.post(
    "/facilitation/partnerships", status_code=201, response_model=SuggestionOut, summary="Bring organisations together"
)
async def suggest_partnership(here: Here, body: SuggestionIn) -> Response:
    """Their admins and editors are told. The one that is to lead starts the bid itself, or does not."""
    own = _facilitator(here, body.organisation_id)
    act = Act(here.session, here.person, "organisation", own, for_organisation=own)
    out = SuggestionOut.model_validate(await suggestions.suggest(act, body))
    return reply(here.request, out, status=201, location=f"/v1/facilitation/partnerships/{out.id}")


def _mine(here: Context) -> list[Id]:
    return [membership.organisation_id for membership in here.person.memberships]


@router.get(
    "/facilitation/partnerships", response_model=paging.page_of(SuggestionOut), summary="Partnerships suggested"
)
async def list_partnership_suggestions(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """By or to one's own organisations."""
    mine, table = _mine(here), PartnershipSuggestion
    query = select(table).where(or_(table.organisation_id.in_(mine), table.organisation_ids.overlap(mine)))
    rows, next_cursor = await paging.rows(here.session, query, table.id, limit, cursor)
    return reply_list(here.request, [SuggestionOut.model_validate(row) for row in rows], next_cursor)


@router.get("/facilitation/partnerships/{suggestion_id}", response_model=SuggestionOut, summary="One suggestion")
async def get_partnership_suggestion(here: Here, suggestion_id: Id) -> Response:
    """For the facilitator that made it and the organisations that it names."""
    row = await here.session.get(PartnershipSuggestion, suggestion_id.lower()) if is_id(suggestion_id) else None
    if row is None or not {row.organisation_id, *row.organisation_ids} & set(_mine(here)):
        raise NotFound
    return reply(here.request, SuggestionOut.model_validate(row))
