"""Secrets that reach people by mail: 256 random bits, stored as a hash, spent once by a POST."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import MailToken
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.standing import token_hash


class TokenSpent(Invalid):
    code = "token-not-valid"
    title = "This link does not work any more"
    explanation = "It was used already, it is too old, or it was not copied whole. Ask for a new one."


async def issue(
    session: AsyncSession, purpose: str, lasts: timedelta, person_id: Id | None = None, **payload: Any
) -> str:
    """A new token; whoever opens its link proves that they read that mailbox."""
    token = secrets.token_urlsafe(32)
    session.add(
        MailToken(
            purpose=purpose,
            token_hash=token_hash(token),
            person_id=person_id,
            payload=payload,
            expires_at=datetime.now(UTC) + lasts,
        )
    )
    await session.flush()
    return token


async def spend(session: AsyncSession, purpose: str, token: str) -> MailToken:
    """The token's row, once: two at the same moment give one success."""
    statement = (
        update(MailToken)
        .where(
            MailToken.token_hash == token_hash(token),
            MailToken.purpose == purpose,
            MailToken.used_at.is_(None),
            MailToken.expires_at > func.clock_timestamp(),
        )
        .values(used_at=func.clock_timestamp())
        .returning(MailToken)
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise TokenSpent
    return row


async def forget(session: AsyncSession, purpose: str, person_id: Id) -> None:
    """The other mails of this kind to this person, and what is kept with them, are of no more use."""
    await session.execute(delete(MailToken).where(MailToken.purpose == purpose, MailToken.person_id == person_id))
