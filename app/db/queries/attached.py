"""The files of a proposal that go to the commissioner with the bid."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.attachments import Attachment
from app.domain.ids import Id


async def in_bid(session: AsyncSession, proposal_id: Id) -> list[dict[str, Any]]:
    """As they stand in `document.json`: the signature covers their hashes too."""
    query = select(Attachment).where(
        Attachment.proposal_id == proposal_id, Attachment.in_bid, Attachment.deleted_at.is_(None)
    )
    rows: Sequence[Attachment] = (await session.execute(query.order_by(Attachment.id))).scalars().all()
    return [
        {
            "id": row.id,
            "partner_id": row.partner_id,
            "name": row.name,
            "media_type": row.media_type,
            "bytes": row.bytes,
            "sha256": row.sha256,
        }
        for row in rows
    ]
