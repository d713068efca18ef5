"""Limits on tries (sign-in, registration, mails to others), counted in the database so that they hold over all processes."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import Attempt
from app.platform.access.errors import TooMany
from app.platform.access.ids import Id
from app.platform.db import event_log


async def count(
    session: AsyncSession,
    what: str,
    who: str,
    most: int,
    within: timedelta,
    refusal: type[TooMany] = TooMany,
) -> Id:
    """Count one try; 429 (`refusal`) when there were `most` within that time. Answers its id, for `forgive`.

    The advisory lock makes tries of one account queue up, so a hundred at once do not slip through together.
    """
    key = hashlib.sha256(f"{what}:{who}".encode()).digest()
    await session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(key[:8], "big", signed=True))))
    now = await event_log.now(session)
    recent = select(func.count(), func.min(Attempt.at)).where(Attempt.key == key, Attempt.at > now - within)
    counted, oldest = (await session.execute(recent)).one()
    if counted >= most:
        wait = max(1, int((oldest + within - now).total_seconds()) + 1)
        raise refusal(f"{_said(refusal)} Wait {_in_words(wait)}, then try again.", retry_after=wait)
    attempt = Attempt(key=key, at=now)
    session.add(attempt)
    await session.flush()
    return attempt.id


def _said(refusal: type[TooMany]) -> str:
    return "Too many tries." if refusal is TooMany else refusal.explanation


def _in_words(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    number, unit = (minutes, "minute") if minutes < 90 else (round(minutes / 60), "hour")
    return f"{number} {unit}{'s' if number > 1 else ''}"


async def forgive(session: AsyncSession, *attempt_ids: Id) -> None:
    """A try that succeeded does not count against its account or its network address."""
    await session.execute(delete(Attempt).where(Attempt.id.in_(attempt_ids)))
