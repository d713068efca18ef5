"""Everything of a bid in one file, over HTTP: for its partners, and for the commissioner."""

from typing import Annotated, Any

from fastapi import Query, Response
from starlette.responses import StreamingResponse

from app.bid.files import queries as attached
from app.bid.renderings import pack_contents, sources
from app.bid.renderings.routes.answering import Language, draft, edition, language_of, renderings
from app.bid.renderings.sources import Source
from app.documents import pack
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.db.files import files
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.filenames import disposition
from app.platform.web.replies import PRIVATE
from app.platform.words.codes import ProposalStatus

router = Router(tags=["documents"])
PACK: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": {}}}}
LimitMb = Annotated[int | None, Query(ge=1, le=10_000, description="The portal's limit for one file, in megabytes.")]
Part = Annotated[int, Query(ge=1, le=1000, description="Which of the packs, where the limit makes several.")]


@router.get("/proposals/{proposal_id}/pack.zip", summary="Everything in one file", responses=PACK)
async def get_pack(
    here: Here, proposal_id: Id, limit_mb: LimitMb = None, part: Part = 1, language: Language = None
) -> Response:
    """The version in force (what was handed in, after the deadline), or the draft: bid, answers, price, evidence and a draft agreement, as a BagIt bag.

    With `limit_mb` there are as many packs as it takes: `Link: rel="next"` leads to the next one.
    """
    number = None if here.standing.status is ProposalStatus.DRAFT else here.facts.get("edition")
    if here.standing.status in (ProposalStatus.CLOSED, ProposalStatus.DECIDED):
        number = await sources.handed_in(here.session, here.proposal_id)
    source = await draft(here) if number is None else await edition(here, number)
    seats = [side.seat_id for side in here.standing.sides if side.seat_id]
    readable = await attached.readable_ids(here.session, here.proposal_id, seats)
    return await _pack(here, here.proposal_id, source, limit_mb, part, language, readable)


@router.get("/submissions/{submission_id}/pack.zip", summary="A submitted bid in one file", responses=PACK)
async def get_submission_pack(
    here: Here, submission_id: Id, limit_mb: LimitMb = None, part: Part = 1, language: Language = None
) -> Response:
    """The bid in three formats, its data, answers, price and evidence, with the SHA-256 of each file."""
    proposal_id, source = await sources.submission(here.session, here.path["submission_id"], here.settings.base_url)
    at = await sources.submitted_at(here.session, here.path["submission_id"])
    return await _pack(here, proposal_id, source, limit_mb, part, language, submitted_at=at)


async def _pack(
    here: Context, proposal_id: Id, source: Source, limit_mb: int | None, part: int, language: str | None,
    readable: frozenset[Id] | None = None, submitted_at: str | None = None,
) -> Response:  # fmt: skip
    """One part of the pack. `readable` names the files that a partner may read; None: the commissioner gets every file."""
    chosen = language_of(here.request, language)
    store = files(here.settings)
    await here.session.close()  # the documents may take long, and others need the connection meanwhile
    items = await pack_contents.contents(
        renderings(here), store, proposal_id, source, chosen, readable=readable, submitted_at=submitted_at
    )
    bags = pack.split(items, limit_mb * 1_000_000) if limit_mb else [items]
    if part > len(bags):
        raise NotFound
    name = source.title if len(bags) == 1 else f"{source.title} {part} of {len(bags)}"
    headers = {**PRIVATE, "Content-Disposition": disposition(f"{name}.zip")}
    if part < len(bags):
        url = here.request.url.include_query_params(part=part + 1)
        headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    folder = pack_contents.short_name(source.title) + (f"-{part}" if len(bags) > 1 else "")
    stream = pack.bag(folder, bags[part - 1], pack_contents.bag_info(source, part, len(bags)))
    return StreamingResponse(stream, headers=headers, media_type="application/zip")
