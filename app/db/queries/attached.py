"""The files of a proposal that go to the commissioner with the bid."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.attachments import Attachment
from app.domain.errors import Invalid
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


async def check_named(
    session: AsyncSession, proposal_id: Id, partner_id: Id | None, document_id: Id | None, pointer: str
) -> None:
    """A document that a partner names is one of this proposal's that it may read; any other is as unknown as none."""
    if document_id is None:
        return
    readable = or_(
        func.cardinality(Attachment.visible_to) == 0,
        Attachment.partner_id == partner_id,
        Attachment.visible_to.contains([partner_id]),
    )
    query = select(Attachment.id).where(
        Attachment.id == document_id, Attachment.proposal_id == proposal_id, Attachment.deleted_at.is_(None), readable
    )
    if (await session.execute(query)).first() is None:
        raise Invalid.at(
            pointer, "unknown-document", "Attach the document to this proposal first, and name its id here."
        )
