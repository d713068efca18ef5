"""Secrets that reach people by mail: 256 random bits, stored as a hash, spent once by a POST."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import MailToken
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.standing import token_hash
from app.platform.db import event_log


class TokenSpent(Invalid):
    code = "token-not-valid"
    title = "This link does not work any more"
    explanation = "It was used already, it is too old, or it was not copied whole. Ask for a new one."


async def issue(
    session: AsyncSession, purpose: str, lasts: timedelta, person_id: Id | None = None, **payload: Any
) -> str:
    """A new token; whoever opens its link proves that they read that mailbox."""
    token = secrets.token_urlsafe(32)
    expires_at = await event_log.now(session) + lasts
    session.add(
        MailToken(
            purpose=purpose, token_hash=token_hash(token), person_id=person_id, payload=payload, expires_at=expires_at
        )
    )
    await session.flush()
    return token


async def find(session: AsyncSession, purpose: str, token: str) -> MailToken:
    """The token's row, as long as it can be spent. Raises TokenSpent."""
    return _valid((await session.execute(select(MailToken).where(*_can_be_spent(purpose, token)))).scalar_one_or_none())


async def spend(session: AsyncSession, purpose: str, token: str) -> MailToken:
    """The token's row, once: the guard in the statement gives two at the same moment one success. Raises TokenSpent."""
    statement = update(MailToken).where(*_can_be_spent(purpose, token)).values(used_at=func.clock_timestamp())
    return _valid((await session.execute(statement.returning(MailToken))).scalar_one_or_none())


def _can_be_spent(purpose: str, token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        MailToken.token_hash == token_hash(token),
        MailToken.purpose == purpose,
        MailToken.used_at.is_(None),
        MailToken.expires_at > func.clock_timestamp(),
    )


def _valid(row: MailToken | None) -> MailToken:
    if row is None:
        raise TokenSpent
    return row


async def forget(session: AsyncSession, purpose: str, person_id: Id) -> None:
    """Delete this person's tokens of this purpose, and what is stored with them: nobody needs them any more."""
    await session.execute(delete(MailToken).where(MailToken.purpose == purpose, MailToken.person_id == person_id))
