"""The public check over HTTP: whether a text was signed. It needs no account."""

import asyncio
import re

from fastapi import Response
from starlette.requests import Request

from app.bid.renderings import public_check
from app.bid.renderings.schemas import VerifiedOut
from app.platform.access.errors import Invalid, NotFound
from app.platform.web.context import Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import reply

router = Router(tags=["checking"])


@router.get("/verify/{digest}", response_model=VerifiedOut, summary="Check a hash")
async def verify_hash(here: Here, digest: str) -> Response:
    """Whether a bid with this SHA-256 was signed by all who had to, and when. Needs no account.

    A browser is led to a page that says the same. It names the organisations that agreed to be named (`PUT …/partners/{partner_id}/naming`) and counts the others.
    """
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        raise NotFound
    if here.request.headers.get("accept", "").startswith("text/html"):
        return Response(status_code=303, headers={"Location": f"/check/{digest.lower()}", "Vary": "Accept"})
    found = await public_check.find(here.db.reads, digest.lower())
    return _verified(here.request, found)


@router.post(
    "/verify",
    response_model=VerifiedOut,
    summary="Check a file",
    edge=Options(body="raw", limit="upload_limit", media=("application/pdf", "application/json"), retries=False),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/pdf": {"schema": {"type": "string", "format": "binary"}},
                "application/json": {"schema": {"type": "object"}},
            },
        }
    },
)
async def verify_file(here: Here) -> Response:
    """Send the PDF or the document.json that you were given: its text is compared with what was signed."""
    found = await asyncio.to_thread(public_check.digests, here.content)
    if not found:
        raise NothingToCheck
    answers = [await public_check.find(here.db.reads, digest) for digest in found]
    return _verified(here.request, next((answer for answer in answers if answer.known), answers[0]))


class NothingToCheck(Invalid):
    code = "nothing-to-check"
    title = "This file carries no signed text"
    explanation = (
        "A PDF of a signed version carries document.json as an attachment. A draft does not, and neither does a PDF "
        "that was printed or scanned again. Ask for the original file, or compare the SHA-256 printed in it."
    )


def _verified(request: Request, found: public_check.Verified) -> Response:
    return reply(request, VerifiedOut.model_validate(found))
