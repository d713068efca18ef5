"""Work that a change calls for, written in the change's own transaction; the worker's relay takes it from there."""

from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.capability import joined
from app.platform.db.tables import OutboxRow


async def put(session: AsyncSession, topic: str, payload: dict[str, Any]) -> None:
    """`topic` is one that a room declares handlers for; `payload` is what they need, as JSON."""
    if topic not in joined().topics:
        raise RuntimeError(f"no room declares the outbox topic {topic!r}")
    await session.execute(insert(OutboxRow).values(topic=topic, payload=payload))


async def mail(session: AsyncSession, to: str, template: str, language: str = "en", **values: Any) -> None:
    """A mail to `to`, written from `template` (app/platform/worker/mails) when it is sent; it delays no request."""
    await put(session, "mail", {"to": to, "template": template, "language": language, "values": values})
