"""Documents over HTTP: the draft as the commissioner would get it, each edition, and what was submitted."""

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeAlias

from fastapi import Query, Response
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import StreamingResponse

from app.bid.fairness.thresholds import thresholds
from app.bid.files import queries as attached
from app.bid.records import whole_proposal as picture
from app.bid.renderings import packing, sources, watching
from app.bid.renderings.keeping import page_headers
from app.bid.renderings.schemas import MakingOut, ReplacedOut
from app.bid.renderings.service import Making, Renderings
from app.bid.renderings.sources import Source
from app.documents import answers, pack
from app.documents.canonical import canonical, sha256
from app.documents.rendering import MEDIA, Format, Rendered
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation
from app.platform.db.files import files
from app.platform.web import languages, paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.filenames import disposition
from app.platform.web.replies import PRIVATE, reply_bytes, reply_part
from app.platform.words.catalogue import CATALOGUES
from app.platform.words.codes import ProposalStatus

router = Router(tags=["documents"])


class _Formats(Convertor[str]):
    regex = "|".join(Format)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Shapes(_Formats):
    regex = "json|csv|txt"


register_url_convertor("rendering", _Formats())
register_url_convertor("answers", _Shapes())

Language = Annotated[str | None, Query(max_length=20, description="en or cy; unless told, by Accept-Language.")]
Key = Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="From the Location of a 202: that rendering.")]
BOXES: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA[s].partition(";")[0]: {} for s in ("json", "csv", "txt")}}
}
ANY_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}, "*/*": {}}}}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            **{media.partition(";")[0]: {} for name, media in MEDIA.items() if name in list(Format)},
            **watching.DOCUMENTED,
        }
    },
    202: {"model": MakingOut, "description": "A long document is being made: ask again at `Location`."},
    204: {"description": "To a stream of progress that is opened again after its end: there is nothing more to come."},
    409: {"description": "Too large or too intricate to lay out.", "content": _PROBLEM},
    429: {"description": "Too many streams of progress.", "content": _PROBLEM},
    503: {"description": "Many documents are being made just now.", "content": _PROBLEM},
}


@router.get("/proposals/{proposal_id}/document.json", summary="The draft as data", responses={200: {"content": {}}})
async def get_draft(here: Here, proposal_id: Id) -> Response:
    """What the commissioner would get if all signed now, as canonical JSON. An edition's bytes are the signed ones."""
    source = await _live(here)
    content = canonical(source.document)
    return reply_bytes(here.request, content, tag=f'"{sha256(content)[:32]}"')


@router.get("/proposals/{proposal_id}/document.{format:rendering}", summary="The draft to read", responses=FILES)
async def get_document(
    here: Here, proposal_id: Id, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """The preview of what the commissioner would get, marked as a draft on every page."""
    if rendering and (answer := await _begun(here, rendering, format)):
        return answer
    return await _render(here, here.proposal_id, "bid", format, await _live(here), language)


@router.get(
    "/proposals/{proposal_id}/replaced-characters",
    response_model=paging.page_of(ReplacedOut),
    summary="What the PDF of the draft cannot show, and where",
    responses={status: answer for status, answer in FILES.items() if status != 200},
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
        place = {each.code_point: f"{at:09}" for at, each in enumerate(found)}  # the order stays as it was found
        return reply_part(request, found, limit, cursor, lambda each: place[each.code_point])

    if rendering and (answer := await _begun(here, rendering, "pdf", show=show)):
        return answer
    return await _render(here, here.proposal_id, "bid", "pdf", await _live(here), language, show)


@router.get(
    "/proposals/{proposal_id}/editions/{number}/document.{format:rendering}",
    summary="A version to read",
    responses=FILES,
)
async def get_edition_document(
    here: Here, proposal_id: Id, number: int, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """A version with its signatures: a draft on every page until all have signed. The same bytes for the same state."""
    if rendering and (answer := await _begun(here, rendering, format)):
        return answer
    source = await sources.edition(here.session, here.proposal_id, number, here.settings.base_url)
    return await _render(here, here.proposal_id, "bid", format, source, language)


@router.get(
    "/proposals/{proposal_id}/editions/{number}/annex.{format:rendering}", summary="The annex to read", responses=FILES
)
async def get_edition_annex_document(
    here: Here, proposal_id: Id, number: int, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """What the partners share and keep among themselves, to read: expectations, decisions, fairness checks."""
    if rendering and (answer := await _begun(here, rendering, format)):
        return answer
    source = await sources.edition(here.session, here.proposal_id, number, here.settings.base_url)
    return await _render(here, here.proposal_id, "annex", format, source, language)


@router.get(
    "/proposals/{proposal_id}/annex.{format:rendering}", summary="The annex of the draft to read", responses=FILES
)
async def get_draft_annex(
    here: Here, proposal_id: Id, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """What the partners would share beside the bid if it were locked now; marked as a draft on every page."""
    if rendering and (answer := await _begun(here, rendering, format)):
        return answer
    return await _render(here, here.proposal_id, "annex", format, await _live(here), language)


@router.get(
    "/submissions/{submission_id}/document.{format:rendering}", summary="A submitted bid to read", responses=FILES
)
async def get_submission_document(
    here: Here, submission_id: Id, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """The bid that was handed in, with its signatures, in the format that you work in."""
    proposal_id, number = await sources.edition_of_submission(here.session, here.path["submission_id"])
    source = await sources.edition(here.session, proposal_id, number, here.settings.base_url)
    title = str(source.document["proposal"]["title"])
    if rendering and (answer := await _begun(here, rendering, format, proposal_id, title=title)):
        return answer
    return await _render(here, proposal_id, "bid", format, source, language)


@router.get(
    "/proposals/{proposal_id}/joint-working-agreement.{format:rendering}",
    summary="A draft of the joint working agreement",
    responses=FILES,
)
async def get_joint_working_agreement(
    here: Here, proposal_id: Id, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """Drafted from what the partners agreed here; what is missing is listed up front. Take it to a solicitor."""
    if rendering and (answer := await _begun(here, rendering, format)):
        return answer
    return await _render(here, here.proposal_id, "agreement", format, await _live(here), language)


@router.get(
    "/proposals/{proposal_id}/answers.{shape:answers}", summary="The answers of the draft, box by box", responses=BOXES
)
async def get_answers(here: Here, proposal_id: Id, shape: str, language: Language = None) -> Response:
    """For portals that make people paste: each answer with its count against the limit, and nothing else around it."""
    return _answers(here, await _live(here), shape, language)


@router.get(
    "/proposals/{proposal_id}/editions/{number}/answers.{shape:answers}",
    summary="The answers of a version, box by box",
    responses=BOXES,
)
async def get_edition_answers(
    here: Here, proposal_id: Id, number: int, shape: str, language: Language = None
) -> Response:
    """As they were signed."""
    source = await sources.edition(here.session, here.proposal_id, number, here.settings.base_url)
    return _answers(here, source, shape, language)


def _answers(here: Context, source: Source, shape: str, language: str | None) -> Response:
    chosen = _language(here.request, language)
    document = source.document
    if shape == "json":
        content = answers.as_json(document, source.template)
    elif shape == "csv":
        content = answers.as_csv(document, source.template)
    else:
        content = answers.as_txt(document, chosen, source.template)
    name = disposition(f"{document['proposal']['title']} – answers.{shape}")
    answer = reply_bytes(
        here.request, content, tag=f'"{sha256(content)[:32]}"', media=MEDIA[shape], Content_Disposition=name
    )
    answer.headers["Vary"] = "Authorization, Cookie, Accept-Language"
    return answer


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
    if number is None:
        source = await _live(here)
    else:
        source = await sources.edition(here.session, here.proposal_id, number, here.settings.base_url)
    seats = [side.seat_id for side in here.standing.sides if side.seat_id]
    readable = await attached.readable_ids(here.session, here.proposal_id, seats)
    return await _pack(here, here.proposal_id, source, limit_mb, part, language, readable)


@router.get("/submissions/{submission_id}/pack.zip", summary="A submitted bid in one file", responses=PACK)
async def get_submission_pack(
    here: Here, submission_id: Id, limit_mb: LimitMb = None, part: Part = 1, language: Language = None
) -> Response:
    """The bid in three formats, its data, answers, price and evidence, with the SHA-256 of each file."""
    proposal_id, number = await sources.edition_of_submission(here.session, here.path["submission_id"])
    source = await sources.edition(here.session, proposal_id, number, here.settings.base_url)
    return await _pack(here, proposal_id, source, limit_mb, part, language)


async def _pack(
    here: Context, proposal_id: Id, source: Source, limit_mb: int | None, part: int, language: str | None,
    readable: frozenset[Id] | None = None,
) -> Response:  # fmt: skip
    chosen = _language(here.request, language)
    store = files(here.settings)
    await here.session.close()
    items = await packing.contents(renderings(here), store, proposal_id, source, chosen, readable=readable)
    bags = pack.split(items, limit_mb * 1_000_000) if limit_mb else [items]
    if part > len(bags):
        raise NotFound
    title = str(source.document["proposal"]["title"])
    name = title if len(bags) == 1 else f"{title} {part} of {len(bags)}"
    headers = {**PRIVATE, "Content-Disposition": disposition(f"{name}.zip")}
    if part < len(bags):
        url = here.request.url.include_query_params(part=part + 1)
        headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    folder = re.sub(r"[^\w .()-]+", " ", name).strip()[:80] or "bid"
    stream = pack.bag(folder, bags[part - 1], packing.bag_info(source, part, len(bags)))
    return StreamingResponse(stream, headers=headers, media_type="application/zip")


@router.get("/submissions/{submission_id}/documents/{file_id}", summary="A file of a submitted bid", responses=ANY_FILE)
async def get_submission_file(here: Here, submission_id: Id, file_id: Id) -> Response:
    """A file that was handed in with the bid; its SHA-256 stands in the signed document."""
    proposal_id, number = await sources.edition_of_submission(here.session, here.path["submission_id"])
    source = await sources.edition(here.session, proposal_id, number, here.settings.base_url)
    file = next((f for f in source.document["attachments"] if f["id"] == here.path["file_id"]), None)
    if file is None:
        raise NotFound
    headers = {
        **PRIVATE,
        "Content-Disposition": disposition(str(file["name"])),
        "Content-Length": str(file["bytes"]),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "ETag": f'"{file["sha256"][:32]}"',
    }
    stream = files(here.settings).stream(f"files/{file['id']}")
    return StreamingResponse(stream, headers=headers, media_type=str(file["media_type"]))


async def _live(here: Context) -> Source:
    seats = frozenset(side.seat_id for side in here.standing.seats(Relation.PARTNER) if side.seat_id)
    return await sources.live(here.session, here.proposal_id, seats, thresholds(here.settings))


def renderings(here: Context) -> Renderings:
    """This process's renderings; made when first asked for."""
    state = here.request.app.state
    if not hasattr(state, "renderings"):
        state.renderings = Renderings(here.settings)
    found: Renderings = state.renderings
    return found


Shown: TypeAlias = Callable[[Request, Rendered, str, str, str], Response]
"""Makes the answer of a rendering, its key, its format and the title of the bid."""


async def _render(
    here: Context,
    proposal_id: Id,
    kind: str,
    format: str,
    source: Source,
    language: str | None,
    show: Shown | None = None,
) -> Response:
    chosen = _language(here.request, language)
    await here.session.close()  # laying out may take long: the connection is for others meanwhile
    made = await renderings(here).get(proposal_id, kind, Format(format), source, chosen)  # type: ignore[arg-type]
    if watching.wanted(here.request):
        key = made.key if isinstance(made, Making) else made[0]
        return watching.stream(here, renderings(here), proposal_id, key)
    if isinstance(made, Making):
        return _under_way(here.request, made)
    key, rendered = made
    title = str(source.document["proposal"]["title"])
    return (show or _file)(here.request, rendered, key, format, title if kind == "bid" else f"{title} – {kind}")


async def _begun(
    here: Context,
    key: str,
    format: str,
    proposal_id: Id | None = None,
    show: Shown | None = None,
    title: str | None = None,
) -> Response | None:
    proposal_id = proposal_id or here.proposal_id
    if watching.wanted(here.request):
        return await watching.stream_if_begun(here, renderings(here), proposal_id, key)
    found = await renderings(here).poll(proposal_id, key)
    if found is None:
        return None
    if isinstance(found, Making):
        return _under_way(here.request, found)
    title = title or (await picture.load(here.session, proposal_id)).title
    return (show or _file)(here.request, found, key, format, title)


def _under_way(request: Request, making: Making) -> Response:
    body = MakingOut(status="rendering", **asdict(making.progress)).model_dump_json()
    headers = {**PRIVATE, "Location": watching.location(request, making.key), "Retry-After": "1"}
    return Response(body, 202, headers, "application/json")


def _file(request: Request, rendered: Rendered, key: str, format: str, title: str) -> Response:
    headers = {
        "Content_Disposition": disposition(f"{title}.{format}", inline=format in ("pdf", "html")),
        "Content_Security_Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    }
    if rendered.replaced:
        headers["Cobid_Characters_Replaced"] = ", ".join(str(r["code_point"]) for r in rendered.replaced[:50])
    headers |= page_headers(rendered)
    answer = reply_bytes(request, rendered.data, tag=f'"{key[:32]}"', media=MEDIA[format], **headers)
    answer.headers["Vary"] = "Authorization, Cookie, Accept, Accept-Language"
    return answer


def _language(request: Request, asked: str | None) -> str | None:
    """The language of the fixed words: as asked, else by Accept-Language where we have it, else the proposal's own."""
    if asked:
        primary = asked.split("-")[0].lower()
        if primary not in CATALOGUES:
            raise NotFound
        return primary
    return languages.wished(request, CATALOGUES)
