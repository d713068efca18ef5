"""The page behind the address that a signed bid prints: whether that version was signed, and by whom. It needs no account."""

import re

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace.api import NOT_FOUND, Refused
from app.workspace.visit import Visit, route


async def check(visit: Visit) -> Response:
    digest = visit.request.path_params["digest"]
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        raise Refused(NOT_FOUND)
    found = (await visit.api("verify_hash", digest=digest.lower())).json
    code = " ".join(found["sha256"][at : at + 4] for at in range(0, 16, 4))
    return await visit.show("check.html", found=found, code=code)


ROUTES: list[BaseRoute] = [route("/check/{digest}", check)]
