"""Document templates as values: an organisation's look, and a call's rules."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.templates.tables import DocumentTemplate
from app.documents.looks.rules import CallRules, Look, stored_look, stored_rules
from app.platform.access.ids import Id


def logo_key(sha256: str) -> str:
    """The key of a logo's bytes in the file store. They are never changed or deleted, since editions name them."""
    return f"logos/{sha256}"


async def look_of(session: AsyncSession, organisation_id: Id) -> tuple[Look | None, int]:
    """An organisation's look with its version: (None, 0) before there was one."""
    data, version = await _find(session, DocumentTemplate.organisation_id == organisation_id)
    return (None if data is None else stored_look(data)), version


async def rules_of(session: AsyncSession, opportunity_id: Id) -> tuple[CallRules | None, int]:
    """A call's rules with their version: (None, 0) before there were any."""
    data, version = await _find(session, DocumentTemplate.opportunity_id == opportunity_id)
    return (None if data is None else stored_rules(data)), version


async def _find(session: AsyncSession, which: Any) -> tuple[dict[str, Any] | None, int]:
    query = select(DocumentTemplate.data, DocumentTemplate.version).where(which)
    found = (await session.execute(query)).first()
    return (None, 0) if found is None else (found.data, found.version)
