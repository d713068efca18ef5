"""The bid's answers box by box, for portals that make people paste: shared by drafts and editions."""

from typing import Any

from fastapi import Response

from app.bid.renderings import pack_contents
from app.bid.renderings.routes.answering import language_of, renderings
from app.bid.renderings.sources import Source
from app.documents.canonical import sha256
from app.documents.rendering import MEDIA
from app.platform.web.context import Context
from app.platform.web.filenames import disposition
from app.platform.web.replies import reply_bytes

BOXES: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA[s].partition(";")[0]: {} for s in ("json", "csv", "txt")}}
}


async def answer_boxes(here: Context, source: Source, shape: str, language: str | None) -> Response:
    chosen = language_of(here.request, language)
    await here.session.close()
    content = await pack_contents.answers_as(renderings(here), here.proposal_id, source, shape, chosen)
    name = disposition(f"{source.title} – answers.{shape}")
    answer = reply_bytes(
        here.request, content, tag=f'"{sha256(content)[:32]}"', media=MEDIA[shape], Content_Disposition=name
    )
    answer.headers["Vary"] = "Authorization, Cookie, Accept-Language"
    return answer
