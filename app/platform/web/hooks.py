"""What falls due by the clock and is made true by whichever request comes first."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.access.ids import Id
from app.platform.capability import Hook

round_due: Hook[[AsyncSession, Id]] = Hook("round due")
"""`(session, proposal id)`: the honesty round of this proposal opens now, though not everybody has filed."""
