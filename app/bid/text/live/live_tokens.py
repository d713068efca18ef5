"""Live tokens: each opens one socket to one section, where the browser can send neither header nor cookie.

They are for browsers that talk to another origin, and for y-websocket's option `protocols`. Somebody signed in asks for
one over HTTP. Only its hash is stored; the first connection uses it up, and it ends after a minute (`LIVE_TOKEN_SECONDS`).
"""

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text.live.tables import LiveToken
from app.platform.access.ids import Id
from app.platform.access.standing import token_hash
from app.platform.access.statements import Run
from app.platform.db import event_log

PREFIX = "cobid_l_"
_FORM = re.compile(PREFIX + r"[A-Za-z0-9_-]{20,100}")

# One statement, so that of two connections with the same token only one finds it.
_SPEND = """
WITH spent AS (DELETE FROM live_tokens WHERE token_hash = $1 RETURNING section_id, session_id, expires_at)
SELECT s.token_hash FROM spent JOIN sessions s ON s.id = spent.session_id
WHERE spent.section_id = $2 AND spent.expires_at > clock_timestamp()
"""


def is_live_token(word: str) -> bool:
    return _FORM.fullmatch(word) is not None


async def mint(
    session: AsyncSession, section_id: Id, person_id: Id, session_id: Id, seconds: int
) -> tuple[str, datetime]:
    """Makes a token for the sign-in `session_id`; answers it with the instant at which it ends."""
    await session.execute(delete(LiveToken).where(LiveToken.expires_at < func.clock_timestamp()))
    token = PREFIX + secrets.token_urlsafe(32)
    expires_at = await event_log.now(session) + timedelta(seconds=seconds)
    session.add(
        LiveToken(
            token_hash=token_hash(token),
            section_id=section_id,
            person_id=person_id,
            session_id=session_id,
            expires_at=expires_at,
        )
    )
    await session.flush()
    return token, expires_at


async def spend(run: Run, token: str, section_id: Id) -> bytes | None:
    """Uses the token up; answers the hash of the sign-in's token, or None where this one opens nothing here."""
    row = await run(_SPEND, token_hash(token), section_id)
    return None if row is None else row[0]
