"""Pages that say the same to everybody: help, accessibility; and the built files, which browsers keep for good."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.workspace.view import ASSETS
from app.workspace.visit import Visit, route

_BY_NAME = {asset.name: asset for asset in ASSETS.values()}


async def help_page(visit: Visit) -> Response:
    terms = await visit.words_of("term")
    return await visit.show("help.html", terms=list(terms.values()))


async def accessibility(visit: Visit) -> Response:
    return await visit.show("accessibility.html")


async def asset(request: Request) -> Response:
    """A built file. Its name changes with its content."""
    found = _BY_NAME.get(request.path_params["name"])
    if found is None:
        return Response(status_code=404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.zipped, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)


ROUTES: list[BaseRoute] = [
    route("/help", help_page),
    route("/accessibility", accessibility),
    Route("/assets/{name}", asset, name="page:/assets/{name}", include_in_schema=False),
]
