"""How the routes answer with a rendering: the file, 202 while a long one is being made, or a stream of its progress."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import Query, Response
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request

from app.bid.fairness.thresholds import thresholds
from app.bid.renderings import sources
from app.bid.renderings.making import Kind, Making, Renderings
from app.bid.renderings.routes import progress_stream
from app.bid.renderings.schemas import MakingOut
from app.bid.renderings.sources import Source
from app.documents.rendering import MEDIA, Format, Rendered
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation
from app.platform.web import languages
from app.platform.web.context import Context
from app.platform.web.filenames import disposition
from app.platform.web.replies import PRIVATE, reply_bytes
from app.platform.words.catalogue import CATALOGUES


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
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            **{media.partition(";")[0]: {} for name, media in MEDIA.items() if name in list(Format)},
            **progress_stream.DOCUMENTED,
        }
    },
    202: {"model": MakingOut, "description": "A long document is being made: ask again at `Location`."},
    204: {"description": "To a stream of progress that is opened again after its end: there is nothing more to come."},
    409: {"description": "Too large or too intricate to lay out.", "content": _PROBLEM},
    429: {"description": "Too many streams of progress.", "content": _PROBLEM},
    503: {"description": "Many documents are being made just now.", "content": _PROBLEM},
}


def renderings(here: Context) -> Renderings:
    """This process's renderings, made when they are first needed."""
    state = here.request.app.state
    if not hasattr(state, "renderings"):
        state.renderings = Renderings(here.settings)
    found: Renderings = state.renderings
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rendering that a request asks for. `key` is that of one which an earlier request began."""

    kind: Kind
    format: str
    language: str | None
    key: str | None


Show = Callable[[Request, Rendered, str, str, str], Response]
"""Makes the answer from a rendering, its key, its format and the title of the bid."""


async def draft(here: Context) -> Source:
    """The draft of the proposal in the path, as this reader may read it."""
    seats = frozenset(side.seat_id for side in here.standing.seats(Relation.PARTNER) if side.seat_id)
    return await sources.live(here.session, here.proposal_id, seats, thresholds(here.settings))


async def edition(here: Context, number: int) -> Source:
    """An edition of the proposal in the path, as this reader may read it."""
    source = await sources.edition(here.session, here.proposal_id, number, here.settings.base_url)
    return source if here.standing.seats(Relation.PARTNER, Relation.FORMER) else sources.for_facilitator(source)


def show_file(request: Request, rendered: Rendered, key: str, format: str, title: str) -> Response:
    """The file, with headers that say what the author should know of it."""
    headers = {
        "Content_Disposition": disposition(f"{title}.{format}", inline=format in ("pdf", "html")),
        "Content_Security_Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    }
    if rendered.replaced:
        headers["Cobid_Characters_Replaced"] = ", ".join(str(r["code_point"]) for r in rendered.replaced[:50])
    headers |= _page_headers(rendered)
    answer = reply_bytes(request, rendered.data, tag=f'"{key[:32]}"', media=MEDIA[format], **headers)
    answer.headers["Vary"] = "Authorization, Cookie, Accept, Accept-Language"
    return answer


def _page_headers(made: Rendered) -> dict[str, str]:
    """The length of a PDF, and the call's limit if it has one, so that the author sees immediately that it is too long."""
    found = {"Cobid_Pages": made.pages, "Cobid_Page_Limit": made.page_limit if made.pages else None}
    if made.pages and made.page_limit and made.pages > made.page_limit:
        found["Cobid_Pages_Over"] = made.pages - made.page_limit
    return {name: str(value) for name, value in found.items() if value is not None}


async def answer(
    here: Context, wanted: Wanted, load: Callable[[], Awaitable[Source]], show: Show = show_file
) -> Response:
    """The answer for the proposal in the path. `load` is called where no rendering was begun before."""

    async def title() -> str:
        return (await load()).title

    begun = await answer_begun(here, here.proposal_id, wanted, title, show)
    return begun or await answer_made(here, here.proposal_id, wanted, await load(), show)


async def answer_made(
    here: Context, proposal_id: Id, wanted: Wanted, source: Source, show: Show = show_file
) -> Response:
    """Make the rendering, or find it in the store, and answer with it."""
    language = language_of(here.request, wanted.language)
    await here.session.close()  # laying out may take long, and others need the connection meanwhile
    made = await renderings(here).get(proposal_id, wanted.kind, Format(wanted.format), source, language)
    if progress_stream.wanted(here.request):
        key = made.key if isinstance(made, Making) else made[0]
        return progress_stream.stream(here, renderings(here), proposal_id, key)
    if isinstance(made, Making):
        return _under_way(here.request, made)
    key, rendered = made
    title = source.title if wanted.kind == "bid" else f"{source.title} – {wanted.kind}"
    return show(here.request, rendered, key, wanted.format, title)


async def answer_begun(
    here: Context, proposal_id: Id, wanted: Wanted, title: Callable[[], Awaitable[str]], show: Show = show_file
) -> Response | None:
    """The answer for a rendering that was begun before; None where the request names none, or nobody knows it any more.

    `title` is for the name of the file.
    """
    if wanted.key is None:
        return None
    if progress_stream.wanted(here.request):
        return await progress_stream.stream_if_begun(here, renderings(here), proposal_id, wanted.key)
    found = await renderings(here).poll(proposal_id, wanted.key)
    if found is None:
        return None
    if isinstance(found, Making):
        return _under_way(here.request, found)
    return show(here.request, found, wanted.key, wanted.format, await title())


def _under_way(request: Request, making: Making) -> Response:
    body = MakingOut(status="rendering", **asdict(making.progress)).model_dump_json()
    headers = {**PRIVATE, "Location": progress_stream.location(request, making.key), "Retry-After": "1"}
    return Response(body, 202, headers, "application/json")


def language_of(request: Request, asked: str | None) -> str | None:
    """The language of the document's fixed words: the one asked for, or one that Accept-Language names and we have.

    None stands for the proposal's own language.
    """
    if asked:
        primary = asked.split("-")[0].lower()
        if primary not in CATALOGUES:
            raise NotFound
        return primary
    return languages.wished(request, CATALOGUES)
