"""The exit plan, the register of assets, terms on knowledge, and the minutes over HTTP."""

from typing import Any

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.decisions import minutes
from app.bid.decisions import queries as q
from app.bid.decisions.opening import open_motion
from app.bid.decisions.present import decision_out
from app.bid.exit import service as plans
from app.bid.exit.schemas import (
    AgreeIn,
    AssetIn,
    AssetOut,
    AssetPatch,
    ExitPlanIn,
    ExitPlanOut,
    KnowledgeTermIn,
    KnowledgeTermOut,
    KnowledgeTermPatch,
)
from app.bid.exit.tables import Asset, KnowledgeTerm
from app.bid.records.tables import Proposal
from app.platform.access.errors import Forbidden
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import gone, reply, reply_bytes, reply_list
from app.platform.words.codes import Matter

router = Router(tags=["exit plan, assets and knowledge"])
BASE = "/proposals/{proposal_id}"


@router.get(f"{BASE}/exit-plan", response_model=ExitPlanOut, summary="The exit plan")
async def get_exit_plan(here: Here, proposal_id: Id) -> Response:
    """Who takes over what, what remains, and how it is paid for when the money ends. Empty, version 0, at the start."""
    row = await plans.exit_plan(here.session, here.proposal_id)
    return reply(here.request, ExitPlanOut.model_validate(row) if row else ExitPlanOut())


@router.put(
    f"{BASE}/exit-plan",
    response_model=ExitPlanOut,
    summary="Write the exit plan",
    responses={202: {"description": "The exit plan is a reserved matter, so a decision was opened."}},
)
async def put_exit_plan(here: Here, proposal_id: Id, body: ExitPlanIn) -> Response:
    """By an editor of the lead or a member; where the exit plan is a reserved matter, a decision is opened (202)."""
    side = here.side(organisation_id=body.organisation_id)
    row = await plans.exit_plan(here.session, here.proposal_id)
    here.match(row.version if row else 0)
    here.check_state()
    given = body.model_dump(include=set(plans.PLAN_FIELDS))
    motions = await q.load(here.session, here.proposal_id, limit=0)
    if Matter.EXIT_PLAN in motions.structure.reserved_matters and sum(p.accepted for p in motions.partners) > 1:
        return await open_motion(
            here, side, matter=Matter.EXIT_PLAN, title="The exit plan", method="PUT", path="/exit-plan", body=given
        )
    await plans.agree_exit_plan(here.session, here.person, here.proposal_id, side.organisation_id, given)
    return reply(here.request, ExitPlanOut.model_validate(await plans.exit_plan(here.session, here.proposal_id)))


async def carry_exit_plan(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    wanted = ExitPlanIn.model_validate(body)
    await plans.agree_exit_plan(session, actor, proposal_id, None, wanted.model_dump(include=set(plans.PLAN_FIELDS)))


@router.post(f"{BASE}/assets", status_code=201, response_model=AssetOut, summary="Enter an asset")
async def add_asset(here: Here, proposal_id: Id, body: AssetIn) -> Response:
    """What your organisation brings, or what will be made together: who owns it now, during and after."""
    side = here.side(partner_id=body.partner_id)
    here.check_state()
    row = await plans.add_asset(here, side, body.model_dump(exclude={"partner_id"}))
    location = f"/v1/proposals/{here.proposal_id}/assets/{row.id}"
    return reply(here.request, AssetOut.model_validate(row), status=201, location=location)


@router.get(f"{BASE}/assets", response_model=paging.page_of(AssetOut), summary="The register of assets")
async def list_assets(here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Assets and intellectual property, with the partners that agree to the three owners."""
    rows = await _page(here, Asset, limit, cursor)
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, [AssetOut.model_validate(row) for row in page], next_cursor)


async def _page(here: Context, model: type[Any], limit: int, cursor: str | None) -> list[Any]:
    query = select(model).where(model.proposal_id == here.proposal_id).order_by(model.id).limit(limit + 1)
    after = paging.after_id(cursor)
    if after is not None:
        query = query.where(model.id > after)
    return list((await here.session.execute(query)).scalars())


@router.get(f"{BASE}/assets/{{asset_id}}", response_model=AssetOut, summary="One asset")
async def get_asset(here: Here, proposal_id: Id, asset_id: Id) -> Response:
    """As it stands in the register."""
    return reply(here.request, AssetOut.model_validate(await here.session.get_one(Asset, here.path["asset_id"])))


@router.patch(f"{BASE}/assets/{{asset_id}}", response_model=AssetOut, summary="Change an asset")
async def update_asset(here: Here, proposal_id: Id, asset_id: Id, body: AssetPatch) -> Response:
    """By the partner that entered it; the others are asked to agree again."""
    row, side = await _own_asset(here)
    await plans.change_asset(here, side, row, body.sent())
    return reply(here.request, AssetOut.model_validate(row))


@router.delete(f"{BASE}/assets/{{asset_id}}", status_code=204, summary="Take an asset out of the register")
async def delete_asset(here: Here, proposal_id: Id, asset_id: Id) -> Response:
    """By the partner that entered it."""
    row, side = await _own_asset(here)
    await plans.take_out(here, side, row)
    return gone()


async def _own_asset(here: Context) -> tuple[Asset, Any]:
    row = await here.session.get_one(Asset, here.path["asset_id"], with_for_update=True)
    if not any(side.seat_id == row.partner_id for side in here.standing.sides):
        raise Forbidden("The partner that entered it changes it. Ask it, or raise it with the partners.")
    side = here.side(partner_id=row.partner_id)
    here.match(row.version)
    here.check_state()
    return row, side


@router.post(f"{BASE}/assets/{{asset_id}}/agree", response_model=AssetOut, summary="Agree to an asset's owners")
async def agree_asset(here: Here, proposal_id: Id, asset_id: Id, body: AgreeIn | None = None) -> Response:
    """An admin or signatory agrees for its organisation to the three owners as they stand."""
    side = here.side(body.organisation_id, body.partner_id) if body else here.side()
    here.check_state()
    row = await here.session.get_one(Asset, here.path["asset_id"], with_for_update=True)
    await plans.agree(here, side, row)
    return reply(here.request, AssetOut.model_validate(row))


@router.post(
    f"{BASE}/knowledge-terms", status_code=201, response_model=KnowledgeTermOut, summary="Enter who learns what"
)
async def add_knowledge_term(here: Here, proposal_id: Id, body: KnowledgeTermIn) -> Response:
    """What one partner learns from another, and how; entered by one of the two."""
    here.check_state()
    mine = {side.seat_id for side in here.standing.sides}
    own = body.from_partner_id if body.from_partner_id in mine else body.to_partner_id
    if own not in mine:
        raise Forbidden("Your organisation is one of the two that share. Ask one of them to enter it.")
    row = await plans.add_term(here, here.side(partner_id=own), body.model_dump())
    location = f"/v1/proposals/{here.proposal_id}/knowledge-terms/{row.id}"
    return reply(here.request, KnowledgeTermOut.model_validate(row), status=201, location=location)


@router.get(
    f"{BASE}/knowledge-terms", response_model=paging.page_of(KnowledgeTermOut), summary="Who learns what from whom"
)
async def list_knowledge_terms(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The terms on sharing knowledge."""
    rows = await _page(here, KnowledgeTerm, limit, cursor)
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, [KnowledgeTermOut.model_validate(row) for row in page], next_cursor)


@router.get(f"{BASE}/knowledge-terms/{{knowledge_term_id}}", response_model=KnowledgeTermOut, summary="One such term")
async def get_knowledge_term(here: Here, proposal_id: Id, knowledge_term_id: Id) -> Response:
    """As it stands."""
    row = await here.session.get_one(KnowledgeTerm, here.path["knowledge_term_id"])
    return reply(here.request, KnowledgeTermOut.model_validate(row))


@router.patch(f"{BASE}/knowledge-terms/{{knowledge_term_id}}", response_model=KnowledgeTermOut, summary="Change a term")
async def update_knowledge_term(
    here: Here, proposal_id: Id, knowledge_term_id: Id, body: KnowledgeTermPatch
) -> Response:
    """By either of the two; the other is asked to agree again."""
    row, side = await _own_term(here)
    await plans.change_term(here, side, row, body.sent())
    return reply(here.request, KnowledgeTermOut.model_validate(row))


@router.delete(f"{BASE}/knowledge-terms/{{knowledge_term_id}}", status_code=204, summary="Take a term out")
async def delete_knowledge_term(here: Here, proposal_id: Id, knowledge_term_id: Id) -> Response:
    """By either of the two."""
    row, side = await _own_term(here)
    await plans.take_out(here, side, row)
    return gone()


async def _own_term(here: Context) -> tuple[KnowledgeTerm, Any]:
    row = await here.session.get_one(KnowledgeTerm, here.path["knowledge_term_id"], with_for_update=True)
    side = _party(here, row)
    here.match(row.version)
    here.check_state()
    return row, side


def _party(here: Context, row: KnowledgeTerm) -> Any:
    both = (row.from_partner_id, row.to_partner_id)
    mine = next((side.seat_id for side in here.standing.sides if side.seat_id in both), None)
    if mine is None:
        raise Forbidden("These terms are between two other partners. Only one of them can change or agree to them.")
    return here.side(partner_id=mine)


@router.post(
    f"{BASE}/knowledge-terms/{{knowledge_term_id}}/agree", response_model=KnowledgeTermOut, summary="Agree to a term"
)
async def agree_knowledge_term(
    here: Here, proposal_id: Id, knowledge_term_id: Id, body: AgreeIn | None = None
) -> Response:
    """An admin or signatory of the other partner agrees for its organisation."""
    here.check_state()
    row = await here.session.get_one(KnowledgeTerm, here.path["knowledge_term_id"], with_for_update=True)
    await plans.agree(here, _party(here, row), row)
    return reply(here.request, KnowledgeTermOut.model_validate(row))


@router.get(f"{BASE}/minutes.md", summary="The minutes as text", responses={200: {"content": {"text/markdown": {}}}})
async def get_minutes(here: Here, proposal_id: Id) -> Response:
    """Every decision with its votes and its count, to file with your trustees' papers."""
    proposal = await here.session.get_one(Proposal, here.proposal_id)
    text = minutes.markdown(proposal.title, await q.load(here.session, here.proposal_id))
    return reply_bytes(
        here.request, text.encode(), media="text/markdown; charset=utf-8", X_Content_Type_Options="nosniff"
    )


@router.get(
    f"{BASE}/minutes.json", summary="The minutes as data", responses={200: {"content": {"application/json": {}}}}
)
async def get_minutes_data(here: Here, proposal_id: Id) -> Response:
    """The same as data: all decisions, as `GET …/decisions` gives them."""
    motions = await q.load(here.session, here.proposal_id)
    return reply_list(here.request, [decision_out(motions, filed) for filed in motions.filed])
