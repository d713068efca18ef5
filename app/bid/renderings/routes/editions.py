"""Editions to read, over HTTP. Their signed bytes are the signing room's (`app/bid/signoff/routes.py`)."""

from functools import partial

from fastapi import Response

from app.bid.renderings.routes.answer_boxes import BOXES, answer_boxes
from app.bid.renderings.routes.answering import FILES, Key, Language, Wanted, answer, edition
from app.platform.access.ids import Id
from app.platform.web.context import Here
from app.platform.web.edge import Router

router = Router(tags=["documents"])


@router.get(
    "/proposals/{proposal_id}/editions/{number}/document.{format:rendering}",
    summary="A version to read",
    responses=FILES,
)
async def get_edition_document(
    here: Here, proposal_id: Id, number: int, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """A version with its signatures: a draft on every page until all have signed. The same bytes for the same state."""
    return await answer(here, Wanted("bid", format, language, rendering), partial(edition, here, number))


@router.get(
    "/proposals/{proposal_id}/editions/{number}/annex.{format:rendering}", summary="The annex to read", responses=FILES
)
async def get_edition_annex_document(
    here: Here, proposal_id: Id, number: int, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """What the partners share and keep among themselves, to read: expectations, decisions, fairness checks."""
    return await answer(here, Wanted("annex", format, language, rendering), partial(edition, here, number))


@router.get(
    "/proposals/{proposal_id}/editions/{number}/answers.{shape:answers}",
    summary="The answers of a version, box by box",
    responses=BOXES,
)
async def get_edition_answers(
    here: Here, proposal_id: Id, number: int, shape: str, language: Language = None
) -> Response:
    """As they were signed."""
    return await answer_boxes(here, await edition(here, number), shape, language)
