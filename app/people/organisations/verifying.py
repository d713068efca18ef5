"""Verification: how far it was checked who an organisation is. It is printed beside every signature."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.organisations.tables import Organisation
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.words.codes import VerificationLevel


async def verify(session: AsyncSession, organisation_id: Id, level: VerificationLevel, by: str) -> str | None:
    """Set the level, by whom and when; answers the organisation's name, None where there is no such organisation."""
    query = select(Organisation).where(Organisation.id == organisation_id).with_for_update()
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        return None
    row.verification_level = level.value
    row.verification_by = by
    row.verification_at = await event_log.now(session)
    row.version += 1
    await session.flush()
    await event_log.record(
        session,
        "organisation",
        row.id,
        "organisation_verified",
        actor=None,
        organisation_id=row.id,
        payload={"level": level.value, "by": by},
    )
    return row.name
