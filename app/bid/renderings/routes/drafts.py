"""The draft as the commissioner would get it, and what the partners would keep among themselves, over HTTP."""

from functools import partial

from fastapi import Response
from starlette.requests import Request

from app.bid.renderings.routes.answer_boxes import BOXES, answer_boxes
from app.bid.renderings.routes.answering import FILES, Key, Language, Wanted, answer, draft
from app.bid.renderings.schemas import ReplacedOut
from app.documents.canonical import canonical, sha256
from app.documents.rendering import Rendered
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply_bytes, reply_part

router = Router(tags=["documents"])


@router.get("/proposals/{proposal_id}/document.json", summary="The draft as data", responses={200: {"content": {}}})
async def get_draft(here: Here, proposal_id: Id) -> Response:
    """What the commissioner would get if all signed now, as canonical JSON. An edition's bytes are the signed ones."""
    source = await draft(here)
    content = canonical(source.document)
    return reply_bytes(here.request, content, tag=f'"{sha256(content)[:32]}"')


@router.get("/proposals/{proposal_id}/document.{format:rendering}", summary="The draft to read", responses=FILES)
async def get_document(
    here: Here, proposal_id: Id, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """The preview of what the commissioner would get, marked as a draft on every page."""
    return await answer(here, Wanted("bid", format, language, rendering), partial(draft, here))


@router.get(
    "/proposals/{proposal_id}/replaced-characters",
    response_model=paging.page_of(ReplacedOut),
    summary="What the PDF of the draft cannot show, and where",
    responses={status: documented for status, documented in FILES.items() if status != 200},
)
async def list_replaced_characters(
    here: Here,
    proposal_id: Id,
    language: Language = None,
    rendering: Key = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Characters that no font here has stand as a box in the PDF, and as they are in every other format."""

    def show(request: Request, rendered: Rendered, key: str, format: str, title: str) -> Response:
        found = [ReplacedOut.model_validate(each) for each in rendered.replaced]
        place = {each.code_point: f"{at:09}" for at, each in enumerate(found)}  # in the order in which they were found
        return reply_part(request, found, limit, cursor, lambda each: place[each.code_point])

    return await answer(here, Wanted("bid", "pdf", language, rendering), partial(draft, here), show)


@router.get(
    "/proposals/{proposal_id}/annex.{format:rendering}", summary="The annex of the draft to read", responses=FILES
)
async def get_draft_annex(
    here: Here, proposal_id: Id, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """What the partners would share beside the bid if it were locked now; marked as a draft on every page."""
    return await answer(here, Wanted("annex", format, language, rendering), partial(draft, here))


@router.get(
    "/proposals/{proposal_id}/joint-working-agreement.{format:rendering}",
    summary="A draft of the joint working agreement",
    responses=FILES,
)
async def get_joint_working_agreement(
    here: Here, proposal_id: Id, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """Drafted from what the partners agreed here; what is missing is listed up front. Take it to a solicitor."""
    return await answer(here, Wanted("agreement", format, language, rendering), partial(draft, here))


@router.get(
    "/proposals/{proposal_id}/answers.{shape:answers}", summary="The answers of the draft, box by box", responses=BOXES
)
async def get_answers(here: Here, proposal_id: Id, shape: str, language: Language = None) -> Response:
    """For portals that make people paste: each answer with its count against the limit, and nothing else around it."""
    return await answer_boxes(here, await draft(here), shape, language)
