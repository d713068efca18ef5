"""The exit plan, the register of assets and the terms on knowledge over HTTP."""

from typing import Any

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.decisions import queries as decisions
from app.bid.decisions.routes import open_motion
from app.bid.exit import service
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
from app.platform.access.errors import Forbidden
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Side
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import gone, reply, reply_list
from app.platform.words.codes import Matter

router = Router(tags=["exit plan, assets and knowledge"])
BASE = "/proposals/{proposal_id}"


@router.get(f"{BASE}/exit-plan", response_model=ExitPlanOut, summary="The exit plan")
async def get_exit_plan(here: Here, proposal_id: Id) -> Response:
    """Who takes over what, what remains, and how it is paid for when the money ends. Empty, version 0, at the start."""
    plan = await service.exit_plan(here.session, here.proposal_id)
    return reply(here.request, ExitPlanOut.model_validate(plan) if plan else ExitPlanOut())


@router.put(
    f"{BASE}/exit-plan",
    response_model=ExitPlanOut,
    summary="Write the exit plan",
    responses={202: {"description": "The exit plan is a reserved matter, so a decision was opened."}},
)
async def put_exit_plan(here: Here, proposal_id: Id, body: ExitPlanIn) -> Response:
    """By an editor of the lead or a member; where the exit plan is a reserved matter, a decision is opened (202)."""
    side = here.side(organisation_id=body.organisation_id)
    plan = await service.exit_plan(here.session, here.proposal_id)
    here.match(plan.version if plan else 0)
    here.check_state()
    given = body.model_dump(include=set(service.PLAN_FIELDS))
    now = await decisions.load(here.session, here.proposal_id, limit=0)
    if Matter.EXIT_PLAN in now.structure.reserved_matters and sum(p.accepted for p in now.partners) > 1:
        return await open_motion(
            here, side, matter=Matter.EXIT_PLAN, title="The exit plan", method="PUT", path="/exit-plan", body=given
        )
    return reply(here.request, ExitPlanOut.model_validate(await service.agree_exit_plan(here.act(side), given)))


async def carry_exit_plan(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """What a decision on the exit plan carries out."""
    given = ExitPlanIn.model_validate(body).model_dump(include=set(service.PLAN_FIELDS))
    await service.agree_exit_plan(Act(session, actor, "proposal", proposal_id), given)


@router.post(f"{BASE}/assets", status_code=201, response_model=AssetOut, summary="Enter an asset")
async def add_asset(here: Here, proposal_id: Id, body: AssetIn) -> Response:
    """What your organisation brings, or what will be made together: who owns it now, during and after."""
    act, given = here.act(here.side(partner_id=body.partner_id)), body.model_dump(exclude={"partner_id"})
    await service.check_asset(act, given)
    here.check_state()
    asset = await service.add_asset(act, given)
    location = f"/v1/proposals/{here.proposal_id}/assets/{asset.id}"
    return reply(here.request, AssetOut.model_validate(asset), status=201, location=location)


@router.get(f"{BASE}/assets", response_model=paging.page_of(AssetOut), summary="The register of assets")
async def list_assets(here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Assets and intellectual property, with the partners that agree to the three owners."""
    query = select(Asset).where(Asset.proposal_id == here.proposal_id)
    rows, next_cursor = await paging.rows(here.session, query, Asset.id, limit, cursor)
    return reply_list(here.request, [AssetOut.model_validate(row) for row in rows], next_cursor)


@router.get(f"{BASE}/assets/{{asset_id}}", response_model=AssetOut, summary="One asset")
async def get_asset(here: Here, proposal_id: Id, asset_id: Id) -> Response:
    """As it stands in the register."""
    return reply(here.request, AssetOut.model_validate(await here.session.get_one(Asset, here.path["asset_id"])))


@router.patch(f"{BASE}/assets/{{asset_id}}", response_model=AssetOut, summary="Change an asset")
async def update_asset(here: Here, proposal_id: Id, asset_id: Id, body: AssetPatch) -> Response:
    """By the partner that entered it; the others are asked to agree again."""
    asset, side = await _own_asset(here)
    act, given = here.act(side), body.sent()
    await service.check_asset(act, given)
    here.match(asset.version)
    here.check_state()
    await service.change_asset(act, asset, given)
    return reply(here.request, AssetOut.model_validate(asset))


@router.delete(f"{BASE}/assets/{{asset_id}}", status_code=204, summary="Take an asset out of the register")
async def delete_asset(here: Here, proposal_id: Id, asset_id: Id) -> Response:
    """By the partner that entered it."""
    asset, side = await _own_asset(here)
    here.match(asset.version)
    here.check_state()
    await service.take_out(here.act(side), asset)
    return gone()


async def _own_asset(here: Context) -> tuple[Asset, Side]:
    asset = await here.session.get_one(Asset, here.path["asset_id"])
    if not any(side.seat_id == asset.partner_id for side in here.standing.sides):
        raise Forbidden("The partner that entered it changes it. Ask it, or raise it with the partners.")
    return asset, here.side(partner_id=asset.partner_id)


@router.post(f"{BASE}/assets/{{asset_id}}/agree", response_model=AssetOut, summary="Agree to an asset's owners")
async def agree_asset(here: Here, proposal_id: Id, asset_id: Id, body: AgreeIn | None = None) -> Response:
    """An admin or signatory agrees for its organisation to the three owners as they stand."""
    side = here.side(body.organisation_id, body.partner_id) if body else here.side()
    here.check_state()
    asset = await here.session.get_one(Asset, here.path["asset_id"])
    await service.agree(here.act(side), asset)
    return reply(here.request, AssetOut.model_validate(asset))


@router.post(
    f"{BASE}/knowledge-terms", status_code=201, response_model=KnowledgeTermOut, summary="Enter who learns what"
)
async def add_knowledge_term(here: Here, proposal_id: Id, body: KnowledgeTermIn) -> Response:
    """What one partner learns from another, and how; entered by one of the two."""
    mine = {side.seat_id for side in here.standing.sides}
    own = body.from_partner_id if body.from_partner_id in mine else body.to_partner_id
    if own not in mine:
        raise Forbidden("Your organisation is one of the two that share. Ask one of them to enter it.")
    act, given = here.act(here.side(partner_id=own)), body.model_dump()
    await service.check_term(act, given)
    here.check_state()
    term = await service.add_term(act, given)
    location = f"/v1/proposals/{here.proposal_id}/knowledge-terms/{term.id}"
    return reply(here.request, KnowledgeTermOut.model_validate(term), status=201, location=location)


@router.get(
    f"{BASE}/knowledge-terms", response_model=paging.page_of(KnowledgeTermOut), summary="Who learns what from whom"
)
async def list_knowledge_terms(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The terms on sharing knowledge."""
    query = select(KnowledgeTerm).where(KnowledgeTerm.proposal_id == here.proposal_id)
    rows, next_cursor = await paging.rows(here.session, query, KnowledgeTerm.id, limit, cursor)
    return reply_list(here.request, [KnowledgeTermOut.model_validate(row) for row in rows], next_cursor)


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
    term, side = await _own_term(here)
    given = body.sent()
    service.check_filled(given)
    here.match(term.version)
    here.check_state()
    await service.change_term(here.act(side), term, given)
    return reply(here.request, KnowledgeTermOut.model_validate(term))


@router.delete(f"{BASE}/knowledge-terms/{{knowledge_term_id}}", status_code=204, summary="Take a term out")
async def delete_knowledge_term(here: Here, proposal_id: Id, knowledge_term_id: Id) -> Response:
    """By either of the two."""
    term, side = await _own_term(here)
    here.match(term.version)
    here.check_state()
    await service.take_out(here.act(side), term)
    return gone()


async def _own_term(here: Context) -> tuple[KnowledgeTerm, Side]:
    term = await here.session.get_one(KnowledgeTerm, here.path["knowledge_term_id"])
    both = (term.from_partner_id, term.to_partner_id)
    mine = next((side.seat_id for side in here.standing.sides if side.seat_id in both), None)
    if mine is None:
        raise Forbidden("These terms are between two other partners. Only one of them can change or agree to them.")
    return term, here.side(partner_id=mine)


@router.post(
    f"{BASE}/knowledge-terms/{{knowledge_term_id}}/agree", response_model=KnowledgeTermOut, summary="Agree to a term"
)
async def agree_knowledge_term(
    here: Here, proposal_id: Id, knowledge_term_id: Id, body: AgreeIn | None = None
) -> Response:
    """An admin or signatory of the other partner agrees for its organisation."""
    term, side = await _own_term(here)
    here.check_state()
    await service.agree(here.act(side), term)
    return reply(here.request, KnowledgeTermOut.model_validate(term))
