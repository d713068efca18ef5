"""What the worker does for versions: it renders what was agreed, so that nobody's first look decides how it looks."""

from typing import Any

import structlog

from app.bid.renderings import pack_contents, sources
from app.bid.renderings.making import Renderings
from app.documents.rendering import Format
from app.platform.access.errors import NotFound
from app.platform.worker.work import Work

log = structlog.get_logger("cobid.documents")


async def render_agreed(work: Work, payload: dict[str, Any]) -> None:
    """Render the version in every format, in its own language. Other languages are made when somebody first asks for them.

    What fails here is made at first need too, so it is logged and holds nothing up.
    """
    proposal_id = payload["proposal_id"]
    try:
        async with work.db.sessions() as session:
            source = await sources.edition(session, proposal_id, payload["edition"], work.settings.base_url)
    except NotFound:
        return  # the bid was deleted meanwhile
    if not source.standing.agreed:
        return  # it was withdrawn meanwhile
    renderings = Renderings(work.settings)
    try:
        for format in Format:
            await renderings.get(proposal_id, "bid", format, source, None, wait=True)
        for shape in ("json", "csv", "txt"):
            await pack_contents.answers_as(renderings, proposal_id, source, shape, None)
        await pack_contents.price_of(renderings, proposal_id, source, None)
    except Exception as error:
        log.warning("agreed-version-not-rendered", edition=payload["edition"], error=str(error))
    finally:
        await renderings.close()
