"""Fairness checks over HTTP."""

from fastapi import Response

from app.bid.fairness import service
from app.bid.fairness.schemas import AnswerItemOut, CheckOut, FairnessAnswerIn, ShareIn, ShareOut
from app.platform.access.errors import Forbidden, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_part
from app.platform.words.codes import FairnessCode

router = Router(tags=["fairness checks"])
BASE = "/proposals/{proposal_id}/fairness-checks"
CODES = ", ".join(f"'{code.value}'" for code in FairnessCode)


@router.get(BASE, response_model=paging.page_of(CheckOut), summary="The seven fairness checks")
async def get_fairness_checks(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Known ways in which partnerships harm small organisations, looked for here. They inform; they block nothing."""
    return reply_part(here.request, await service.checks(here), limit, cursor, _place)


@router.get(f"{BASE}/{{code}}", response_model=paging.page_of(CheckOut), summary="One of the checks")
async def get_fairness_check(
    here: Here, proposal_id: Id, code: FairnessCode, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Its findings as you may see them."""
    found = [check for check in await service.checks(here) if check.code is FairnessCode(here.path["code"])]
    return reply_part(here.request, found, limit, cursor, _place)


def _place(check: CheckOut) -> str:
    """By the order of the checks, then the partner that a finding is about."""
    return f"{list(FairnessCode).index(check.code)} {check.partner_id or ''} {check.detail[:200]}"


@router.get(f"{BASE}/{{code}}/answer", response_model=AnswerItemOut, summary="Your answer to a check")
async def get_fairness_answer(
    here: Here, proposal_id: Id, code: FairnessCode, partner_id: str | None = None
) -> Response:
    """Of your organisation, or of the partner that `partner_id` names; empty, version 0, before there is one."""
    asked = FairnessCode(here.path["code"])
    seat = partner_id.lower() if partner_id else _own_seat(here)
    answers = [a for check in await service.checks(here) if check.code is asked for a in check.answers]
    found = next((a for a in answers if a.partner_id == seat), None)
    if found is None and seat in [side.seat_id for side in here.standing.sides]:
        row = await service.answer_of(here.session, here.proposal_id, asked.value, seat)
        return reply(here.request, AnswerItemOut(code=asked, partner_id=seat, version=row.version if row else 0))
    if found is None:
        raise NotFound
    out = AnswerItemOut(code=asked, partner_id=seat, answer_markdown=found.answer_markdown, version=found.version)
    return reply(here.request, out)


def _own_seat(here: Context) -> Id:
    seats = [side.seat_id for side in here.standing.seats(Relation.PARTNER) if side.seat_id]
    if not seats:
        raise Forbidden("Partners answer. Name the partner whose answer you want to read.")
    return seats[0]


@router.put(f"{BASE}/{{code}}/answer", response_model=AnswerItemOut, summary="Answer a check")
async def answer_fairness_check(here: Here, proposal_id: Id, code: FairnessCode, body: FairnessAnswerIn) -> Response:
    """Your own words beside a finding. The first time, If-Match names version 0."""
    side = here.side(partner_id=body.partner_id)
    asked = FairnessCode(here.path["code"])
    row = await service.answer_of(here.session, here.proposal_id, asked.value, side.seat_id or "")
    here.match(row.version if row else 0)
    here.check_state()
    row = await service.answer(here, side, asked, row, body.answer_markdown)
    return reply(
        here.request,
        AnswerItemOut(code=asked, partner_id=row.partner_id, answer_markdown=row.answer_markdown, version=row.version),
    )


@router.post(f"{BASE}/{{code}}/share", response_model=ShareOut, summary="Agree to show a check")
async def share_fairness_check(
    here: Here, proposal_id: Id, code: FairnessCode, body: ShareIn | None = None
) -> Response:
    """The commissioner is shown a check, without figures, once every accepted partner agrees; each can take it back."""
    body = body or ShareIn()
    side = here.side(organisation_id=body.organisation_id, partner_id=body.partner_id)
    here.check_state()
    asked = FairnessCode(here.path["code"])
    row, shown = await service.share(here, side, asked, body.agree)
    return reply(here.request, ShareOut(code=asked, agreed_by=row.agreed_by, shown_to_commissioner=shown))
