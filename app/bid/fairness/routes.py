"""Fairness checks over HTTP."""

from fastapi import Response

from app.bid.fairness import service
from app.bid.fairness.schemas import AnswerItemOut, CheckOut, FairnessAnswerIn, ShareIn, ShareOut
from app.bid.fairness.thresholds import thresholds
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


async def _checks(here: Context) -> list[CheckOut]:
    return await service.checks(here.session, here.proposal_id, here.standing, thresholds(here.settings))


def _place(check: CheckOut) -> str:
    """The order of a list: by check, then by the partner that a finding is about."""
    return f"{list(FairnessCode).index(check.code)} {check.partner_id or ''} {check.detail[:200]}"


@router.get(BASE, response_model=paging.page_of(CheckOut), summary="The seven fairness checks")
async def get_fairness_checks(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Known ways in which partnerships harm small organisations, looked for here. They inform; they block nothing."""
    return reply_part(here.request, await _checks(here), limit, cursor, _place)


@router.get(f"{BASE}/{{code}}", response_model=paging.page_of(CheckOut), summary="One of the checks")
async def get_fairness_check(
    here: Here, proposal_id: Id, code: FairnessCode, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Its findings as you may see them."""
    found = [check for check in await _checks(here) if check.code is code]
    return reply_part(here.request, found, limit, cursor, _place)


@router.get(f"{BASE}/{{code}}/answer", response_model=AnswerItemOut, summary="Your answer to a check")
async def get_fairness_answer(
    here: Here, proposal_id: Id, code: FairnessCode, partner_id: str | None = None
) -> Response:
    """Of your organisation, or of the partner that `partner_id` names; empty, version 0, before there is one."""
    seat = partner_id.lower() if partner_id else _own_seat(here)
    answers = [answer for check in await _checks(here) if check.code is code for answer in check.answers]
    found = next((answer for answer in answers if answer.partner_id == seat), None)
    if found is not None:
        return reply(here.request, AnswerItemOut(code=code, **found.model_dump()))
    if seat not in [side.seat_id for side in here.standing.sides]:
        raise NotFound
    own = await service.answer_of(here.session, here.proposal_id, code, seat)
    return reply(here.request, AnswerItemOut(code=code, partner_id=seat, version=own.version if own else 0))


def _own_seat(here: Context) -> Id:
    seats = [side.seat_id for side in here.standing.seats(Relation.PARTNER) if side.seat_id]
    if not seats:
        raise Forbidden("Partners answer. Name the partner whose answer you want to read.")
    return seats[0]


@router.put(f"{BASE}/{{code}}/answer", response_model=AnswerItemOut, summary="Answer a check")
async def answer_fairness_check(here: Here, proposal_id: Id, code: FairnessCode, body: FairnessAnswerIn) -> Response:
    """Your own words beside a finding. The first time, If-Match names version 0."""
    act = here.act(here.side(partner_id=body.partner_id))
    row = await service.answer_of(here.session, here.proposal_id, code, act.seat_id)
    here.match(row.version if row else 0)
    here.check_state()
    row = await service.answer(act, code, row, body.answer_markdown)
    return reply(
        here.request,
        AnswerItemOut(code=code, partner_id=row.partner_id, answer_markdown=row.answer_markdown, version=row.version),
    )


@router.post(f"{BASE}/{{code}}/share", response_model=ShareOut, summary="Agree to show a check")
async def share_fairness_check(
    here: Here, proposal_id: Id, code: FairnessCode, body: ShareIn | None = None
) -> Response:
    """The commissioner is shown a check, without figures, once every accepted partner agrees; each can take it back."""
    body = body or ShareIn()
    act = here.act(here.side(organisation_id=body.organisation_id, partner_id=body.partner_id))
    here.check_state()
    row, shown = await service.share(act, code, body.agree)
    return reply(here.request, ShareOut(code=code, agreed_by=row.agreed_by, shown_to_commissioner=shown))
